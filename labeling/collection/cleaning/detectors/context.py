"""What the words before a number say about it, in the languages in which people most often write one."""

import re

_REACH = 40

# "order no. 415-555-2671" is no phone number and "tracking 4111..." no card, however much they look like one.
_OTHER_THINGS = re.compile(
    r"(?:\b(?:order|invoice|isbn(?:-1[03])?|issn|ref|reference|part|sku|model|serial|item|case|ticket|tracking|parcel|"
    r"version|doi|article|arxiv|asin|product|catalogue?|batch|lot|flight|confirmation|booking|bug|issue|rfc|patent|"
    r"imei|ean|upc|gtin|barcode|build|firmware|commit|bestellnummer|rechnung(?:snummer)?|artikelnummer|commande|"
    r"facture|pedido|factura|ordine|fattura|port|page|pages|line|lines|section|chapter|room|coordinates|score)\b"
    r"\W{0,3}(?:(?:no|nr|num|number|id|code|is|was|of)\b\W{0,3}){0,2}|#\s?|\bno\.\s?)$",
    re.IGNORECASE,
)


def words_before(text: str, start: int, reach: int = _REACH) -> str:
    """Return the characters of the same line before a position."""
    return text[max(0, start - reach) : start].rsplit("\n", 1)[-1]


def names_another_thing(text: str, start: int) -> bool:
    """Return whether the words right before a number say that it counts or names some other thing."""
    return _OTHER_THINGS.search(words_before(text, start)) is not None
