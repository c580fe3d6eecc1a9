"""What 4-forecast shows: tables, figures, captions and sentences, each verdict by a rule."""
