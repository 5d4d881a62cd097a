"""What may distress a labeler: the categories by which a prompt is marked, warned of and opted out of."""

from django.db import models


class SensitiveCategory(models.TextChoices):
    """After the flags of the paper's labeling interface (Table 3 and Fig. 12), by what they ask of a reader.

    Its one flag "encourages violence, abuse, terrorism or self-harm" is two here: who can read of the one may be
    unable to read of the other.
    """

    SEXUAL_CONTENT = "sexual_content"
    VIOLENT_CONTENT = "violent_content"
    DENIGRATION = "denigration"
    SELF_HARM = "self_harm"
    HARMFUL_ADVICE = "harmful_advice"
    OTHER_DISTRESSING = "other_distressing"


def in_order(categories: object) -> list[str]:
    """These categories once each, in the list's order, so that equal sets are equal lists."""
    return [value for value in SensitiveCategory.values if value in categories]  # type: ignore[operator]
