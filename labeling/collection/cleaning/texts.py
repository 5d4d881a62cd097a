"""One text for a prompt, and one normal form of a text, for the keys of duplicates.py and splits.py.

The normal form is part of what the database stores (in its keys), so a change here needs a migration that
makes the keys anew.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence

_WHITE_SPACE = re.compile(r"\s+")
# Typographic variants of one character, which copying between editors exchanges silently.
_SAME_CHARACTERS = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"'}
    | dict.fromkeys("\u2010\u2011\u2013\u2014", "-")
)
_CLOSING = " .!?\u2026\u3002"  # with the ellipsis and the ideographic full stop


def text_of(messages: Sequence[Mapping[str, str]]) -> str:
    """Return the text that stands for chat messages: a lone user message's content, else all of them.

    Several messages are joined as `role: content` with an empty line between them, so that the same words
    said by other roles are another text.
    """
    if len(messages) == 1 and messages[0]["role"] == "user":
        return messages[0]["content"]
    return "\n\n".join(f"{message['role']}: {message['content']}" for message in messages)


def normalize(text: str) -> str:
    """Return the text as it is compared: NFKC, case folded, plain quotes, single spaces, no full stop.

    Inner punctuation and digits stay: `2 + 2` and `2 - 2` are two questions.
    """
    if text.isascii():  # most of it is, and then there is nothing to fold but case and white space
        joined = " ".join(text.lower().split())
    else:
        folded = unicodedata.normalize("NFKC", text).translate(_SAME_CHARACTERS).casefold()
        joined = _WHITE_SPACE.sub(" ", unicodedata.normalize("NFKC", folded)).strip()
    return joined.rstrip(_CLOSING) or joined


def digest(*parts: str) -> str:
    """Return the sha256 of the parts as 64 hexadecimal digits; ("a", "b") and ("ab",) differ."""
    hashed = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        hashed.update(f"{len(encoded)}:".encode())
        hashed.update(encoded)
    return hashed.hexdigest()
