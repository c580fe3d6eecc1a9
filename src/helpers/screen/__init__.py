"""Every line of a country's imports at once: which of them mislead, and how.

- `panel`: trade by line, country and period in Parquet files; `read`: such files from what publishers offer
- `parts`: a panel in parts of whole lines, each screened by itself and kept
- `engine`, `cluster`: where the work is done, and that nobody else can reach it
- `series`: lines as arrays
- `findings`: what is found; `months`, `mirrored`, `yearly`: by month, by two counts, by year; `rules`: thresholds
- `forecasts`: what comes next
- `ranked`: these lines mislead, and how
"""
