"""PPO that also says what gold its rollouts have: python -m tests.science.gold_ppo RUN_DIR

The stage of the product, unchanged but for the figure `gold` in each iteration's metrics; with "as_reward" in
RUN_DIR/gold.json gold is the reward as well, which no reward model can beat: the ceiling.
"""

import json
import sys
from collections.abc import Sequence

import numpy as np

from tests.science.gold import Gold
from training.data import decode_completion
from training.loop import run_stage
from training.ppo import Ppo
from training.prompts import Prompt
from training.rollout import Rollout
from training.run import Run


class GoldPpo(Ppo):
    def __init__(self, run: Run) -> None:
        super().__init__(run)
        path = run.folder / "gold.json"
        self.gold, self.as_reward = Gold.load(path), json.loads(path.read_text())["as_reward"]
        self.golds: list[float] = []

    def _scores(self, prompts: Sequence[Prompt], rollouts: Sequence[Rollout]) -> list[float]:
        texts = [
            (prompt.record.messages[-1].content, decode_completion(self.tokenizer, rollout.ids))
            for prompt, rollout in zip(prompts, rollouts, strict=True)
        ]
        golds = self.gold(texts).tolist()
        self.golds += golds
        return golds if self.as_reward else super()._scores(prompts, rollouts)

    def step(self, number: int) -> dict[str, float]:
        self.golds = []
        values = super().step(number)
        deviation = float(np.std(self.golds, ddof=1))
        return values | {"gold": float(np.mean(self.golds)), "gold_error": deviation / len(self.golds) ** 0.5}


if __name__ == "__main__":
    raise SystemExit(run_stage("ppo", GoldPpo, sys.argv[1:]))
