"""Files that a person downloads and drops: China's customs and Vahan, read if they are known to the last heading."""

import re
import shutil
from datetime import datetime

import pandas as pd
import pytest
from asked import NOON, taken
from standin import gacc as customs
from standin import vahan as dashboard

from conftest import FROZEN
from helpers.data import vintage
from helpers.data.sources import gacc, spellings, vahan
from helpers.data.sources.protocol import COLUMNS, Answer, UnfitError

TABLE = FROZEN / "trade.csv"
NAME = "export-all-85051110.csv"


def figures(source, name, body, at=NOON):
    answer = Answer(source.dropped(name), body, fetched=at)
    return source.rows(answer)


def exports(name=NAME, **options):
    return figures(gacc, name, customs.table(folder=FROZEN, **options))


def registered(name="vahan.xlsx", at=NOON, **options):
    return figures(vahan, name, dashboard.book(folder=FROZEN, **options), at)


def value(found, key, period):
    return found[(found["key"] == key) & (found["period"] == period)]["value"].item()


def test_a_table_of_chinas_customs_becomes_figures_by_partner_and_in_all():
    found = exports(together=False)
    assert tuple(found.columns) == COLUMNS and set(found["unit"]) == {"t", "USD m"}
    known = {("world", "2025-05"): 1238, ("world", "2025-10"): 5473, ("IND", "2025-07"): 418, ("JPN", "2025-09"): 228}
    for (partner, period), tonnes in known.items():
        assert value(found, f"export/CHN/{partner}/85051110/weight", period) == pytest.approx(tonnes, abs=0.1)
    month = found[(found["period"] == "2025-07") & found["key"].str.endswith("/weight")]
    of_all = month["key"].str.contains("world")
    assert month.loc[~of_all, "value"].sum() == pytest.approx(month.loc[of_all, "value"].item())
    assert of_all.sum() == 1 and len(month) > 60


def test_january_and_february_may_be_one_figure():
    apart, both = exports(together=False), exports()
    key = "export/CHN/IND/85051110/weight"
    months = [value(apart, key, period) for period in ("2025-01", "2025-02")]
    assert value(both, key, "2025-01/2025-02") == pytest.approx(sum(months), abs=0.002)
    assert not both["period"].isin(["2025-01", "2025-02"]).any() and (both["period"] == "2025-03").any()


@pytest.mark.parametrize(
    "said, period",
    [
        ("202501", "2025-01"), ("2025-01", "2025-01"), ("2025年1月", "2025-01"), ("2025年1-2月", "2025-01/2025-02"),
        ("202501-202502", "2025-01/2025-02"), ("2025-01/2025-02", "2025-01/2025-02"), ("202501至02", "2025-01/2025-02"),
    ],
)  # fmt: skip
def test_a_period_is_read_however_it_is_written(said, period):
    body = customs.table("2025-01", "2025-01", together=False, folder=FROZEN).decode("gb18030").replace("202501", said)
    assert set(figures(gacc, NAME, body.encode("gb18030"))["period"]) == {period}


@pytest.mark.parametrize("said", ["2025", "202513", "1-2", "上月"])
def test_what_is_no_month_is_refused(said):
    body = customs.table("2025-01", "2025-01", together=False, folder=FROZEN).decode("gb18030").replace("202501", said)
    with pytest.raises(UnfitError, match="is no month, nor two that are published as one"):
        figures(gacc, NAME, body.encode("gb18030"))


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_languages_and_encodings_of_the_site_give_the_same_figures(encoding, language):
    kept = ["key", "period", "value"]
    pd.testing.assert_frame_equal(exports(encoding=encoding, language=language)[kept], exports()[kept])


def test_line_breaks_inside_quotes_make_no_rows():
    assert b"\n\xbc\xb0"[:1] in customs.table(folder=FROZEN) and customs.NAME.count("\n") == 1
    answer = Answer(gacc.dropped(NAME), customs.table("2025-07", "2025-07", folder=FROZEN))
    parsed = gacc.parse(answer)
    assert set(parsed["name"]) == {customs.NAME} and set(parsed["line"]) == {"85051110"}


def test_a_table_of_some_partners_has_no_total():
    assert not exports("export-India.csv")["key"].str.contains("world").any()


def test_a_table_without_partners_is_one_of_the_world():
    body = '"数据年月","商品编码","美元"\r\n"202507","85051110","290,000,000"\r\n'.encode("gbk")
    found = figures(gacc, "export-world.csv", body)
    assert found[["key", "value"]].to_numpy().tolist() == [["export/CHN/world/85051110/value_usd", 290.0]]


def test_parts_of_a_partner_by_province_or_regime_are_added_up():
    head = "Date of data,Commodity code,Trading partner code,Trading partner,Locations of importers and exporters"
    places = [
        '202507,85051110,111,India,Ningbo,"1,000",Kilogram,50000',
        "202507,85051110,111,India,Baotou,500,kg,20000",
    ]
    found = figures(gacc, "export.csv", "\n".join([f"{head},Quantity,Unit,US dollar", *places]).encode())
    assert found.set_index("key")["value"].to_dict() == pytest.approx(
        {"export/CHN/IND/85051110/weight": 1.5, "export/CHN/IND/85051110/value_usd": 0.07}
    )


REFUSED = {"heading": r"headings \['净重'\] are not known; known are 数据年月, Date of data, 商品编码",
           "unit": "the unit is '个', known are 千克",
           "partner": "no country is known as '亚特兰蒂斯'; add the spelling to spellings.csv",
           "codes": "and 116 are two partners|and 133 are two partners", "cut": "its partners do not sum to its total",
           "rupees": "it has no column 美元 or US dollar"}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_a_table_that_is_not_known_is_refused(fault):
    name = NAME if fault != "cut" else "export.csv"
    body = customs.table(folder=FROZEN, fault=fault)
    if fault == "cut":  # the last partners of the first month are missing
        body = b"\r\n".join(line for line in body.split(b"\r\n") if '"德国"'.encode("gb18030") not in line)
    with pytest.raises(UnfitError, match=REFUSED[fault]):
        figures(gacc, name, body)


@pytest.mark.parametrize("name", ["85051110.csv", "export-or-import.csv", "report.csv"])
def test_a_name_has_to_say_which_way_the_goods_went(name):
    with pytest.raises(UnfitError, match="call it export-"):
        exports(name)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("290,000,000", "290.000.000", "row 4: '290.000.000' is no number; correct the cell"),
     ("202507", "202513", "row 4: '202513' is no month"), (',"290,000,000"', "", "row 4 has 2 cells under 3 columns")],
)  # fmt: skip
def test_the_row_of_a_cell_that_cannot_be_read_is_told_as_it_stands_in_the_file(old, new, said):
    rows = ['"202506","85051110","1"', ",,", '"202507","85051110","290,000,000"'.replace(old, new)]
    with pytest.raises(UnfitError, match=re.escape(said)):
        figures(gacc, "export.csv", "\n".join(['"数据年月","商品编码","美元"', *rows]).encode())


def test_a_code_that_lost_its_zeros_is_refused():
    body = customs.table("2025-07", "2025-07", folder=FROZEN).replace(b"85051110", b"8505111")
    with pytest.raises(UnfitError, match="'8505111' is no code of eight digits"):
        figures(gacc, NAME, body)


def test_what_a_person_would_drop_is_read(tmp_path):
    for source, standin in ((gacc, customs), (vahan, dashboard)):
        standin.drop(tmp_path / source.__name__, FROZEN)
        files = list((tmp_path / source.__name__).iterdir())
        read = [figures(source, path.name, path.read_bytes()) for path in files]
        assert len(read) > 1 and all(len(found) > 6 for found in read)


def test_other_bytes_are_refused():
    with pytest.raises(UnfitError, match="not text in utf-8 or gb18030"):
        figures(gacc, NAME, b"\xff\xfe\x00\xff")


def test_numbers_and_names_of_a_partner_agree_in_the_list_of_spellings():
    known = spellings.partners("gacc")
    named = {"116": "JPN", "133": "KOR", "502": "USA", "111": "IND", "印度": "IND", "India": "IND"}
    assert named.items() <= known.items()
    told = pd.read_csv(TABLE, keep_default_na=False)
    assert set(told.loc[(told["reporter"] == "CHN"), "partner"]) - {"world"} <= set(known.values())


def test_a_spreadsheet_of_vahan_becomes_vehicles_by_segment():
    found = registered(month="2026-07")
    assert tuple(found.columns) == COLUMNS and set(found["unit"]) == {"vehicles"}
    held = {key.split("/")[1]: amount for key, amount in zip(found["key"], found["value"], strict=True)}
    assert set(held) == {*vahan.SEGMENTS, "total"} and held["2w"] == 191_614
    assert held["total"] == sum(amount for segment, amount in held.items() if segment != "total")
    assert held == {**dashboard.electric("2026-07", FROZEN), "total": held["total"]}
    assert set(found["period"]) == {"2026-07"}


def test_counts_stand_with_commas_as_in_lakhs():
    assert dashboard.grouped(309_191) == "3,09,191" and dashboard.grouped(12_345_678) == "1,23,45,678"
    assert figures(vahan, "vahan.xlsx", dashboard.book(folder=FROZEN))["value"].max() > 100_000


def test_a_table_of_makers_is_of_the_segment_that_its_name_says():
    with pytest.raises(UnfitError, match="does not say which vehicles it has, so its name has to"):
        registered(axis="Maker")
    found = registered("2w-2026-07.xlsx", axis="Maker")
    assert found["key"].tolist() == ["ev_registrations/2w"]
    assert registered("total.xlsx", axis="Maker")["key"].tolist() == ["ev_registrations/total"]
    with pytest.raises(UnfitError, match="it has no row of a maker; save it again"):
        registered("2w.xlsx", axis="Maker", fault="empty")


def test_a_maker_that_stands_twice_counts_twice_and_a_table_of_none_is_refused():
    cells = [["title", "", ""], ["S No", "Maker", vahan.ELECTRIC[0]], ["1", "ONE", "2"], ["2", "ONE", "3"]]
    assert vahan._electric(cells, "maker").to_dict() == {"ONE": 5}
    with pytest.raises(UnfitError, match="it has no row of a maker"):
        vahan._electric(cells[:2], "maker")


OTHERS = {
    "heading": r"headings \['MUON'\] are not known; known are S NO, .*PURE EV",
    "category": r"categories \['FIVE WHEELER'\] are not known; known are TWO WHEELER\(NT\)",
    "sum": "the fuels of .* sum to",
    "year": r"its title is 'Vehicle Category Wise Fuel Data of .* \(2026\)', not",
    "narrowed": "it has no 3w, 4w; save it without narrowing it down",
    "text": r"row of .*, CNG ONLY: 'n.a.' is no number; correct the cell",
}


@pytest.mark.parametrize("fault", OTHERS)
def test_a_spreadsheet_that_is_not_known_is_refused(fault):
    with pytest.raises(UnfitError, match=OTHERS[fault]):
        registered(fault=fault)


def test_a_state_is_not_india_and_a_month_that_is_not_over_no_month():
    with pytest.raises(UnfitError, match="it is of Maharashtra; save the table of all states"):
        registered(area="Maharashtra")
    with pytest.raises(UnfitError, match="JUL 2026 was not over when it was saved"):
        registered(saved=datetime(2026, 7, 30, 10))


def test_what_is_no_spreadsheet_is_refused():
    with pytest.raises(UnfitError, match="it is no workbook with a sheet"):
        figures(vahan, "vahan.xlsx", b"<html>503</html>")


FILES = {
    "gacc": (gacc, NAME, lambda: customs.table(folder=FROZEN, together=False)),
    "vahan": (vahan, "total-vahan.xlsx", lambda: dashboard.book("2026-08", folder=FROZEN)),
}


@pytest.mark.parametrize("name", FILES)
def test_a_vintage_has_what_was_dropped_from_that_day_on(tmp_path, name):
    source, file, body = FILES[name]
    tables = tmp_path / "data"
    shutil.copytree(FROZEN, tables)
    assert taken(tables / "archive", source, [Answer(source.dropped(file), body())]).new > 5
    before, after = vintage("2026-11-24", tables), vintage("2026-11-25", tables)
    if name == "gacc":
        keys = {"flow": "export", "reporter": "CHN", "partner": "IND", "hs": "85051110", "measure": "weight"}
        assert before.figure("trade", "2025-08", **keys) is None
        assert after.figure("trade", "2025-08", **keys).value > 50
    else:
        keys = {"indicator": "ev_registrations", "segment": "total"}
        assert before.figure("drivers", "2026-08", **keys) is None
        assert after.figure("drivers", "2026-08", **keys).value > 100_000
    assert after.synthetic and not before.synthetic
