"""The two voluntary surveys: their questions and choices (Ouyang et al. 2022, Tables 12 and 13), and what may be shown.

Pure functions; how answers are stored is in survey_answers.py.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models

# Nothing is shown of fewer answers to a question than this, and answers become visible so many at a time.
BLOCK = 10
# A choice that fewer people took is not told apart from one that nobody took.
SMALLEST_CELL = 3

AGREEMENT = ("strongly_agree", "agree", "neither", "disagree", "strongly_disagree")
# ISO 3166-1 alpha-2; the browser knows the countries' names in each language.
_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = tuple(_CODES.split())


class Survey(models.TextChoices):
    DEMOGRAPHIC = "demographic"
    SATISFACTION = "satisfaction"


@dataclass(frozen=True)
class SurveyQuestion:
    key: str
    choices: tuple[str, ...]
    several: bool = False


QUESTIONS: dict[str, tuple[SurveyQuestion, ...]] = {
    Survey.DEMOGRAPHIC: (
        SurveyQuestion("gender", ("male", "female", "nonbinary_other")),
        SurveyQuestion(
            "ethnicities",
            (
                "white",
                "southeast_asian",
                "indigenous",
                "east_asian",
                "south_asian",
                "middle_eastern",
                "latinx",
                "black",
                "other",
            ),
            several=True,
        ),
        SurveyQuestion("nationality", COUNTRIES),
        SurveyQuestion("age", ("18_24", "25_34", "35_44", "45_54", "55_64", "65_over")),
        SurveyQuestion("education", ("less_than_high_school", "high_school", "undergraduate", "master", "doctorate")),
    ),
    Survey.SATISFACTION: tuple(
        SurveyQuestion(key, AGREEMENT)
        for key in ("clear_instructions", "enjoyable", "repetitive", "paid_fairly", "glad_i_did_it")
    ),
}


def tally(question: SurveyQuestion, answers: Sequence[Sequence[str]]) -> dict[str, int | None]:
    """How many took each choice; None where the number is too small to be shown.

    Of a question with one choice each, the hidden numbers together are at least SMALLEST_CELL, or 0: else one of them
    could be had by subtraction, so the smallest that would be shown is hidden with them.
    """
    counts = Counter(choice for choices in answers for choice in set(choices))
    shown = {choice: counts[choice] for choice in question.choices if counts[choice] >= SMALLEST_CELL}
    if not question.several:
        hidden = len(answers) - sum(shown.values())
        while shown and 0 < hidden < SMALLEST_CELL:
            smallest = min(shown, key=lambda choice: shown[choice])
            hidden += shown.pop(smallest)
    return {choice: shown.get(choice) for choice in question.choices}
