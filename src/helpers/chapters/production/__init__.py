"""Chapter 2: what India's own rare earth can make.

- `sentences`, `ore`: what the chapter says, of neodymium and of ore, of exports to Japan
- `figures`: what it draws
- `tables`: tables of ``outlook`` with heads in words and units; the chain from ore to need
- `dependence`: indices of dependence side by side
"""
