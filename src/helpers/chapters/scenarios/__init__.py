"""Chapter 5: what would change it, and what can India do?

- `sentences`, `closures`: what the chapter says, of scenarios and of a closure of China; `phrases`: what they share
- `home`: what plants and ore in India bring, and the table of the brief
- `figures`: what it draws
- `tables`: scenarios side by side, the balance, the levers, with heads in words and units
- `iamc`: scenarios in the format that other models read
"""
