"""Postal addresses: a street with a house number, and the town and postcode after it where they are given."""

import re
from collections.abc import Iterator

from .context import words_before

_CAPITAL = r"[A-Z\u00c0-\u00dd\u0141\u015a\u017b]"
# Every repetition below is bounded and parted by what it cannot hold itself, so that no text takes long.
_WORD = rf"{_CAPITAL}[\w'\u2019.-]{{0,30}}"
_TOWN = rf"{_WORD}(?:[ ](?:{_WORD}|am|an|der|de|la|le|les|sur|upon|of|del|do|da|the)){{0,4}}"
_POSTCODE = (
    r"(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}"  # United Kingdom
    r"|[A-Z]\d[A-Z]\s?\d[A-Z]\d"  # Canada
    r"|\d{4}\s?[A-Z]{2}\b"  # Netherlands
    r"|\d{5}-\d{4}|\d{5}-\d{3}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3}\s\d{2}|\d{3}\s\d{3}|\d{4,6})(?!\d)"
)
_REGION = r"(?:[A-Z]{2,3}|[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
# What may follow a street: a unit, up to three towns, a region and a postcode on either side of the town.
_TAIL = (
    r"(?:,?\s+(?:(?:apt|apartment|unit|suite|ste|flat|floor|fl|room|rm|bldg|piso|app)\b\.?\s?#?\s?\w{1,5}|#\s?\w{1,5}))?"
    rf"(?:(?:,\s*|\s+){_POSTCODE}[ ]{_TOWN}"
    rf"|(?:,\s*|\s+)(?:{_TOWN},?\s+){{0,1}}(?:{_TOWN},\s*){{0,2}}(?:{_REGION},?\s+)?{_POSTCODE}"
    rf"|,\s*{_TOWN},\s*[A-Z]{{2}}\b"
    rf"|(?:,\s*{_TOWN}){{1,2}}(?=\s*(?:[.;!?)\n]|$))"
    r")?"
)
_NUMBER = r"(?<![\w.,$\u20ac\u00a3:/-])\d{1,5}[A-Za-z]?(?:[-\u2013/]\d{1,4}[A-Za-z]?)?"
_UNIT_BEFORE = r"(?:(?:Flat|Apartment|Apt|Unit|Suite|Room)\.?\s?\w{1,4},?\s+)?"
_KINDS_OF_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Way|"
    r"Parkway|Pkwy|Circle|Cir|Crescent|Cres|Close|Highway|Hwy|Trail|Alley|Row|Gardens|Grove|Mews|Hill|Quay|Walk|Loop|"
    r"Plaza|Esplanade|Parade|Rise|View)\b\.?"
)
_SIDE = r"(?:(?:North|South|East|West|N|S|E|W|NE|NW|SE|SW)\b\.?\s)?"

_ENGLISH = re.compile(
    rf"(?:{_UNIT_BEFORE}{_NUMBER},?\s{_SIDE}(?:(?:{_WORD}|\d{{1,3}}(?:st|nd|rd|th))\s){{1,4}}{_KINDS_OF_STREET}"
    rf"|{_UNIT_BEFORE}{_NUMBER}\s{_SIDE}Broadway\b)"
    rf"(?:\s(?:N|S|E|W|NE|NW|SE|SW)\b)?{_TAIL}"
)
_GERMANIC = re.compile(
    rf"(?<![\w-])(?:{_WORD}\s){{0,3}}(?:{_CAPITAL}[\w-]{{0,30}}"
    r"(?:stra\u00dfe|strasse|str\.|straat|gasse|allee|platz|gracht|v\u00e4gen|gatan)"
    rf"|Stra\u00dfe|Strasse|Str\.|Platz|Allee)\s\d{{1,4}}(?:\s?[a-z]\b)?(?:-\d{{1,4}})?{_TAIL}"
)
_NAME_NUMBER_POSTCODE = re.compile(
    rf"(?<![\w.])(?:(?:{_WORD}|am|an|der|den|de|la|ul\.|os\.)\s){{1,4}}\d{{1,4}}(?:\s?[a-zA-Z]\b)?(?:/\d{{1,4}})?,\s*"
    rf"(?:[A-Z]{{1,2}}-)?(?:\d{{5}}|\d{{2}}-\d{{3}}|\d{{3}} \d{{2}}|\d{{4}}(?:\s?[A-Z]{{2}}\b)?)\s+{_TOWN}"
)
_FRENCH = re.compile(
    r"(?<![\w.,])\d{1,4}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|av\.|boulevard|bd|place|all\u00e9e|chemin|impasse|quai|cours|"
    r"route|square|ruelle)\s(?:(?:de|du|des|la|le|les|\u00e0|aux)\s|[ld]['\u2019]){0,3}"
    rf"{_WORD}(?:[ ](?:{_WORD}|de|du|des|la|le|et)){{0,4}}{_TAIL}",
)
_SOUTHERN = re.compile(
    r"\b(?:Calle|C/|C\.|Avenida|Avda\.?|Av\.|Paseo|Plaza|Carrer|Via|Viale|Piazza|Corso|Rua|Travessa|Largo|Vicolo|"
    rf"Estrada)\s?(?:(?:{_WORD}|de|del|della|dei|di|da|do|dos|das|la|las|los|el|e|y|san|santa)\s){{0,5}}{_WORD},?\s"
    rf"(?:n[\u00ba\u00b0o]?\.?\s?)?\d{{1,5}}\b(?:,?\s?\d{{1,2}}[\u00ba\u00aa](?:\s?[A-Z])?)?{_TAIL}"
)
_BOX = re.compile(
    rf"\b(?:P\.?\s?O\.?\s?Box|Postfach|Postbus|Apartado|GPO Box)\s\d[\d ]{{0,8}}\d?\b{_TAIL}", re.IGNORECASE
)
_INDIAN = re.compile(
    r"\b(?:Flat|House|Plot|Door|H\.?\s?No)\b\.?\s?(?:No\.?\s?)?[\w/-]{1,8},\s[^\n]{5,90}?[ -]\d{3}\s?\d{3}\b"
)
_EAST_ASIAN = re.compile(
    r"\u3012\s?\d{3}-\d{4}\s*[\u3040-\u30ff\u4e00-\u9fff\d\uff10-\uff19\-\u2212\u30fc]{2,40}"
    r"|[\u4e00-\u9fff]{2,4}[\u90fd\u9053\u5e9c\u770c][\u3040-\u30ff\u4e00-\u9fff]{2,12}\d{1,3}(?:-\d{1,3}){1,3}"
    r"|[\u4e00-\u9fff]{2,20}(?:\u8def|\u8857|\u9053|\u5df7)\d{1,5}\u53f7(?:[\u4e00-\u9fff\d]{0,14}[\u5ba4\u697c\u5c42\u680b\u53f7])?"
)
_STATES = (
    "al|ak|az|ar|ca|co|ct|de|fl|ga|hi|ia|id|il|in|ks|ky|la|ma|md|me|mi|mn|mo|ms|mt|nc|nd|ne|nh|nj|nm|nv|ny|oh|ok|or|pa|"
    "ri|sc|sd|tn|tx|ut|va|vt|wa|wi|wv|wy|dc"
)
# Typed in small letters, a street is believed only after words that announce an address.
_SMALL = re.compile(
    r"\d{1,5}[a-z]?\s(?:[a-z'\u2019]+\s){1,3}(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|"
    r"place|terrace|way|close|crescent|square|gardens|grove)\b\.?(?:,?\s(?:apt|unit|flat|suite)\.?\s?\w{1,4})?"
    r"(?:,\s[a-z]+(?:\s[a-z]+)?)?(?:,?\s(?:{_STATES})\b)?(?:,?\s\d{5}(?:-\d{4})?|,?\s[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b)?",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\b(?:address|live[sd]?|living|reside[sd]?|residing|ship|shipped|deliver|delivered|delivery|send|sent|mail|moved|"
    r"located|home|house|come|pick me up|drop)\b[^\d\n]{0,30}$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d\b")
_BEFORE_A_YEAR = re.compile(
    r"\b(?:in|since|by|until|till|from|of|during|after|before|around|circa|and)\s$", re.IGNORECASE
)
_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Chapter|Section|Figure|Table|Article|Page|Psalm)\.?\s\d"
)


def find_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a postal address stands."""
    for pattern in (_GERMANIC, _FRENCH, _SOUTHERN, _BOX, _INDIAN, _EAST_ASIAN):
        for match in pattern.finditer(text):
            yield _trimmed(match)
    for match in _ENGLISH.finditer(text):
        a_year = _YEAR.match(match[0]) and _BEFORE_A_YEAR.search(words_before(text, match.start()))
        if not a_year:
            yield _trimmed(match)
    for match in _NAME_NUMBER_POSTCODE.finditer(text):
        if not _MONTH.search(match[0]):
            yield _trimmed(match)
    for match in _SMALL.finditer(text):
        if _ANNOUNCES.search(words_before(text, match.start())):
            yield _trimmed(match)


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    """Return the match without a full stop that ends its sentence."""
    end = match.end()
    if match[0].endswith(".") and not re.search(r"\b(?:St|Ave|Rd|Blvd|Ln|Dr|Ct|Str|Sq)\.$", match[0]):
        end -= 1
    return match.start(), end
