"""Duplicates by long common prefix, as in appendix A.2 of the InstructGPT paper.

The paper drops prompts "that share a long common prefix" and says neither how long nor how it looks for them.
The rule here: two prompts are duplicates when their normal forms (texts.py) agree in the first
PREFIX_CHARACTERS characters, or are the same where both are shorter. 160 characters are about thirty words:
longer than an instruction that many prompts honestly share ("Summarize the following text for a child:"),
shorter than the body that a client program sends again and again with another last line.

Being equal in a fixed prefix is an equivalence, so one key per prompt decides it: an import of n prompts
costs n hashes and one index look-up per prompt, and what the database already holds is compared by the same
key.
"""

from .texts import digest, normalize

PREFIX_CHARACTERS = 160


def prefix_key(text: str) -> str:
    """Return the key that two texts share exactly when they are duplicates: 64 hexadecimal digits."""
    return digest("prefix", normalize(text)[:PREFIX_CHARACTERS])
