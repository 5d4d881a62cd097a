"""Supervised fine-tuning: a model learns to answer as labelers did.

What it does. The loss is the mean of -log p over the tokens of the responses, the end of turn included;
prompts, also of several turns, are read but not learned. One denominator for the whole batch, over all
micro-batches and processes. AdamW (.9, .95), a cosine to a tenth of the peak without warm-up, residual
dropout. Held-out loss is measured before the first step and after every epoch. With the input `pretrain`
and pretrain_fraction f, f of the counted tokens are of plain text: f = .1 and two epochs make PPO's own
start.

With the input `reward` each epoch's answers to held-out prompts are scored, and output/ is the epoch with the
highest score (epochs.py).

Where it departs from the paper. The first time round the loop there is no reward model to choose an epoch by, so
output/ is the last one. Dropout reaches models built without it by a hook. Examples follow each other in one
row, none reading another (flat.py), or are padded rows.

    python -m training.config RUN_DIR sft --input data=demonstrations.jsonl --input policy=MODEL_DIR
    python -m training.sft RUN_DIR
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from training.account import model_cost
from training.attempts import StopRequested
from training.config import SftConfig
from training.data import (
    Example,
    Layout,
    TokenBlocks,
    decode_completion,
    epoch_order,
    load_demonstrations,
    micro_batches,
    text_files,
    tokenize_text,
)
from training.demonstrated import read_demonstrated
from training.epochs import Epochs
from training.flat import pick_layout
from training.loop import Stage, run_stage
from training.models import (
    load_policy,
    load_reward_model,
    load_tokenizer,
    model_card,
    position_limit,
    require_same_tokenizer,
    save_model,
    set_dropout,
)
from training.optimizer import clip_gradients, cosine, make_adamw, set_learning_rate
from training.records import message_dicts
from training.rollout import Policy, episode_seed, generate, response_batch, response_logprobs
from training.run import Run
from training.scores import score_rows


def response_loss(
    run: Run, policy: Policy, examples: Sequence[Example], pad_id: int, *, layout: Layout = "rows"
) -> torch.Tensor:
    """The sum of -log p over the response tokens of examples that fit one forward pass; nats, fp32."""
    batch = response_batch(
        [e.prompt_ids for e in examples], [e.response_ids for e in examples], pad_id, run.device, layout=layout
    )
    with run.autocast():
        return -response_logprobs(policy, batch, temperature=1.0).sum()


@torch.no_grad()
def response_loss_sum(
    run: Run,
    policy: Policy,
    examples: Sequence[Example],
    pad_id: int,
    most_tokens: int,
    *,
    layout: Layout = "rows",
) -> float:
    """The sum of -log p over the response tokens of any number of examples, dropout off; nats."""
    policy.model.eval()
    total = 0.0
    for group in micro_batches([e.length for e in examples], most_tokens, layout=layout):
        run.check_stop()
        total += float(response_loss(run, policy, [examples[i] for i in group], pad_id, layout=layout))
    return total


def text_examples_through(counted: Sequence[int], fraction: float, block: int) -> list[int]:
    """How many blocks of text are used up to each step, so that their share of the counted tokens is
    `fraction`.

    `counted` is the response tokens of each step. Shares are kept by the running sum, not step by step: a
    small batch that earns half a block waits for the next.
    """
    through, running = [], 0
    for tokens in counted:
        running += tokens
        through.append(int(running * fraction / (1 - fraction) / block))
    return through


class FineTuning(Stage):
    """The stage: one optimizer step a step."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config: SftConfig = run.config
        self.tokenizer = load_tokenizer(run.input("policy"))
        self.model = load_policy(run.input("policy"), self.tokenizer)
        set_dropout(self.model, self.config.residual_dropout)
        self.pad_id: int = self.tokenizer.pad_token_id
        self.data = load_demonstrations(
            run.input("data"),
            self.tokenizer,
            max_prompt_tokens=self.config.max_prompt_tokens,
            max_response_tokens=self.config.max_response_tokens,
            max_tokens=position_limit(self.model),
            group_turn=self.config.group_turn,
        )
        self.model.to(run.device)  # type: ignore[arg-type]
        self.policy = Policy(self.model)
        self.layout = pick_layout([self.model], self.config.layout, run.log)
        self.reward = None
        if run.has_input("reward"):
            require_same_tokenizer(self.tokenizer, load_tokenizer(run.input("reward")))
            self.reward = load_reward_model(run.input("reward"), self.tokenizer)
            self.reward.to(run.device)  # type: ignore[arg-type]
        self.cost = model_cost(self.model)
        self.epochs = Epochs(
            run.folder / "epochs", by_reward=self.config.choose_epoch == "reward", keep_all=self.config.keep_epochs
        )
        self.optimizer = make_adamw(self.model, self.config)
        count = len(self.data.train)
        self.steps_per_epoch = -(-count // self.config.batch_size)
        self.total_steps = self.config.epochs * self.steps_per_epoch
        self.text, self.text_through = self._text_mix()
        run.log(
            f"{count:,} demonstrations to learn from, {len(self.data.valid):,} held out; dropped: "
            + ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in self.data.dropped.items())
        )

    def _text_mix(self) -> tuple[TokenBlocks | None, list[int]]:
        """The pretraining text, and how many of its blocks are used up to each step."""
        if not self.config.pretrain_fraction:
            return None, []
        files, _ = text_files(Path(self.run.input("pretrain")))
        tokens = tokenize_text(files, self.tokenizer, self.run.cache)
        block = min(self.config.pretrain_block, position_limit(self.model))
        counted = [
            sum(len(e.response_ids) for e in self._examples(number)) for number in range(1, self.total_steps + 1)
        ]
        blocks = TokenBlocks(tokens, block, seed=self.run.seed, name="sft text")
        return blocks, text_examples_through(counted, self.config.pretrain_fraction, block)

    def _examples(self, number: int) -> list[Example]:
        """The demonstrations of a step: each epoch visits every one once, in its own order."""
        epoch, at = divmod(number - 1, self.steps_per_epoch)
        order = epoch_order(len(self.data.train), self.run.seed, epoch, "demonstrations")
        size = self.config.batch_size
        return [self.data.train[i] for i in order[at * size : (at + 1) * size]]

    def _text(self, number: int) -> list[Example]:
        """The blocks of plain text of a step, as examples whose every token but the first is counted."""
        if self.text is None:
            return []
        before = self.text_through[number - 2] if number > 1 else 0
        after = self.text_through[number - 1]
        if after == before:
            return []
        rows = self.text.batch(before, after - before)
        return [Example(f"text {i}", row[:1], row[1:]) for i, row in enumerate(rows.tolist(), before)]

    def step(self, number: int) -> dict[str, float]:
        values: dict[str, float] = {}
        if number == 1 and self.data.valid:
            values["validation_loss_start"] = self._held_out_loss()
        started = time.perf_counter()
        rate = cosine(
            number,
            self.total_steps,
            peak=self.config.learning_rate,
            final_fraction=self.config.final_fraction,
            warmup=self.config.warmup_steps,
        )
        set_learning_rate(self.optimizer, rate)
        examples, text = self._examples(number), self._text(number)
        counted = sum(len(e.response_ids) for e in examples)
        text_counted = sum(len(e.response_ids) for e in text)
        loss, text_loss = self.run.ranks.sum(self._gradients(examples, text, counted + text_counted))
        self.run.ranks.sum_gradients(self.model.parameters())
        norm = clip_gradients(self.model, self.config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.run.account.add(self.cost, [e.length for e in [*examples, *text]], learning=True)
        values |= {
            "loss": loss / counted,
            "lr": rate,
            "gradient_norm": norm,
            "tokens": float(counted),
            "tokens_per_second": sum(e.length for e in [*examples, *text]) / (time.perf_counter() - started),
        }
        if text_counted:
            values["text_loss"] = text_loss / text_counted
        return values

    def measure(self, number: int) -> dict[str, float]:
        """At the end of an epoch the held-out loss and the reward of answers, by which its weights are kept."""
        if number % self.steps_per_epoch:
            return {}
        values = {"epoch": float(number // self.steps_per_epoch)}
        if self.data.valid:
            values["validation_loss"] = self._held_out_loss()
        if self.reward is not None:
            scores = self._answers(self._shown(self.config.reward_prompts))[1]
            values["reward_mean"] = sum(scores) / len(scores)
            self._keep_epoch(int(values["epoch"]), values["reward_mean"], values.get("validation_loss"))
        return values

    def _keep_epoch(self, epoch: int, reward: float, validation_loss: float | None) -> None:
        self.epochs.add(epoch, reward, validation_loss)
        if self.run.ranks.first:
            self.epochs.write(epoch, lambda folder: self._save(folder, f"Epoch {epoch}."), fence=self.run.check_fence)

    def _gradients(self, examples: Sequence[Example], text: Sequence[Example], denominator: int) -> tuple[float, float]:
        """Adds up this rank's gradients of the batch's mean loss; the summed losses of both parts."""
        self.model.train()
        sums = [0.0, 0.0]
        try:
            for part, items in enumerate((examples, text)):
                mine = self.run.ranks.share(items)
                lengths = [e.length for e in mine]
                for group in micro_batches(lengths, self.config.micro_batch_tokens, layout=self.layout):
                    self.run.check_stop()
                    held = [mine[i] for i in group]
                    loss = response_loss(self.run, self.policy, held, self.pad_id, layout=self.layout)
                    (loss / denominator).backward()
                    total = float(loss.detach())
                    self.run.batch.add([e.key for e in held], total)
                    sums[part] += total
        except StopRequested:
            self.optimizer.zero_grad(set_to_none=True)
            raise
        return sums[0], sums[1]

    def _held_out_loss(self) -> float:
        """Mean -log p per response token of the held-out demonstrations."""
        held_out = self.data.valid
        total = response_loss_sum(
            self.run, self.policy, held_out, self.pad_id, self.config.micro_batch_tokens, layout=self.layout
        )
        return total / sum(len(e.response_ids) for e in held_out)

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "epochs": self.epochs.state(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epochs.load_state(state.get("epochs", []))

    def _shown(self, count: int) -> list[Example]:
        """The first prompts that are answered between epochs: held-out ones where there are any."""
        return (self.data.valid or self.data.train)[:count]

    def _answers(self, examples: Sequence[Example]) -> tuple[list[str], list[float]]:
        """The model's answers to prompts, with the same noise each time, and their scores where there is a
        judge.

        A cut answer is scored with an end of turn after it, as the text that a labeler would see.
        """
        eos_id = self.tokenizer.eos_token_id
        room = position_limit(self.model) - max((len(e.prompt_ids) for e in examples), default=0)
        with self.run.autocast():
            answers = generate(
                self.policy,
                [e.prompt_ids for e in examples],
                seeds=[episode_seed(self.run.seed, i) for i in range(len(examples))],
                max_new_tokens=min(self.config.sample_tokens, room),
                temperature=1.0,
                eos_id=eos_id,
                pad_id=self.pad_id,
                stop_check=self.run.check_stop,
            )
        texts = [decode_completion(self.tokenizer, answer.ids) for answer in answers]
        if self.reward is None:
            return texts, []
        rows = [
            [*e.prompt_ids, *answer.ids, *([] if answer.finished else [eos_id])]
            for e, answer in zip(examples, answers, strict=True)
        ]
        scores = score_rows(
            self.reward,
            rows,
            pad_id=self.pad_id,
            most_tokens=self.config.micro_batch_tokens,
            autocast=self.run.autocast,
            stop_check=self.run.check_stop,
        )
        return texts, scores

    def samples(self, number: int) -> list[dict[str, Any]]:
        """Answers to a few prompts."""
        every = self.config.sample_every or self.steps_per_epoch
        if number % every and number != self.total_steps:
            return []
        shown = self._shown(self.config.sample_prompts)
        texts, scores = self._answers(shown)
        records = [self.data.records[e.key] for e in shown]
        return [
            {
                "prompt": record.prompt,
                "messages": message_dicts(record.messages),
                "outputs": [{"text": text} | ({"reward": scores[i]} if scores else {})],
            }
            for i, (record, text) in enumerate(zip(records, texts, strict=True))
        ]

    def _save(self, folder: Path, notes: str) -> None:
        save_model(
            self.model,
            self.tokenizer,
            folder,
            precision=self.config.output_precision,
            card=self._card(notes),
        )

    def _card(self, notes: str) -> str:
        facts = self.run.facts() | {"dropped": self.data.dropped}
        if self.epochs.scored:
            facts["epochs"] = self.epochs.scored
        return model_card("An SFT model", facts, notes=notes)

    def write_output(self, folder: Path) -> None:
        demonstrated = read_demonstrated(self.run.input("policy"))
        demonstrated.add(self.run.input("data"))
        demonstrated.write(folder)
        if not self.epochs.scored:
            self._save(folder, "")
            return
        self.epochs.copy_best(folder)
        (folder / "README.md").write_text(self._card(self.epochs.notes()), encoding="utf-8")
        self.run.log(f"output/ is epoch {self.epochs.best()} of {len(self.epochs.scored)}.")


def main() -> int:
    return run_stage("sft", FineTuning, sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
