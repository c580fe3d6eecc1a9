"""From notebooks to a dated, self-contained report: the only writer of ``reports/``.

- `parameters`, `grid`: what can be asked for, once or many times
- `job`: what is asked and how it ended, as values
- `live`: what live sources say is fetched first, if asked for
- `gate`: may a report be made from the data
- `pipeline`: from parameters to published reports
- `run`, `page`, `shelf`: notebooks run, pages made, reports kept
- `schedule`: reports by the clock; `nodes`: YAML with its lines
"""
