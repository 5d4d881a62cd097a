"""The mix of task kinds: whoever works on it is given each kind in proportion to its weight in the project.

Stride scheduling (Waldspurger and Weihl, 1995, "Stride Scheduling: Deterministic Proportional-Share Resource
Management"): each kind has a pass, the kind with the lowest is given next, and its pass goes on by 1 / weight. So of
each two kinds the numbers given are in the proportion of their weights, to within one task of the rarer. A kind that
had nothing to give does not save up: its pass is brought up to where the others are, and it gets its share again from
the moment that it has tasks.
"""

from labeling.collection.models import Slot
from labeling.collection.services.take_slot import lock_next_slot
from labeling.projects.models import Membership, TaskKind


def lock_slot_of_mix(membership: Membership) -> Slot | None:
    """Lock the next free slot by the project's mix, and count it; the caller has locked the membership.

    Kinds that are not in the mix come last, the oldest batch first, so that None is only answered when nothing waits.
    """
    weights: dict[str, float] = membership.project.mix
    passes = {kind: membership.mix_passes.get(kind, 0.0) for kind in TaskKind.values if weights.get(kind)}
    for kind in sorted(passes, key=lambda kind: (passes[kind], TaskKind.values.index(kind))):
        slot = lock_next_slot(membership=membership, kinds=[kind])
        if slot is not None:
            membership.mix_passes = _after(passes, kind, weights[kind])
            membership.save(update_fields=["mix_passes"])
            return slot
    others = [kind for kind in TaskKind.values if kind not in passes]
    return lock_next_slot(membership=membership, kinds=others) if others else None


def _after(passes: dict[str, float], given: str, weight: float) -> dict[str, float]:
    """The passes once this kind was given. Kinds before it had nothing; all are counted from the lowest, so that the
    numbers stay small."""
    moved = {kind: max(value, passes[given]) for kind, value in passes.items()}
    moved[given] += 1 / weight
    lowest = min(moved.values())
    return {kind: value - lowest for kind, value in moved.items()}
