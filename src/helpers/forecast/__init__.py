"""Forecasts of short, broken series.

`smoothers` make point forecasts, `combine` puts them together, `calibrate` adds the intervals; `backtest` and
`score` judge them.
"""
