"""Pretraining: a small base model with its own tokenizer from plain text, or the continuation of a model.

What it does. Without a `policy` input it trains a byte-level BPE tokenizer on the text (its special tokens
and chat template are those that every later stage uses, so instructions can be learned without new
embeddings) and a Llama of the size in the settings, with tied embeddings. The text becomes one stream of
ids, cut into blocks; each epoch visits them in its own order. AdamW (.9, .95), a cosine to a tenth,
clipping at 1.

Where it departs from the paper. GPT-3 was trained by its own authors on other text; here pretraining is the
way to a demo without downloads, and to the text mix of PPO-ptx. Llama's parts (RMSNorm, rotary positions,
SwiGLU) in place of GPT-2's: better at equal size, and known to every inference server.

    python -m training.config RUN_DIR pretrain --input data=FOLDER_OF_TEXT --set precision=bf16
    python -m training.pretrain RUN_DIR
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from training.account import model_cost
from training.attempts import StopRequested
from training.config import PretrainConfig
from training.data import (
    DOCUMENT_END,
    DataError,
    TokenBlocks,
    document_end_id,
    is_held_out,
    read_documents,
    text_files,
    tokenize_text,
)
from training.demonstrated import Demonstrated, read_demonstrated
from training.loop import Stage, run_stage
from training.losses import chunked_logprobs
from training.models import (
    ASSISTANT,
    PAD,
    ROLE_TEMPLATE,
    SYSTEM,
    TURN_END,
    USER,
    load_policy,
    load_tokenizer,
    model_card,
    position_limit,
    save_model,
)
from training.optimizer import clip_gradients, cosine, make_adamw, set_learning_rate
from training.rollout import Policy, episode_seed, generate
from training.run import Run

SPECIAL_TOKENS = (DOCUMENT_END, PAD, USER, ASSISTANT, SYSTEM, TURN_END)


def train_tokenizer(documents: Iterable[str], vocabulary: int, context: int) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer of `vocabulary` tokens, special ones first. Any text can be encoded with
    it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(documents, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=TURN_END,
        pad_token=PAD,
        bos_token=DOCUMENT_END,
        additional_special_tokens=[USER, ASSISTANT, SYSTEM],
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = ROLE_TEMPLATE
    return fast


def new_model(config: PretrainConfig, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A Llama of the configured size with random weights (normal, .02; branch outputs scaled by depth)."""
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=config.width,
            # SwiGLU's three matrices at 8/3 of the width cost what a plain MLP's two cost at 4.
            intermediate_size=max(8, round(config.width * 8 / 3 / 8) * 8),
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.heads,
            max_position_embeddings=config.context,
            tie_word_embeddings=True,
            initializer_range=0.02,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            use_cache=False,
        )
    )
    for name, parameter in model.named_parameters():
        if name.endswith(("o_proj.weight", "down_proj.weight")):
            parameter.data.div_(math.sqrt(2 * config.layers))
    return model


def next_token_loss(policy: Policy, ids_BT: torch.Tensor) -> torch.Tensor:
    """The sum of -log p of every token but the first, over blocks without padding; nats, fp32."""
    hidden_BTD = policy.hidden(ids_BT[:, :-1], torch.ones_like(ids_BT[:, :-1]))
    return -chunked_logprobs(
        hidden_BTD.flatten(0, 1), policy.logits, ids_BT[:, 1:].flatten(), vocabulary=policy.vocabulary
    ).sum()


@torch.no_grad()
def mean_text_loss(run: Run, policy: Policy, blocks: TokenBlocks, most_tokens: int) -> float:
    """Mean -log p per token over the first blocks of a text, dropout off, in nats."""
    policy.model.eval()
    total, count = 0.0, 0
    for ids_BT in blocks.in_order(most_tokens):
        run.check_stop()
        with run.autocast():
            total += float(next_token_loss(policy, ids_BT.to(run.device)))
        count += ids_BT.shape[1] - 1
    return total / count


class Pretraining(Stage):
    """The stage: one optimizer step a step."""

    def __init__(self, run: Run) -> None:
        self.run, self.config = run, run.config
        train_files, valid_files = text_files(Path(run.input("data")))
        share = 0.0 if valid_files else self.config.validation_share
        if run.has_input("policy"):
            self.tokenizer = load_tokenizer(run.input("policy"))
            self.model = load_policy(run.input("policy"), self.tokenizer)
        else:
            self.tokenizer = self._tokenizer(train_files, share)
            self.model = new_model(self.config, self.tokenizer)
        if self.config.block > position_limit(self.model):
            raise DataError(f"blocks of {self.config.block} tokens are longer than the model can read")
        self.model.to(run.device)  # type: ignore[arg-type]
        self.policy = Policy(self.model)
        tokens = tokenize_text(train_files, self.tokenizer, run.cache, share=share)
        self.blocks = TokenBlocks(tokens, self.config.block, seed=run.seed)
        held_out = (
            tokenize_text(valid_files, self.tokenizer, run.cache)
            if valid_files
            else tokenize_text(train_files, self.tokenizer, run.cache, share=share, held_out=True)
        )
        self.held_out = TokenBlocks(held_out, self.config.block) if len(held_out) > 2 * self.config.block else None
        self.optimizer = make_adamw(self.model, self.config)
        self.cost = model_cost(self.model)
        self.total_steps = self.config.steps or max(
            1, round(self.config.epochs * self.blocks.count / self.config.batch_size)
        )
        run.log(
            f"{sum(p.numel() for p in self.model.parameters()):,} parameters, {len(self.tokenizer):,} tokens in the "
            f"vocabulary, {len(tokens):,} tokens to train on, {len(held_out):,} held out."
        )

    def _tokenizer(self, files: list[Path], share: float) -> PreTrainedTokenizerFast:
        """The tokenizer of this run; kept, for training it again after a stop would only cost time."""
        kept = self.run.cache / "tokenizer"
        if not (kept / "tokenizer.json").exists() and self.run.ranks.first:
            documents = (d for file in files for d in read_documents(file) if not is_held_out(d, share))
            made = train_tokenizer(documents, self.config.vocabulary, self.config.context)
            beside = self.run.cache / "tokenizer.tmp"
            made.save_pretrained(beside)
            beside.rename(kept)
        self.run.ranks.barrier()
        return PreTrainedTokenizerFast.from_pretrained(kept)

    def step(self, number: int) -> dict[str, float]:
        started = time.perf_counter()
        rate = cosine(
            number,
            self.total_steps,
            peak=self.config.learning_rate,
            final_fraction=self.config.final_fraction,
            warmup=min(self.config.warmup_steps, self.total_steps // 10),
        )
        set_learning_rate(self.optimizer, rate)
        size = self.config.batch_size
        ids_BT = self.blocks.batch((number - 1) * size, size)
        tokens = ids_BT.shape[0] * (ids_BT.shape[1] - 1)
        rows = self.run.ranks.share(range(size))
        at_once = max(1, self.config.micro_batch_tokens // self.config.block)
        self.model.train()
        total = 0.0
        try:
            for first in range(0, len(rows), at_once):
                self.run.check_stop()
                with self.run.autocast():
                    loss = next_token_loss(self.policy, ids_BT[rows[first : first + at_once]].to(self.run.device))
                (loss / tokens).backward()
                part = float(loss.detach())
                held = [f"block {(number - 1) * size + row}" for row in rows[first : first + at_once]]
                self.run.batch.add(held, part)
                total += part
        except StopRequested:
            self.optimizer.zero_grad(set_to_none=True)
            raise
        self.run.ranks.sum_gradients(self.model.parameters())
        norm = clip_gradients(self.model, self.config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.run.account.add(self.cost, [ids_BT.shape[1] - 1] * size, learning=True)
        return {
            "loss": self.run.ranks.sum([total])[0] / tokens,
            "lr": rate,
            "gradient_norm": norm,
            "tokens": float(number * tokens),
            "tokens_per_second": tokens / (time.perf_counter() - started),
        }

    def measure(self, number: int) -> dict[str, float]:
        if not self.held_out or (number % self.config.validate_every and number != self.total_steps):
            return {}
        loss = mean_text_loss(self.run, self.policy, self.held_out, self.config.validation_tokens)
        return {"validation_loss": loss}

    def state(self) -> dict[str, Any]:
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}

    def load_state(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])

    def samples(self, number: int) -> list[dict[str, Any]]:
        """How the model goes on from the beginning of a document; the same noise each time."""
        every = self.config.sample_every or self.config.validate_every
        if number % every and number != self.total_steps:
            return []
        count = self.config.sample_prompts
        with self.run.autocast():
            answers = generate(
                self.model,
                [[document_end_id(self.tokenizer)]] * count,
                seeds=[episode_seed(self.run.seed, i) for i in range(count)],
                max_new_tokens=min(self.config.sample_tokens, position_limit(self.model) - 1),
                temperature=1.0,
                eos_id=document_end_id(self.tokenizer),
                pad_id=self.tokenizer.pad_token_id,
                stop_check=self.run.check_stop,
            )
        return [
            {
                "prompt": str(i),
                "messages": [],
                "outputs": [{"text": self.tokenizer.decode(answer.ids, skip_special_tokens=True)}],
            }
            for i, answer in enumerate(answers)
        ]

    def write_output(self, folder: Path) -> None:
        save_model(
            self.model,
            self.tokenizer,
            folder,
            precision=self.config.output_precision,
            card=model_card("A base model", self.run.facts()),
        )
        known = read_demonstrated(self.run.input("policy")) if self.run.has_input("policy") else Demonstrated()
        known.write(folder)


def main() -> int:
    return run_stage("pretrain", Pretraining, sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
