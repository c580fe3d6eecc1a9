"""Forecasts of short, broken, irregular series in general; nothing here knows India.

- `quantiles`: the grid on which every forecast is published (all of `outlook`)
- `drift`: a shrunken random walk on logs, for a handful of points, and naive (`outlook.forecast`, `outlook.readings`)
- `nowcast`: months from sums of periods (`outlook.readings`, `outlook.realtime`), made of `period_sums`, `state_space`,
  `draws`
- `part_year`, `combine`, `smoothers`: a year of which plain months are known, by `nowcast` from two years of them on
- `score`: the weighted interval score (`outlook.realtime`)

Intervals learned for many series, backtests and further scores stand in ``benchmarks/``.
"""
