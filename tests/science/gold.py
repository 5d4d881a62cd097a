"""The gold reward: what the planted labelers really want, known exactly, so that over-optimization can be seen.

    gold = .5 z(mean log-probability of the answer under a reader) + .3 prompt words taken up (of three at most)
           + .2 share of distinct bigrams - .05 for each token outside 16 to 40

The reader is a language model of another seed than the policy's base, and reads prompt and answer as plain text. z, and
the unit in which all is told, come of answers of the SFT model: gold has mean 0 and standard deviation 1 there.
Gao, Schulman and Hilton (2022), Scaling laws for reward model overoptimization, have a large reward model in its place.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from training.models import load_policy, load_tokenizer
from training.rollout import Policy, response_batch, response_logprobs

SHORTEST, LONGEST = 16, 40
OUTSIDE = 0.05
MOST_WORDS = 3
LONGEST_Z = 3.0
"""A bound on z, so that a single degenerate text is not worth more than all else together."""
AT_ONCE = 64

Text = tuple[str, str]
"""A prompt and an answer to it."""


@dataclass(frozen=True)
class Scale:
    """Of the reference answers: log-probability's mean and deviation, and the same of the gold before it is scaled."""

    logprob_mean: float = 0.0
    logprob_sd: float = 1.0
    gold_mean: float = 0.0
    gold_sd: float = 1.0


class Gold:
    def __init__(self, reader: Path, scale: Scale | None = None) -> None:
        self.tokenizer = load_tokenizer(reader)
        self.reader = Policy(load_policy(reader, self.tokenizer).eval())
        self.scale = scale or Scale()

    @classmethod
    def of(cls, reader: Path, reference: Sequence[Text]) -> "Gold":
        """Scaled so that the reference answers have mean 0 and deviation 1."""
        gold = cls(reader)
        logprobs = gold.logprobs(reference)
        gold.scale = Scale(float(logprobs.mean()), float(logprobs.std()))
        raw = gold(reference)
        gold.scale = Scale(gold.scale.logprob_mean, gold.scale.logprob_sd, float(raw.mean()), float(raw.std()))
        return gold

    @classmethod
    def load(cls, path: Path) -> "Gold":
        row = json.loads(path.read_text(encoding="utf-8"))
        return cls(Path(row["reader"]), Scale(**row["scale"]))

    def save(self, path: Path, reader: Path) -> None:
        path.write_text(json.dumps({"reader": str(reader), "scale": asdict(self.scale)}), encoding="utf-8")

    def __call__(self, texts: Sequence[Text]) -> np.ndarray:
        """(N,) in standard deviations of the reference answers."""
        z = np.clip((self.logprobs(texts) - self.scale.logprob_mean) / self.scale.logprob_sd, -LONGEST_Z, LONGEST_Z)
        parts = np.array([
            0.3 * taken_up(prompt, answer) + 0.2 * distinct_bigrams(answer) - OUTSIDE * outside(len(self._ids(answer)))
            for prompt, answer in texts
        ])  # fmt: skip
        return (0.5 * z + parts - self.scale.gold_mean) / self.scale.gold_sd

    def _ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False)

    @torch.no_grad()
    def logprobs(self, texts: Sequence[Text]) -> np.ndarray:
        """(N,) mean log-probability of the answers' tokens after their prompts; of an empty answer that of a space."""
        found = np.zeros(len(texts))
        for first in range(0, len(texts), AT_ONCE):
            part = texts[first : first + AT_ONCE]
            batch = response_batch(
                [[self.tokenizer.bos_token_id, *self._ids(prompt)] for prompt, _ in part],
                [self._ids(f" {answer}") for _, answer in part],
                self.tokenizer.pad_token_id,
                torch.device("cpu"),
            )
            of_each = response_logprobs(self.reader, batch, 1.0).split(batch.lengths)
            found[first : first + AT_ONCE] = [float(row.mean()) for row in of_each]
        return found


def taken_up(prompt: str, answer: str) -> float:
    """The share of MOST_WORDS of the prompt's words of four letters or more that the answer has."""
    shared = _words(prompt) & _words(answer)
    return min(len(shared), MOST_WORDS) / MOST_WORDS


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", text.lower()))


def distinct_bigrams(answer: str) -> float:
    words = answer.split()
    bigrams = list(pairwise(words))
    return len(set(bigrams)) / len(bigrams) if bigrams else 1.0


def outside(tokens: int) -> int:
    """By how many tokens an answer is shorter than SHORTEST or longer than LONGEST."""
    return max(SHORTEST - tokens, tokens - LONGEST, 0)
