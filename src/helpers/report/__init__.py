"""From notebooks to a dated, self-contained report: the only writer of ``reports/``.

- `parameters`, `grid`, `nodes`: what can be asked for, once or many times; files of it that people write
- `scenario`: scenarios asked for, and the verb that reckons them
- `job`: what is asked and how it ended, as values
- `desk`, `screened`: verbs for those who explore; `ending`: how a verb ends that cannot do what it is asked
- `explain`: what a figure is, and what made it
- `live`: what live sources say is fetched first, if asked for
- `ledger`, `exports`: published forecasts kept, and passed on in the formats of others
- `gate`: may a report be made from the data
- `pipeline`: from parameters to published reports
- `run`, `page`, `shelf`: notebooks run, pages made, reports kept
- `schedule`: reports by the clock; `nodes`: YAML with its lines
"""
