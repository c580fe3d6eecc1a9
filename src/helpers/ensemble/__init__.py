"""Forecasts of short, broken, irregular series in general; nothing here knows India.

- `quantiles`: the grid on which every forecast is published (all of `outlook`)
- `drift`: a shrunken random walk on logs, for a handful of points, and naive (`outlook.forecast`, `outlook.readings`)
- `nowcast`: months from sums of periods (`outlook.readings`, `outlook.realtime`), made of `period_sums`, `state_space`,
  `draws`
- `calibrated`: quantiles of a plain yearly, quarterly or monthly series, learned from a named kind of series
- `combine`, made of `smoothers` and `power_trend`, for series of several `lengths` at once: its point forecast (and
  that of `part_year`)
- `part_year`: a year of which plain months are known, by `nowcast` from two years of them on
- `score`: the weighted interval score (`outlook.realtime`)

How the calibration is learned, and how forecasts score, stands in ``benchmarks/``.
"""
