"""A share of agreeing pairs with its 95 % interval. Pure: no database."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

Z = 1.959963984540054  # 95 % of a normal distribution lie within so many standard deviations


@dataclass(frozen=True)
class ItemShare:
    """On how many of its pairs of outputs one answered item agrees."""

    agree: int
    n: int


def estimate(items: Iterable[ItemShare]) -> dict[str, float | int | None]:
    """The share over all pairs, Wilson's interval (Wilson 1927), pairs `n` and `items`; nulls where there is none.

    Pairs of one item hang together, so the interval counts the items as its observations, not the pairs: it is
    rather too wide than too narrow.
    """
    answered = [item for item in items if item.n]
    n = sum(item.n for item in answered)
    if not n:
        return {"value": None, "low": None, "high": None, "n": 0, "items": 0}
    share = sum(item.agree for item in answered) / n
    count = len(answered)
    middle = share + Z * Z / (2 * count)
    reach = Z * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    scale = 1 + Z * Z / count
    low, high = max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)
    return {"value": share, "low": min(low, share), "high": max(high, share), "n": n, "items": count}
