"""Cleaning of prompts, as pure functions without database or Django.

rows.py reads uploads, personal_data.py finds what must not be trained on, duplicates.py and splits.py hold
the two rules of the paper's appendix A.2: no two prompts with a long common prefix, and no user on two sides.
"""
