"""What a notebook shows.

- `outputs`: Sentence, Table, Figure, Download
- `words`: verdicts and directions
- `canvas`: what all figures share
- `trade`, `production`, `forecast`: a folder a notebook
"""
