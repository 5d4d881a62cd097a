"""The items of a project that were judged: which of them divide people, and what is behind a mark in a chart.

models.py    figures of each item, and which items were judged since these were made
catch_up.py  making those figures again
filters.py   which items: by who judged them, how and when
of_models.py, references.py   which items: by the models compared, and by who set a reference
cells.py     what two labelers said of the same pairs of outputs
page.py      a page of them, with their rankings in short
"""
