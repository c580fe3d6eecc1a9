"""Chapter 1, what customs recorded: what it computes for itself, and how it says and shows it.

- `lines`, `suppliers`, `prices`: what the tariff lines hold, who supplies them, what they cost
- `sentences`, `causes`: computed sentences
- `worth`: what the imports of all known years, and a tonne, were worth, said and drawn
- `mirror`, `screen`: what both sides of the border counted, of HS 850511 and of every line
- `reconciliation`: all of rare-earth magnets
- `figures`, `markets`: drawings
- `tables`: tables with heads in words
"""
