"""Findings of the InstructGPT paper that so small a model can carry: python -m tests.science.paper_findings

    1. A reward model overfits after one epoch (appendix C.2): four epochs on the planted labelers' rankings.
    2. SFT's validation loss rises early while the reward model's score goes on rising (section 3.5): sixteen epochs.
    3. PPO costs what pretraining taught, and the pretraining mix gives it back (section 4.2): gamma 0 against 27.8,
       loss on held-out stories and BLiMP, at equal KL; learning rates are tried for each, since gamma shrinks PPO's
       step. Beside them one run with gamma 1, at the rate in the middle.

All starts from planted_gold's models. What is claimed: docs/science.md.
"""

import gzip
import json
from itertools import product
from pathlib import Path

import numpy as np
import torch

from tests.science.planted_gold import BF16, PPO, PlantedGold
from tests.science.stages import metrics, scale_and_folder, stage
from tests.shared_data import shared
from training.models import load_policy, load_tokenizer
from training.rollout import Policy, response_batch, response_logprobs

GAMMAS = (0.0, 27.8)
MILD = 1.0
"""A gamma at which so small a model still learns the reward; tried after the others had run."""
RATES = {"full": (1e-4, 3e-4, 1e-3), "tiny": (1e-3,)}
AT_ONCE = 64
REWARD_EPOCHS = 4


class PaperFindings:
    def __init__(self, planted: PlantedGold, folder: Path, scale: str) -> None:
        self.planted, self.folder, self.rates = planted, folder, RATES[scale]
        self.labeled = max(planted.scale.labeled)

    def reward_epochs(self) -> list[dict[str, float]]:
        """Of each epoch of a reward model the accuracy and loss on held-out prompts, and the mean training loss."""
        run = self.folder / "rm-epochs"
        self.planted.reward_model(self.labeled, 0)  # writes the rankings
        data = self.planted.folder / f"rm-{self.labeled}-0.jsonl"
        stage(run, "rm", {"data": data, "policy": self.planted.start}, epochs=REWARD_EPOCHS, **BF16)
        steps = metrics(run)
        epochs = np.array_split([row["loss"] for row in steps], REWARD_EPOCHS)
        ends = [row for row in steps if "validation_accuracy" in row]
        return [row | {"loss": float(np.mean(losses))} for row, losses in zip(ends, epochs, strict=True)]

    def sft_epochs(self) -> list[dict[str, float]]:
        """Of each epoch of SFT the validation loss, and the mean reward of answers to held-out prompts."""
        run = self.folder / "sft-epochs"
        inputs = {
            "data": self.planted.folder / "demonstrations.jsonl",
            "policy": self.planted.base(0),
            "reward": self.planted.reward_model(self.labeled, 0),
        }
        settings = {"epochs": 16, "reward_prompts": self.planted.scale.validation, "keep_epochs": False}
        stage(run, "sft", inputs, **settings, **BF16)
        return [row for row in metrics(run) if "reward_mean" in row]

    def tax(self, gamma: float, rate: float) -> tuple[float, Path]:
        """The last iterations' mean KL of a PPO run, and its model."""
        run = self.folder / f"ppo-gamma-{gamma:g}-rate-{rate:g}"
        inputs = {
            "prompts": self.planted.ppo_prompts,
            "policy": self.planted.start,
            "reward": self.planted.reward_model(self.labeled, 0),
            **({"pretrain": self.planted.folder / "corpus"} if gamma else {}),
        }
        settings = PPO | {
            "beta": 0.02,
            "learning_rate": rate,
            "ptx_gamma": gamma,
            "episodes": self.planted.scale.episodes,
        }
        output = stage(run, "ppo", inputs, **settings)
        return float(np.mean([row["kl"] for row in metrics(run)[-5:]])), output

    def text_loss(self, name: str, model: Path) -> float:
        """Nats a token on held-out stories."""
        inputs = {"policy": model, "pretrain": self.planted.folder / "corpus"}
        report = stage(self.folder / f"text-{name}", "evaluate", inputs) / "report.json"
        return float(json.loads(report.read_text())["results"]["text"]["loss"])


def blimp(model: Path) -> tuple[float, float]:
    """How often a pair's grammatical sentence is the more probable (Warstadt et al. 2020), and the standard error."""
    tokenizer = load_tokenizer(model)
    policy = Policy(load_policy(model, tokenizer).eval())
    with gzip.open(shared("eval/blimp_sample.jsonl.gz"), "rt", encoding="utf-8") as file:
        pairs = [(row["good"], row["bad"]) for row in map(json.loads, file)]
    right = []
    with torch.no_grad():
        for first in range(0, len(pairs), AT_ONCE):
            sentences = [sentence for pair in pairs[first : first + AT_ONCE] for sentence in pair]
            batch = response_batch(
                [[tokenizer.bos_token_id]] * len(sentences),
                [tokenizer.encode(sentence, add_special_tokens=False) for sentence in sentences],
                tokenizer.pad_token_id,
                torch.device("cpu"),
            )
            sums = [float(row.sum()) for row in response_logprobs(policy, batch, 1.0).split(batch.lengths)]
            right += [good > bad for good, bad in zip(sums[::2], sums[1::2], strict=True)]
    share = float(np.mean(right))
    return share, (share * (1 - share) / len(right)) ** 0.5


def main() -> None:
    scale, folder = scale_and_folder()
    planted = PlantedGold.asked_for()
    findings = PaperFindings(planted, folder / f"paper-findings-{scale}", scale)

    print("\nThe reward model's epochs\nepoch  training loss  held-out loss  held-out accuracy")
    for number, row in enumerate(findings.reward_epochs(), start=1):
        print(f"{number:5}  {row['loss']:13.4f}  {row['validation_loss']:13.4f}  {row['validation_accuracy']:17.3f}")

    print("\nSFT's epochs\nepoch  held-out loss  mean reward of answers")
    for row in findings.sft_epochs():
        print(f"{row['epoch']:5.0f}  {row['validation_loss']:13.4f}  {row['reward_mean']:22.3f}")

    print("\nThe alignment tax\nmodel                          KL  loss on stories  BLiMP")
    models = [("base", 0.0, planted.base(0)), ("sft", 0.0, planted.start)]
    for gamma, rate in [*product(GAMMAS, findings.rates), (MILD, findings.rates[len(findings.rates) // 2])]:
        kl, model = findings.tax(gamma, rate)
        models.append((f"gamma-{gamma:g}-rate-{rate:g}", kl, model))
    for name, kl, model in models:
        right, error = blimp(model)
        print(f"{name:24} {kl:8.2f}  {findings.text_loss(name, model):15.4f}  {right:.4f} +- {error:.4f}", flush=True)


if __name__ == "__main__":
    main()
