"""The reward model: one number that says how much labelers would like an answer.

What it does. A scalar head in place of the unembedding of an SFT model, trained on rankings. An element is one
prompt: the union of its outputs (the same text once) and all judgments on them. A judgment's loss is the mean
of -log sigmoid(r_better - r_worse) over its untied ordered pairs; a prompt's, the mean of its judgments by
their weights; a batch's, the mean over prompts. So K outputs are read K times and not K(K-1), and their prompt
once where the model allows it (flat.py). The score is read at the end-of-turn token. AdamW (.9, .95), a cosine
to a tenth of the peak, one epoch. The head starts as N(0, 1/(d+1)). Then `reward_bias` (models.py says its
sign) brings the mean over the training demonstrations to 0.

Where it departs from the paper. Its loss divides by C(K,2) also where ties were dropped; here by the pairs
that are left, so that a judgment with ties weighs as much as one without. It starts its 6B model from a GPT-3
tuned on public NLP tasks (C.2; its section 3.5 says SFT); here from the SFT model that is given. Without
demonstrations the bias brings the training outputs to mean 0, and the model's card says so. Beside the
accuracy stands that of "the longer output wins", for that is what a reward model learns first; intervals
treat a prompt's pairs as one cluster. Prompts whose demonstrations its start learned from are left out of the
validation (demonstrated.py), which output/report.json has by parts and with calibration (accuracy.py).

    python -m training.config RUN_DIR rm --input data=comparisons.jsonl --input policy=SFT_MODEL \
        --input demonstrations=demonstrations.jsonl
    python -m training.reward RUN_DIR

Shapes: N outputs of several prompts one after the other, P pairs, T tokens, D width.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.account import model_cost
from training.accuracy import measure_accuracy, report_table, reward_report
from training.attempts import StopRequested
from training.comparisons import PromptGroup, batch_pairs, load_comparisons
from training.config import RewardConfig
from training.data import DataError, Layout, epoch_order, load_demonstrations
from training.demonstrated import prompt_key, read_demonstrated
from training.files import write_json
from training.flat import pick_layout
from training.loop import Stage, run_stage
from training.losses import preference_loss
from training.models import load_tokenizer, model_card, new_reward_model, position_limit, save_model, set_dropout
from training.optimizer import clip_gradients, cosine, make_adamw, set_learning_rate
from training.records import ComparisonRecord, read_records
from training.run import Run
from training.scores import group_micro_batches, group_scores, group_tokens, score_groups, score_rows, start_head


def _round_weights(model: nn.Module, precision: str) -> None:
    """Weights as they will be read back from output/, so that scores here are the scores there."""
    if precision == "bf16":
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(parameter.bfloat16())


class RewardTraining(Stage):
    """The stage: one optimizer step a step."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config: RewardConfig = run.config
        self.tokenizer = load_tokenizer(run.input("policy"))
        self.pad_id: int = self.tokenizer.pad_token_id
        self.model = new_reward_model(run.input("policy"), self.tokenizer)
        start_head(self.model, run.seed)
        set_dropout(self.model, self.config.residual_dropout)
        self.layout = pick_layout([self.model], self.config.layout, run.log)
        # Outputs that share a prompt's tokens would share its noise as well.
        self.sharing: Layout = "shared" if self.layout == "flat" else self.layout
        self.train_sharing = self.layout if self.config.residual_dropout else self.sharing
        limits: dict[str, Any] = {
            "group_turn": self.config.group_turn,
            "max_prompt_tokens": self.config.max_prompt_tokens,
            "max_response_tokens": self.config.max_response_tokens,
            "max_tokens": position_limit(self.model),
        }
        self.data = load_comparisons(run.input("data"), self.tokenizer, **limits)
        self.train, held_out = (self.data.groups.get(split, []) for split in ("train", "valid"))
        self.valid, self.validation_note = self._not_demonstrated(held_out)
        dropped = ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in self.data.dropped.items())
        if not self.train:
            raise DataError(f"no comparison is left to learn from; dropped: {dropped}")
        self.demonstrations: list[list[int]] = []
        if run.has_input("demonstrations"):
            examples = load_demonstrations(run.input("demonstrations"), self.tokenizer, **limits).train
            self.demonstrations = [[*e.prompt_ids, *e.response_ids] for e in examples]
        self.model.to(run.device)  # type: ignore[arg-type]
        self.optimizer = make_adamw(self.model, self.config)
        self.cost = model_cost(self.model)
        self.steps_per_epoch = -(-len(self.train) // self.config.batch_size)
        self.total_steps = self.config.epochs * self.steps_per_epoch
        run.log(
            f"{len(self.train):,} prompts with {sum(len(g.pairs) for g in self.train):,} pairs to learn from, "
            f"{len(self.valid):,} prompts held out; dropped: {dropped}."
        )
        run.log(self.validation_note)
        if self.config.epochs > 1:
            run.log(f"Warning: {self.config.epochs} epochs; a reward model overfits after one (appendix C).")

    def _not_demonstrated(self, held_out: list[PromptGroup]) -> tuple[list[PromptGroup], str]:
        """The held-out prompts whose demonstrations the start did not learn from, or all where there are no others; and
        a sentence on it for the card."""
        if not held_out:
            return [], "No prompt is held out."
        known = read_demonstrated(self.run.input("policy"))
        records = read_records(self.run.input("data"), ComparisonRecord)
        keys = {record.prompt: prompt_key(record.messages) for record in records if record.split == "valid"}
        fresh = [group for group in held_out if keys[group.prompt] not in known.prompts]
        seen = len(held_out) - len(fresh)
        if not fresh:
            note = (
                f"The start learned demonstrations of all {seen:,} held-out prompts: the accuracy on them is too high."
            )
        elif seen:
            note = f"Left out of the validation: {seen:,} held-out prompts whose demonstrations the start learned from."
        else:
            note = "The start learned demonstrations of none of the held-out prompts."
        if not known.complete:
            note = note.replace("The start learned", "As far as is known, the start learned")
            note += " What it, or a model behind it, learned from besides is not recorded."
        return fresh or held_out, note

    def _groups(self, number: int) -> list[PromptGroup]:
        """The prompts of a step: each epoch visits every one once, in its own order."""
        epoch, at = divmod(number - 1, self.steps_per_epoch)
        order = epoch_order(len(self.train), self.run.seed, epoch, "comparisons")
        size = self.config.batch_size
        return [self.train[i] for i in order[at * size : (at + 1) * size]]

    def step(self, number: int) -> dict[str, float]:
        started = time.perf_counter()
        rate = cosine(
            number,
            self.total_steps,
            peak=self.config.learning_rate,
            final_fraction=self.config.final_fraction,
            warmup=self.config.warmup_steps,
        )
        set_learning_rate(self.optimizer, rate)
        groups = self._groups(number)
        loss, right, pairs, scores, outputs, tokens = self.run.ranks.sum(self._gradients(groups))
        self.run.ranks.sum_gradients(self.model.parameters())
        norm = clip_gradients(self.model, self.config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self._count(groups)
        return {
            "loss": loss,
            "accuracy": right / pairs,
            "reward_mean": scores / outputs,
            "lr": rate,
            "gradient_norm": norm,
            "pairs": pairs,
            "tokens_per_second": tokens / (time.perf_counter() - started),
        }

    def measure(self, number: int) -> dict[str, float]:
        every = self.config.validate_every or self.steps_per_epoch
        if not self.valid or (number % every and number != self.total_steps):
            return {}
        return {f"validation_{name}": value for name, value in self._validate().items()}

    def _count(self, groups: Sequence[PromptGroup]) -> None:
        """Put a step's groups on the account: a prompt once where its outputs share it, else with each of them."""
        for group in groups:
            shared = len(group.prompt_ids) if self.train_sharing == "shared" else 0
            lengths = [len(row) - shared for row in group.rows]
            self.run.account.add(self.cost, lengths, learning=True, shared=shared)

    def _gradients(self, groups: Sequence[PromptGroup]) -> list[float]:
        """Adds up this rank's gradients of the batch's mean loss.

        Returns sums: loss (a part of the mean), right pairs, pairs, scores, outputs, tokens.
        """
        self.model.train()
        mine = self.run.ranks.share(groups)
        sums = [0.0] * 6
        try:
            for part in group_micro_batches(mine, self.config.micro_batch_tokens, layout=self.train_sharing):
                self.run.check_stop()
                held = [mine[i] for i in part]
                with self.run.autocast():
                    scores_N = group_scores(self.model, held, self.pad_id, layout=self.train_sharing)
                better_P, worse_P, weights_P = batch_pairs(held, self.run.device)
                loss = preference_loss(scores_N, better_P, worse_P, weights_P / len(groups))
                loss.backward()
                self.run.batch.add([group.prompt for group in held], float(loss.detach()))
                scores_N = scores_N.detach()
                margin_P = scores_N[better_P] - scores_N[worse_P]
                for at, value in enumerate(
                    (
                        float(loss.detach()),
                        float((margin_P.sign() + 1).sum() / 2),
                        len(margin_P),
                        float(scores_N.sum()),
                        len(scores_N),
                        sum(group_tokens(group, self.train_sharing) for group in held),
                    )
                ):
                    sums[at] += value
        except StopRequested:
            self.optimizer.zero_grad(set_to_none=True)
            raise
        return sums

    def _validate(self) -> dict[str, float]:
        """measure_accuracy of the held-out prompts, each rank scoring a share."""
        self.model.eval()
        mine = self.run.ranks.share(range(len(self.valid)))
        scores = dict(zip(mine, self._scores([self.valid[i] for i in mine]), strict=True))
        for of_rank in self.run.ranks.gather(scores):
            scores |= of_rank
        return measure_accuracy(self.valid, [scores[i] for i in range(len(self.valid))])

    def _scores(self, groups: Sequence[PromptGroup]) -> list[list[float]]:
        return score_groups(
            self.model,
            groups,
            pad_id=self.pad_id,
            most_tokens=self.config.micro_batch_tokens,
            autocast=self.run.autocast,
            layout=self.sharing,
            stop_check=self.run.check_stop,
        )

    def state(self) -> dict[str, Any]:
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}

    def load_state(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])

    def _set_bias(self) -> str:
        """Sets reward_bias so that the mean score is 0 over demonstrations, else over training outputs; says
        which.
        """
        self.model.eval()
        self.model.config.reward_bias = 0.0
        rows: Iterable[list[int]] = self.demonstrations
        what = f"the {len(self.demonstrations):,} training demonstrations"
        if not self.demonstrations:
            rows = [row for group in self.train for row in group.rows]
            what = "the outputs of the training comparisons (no demonstrations were given)"
        scores = score_rows(
            self.model,
            list(rows),
            pad_id=self.pad_id,
            most_tokens=self.config.micro_batch_tokens,
            autocast=self.run.autocast,
            layout=self.layout,
            stop_check=self.run.check_stop,
        )
        self.model.config.reward_bias = -sum(scores) / len(scores)
        return f"The mean reward is 0 over {what}."

    def write_output(self, folder: Path) -> None:
        _round_weights(self.model, self.config.output_precision)
        zero = self._set_bias()
        self.run.log(f"{zero} reward_bias is {self.model.config.reward_bias:+.4f}.")
        facts = self.run.facts() | {"dropped": self.data.dropped, "reward_bias": self.model.config.reward_bias}
        notes = f"{zero}\n\n{self.validation_note}"
        if self.valid:
            # Of the weights as they are written; the validation of the last step was before they were rounded.
            report = reward_report(self.valid, self._scores(self.valid), split="valid")
            write_json(folder / "report.json", report | {"dropped": self.data.dropped, "run": facts})
            notes += f"\n\n{report_table(report)}"
        save_model(
            self.model,
            self.tokenizer,
            folder,
            precision=self.config.output_precision,
            card=model_card("A reward model", facts, notes=notes),
        )


def main() -> int:
    return run_stage("rm", RewardTraining, sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
