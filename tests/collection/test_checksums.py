"""Check digits against numbers that their issuers or standards publish, and each against one wrong digit."""

from collections.abc import Callable

import pytest

from labeling.collection.cleaning.detectors import checksums

SPECIMENS = [
    (checksums.luhn, "4111111111111111"),
    (checksums.luhn, "046454286"),  # Canada
    (checksums.luhn, "8112189876"),  # Sweden
    (checksums.luhn, "8001015009087"),  # South Africa
    (checksums.verhoeff, "2363"),  # the paper's own example
    (checksums.verhoeff, "234123412346"),
    (checksums.iban, "GB82WEST12345698765432"),  # ISO 13616
    (checksums.iban, "DE89370400440532013000"),
    (checksums.iban, "FR1420041010050500013M02606"),
    (checksums.mod_11_10, "86095742719"),
    (checksums.cpf, "52998224725"),
    (checksums.bsn, "111222333"),
    (checksums.pesel, "44051401359"),
    (checksums.fodselsnummer, "29029600013"),
    (checksums.chinese_id, "11010519491231002X"),
    (checksums.spanish_dni, "12345678Z"),
    (checksums.spanish_dni, "X1234567L"),
    (checksums.codice_fiscale, "RSSMRA85T10A562S"),
    (checksums.french_nir, "269054958815780"),
    (checksums.belgian_number, "85073003328"),
    (checksums.finnish_hetu, "131052308T"),
    (checksums.singapore_nric, "S1234567D"),
]


@pytest.mark.parametrize(("check", "number"), SPECIMENS)
def test_a_published_number_holds_and_one_wrong_digit_does_not(check: Callable[[str], bool], number: str) -> None:
    assert check(number)
    place = next(index for index in range(len(number) // 2, len(number)) if number[index].isdigit())
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    assert not check(wrong)


def test_dates_in_numbers_must_be_possible() -> None:
    assert checksums.is_date("00", "02", "29")
    assert not checksums.is_date("99", "13", "01")
    assert not checksums.is_date("99", "04", "31")
    assert not checksums.is_date("99", "01", "00")
