"""How many tonnes of magnets will India import?

- `tables`: what the chapter shows, and the words for its scenarios, models and judgements
- `phrases`, `sentences`: what it says of the forecast; `compared`: of what the forecast is set beside
- `weighing`: what the readings of a suspect year weigh, what moved them, and what other weights would do
- `value`, `value_figure`, `roads`: what the imports will be worth, and a second road to tonnes beside the first
- `awaited`: what is due, what is late, and what it would do
- `figures`, `captions`: what it draws, and what is said of that
"""
