"""India's magnet imports: public figures in, a dated report out. The way through the house, a line a room:

- `data`: what was public on a day, as a value
- `methods`, `ensemble`: functions of numbers and of short series; no dates, files or facts
- `outlook`: India's magnets: targets, suspect years, readings, licences, forecasts
- `screen`: every line of the imports at once: which of them mislead, and how
- `chapters`: what a notebook shows: a folder a chapter, each with sentences and figures
- `kernel`: Jupyter kernels that start warm; knows nothing of magnets
- `report`: notebooks run, pages made, reports published
- `fiscal`, `paths`, `patience`: periods, places, and how long to wait
- `cli`, `__main__`: the command `magnets` and how it begins
"""

__version__ = "0.1.0"
STOPPED = "stopped; reports that were not finished were not written\n"
