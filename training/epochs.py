"""The epochs of a fine-tuning run: each kept as a model and scored, and one chosen.

What it does. After each epoch the model is written to RUN_DIR/epochs/N, with the reward model's mean score of its
answers to held-out prompts and, beside it, the held-out loss. The epoch with the highest score becomes output/:
held-out loss rises after one epoch already, while reward and people's preference go on rising (appendix C).

Where it departs from the paper: nowhere.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training.files import whole_folder


class Epochs:
    """What is known of the epochs so far: `scored` has a row for each, in their order."""

    def __init__(self, folder: Path, *, by_reward: bool, keep_all: bool) -> None:
        self.folder, self.by_reward, self.keep_all = folder, by_reward, keep_all
        self.scored: list[dict[str, float]] = []

    def path(self, epoch: int) -> Path:
        return self.folder / str(epoch)

    def add(self, epoch: int, reward: float, validation_loss: float | None) -> None:
        """Notes an epoch's score; one that was noted before, of which a stop came before the samples, once."""
        row = {"epoch": float(epoch), "reward": reward}
        row |= {} if validation_loss is None else {"validation_loss": validation_loss}
        self.scored = [*(other for other in self.scored if other["epoch"] < epoch), row]

    def write(self, epoch: int, save: Callable[[Path], None], *, fence: Callable[[], None]) -> None:
        """Keeps an epoch's model, whole or not at all; without `keep_all`, only the one that would be chosen."""
        if self.keep_all or self.best() == epoch:
            with whole_folder(self.path(epoch), fence=fence) as folder:
                save(folder)
        if not self.keep_all:
            for other in self.scored[:-1]:
                if int(other["epoch"]) != self.best():
                    shutil.rmtree(self.path(int(other["epoch"])), ignore_errors=True)

    def best(self) -> int:
        """The epoch that is chosen of those so far: the highest score, the first of equal ones; else the last.

        One whose model is gone is not chosen, but the last may be still to be written.
        """
        held = [row for row in self.scored[:-1] if self.path(int(row["epoch"])).is_dir()]
        held.append(self.scored[-1])
        if not self.by_reward:
            return int(held[-1]["epoch"])
        return int(max(held, key=lambda row: (row["reward"], -row["epoch"]))["epoch"])

    def copy_best(self, folder: Path) -> None:
        """The chosen epoch's model, into a folder that is there."""
        shutil.copytree(self.path(self.best()), folder, dirs_exist_ok=True)

    def notes(self) -> str:
        """What the model's card says of the choice: each epoch's score and loss."""
        why = "the one with the reward model's highest mean score" if self.by_reward else "the last"
        lines = [
            f"The weights are those after epoch {self.best()} of {len(self.scored)}, {why}.",
            "",
            "| epoch | reward | validation loss |",
            "|---|---|---|",
        ]
        for row in self.scored:
            loss = f"{row['validation_loss']:.4f}" if "validation_loss" in row else ""
            chosen = " (chosen)" if row["epoch"] == self.best() else ""
            lines.append(f"| {int(row['epoch'])}{chosen} | {row['reward']:.4f} | {loss} |")
        return "\n".join(lines)

    def state(self) -> list[dict[str, float]]:
        return [dict(row) for row in self.scored]

    def load_state(self, rows: list[dict[str, Any]]) -> None:
        self.scored = [dict(row) for row in rows]
