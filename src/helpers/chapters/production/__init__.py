"""Chapter 2: what India's own rare earth can make.

- `sentences`, `ore`: what the chapter says, of neodymium and of ore
- `figures`: what it draws
- `tables`: tables of ``outlook`` with heads in words and units
- `dependence`: indices of dependence side by side
- `verdicts`: which of two is more, by rule
"""
