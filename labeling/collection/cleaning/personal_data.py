"""Finds personal data in a text and masks it: e-mail addresses, phone, card and identity numbers, postal addresses.

The paper removes personal data from the train split (A.2). Rules and check digits do it here, one file for
each kind in detectors/; how much they find and how often they are wrong is measured on a hand-labeled set and
stated in docs/personal-data.md. Names of people are not looked for: by themselves they say little, and
stories are full of them.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from .detectors.addresses import find_addresses
from .detectors.cards import find_cards
from .detectors.emails import find_emails
from .detectors.id_numbers import find_id_numbers
from .detectors.phones import find_phones

Kind = Literal["email", "card", "id_number", "address", "phone"]

# Where two finds overlap, the earlier kind wins: a check digit says more than a form.
_Detector = Callable[[str], Iterator[tuple[int, int]]]
_DETECTORS: dict[Kind, _Detector] = {
    "email": find_emails,
    "card": find_cards,
    "id_number": find_id_numbers,
    "address": find_addresses,
    "phone": find_phones,
}
_DIGIT = re.compile(r"\d")
KINDS: tuple[Kind, ...] = tuple(_DETECTORS)


@dataclass(frozen=True, order=True)
class Span:
    """Where a piece of personal data stands: characters start to end (end not included) of the text."""

    start: int
    end: int
    kind: Kind


def find_personal_data(text: str) -> list[Span]:
    """Return what was found, in the order of the text; spans do not overlap."""
    kept: list[Span] = []
    # All kinds but the first have digits, and most lines of a story have none.
    possible: dict[Kind, _Detector] = _DETECTORS if _DIGIT.search(text) else {"email": find_emails}
    for kind, detect in possible.items():
        found = sorted(detect(text), key=lambda place: place[0] - place[1])
        for start, end in found:
            if all(end <= other.start or start >= other.end for other in kept):
                kept.append(Span(start, end, kind))
    return sorted(kept)


def mask_personal_data(text: str, spans: Iterable[Span]) -> str:
    """Return the text with each span replaced by its kind, as in `write to [EMAIL]`. Spans must not overlap."""
    parts: list[str] = []
    position = 0
    for span in sorted(spans):
        parts += [text[position : span.start], f"[{span.kind.upper()}]"]
        position = span.end
    return "".join([*parts, text[position:]])
