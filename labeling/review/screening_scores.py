"""The three scores of the screening test (Ouyang et al. 2022, B.1). Pure: no database.

Flagging. A unit is one prompt or one output. It counts as sensitive for a person who set any of the sensitive flags
on it. The score is the share of units on which labeler and researchers agree about that.

Ranking. A unit is a pair of outputs of one prompt; a tie is an outcome of its own (collection.ranks). The score is the
share of pairs, of all items together, on which both say the same.

Demonstrations. Each is rated 1 to 7 by one researcher or more; the score is the mean over demonstrations of the mean
over their raters, so that a demonstration with more raters does not weigh more.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from labeling.collection.ranks import Id, pairs_agreeing

Flags = Mapping[str, bool]


@dataclass(frozen=True)
class Share:
    """How many of n units agree; `value` is None for no unit."""

    agree: int
    n: int

    @property
    def value(self) -> float | None:
        return self.agree / self.n if self.n else None


@dataclass(frozen=True)
class Mean:
    """The mean rating over n rated demonstrations, of `of` that were written."""

    value: float | None
    n: int
    of: int


def is_sensitive(flags: Flags, sensitive: Collection[str]) -> bool:
    return any(flags.get(flag, False) for flag in sensitive)


def flagging_score(units: Iterable[tuple[Flags, Flags]], sensitive: Collection[str]) -> Share:
    """Over units (the labeler's flags, the key's flags)."""
    same = [is_sensitive(own, sensitive) == is_sensitive(key, sensitive) for own, key in units]
    return Share(sum(same), len(same))


def ranking_score(items: Iterable[tuple[Mapping[Id, int], Mapping[Id, int]]]) -> Share:
    """Over items (the labeler's rank of each output, the key's)."""
    counts = [pairs_agreeing(own, key) for own, key in items]
    return Share(sum(agree for agree, _ in counts), sum(n for _, n in counts))


def demonstration_score(ratings: Sequence[Sequence[int]]) -> Mean:
    """Over demonstrations, each with its raters' values; those that nobody rated yet are left out, and counted."""
    rated = [fmean(values) for values in ratings if values]
    return Mean(fmean(rated) if rated else None, len(rated), len(ratings))
