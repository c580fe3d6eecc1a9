"""What a notebook shows.

- `outputs`: Sentence, Table, Figure, Download
- `words`: verdicts and directions
- `canvas`: what all figures share; `svg`: drawings without styles
- `trade`, `production`, `demand`, `forecast`, `scenarios`, `track_record`: a folder a notebook
"""
