"""Chapter 3: who needs the magnets.

- `sentences`: what the chapter says; `past`: what it says of its past
- `figures`: what it draws
- `tables`: sectors, factors, gaps and records with heads in words and units
"""
