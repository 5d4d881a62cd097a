"""Which prompts a model, and the models behind it, learned demonstrations of: a file that goes from model to model.

What it does. A reward model starts from an SFT model. Held-out prompts whose demonstrations that model learned
from are not held out for it: the accuracy on them would be too high. So SFT writes the hashes of its training
prompts beside the weights, with those that its own start brought along; every stage that makes a policy of
another carries the file on; and the reward model leaves such prompts out of its validation (reward.py).

Where it departs from the paper. It splits by user and says nothing on this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from training.files import write_json
from training.records import DemonstrationRecord, Message, message_dicts, read_records

FILE = "demonstrated_prompts.json"


def prompt_key(messages: Iterable[Message]) -> str:
    """A hash of a conversation's roles and words; the same in every file that holds it."""
    return hashlib.sha256(json.dumps(message_dicts(messages), ensure_ascii=False).encode()).hexdigest()[:32]


@dataclass
class Demonstrated:
    """Hashes of prompts; not `complete` where a model behind does not say what it learned from."""

    prompts: set[str] = field(default_factory=set)
    complete: bool = True

    def add(self, demonstrations: str | Path) -> None:
        """Adds the training prompts of a file of demonstrations. Raises RecordError."""
        records = read_records(demonstrations, DemonstrationRecord)
        self.prompts |= {prompt_key(record.messages) for record in records if record.split == "train"}

    def write(self, model: Path) -> None:
        """Writes what is known into a model's folder."""
        write_json(model / FILE, {"complete": self.complete, "prompts": sorted(self.prompts)})


def read_demonstrated(model: str | Path) -> Demonstrated:
    """What a model's folder says; nothing, and not complete, where it is silent or names a model of the hub."""
    try:
        said = json.loads((Path(model) / FILE).read_text(encoding="utf-8"))
        return Demonstrated(set(map(str, said["prompts"])), bool(said["complete"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Demonstrated(complete=False)
