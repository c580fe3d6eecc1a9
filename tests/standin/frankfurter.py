"""Stands in for Frankfurter: rupees per dollar by day, in the shape of its first or its second version."""

import json
import re
from datetime import date
from pathlib import Path

from werkzeug import Request, Response

from helpers import paths
from standin import ecb


def install(server, folder: Path = paths.DATA, until: date | None = None, version: int = 1, fault: str = "") -> None:
    """Answer as the service does.

    ``fault``: ``error`` (a message with status 200), ``gap`` (a week of February lacks), ``inverted`` (dollars per
    rupee), ``single`` (the shape of one day), ``weekly`` (one day a week), ``hundred`` (for an amount of 100).
    """
    euro = ecb.rates(folder, until)
    rates = (euro["INR"] / euro["USD"]).round(4)

    def answer(request: Request) -> Response:
        first, last = request.path.split("/")[-1].split("..")
        base, quote = request.args["base"], request.args["symbols"]
        if fault == "error":
            return _json({"message": "not found"})
        before = rates.loc[:first].tail(1)  # the range begins with the last business day up to its first day
        asked = rates.loc[min(before.index[0], first) if len(before) else first : last]
        if fault == "gap":
            asked = asked[~asked.index.str.contains(r"-02-1\d")]
        if fault == "weekly":
            asked = asked.iloc[::5]
        if fault == "inverted":
            base, quote, asked = quote, base, (1 / asked).round(6)
        if version == 2:
            return _json([{"date": day, "base": base, "quote": quote, "rate": rate} for day, rate in asked.items()])
        said = {"amount": 100.0 if fault == "hundred" else 1.0, "base": base}
        if fault == "single":
            return _json(said | {"date": last, "rates": {quote: asked.iloc[-1]}})
        days = {"start_date": asked.index[0], "end_date": asked.index[-1]}
        return _json(said | days | {"rates": {day: {quote: rate} for day, rate in asked.items()}})

    server.expect_request(re.compile(r"/v1/[\d-]+\.\.[\d-]+")).respond_with_handler(answer)


def _json(said: object) -> Response:
    return Response(json.dumps(said), content_type="application/json")
