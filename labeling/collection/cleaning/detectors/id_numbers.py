"""Numbers that a state or a bank gives a person: those with a check digit or a distinct form by themselves, the others
after words that name them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import checksums
from .checksums import is_date
from .context import names_another_thing, words_before

_BEFORE, _AFTER = r"(?<![\w])(?<![\w][.-])", r"(?![\w])(?!-\w)"
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24,
    "XK": 20,
}  # fmt: skip
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,8}(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class _Form:
    """A way of writing an identity number. `holds` gets it without spaces, dots, dashes and slashes.

    With `words` it is believed only after one of them, in the same line. It has `digits` digits or more: texts with
    fewer need not be searched for it, and most that have digits at all have a year or two.
    """

    digits: int
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    words: re.Pattern[str] | None = None


def _form(digits: int, pattern: str, holds: Callable[[str], bool], words: str = "") -> _Form:
    spoken = re.compile(rf"(?:\b|(?<=\W))(?:{words})\b[^\n]{{0,30}}$", re.IGNORECASE) if words else None
    return _Form(digits, re.compile(_BEFORE + rf"(?:{pattern})" + _AFTER), holds, spoken)


def _always(number: str) -> bool:
    return True


def _ssn(number: str) -> bool:
    """No area 000 or 666, no group 00, no serial 0000; from 900 on it is an ITIN with a group of 50 to 99."""
    area, group = number[:3], int(number[3:5])
    if area[0] == "9":
        return group >= 50
    return area not in ("000", "666") and group > 0 and number[5:] != "0000"


def _swedish(number: str) -> bool:
    digits = re.sub(r"\D", "", number)[-10:]
    return is_date(digits[:2], digits[2:4], digits[4:6]) and checksums.luhn(digits)


def _finnish(number: str) -> bool:
    return is_date(number[4:6], number[2:4], number[:2]) and checksums.finnish_hetu(number[:6] + number[-4:])


def _norwegian(number: str) -> bool:
    return is_date(number[4:6], number[2:4], number[:2]) and checksums.fodselsnummer(number)


def _danish(number: str) -> bool:
    return is_date(number[4:6], number[2:4], number[:2])


def _korean(number: str) -> bool:
    return is_date(number[:2], number[2:4], number[4:6])


def _polish(number: str) -> bool:
    return is_date(number[:2], f"{int(number[2:4]) % 20:02}", number[4:6]) and checksums.pesel(number)


def _chinese(number: str) -> bool:
    return is_date(number[6:10], number[10:12], number[12:14]) and checksums.chinese_id(number)


def _south_african(number: str) -> bool:
    return is_date(number[:2], number[2:4], number[4:6]) and checksums.luhn(number)


def _has_digits(number: str) -> bool:
    return sum(character.isdigit() for character in number) >= 5


_SSN_WORDS = r"ssn|ssns|social security(?: number)?|social|tin|itin|tax ?payer"
_NAMES = (
    r"passport|passeport|reisepass|pasaporte|passaporto|paspoort|passnummer|driver'?s? licen[cs]e|driving licen[cs]e|"
    r"licen[cs]e (?:no|number)|f\u00fchrerschein(?:nummer)?|permis de conduire|national id(?:entity)?|identity card|"
    r"id card|id number|id no|personalausweis(?:nummer)?|ausweisnummer|carte d'identit\u00e9|c\u00e9dula|"
    r"documento|green card|alien (?:registration )?number|residence permit|voter id|medicare|medicaid|nhs|"
    r"health card|insurance (?:no|number|id)|member id|krankenversichertennummer|sozialversicherungsnummer|"
    r"tax (?:file|id|identification)(?: number)?|tfn|sin|steuer-?id(?:entifikationsnummer)?|steuernummer|nif|"
    r"account number|account no|acct|kontonummer|routing(?: number)?|sort code"
)
_FORMS = (
    _form(9, r"\d{3}-\d{2}-\d{4}", _ssn),
    _form(9, r"\d{3} \d{2} \d{4}|\d{9}", _ssn, _SSN_WORDS),
    # United Kingdom: National Insurance number
    _form(
        6,
        r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        _always,
    ),
    _form(10, r"\d{3} \d{3} \d{4}", _always, r"nhs(?: number| no)?"),
    _form(9, r"[1-9]\d{2}[ -]\d{3}[ -]\d{3}|\d{9}", checksums.luhn, r"sin|social insurance(?: number)?"),
    _form(8, r"\d{8}-?[A-HJ-NP-TV-Z]", checksums.spanish_dni),
    _form(7, r"[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]", checksums.spanish_dni),
    _form(7, r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", checksums.codice_fiscale),
    _form(15, r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}", checksums.french_nir),
    _form(11, r"\d{2} ?\d{3} ?\d{3} ?\d{3}", checksums.mod_11_10, r"steuer-?id\w*|steuerliche\w*|idnr|tax id"),
    _form(9, r"\d{9}|\d{4}\.\d{2}\.\d{3}", checksums.bsn, r"bsn|burgerservicenummer|sofinummer"),
    _form(11, r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", checksums.belgian_number),
    _form(10, r"(?:19|20)?\d{6}[-+]\d{4}", _swedish),
    _form(10, r"\d{6}-?\d{4}", _danish, r"cpr(?:-nummer|-nr|nummer)?|personnummer"),
    _form(9, r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", _finnish),
    _form(11, r"\d{6} ?\d{5}", _norwegian),
    _form(11, r"\d{11}", _polish, r"pesel\w*"),
    _form(11, r"\d{3}\.\d{3}\.\d{3}-\d{2}", checksums.cpf),
    _form(11, r"\d{11}", checksums.cpf, r"cpf"),
    _form(12, r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}", checksums.verhoeff),
    _form(12, r"[2-9]\d{11}", checksums.verhoeff, r"aadhaar|aadhar|uidai|uid"),
    _form(4, r"[A-Z]{3}P[A-Z]\d{4}[A-Z]", _always),
    _form(17, r"\d{17}[\dXx]", _chinese),
    _form(13, r"\d{6}-[1-8]\d{6}", _korean),
    _form(7, r"[STFG]\d{7}[A-Z]", checksums.singapore_nric),
    _form(7, r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d", _always),  # Mexico: CURP
    _form(13, r"\d{13}", _south_african, r"id|identity|rsa"),
    _form(13, r"756\.\d{4}\.\d{4}\.\d{2}", _always),  # Switzerland: AHV
    _form(5, r"(?=[A-Z0-9 -]*\d)[A-Z0-9](?:[ -]?[A-Z0-9]){4,16}", _has_digits, _NAMES),
)


_FEWEST_DIGITS = min(form.digits for form in _FORMS)
_DIGIT = re.compile(r"\d")


def find_id_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield where an identity number, a bank account or the number of an identity document stands."""
    digits = len(_DIGIT.findall(text))
    if digits < _FEWEST_DIGITS:
        return
    for match in _IBAN.finditer(text):
        if (length := _iban_length(match[0])) is not None:
            yield match.start(), match.start() + length
    for form in (form for form in _FORMS if form.digits <= digits):
        for match in form.pattern.finditer(text):
            if form.words and not form.words.search(words_before(text, match.start(), reach=60)):
                continue
            compact = re.sub(r"[ ./-]", "", match[0])
            if form.holds(compact) and not names_another_thing(text, match.start()):
                yield match.span()


def _iban_length(written: str) -> int | None:
    """Return how many of the characters are the IBAN: its country says how long it is, and words may follow it."""
    length = _IBAN_LENGTHS.get(written[:2].upper())
    compact, end = "", 0
    for end, character in enumerate(written, start=1):
        if character not in " -":
            compact += character
        if len(compact) == length:
            return end if checksums.iban(compact.upper()) else None
    return None
