"""What the step at hand has read, so that a run whose numbers break can say of what."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import islice

NAMED = 12
"""So many records are named in a sentence; log.txt has the others."""


def _listed(names: Collection[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(islice(names, NAMED)) + more


@dataclass
class Batch:
    """The records of this process's share of a step, and those of forward passes whose loss was no number."""

    records: dict[str, None] = field(default_factory=dict)  # in the order in which they were read, each once
    suspects: dict[str, None] = field(default_factory=dict)

    def clear(self) -> None:
        self.records, self.suspects = {}, {}

    def add(self, records: Sequence[str], loss: float) -> None:
        """Notes what one forward pass read, and what came of it."""
        self.records |= dict.fromkeys(records)
        if not math.isfinite(loss):
            self.suspects |= dict.fromkeys(records)

    def told(self) -> str:
        """One or two sentences for people; none where the stage noted nothing."""
        if not self.records:
            return ""
        held = f"The step read {len(self.records)} records: {_listed(self.records)}. "
        if not self.suspects:
            return held + "Each one's loss was a number, the gradient or what was measured after it was not. "
        if len(self.suspects) == len(self.records):
            return held + "None of their losses was a number: the weights may be broken already, or the settings. "
        return held + f"The loss was not a number where it read {_listed(self.suspects)}. "
