"""Forecasts of short, broken, irregular series in general; nothing here knows India.

- `smoothers`, `combine`, `calibrate`: point forecasts, their combination, intervals
- `drift`: a shrunken random walk on logs, for a handful of points
- `period_sums`, `state_space`, `nowcast`, `part_year`: months from sums of periods, and the rest of a year
- `score`: errors and interval scores
"""
