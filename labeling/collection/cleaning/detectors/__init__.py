"""One file for each kind of personal data. Each yields (start, end) of what it finds in a text."""
