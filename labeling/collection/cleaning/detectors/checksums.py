"""The check digits of card and identity numbers. Each takes digits as a string and returns whether they hold."""

from collections.abc import Sequence

_VERHOEFF_PRODUCT = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
_VERHOEFF_POSITION = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
]


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1: payment cards, and the identity numbers of Canada, Sweden and South Africa."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def verhoeff(digits: str) -> bool:
    """The scheme of J. Verhoeff (1969): India's Aadhaar."""
    state = 0
    for position, digit in enumerate(reversed(digits)):
        state = _VERHOEFF_PRODUCT[state][_VERHOEFF_POSITION[position % 8][int(digit)]]
    return state == 0


def weighted(digits: str, weights: Sequence[int]) -> int:
    """Return the sum of digits times weights."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def iban(compact: str) -> bool:
    """ISO 13616: letters become 10 to 35, the first four characters go last, and the rest by 97 is 1."""
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def mod_11_10(digits: str) -> bool:
    """ISO 7064 mod 11,10: Germany's tax number."""
    product = 10
    for digit in digits[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = (total * 2) % 11
    return (11 - product) % 10 == int(digits[-1])


def cpf(digits: str) -> bool:
    """Brazil's CPF: two check digits mod 11."""
    first = weighted(digits, range(10, 1, -1)) * 10 % 11 % 10
    second = weighted(digits, range(11, 1, -1)) * 10 % 11 % 10
    return len(set(digits)) > 1 and digits[9:] == f"{first}{second}"


def bsn(digits: str) -> bool:
    """The eleven test of the Dutch BSN."""
    return weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0 and int(digits) > 0


def pesel(digits: str) -> bool:
    """Poland's PESEL."""
    return weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0


def fodselsnummer(digits: str) -> bool:
    """Norway's two check digits mod 11."""
    first = weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1])
    second = weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1])
    return first % 11 == 0 and second % 11 == 0


def chinese_id(number: str) -> bool:
    """GB 11643: seventeen digits and a check character, ISO 7064 mod 11-2."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[weighted(number[:17], weights) % 11] == number[17].upper()


def spanish_dni(number: str) -> bool:
    """The letter of Spain's DNI, and of a NIE whose first letter X, Y, Z stands for 0, 1, 2."""
    digits = number[:-1].upper().translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == number[-1].upper()


def codice_fiscale(code: str) -> bool:
    """The check letter of Italy's codice fiscale (Decreto 12 March 1974)."""
    odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
    total = 0
    for position, character in enumerate(code[:15].upper()):
        value = int(character) if character.isdigit() else ord(character) - ord("A")
        total += odd[value] if position % 2 == 0 else value
    return chr(ord("A") + total % 26) == code[15].upper()


def french_nir(digits: str) -> bool:
    """The key of France's social security number: 97 minus the rest of the thirteen digits by 97."""
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def belgian_number(digits: str) -> bool:
    """Belgium's national number: mod 97, with a 2 before it for people born from 2000 on."""
    return any(97 - int(prefix + digits[:9]) % 97 == int(digits[9:]) for prefix in ("", "2"))


def finnish_hetu(number: str) -> bool:
    """Finland's personal identity code without its sign of the century: a check character mod 31."""
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(number[:9]) % 31] == number[9].upper()


def singapore_nric(number: str) -> bool:
    """Singapore's NRIC and FIN of the series S, T, F and G."""
    total = weighted(number[1:8], [2, 7, 6, 5, 4, 3, 2]) + (4 if number[0] in "TG" else 0)
    letters = "JZIHGFEDCBA" if number[0] in "ST" else "XWUTRQPNMLK"
    return letters[total % 11] == number[8]


def is_date(year: str, month: str, day: str) -> bool:
    """Return whether a month and a day can be; a year of two digits says nothing of leap years."""
    lengths = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= int(month) <= 12 and 1 <= int(day) <= lengths[int(month) - 1] and len(year) in (2, 4)
