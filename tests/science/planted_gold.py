"""Planted gold: does a reward model of noisy labels lead PPO to what the labelers want?

    python -m tests.science.planted_gold      (or make science)

A small Llama is pretrained on stories and taught to go on from a sentence; planted labelers, who want the gold reward
(gold.py) and err, rank its answers; reward models of few and many of their rankings guide best of n and PPO without a
KL penalty, and gold is watched. Beside them PPO against gold itself (the ceiling) and against a reward model of
shuffled labels (the control); then a second round, with labels on the new policy's answers, against as many labels of
the first policy's alone. What was expected before it ran, and what came out: docs/science.md.

    SCIENCE=/a/folder (default .concord/science) keeps every run; SCALE=tiny is the same in a minute, and means nothing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice, product
from pathlib import Path

import numpy as np

from tests.science.gold import Gold, Text
from tests.science.overoptimization import (
    at_distance,
    best_of_n,
    best_of_n_kl,
    fit_best_of_n,
    fit_reinforcement,
)
from tests.science.planted_labelers import candidates, comparison, rank, temperature_for
from tests.science.stages import metrics, rows, scale_and_folder, side_by_side, stage
from tests.science.texts import Continuation, excerpt, shuffled, turns, write_demonstrations, write_prompts, write_rows
from tests.shared_data import FOLDER

K = 4
SAMPLES_AT_ONCE, PROMPTS_AT_ONCE, ROWS_AT_ONCE = 64, 1024, 256
"""Of one sample run: samples of a prompt, prompts, and answers sampled together; more are given to further runs."""


@dataclass(frozen=True)
class Scale:
    documents: int
    """Of the stories; 0: all."""
    steps: int
    """Of pretraining, 8,192 tokens each."""
    layers: int
    width: int
    heads: int
    vocabulary: int
    demonstrations: int
    labeled: tuple[int, ...]
    """Prompts that each reward model is trained on, a ranking of K answers each."""
    seeds: int
    second_round: int
    """Prompts labeled again with the first round's policy, and as many more of the start's to compare with."""
    ppo_prompts: int
    episodes: int
    best_of: int
    best_of_prompts: int
    validation: int


SCALES = {
    "full": Scale(0, 500, 4, 192, 6, 2048, 3000, (256, 1024, 4096), 3, 1024, 4096, 2048, 256, 64, 256),
    "tiny": Scale(40, 5, 1, 32, 2, 512, 64, (16, 32), 1, 16, 64, 128, 8, 8, 16),
}

BF16 = {"precision": "bf16"}
PRETRAIN = {"context": 1024, "block": 256, "batch_size": 32, **BF16}
RESPONSE = {"max_response_tokens": 48, **BF16}
PPO = {
    "beta": 0.0, "rollout_batch": 64, "minibatches": 4, "sample_prompts": 8, "checkpoint_every": 16, "kl_high": 0.0,
    **RESPONSE,
}  # fmt: skip


Judged = tuple[Continuation, list[str], list[int]]
"""A prompt, its answers and their ranks."""


class PlantedGold:
    def __init__(self, folder: Path, scale: Scale) -> None:
        self.folder, self.scale = folder, scale
        self.held_out = shuffled(FOLDER / "corpus/corpus_kids_valid.txt.gz", "valid")
        train = iter(shuffled(FOLDER / "corpus/corpus_kids_train.txt.gz", "train"))
        most = max(*scale.labeled, 2 * scale.second_round)
        # No prompt is in two of them.
        self.shown, self.labeled, self.asked = (
            list(islice(train, size)) for size in (scale.demonstrations, most, scale.ppo_prompts)
        )

    @classmethod
    def asked_for(cls) -> PlantedGold:
        """In the folder and at the scale that the environment names; all experiments start from its models."""
        scale, folder = scale_and_folder()
        return cls(folder / f"planted-gold-{scale}", SCALES[scale])

    # What all share

    @cached_property
    def corpus(self) -> Path:
        text = self.folder / "corpus"
        if not (text / "valid.txt.gz").exists():
            excerpt(FOLDER / "corpus/corpus_kids_train.txt.gz", text / "train.txt.gz", self.scale.documents)
            excerpt(FOLDER / "corpus/corpus_kids_valid.txt.gz", text / "valid.txt.gz", self.scale.documents)
        return text

    def base(self, seed: int) -> Path:
        size = {name: getattr(self.scale, name) for name in ("steps", "layers", "width", "heads", "vocabulary")}
        return stage(self.folder / f"base-{seed}", "pretrain", {"data": self.corpus}, seed=seed, **PRETRAIN, **size)

    @cached_property
    def start(self) -> Path:
        """The SFT model: PPO's start, and the reward models'."""
        shown = self.shown + self.held_out[: self.scale.validation]
        data = write_demonstrations(self.folder / "demonstrations.jsonl", shown)
        return stage(self.folder / "sft", "sft", {"data": data, "policy": self.base(0)}, seed=0, epochs=2, **BF16)

    def answers(self, name: str, policy: Path, prompts: Sequence[Continuation], each: int) -> list[list[str]]:
        """So many of a policy's answers to each prompt."""
        most = min(each, SAMPLES_AT_ONCE)

        def sampled(first: int, seed: int) -> Path:
            run = self.folder / f"{name}-{first}-{seed}"
            path = write_prompts(run.with_suffix(".prompts.jsonl"), list(prompts[first : first + PROMPTS_AT_ONCE]))
            settings = {"samples_per_prompt": most, "prompts_per_step": ROWS_AT_ONCE // most, **RESPONSE}
            return stage(run, "sample", {"prompts": path, "policy": policy}, seed=100 + seed, **settings)

        parts = product(range(0, len(prompts), PROMPTS_AT_ONCE), range(-(-each // most)))
        found: dict[str, list[str]] = {prompt.id: [] for prompt in prompts}
        for output in side_by_side(partial(sampled, *part) for part in parts):
            for row in rows(output / "candidates.jsonl"):
                found[row["prompt"]].append(row["text"])
        return [found[prompt.id] for prompt in prompts]

    # Labels

    @cached_property
    def pool(self) -> tuple[list[Continuation], list[list[str]]]:
        """All prompts of the first round with the start's answers, the validation's last."""
        prompts = self.labeled + self.held_out[: self.scale.validation]
        return prompts, self.answers("answers", self.start, prompts, K)

    @cached_property
    def gold(self) -> Gold:
        path = self.folder / "gold.json"
        if not path.exists():
            texts = _texts(*self.pool)[: 1000 * K]
            Gold.of(self.base(1), texts).save(path, self.base(1))
        return Gold.load(path)

    @cached_property
    def gold_PK(self) -> np.ndarray:  # noqa: N802 (prompts, K)
        return self._gold_of("answers", *self.pool)

    @cached_property
    def temperature(self) -> float:
        return temperature_for(self.gold_PK)

    def judged(self, name: str, gold_PK: np.ndarray, seed: int, *, shuffle: bool = False) -> list[list[int]]:
        """A labeler's ranking of each prompt; shuffled it says nothing."""
        noise = random.Random(f"{name} {seed}")
        ranks = [rank(gold_K, self.temperature, noise) for gold_K in gold_PK.tolist()]
        if shuffle:
            for places in ranks:
                noise.shuffle(places)
        return ranks

    def reward_model(self, labeled: int, seed: int, *, shuffle: bool = False) -> Path:
        """Of the first so many prompts, each ranked once; other seeds bring other labelers' errors."""
        name = f"rm-{'shuffled' if shuffle else labeled}-{seed}"
        prompts, answers = self.pool
        ranks = self.judged("first", self.gold_PK, seed, shuffle=shuffle)
        chosen = [*range(labeled), *range(len(prompts) - self.scale.validation, len(prompts))]
        return self._reward_model(name, [(prompts[i], answers[i], ranks[i]) for i in chosen], seed)

    def _reward_model(self, name: str, judged: Sequence[Judged], seed: int) -> Path:
        data = write_rows(self.folder / f"{name}.jsonl", (comparison(*one) for one in judged))
        return stage(self.folder / name, "rm", {"data": data, "policy": self.start}, seed=seed, epochs=1, **BF16)

    def round_two(self, seed: int) -> tuple[Path, Path]:
        """PPO against reward models of equally many rankings, and those models: all of the start's answers, or half of
        them of the policy that was trained against the model of the first half."""
        size = self.scale.second_round
        prompts, answers = self.pool
        policy = self.ppo(str(size), self.reward_model(size, seed), seed)
        asked = prompts[size : 2 * size]
        anew = self.answers(f"answers-two-{seed}", policy, asked, K)
        gold_PK = self.gold(_texts(asked, anew)).reshape(-1, K)
        pool = list(zip(prompts, answers, self.judged("first", self.gold_PK, seed), strict=True))
        again = list(zip(asked, anew, self.judged("second", gold_PK, seed), strict=True))
        both = [*pool[:size], *again, *pool[-self.scale.validation :]]
        one_round, two_rounds = self.reward_model(2 * size, seed), self._reward_model(f"rm-two-{seed}", both, seed)
        for name, reward in (("one-round", one_round), ("two-rounds", two_rounds)):
            self.ppo(name, reward, seed)
            self.proxies(reward)
        return one_round, two_rounds

    # Optimization

    @cached_property
    def ppo_prompts(self) -> Path:
        return write_prompts(self.folder / "ppo.prompts.jsonl", self.asked)

    def ppo(self, name: str, reward: Path, seed: int, *, gold: bool = False) -> Path:
        files = {"gold.json": json.loads((self.folder / "gold.json").read_text()) | {"as_reward": gold}}
        return stage(
            self.folder / f"ppo-{name}-{seed}", "ppo",
            {"prompts": self.ppo_prompts, "policy": self.start, "reward": reward},
            seed=seed, module="tests.science.gold_ppo", files=files, episodes=self.scale.episodes, **PPO,
        )  # fmt: skip

    # What comes out

    @cached_property
    def many(self) -> tuple[list[Continuation], list[list[str]]]:
        """Held-out prompts with as many answers of the start as the best are chosen of."""
        prompts = self.held_out[self.scale.validation :][: self.scale.best_of_prompts]
        return prompts, self.answers("best-of", self.start, prompts, self.scale.best_of)

    @cached_property
    def outputs(self) -> Path:
        """The same as a score run reads them."""
        shown = (
            {"id": prompt.id, "messages": turns(prompt.prompt), "candidates": candidates(prompt, texts)}
            for prompt, texts in zip(*self.many, strict=True)
        )
        return write_rows(self.folder / "best-of.outputs.jsonl", shown)

    def proxies(self, reward: Path) -> np.ndarray:
        """(P, N) a reward model's scores of them."""
        prompts, _ = self.many
        name = f"scores-of-{reward.parent.name}"
        scored = stage(self.folder / name, "score", {"outputs": self.outputs, "reward": reward}, **BF16)
        scores = {row["candidate"]: row["score"] for row in rows(scored / "scores.jsonl")}
        return np.array([[scores[f"{prompt.id}-{k}"] for k in range(self.scale.best_of)] for prompt in prompts])

    def best_of(self, reward: Path) -> list[dict[str, float]]:
        """Proxy and gold of the best of 1, 2, 4 ... by this reward model, both in the start's deviations."""
        proxy_PN, gold_PN = self.proxies(reward), self._gold_of("best-of", *self.many)
        standard_PN = (proxy_PN - proxy_PN.mean()) / proxy_PN.std()
        columns = ("n", "kl", "proxy", "gold", "gold_error")
        return [
            dict(zip(columns, (n, best_of_n_kl(n), *best_of_n(standard_PN, gold_PN, n)), strict=True))
            for n in (2**power for power in range(self.scale.best_of.bit_length()))
        ]

    def _gold_of(self, name: str, prompts: Sequence[Continuation], answers: list[list[str]]) -> np.ndarray:
        """(P, N), kept: best of n asks for the same answers' gold with each reward model, and every experiment for that
        of the labeled answers."""
        path = self.folder / f"{name}.gold.npy"
        if not path.exists():
            beside = path.with_suffix(".tmp.npy")
            np.save(beside, self.gold(_texts(prompts, answers)).reshape(len(prompts), -1))
            beside.replace(path)
        return np.load(path)

    def curve(self, name: str, seed: int, reward: Path | None) -> dict[str, np.ndarray]:
        """Of each iteration: the distance from the start, gold, and the proxy in the start's deviations (gold
        itself where there is no reward model)."""
        values = metrics(self.folder / f"ppo-{name}-{seed}")
        column = {key: np.array([row[key] for row in values]) for key in ("kl", "reward", "gold", "response_tokens")}
        column["d"] = np.sqrt(np.maximum(column["kl"], 0))
        if reward is not None:
            proxies = self.proxies(reward)
            column["reward"] = (column["reward"] - proxies.mean()) / proxies.std()
        return column


def _texts(prompts: Sequence[Continuation], answers: Sequence[Sequence[str]]) -> list[Text]:
    return [(prompt.prompt, text) for prompt, texts in zip(prompts, answers, strict=True) for text in texts]


def smooth(values: np.ndarray, width: int = 5) -> np.ndarray:
    """A running mean that does not shorten the ends."""
    ones = np.ones(min(width, len(values)))
    return np.convolve(values, ones, "same") / np.convolve(np.ones(len(values)), ones, "same")


def main() -> None:
    science = PlantedGold.asked_for()
    seeds, largest = range(science.scale.seeds), max(science.scale.labeled)
    side_by_side(partial(science.base, seed) for seed in (0, 1))
    print(f"\nLabelers' temperature {science.temperature:.3f}; all is told in deviations of the start's answers.")

    # The first seed of all first, so that what is stopped early has something of everything.
    kinds = [(str(size), size, seed, False) for seed in seeds for size in reversed(science.scale.labeled)]
    kinds.insert(len(science.scale.labeled), ("shuffled", largest, 0, True))
    made = side_by_side(partial(science.reward_model, *of, shuffle=shuffle) for _, *of, shuffle in kinds)
    rewards = {(name, seed): reward for (name, _, seed, _), reward in zip(kinds, made, strict=True)}
    _ = science.outputs, science.ppo_prompts  # written before several ask for them at once
    print("\nBest of n, by reward models of so many prompts")
    side_by_side(partial(science.proxies, reward) for reward in rewards.values())
    for (name, seed), reward in rewards.items():
        found = science.best_of(reward)
        kl, gold = (np.array([row[key] for row in found[1:]]) for key in ("kl", "gold"))
        for row in (found[len(found) // 2], found[-1]):
            print(
                f"{name:>10} seed {seed}: n {row['n']:3.0f}, kl {row['kl']:4.2f}, proxy {row['proxy']:5.2f}, "
                f"gold {row['gold']:5.2f} +- {row['gold_error']:.2f}"
            )
        print(f"{'':>10} {fit_best_of_n(np.sqrt(kl), gold)}", flush=True)

    print("\nPPO at beta 0")
    # Against gold itself a reward model is needed all the same: the value network starts from it.
    against = {("gold", 0): rewards[str(largest), 0], **rewards}
    side_by_side(partial(science.ppo, name, of, seed, gold=name == "gold") for (name, seed), of in against.items())
    curves = {of: _print_curve(science, *of, rewards.get(of)) for of in against}
    _print_gaps({size: [curves[str(size), seed] for seed in seeds] for size in science.scale.labeled})

    print("\nTwo rounds against one of equally many labels")
    rounds = dict(zip(seeds, side_by_side(partial(science.round_two, seed) for seed in seeds), strict=True))
    for seed, (one_round, two_rounds) in rounds.items():
        pair = [
            _print_curve(science, name, seed, reward)
            for name, reward in (("one-round", one_round), ("two-rounds", two_rounds))
        ]
        where = reached_by_all(pair)
        one, two = (at_distance(curve["d"], smooth(curve["gold"]), where) for curve in pair)
        print(f"{'':>10} at an equal kl of {where**2:.2f}: gold {one:.2f} and {two:.2f}", flush=True)


def reached_by_all(curves: Sequence[dict[str, np.ndarray]]) -> float:
    """The farthest distance that each of them comes to."""
    return float(min(curve["d"].max() for curve in curves))


def _print_gaps(by_size: dict[int, list[dict[str, np.ndarray]]]) -> None:
    """Proxy and gold at equal distances, means over seeds."""
    farthest = reached_by_all([curve for curves in by_size.values() for curve in curves])
    for share in (0.25, 0.5, 1.0):
        where = share * farthest
        print(f"{'':>10} at an equal kl of {where**2:.2f}")
        for size, curves in by_size.items():
            proxy, gold = (
                np.mean([at_distance(curve["d"], smooth(curve[of]), where) for curve in curves])
                for of in ("reward", "gold")
            )
            print(f"{size:>10} prompts: proxy {proxy:5.2f}, gold {gold:5.2f}, gap {proxy - gold:5.2f}", flush=True)


def _print_curve(science: PlantedGold, name: str, seed: int, reward: Path | None) -> dict[str, np.ndarray]:
    curve = science.curve(name, seed, reward)
    gold, proxy, kl = smooth(curve["gold"]), smooth(curve["reward"]), smooth(curve["kl"])
    best = int(gold.argmax())
    print(
        f"{name:>10} seed {seed}: kl {kl[-1]:5.2f}, proxy {proxy[0]:5.2f} to {proxy[-1]:5.2f}, gold {gold[0]:5.2f} to "
        f"{gold[-1]:5.2f}, highest {gold[best]:5.2f} at kl {kl[best]:5.2f}, {curve['response_tokens'][-1]:.0f} tokens, "
        f"gold's error {1 / (5 * PPO['rollout_batch']) ** 0.5:.2f}"
    )
    away = curve["d"] > 0.1
    if away.sum() > 3:
        print(f"{'':>10} {fit_reinforcement(curve['d'][away], curve['gold'][away])}", flush=True)
    return curve


if __name__ == "__main__":
    main()
