"""Any line of a panel, as the trade chapter looks at one: the notebook ``lines``.

- `view`: the lines that are meant, with what is known of them
- `sentences`: what is said of them
- `figures`: both counts by year and what comes next, who supplies, what a kilogram costs
"""
