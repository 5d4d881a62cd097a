"""Payment cards: the length and first digits of an issuer, groups as on a card, and the Luhn check."""

import re
from collections.abc import Iterator

from .checksums import luhn
from .context import names_another_thing

_CANDIDATE = re.compile(r"(?<![\w])(?<![\w][.-])\d(?:[ \u00a0-]?\d){11,18}(?![ -]?\d)(?![\w])(?!\.\d)")
_GROUPS = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1), (6, 13), (8, 8)}


def find_cards(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the number of a payment card stands."""
    for match in _CANDIDATE.finditer(text):
        groups = re.split(r"[ \u00a0-]", match[0])
        digits = "".join(groups)
        grouped = len(groups) == 1 or tuple(map(len, groups)) in _GROUPS
        if grouped and _has_an_issuer(digits) and luhn(digits) and not names_another_thing(text, match.start()):
            yield match.span()


def _has_an_issuer(digits: str) -> bool:
    """Return whether first digits and length are those of a large card network."""
    length, two, four = len(digits), int(digits[:2]), int(digits[:4])
    return (
        (digits[0] == "4" and length in (13, 16, 19))
        or (length == 16 and (51 <= two <= 55 or 2221 <= four <= 2720))
        or (length == 15 and two in (34, 37))
        or (16 <= length <= 19 and (four == 6011 or 6440 <= four <= 6599 or two == 62 or 3528 <= four <= 3589))
        or (length == 14 and (3000 <= four <= 3059 or two in (36, 38, 39)))
        or (12 <= length <= 19 and 5000 <= four <= 5099)
        or (12 <= length <= 19 and four in (5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763))
    )
