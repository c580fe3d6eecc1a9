"""From notebooks to a dated, self-contained report: the only writer of ``reports/``."""
