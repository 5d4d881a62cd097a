"""Phone numbers: international and national ways of writing one, and bare digits where words say what they are."""

import re
from collections.abc import Iterator

from .context import names_another_thing, words_before

# Letters of scripts without spaces between words may touch a number; Latin letters make it a code.
_NO_NUMBER_BEFORE = r"(?<![A-Za-z0-9_+])(?<!\d[ .,:/-])(?<!\d[ ]-)"
_NO_NUMBER_AFTER = r"(?![A-Za-z0-9_])(?![.,:/-]\d)"
_EXTENSION = r"(?:,?\s?(?:x|ext\.?|extension|poste|Durchwahl)\s?\d{1,5})?"

# Written in a way that little else is. Each alternative is one convention.
_DISTINCT = re.compile(
    _NO_NUMBER_BEFORE
    + r"(?:"
    + "|".join(
        [
            r"\(?\+[ ]?[1-9]\d{0,3}\)?(?:[ .\-/\u00a0]{0,2}\(?\d{1,5}\)?){1,6}",  # +44 (0)20 7946 0958
            r"00[1-9]\d{0,2}(?:[ .\-/]\(?\d{1,5}\)?){2,6}",  # 0049 30 901820
            r"(?:\(?1\)?[-. ]{1,2})?(?:\([2-9]\d{2}\)[ -]?|[2-9]\d{2}[-. /])[2-9]\d{2}[-. ]\d{4}",  # North America
            r"\(0[1-9]\d{0,4}\)[ /-]?\d{2,8}(?:[ -]\d{2,5}){0,3}",  # (030) 901820
            r"0[1-9]\d{0,4}(?:[ ]?[/-][ ]?|[ ])\d{2,8}(?:[ -]\d{2,5}){0,4}",  # 020 7946 0958, 0171/1234567
            r"0[1-9](?:[ .-]\d{2}){4}",  # 06.12.34.56.78
            r"8[ -]?\(\d{3,5}\)[ -]?\d{1,3}-\d{2}-\d{2}",  # 8 (912) 345-67-89
            r"\([1-9]\d\)[ ]?9?\d{4}[-. ]\d{4}",  # (11) 91234-5678
            r"[6-9]\d{4}[ -]\d{5}",  # 98765 43210
            r"1[3-9]\d[ -]\d{4}[ -]\d{4}",  # 138 0013 8000
            r"[679]\d{2}[ -]\d{2}[ -]\d{2}[ -]\d{2}",  # 612 34 56 78
        ]
    )
    + r")"
    + _EXTENSION
    + _NO_NUMBER_AFTER,
    re.IGNORECASE,
)
_ANY_DIGITS = re.compile(_NO_NUMBER_BEFORE + r"\(?\d[\d ().\-/\u00a0]{4,18}\d" + _EXTENSION + _NO_NUMBER_AFTER)
_SAYS_PHONE = re.compile(
    r"(?:\b(?:call|ring|dial|text|sms|phone|telephone|tel|mobile|cell|cellphone|landline|fax|whatsapp|signal|viber|"
    r"hotline|reach|contact|number(?:\s+is)?(?=\W{0,3}$)|telefon|telefonnummer|handy|handynummer|mobil|mobilnummer|"
    r"rufnummer|nummer|"
    r"t\u00e9l|t\u00e9l\u00e9phone|portable|num\u00e9ro|tel\u00e9fono|tfno|m\u00f3vil|celular|llama|ll\u00e1mame|"
    r"telefono|cellulare|numero|telefone|telem\u00f3vel|telefoon|telefoonnummer|puhelin|puh|tlf|komorka|kom\u00f3rka)\b"
    r"|\u7535\u8bdd|\u624b\u673a|\u96fb\u8a71|\u643a\u5e2f|\u0442\u0435\u043b)[^\d\n]{0,25}$",
    re.IGNORECASE,
)
_NUMBER_OF_ANOTHER_THING = re.compile(
    r"\b(?:account|order|invoice|card|passport|licen[cs]e|policy|flight|room|serial|tracking|student|case|ticket|"
    r"reference|model|part|phone model|version|social security|tax|id|identity|kunden|konto|rechnungs?|bestell)\b"
    r"[^\d\n]{0,20}$",
    re.IGNORECASE,
)
_DATE_OR_ADDRESS = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}(?: .*)?|\d{1,3}(?:\.\d{1,3}){3}"
    r"|(?:1[4-9]|20)\d\d ?[-/] ?(?:1[4-9]|20)\d\d|\d{1,3}(?:[ .]000)+"
)


def find_phones(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a phone number stands."""
    for match in _DISTINCT.finditer(text):
        if _is_possible(match[0], least=8) and not names_another_thing(text, match.start()):
            yield match.span()
    for match in _ANY_DIGITS.finditer(text):
        before = words_before(text, match.start())
        if (
            _SAYS_PHONE.search(before)
            and _is_possible(match[0], least=6)
            and not names_another_thing(text, match.start())
            and not _NUMBER_OF_ANOTHER_THING.search(before)
        ):
            yield match.span()


def _is_possible(number: str, least: int) -> bool:
    """Return whether a number has as many digits as a phone may (E.164: at most 15), and is no date."""
    digits = re.sub(r"\D", "", re.split(r"[xeE]", number)[0])
    return least <= len(digits) <= 15 and not _DATE_OR_ADDRESS.fullmatch(number.strip("() "))
