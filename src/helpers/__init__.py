"""India's magnet imports: load, validate, model, scenario, report."""

__version__ = "0.1.0"
