"""Chapter 6, the track record: how good forecasts were.

- `verdicts`: rules that call a miss a miss
- `sentences`, `tables`, `figures`: what it shows
"""
