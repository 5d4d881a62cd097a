"""Experiments that show whether the engine does what it says: `make science`; what came out is in docs/science.md.

They run the product's own stages (training/) on the shared public data, in a folder that keeps every run: stopped and
started again, they go on. Hypotheses are declared in docs/science.md before an experiment is run.
"""
