"""TRL's trainers as oracles: the same loss and gradients for SFT and for a reward model's pairs.

TRL's PPO is none: it puts the score on the first pad in place of the last action. Our PPO is held against sums by hand
(test_ppo.py, test_advantages.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_models import tiny_policy
from transformers import LlamaConfig, LlamaForSequenceClassification, PreTrainedModel

from tests.benchmarks.machine import number_tokenizer
from training.comparisons import PromptGroup, batch_pairs
from training.losses import preference_loss, untied_pairs
from training.rollout import Policy, response_batch, response_logprobs
from training.scores import group_scores

trl = pytest.importorskip("trl", reason="trl is in the dev extra")
datasets = pytest.importorskip("datasets", reason="datasets is in the dev extra")

PAD = 2
PROMPTS, ANSWERS = (5, 1, 12, 7), (3, 9, 1, 7)


def arguments(folder: Path) -> dict[str, Any]:
    return {
        "output_dir": str(folder), "use_cpu": True, "bf16": False, "report_to": [], "gradient_checkpointing": False,
        "max_length": None,
    }  # fmt: skip


def ids(count: int, seed: int) -> list[int]:
    return torch.randint(3, 61, (count,), generator=torch.Generator().manual_seed(seed)).tolist()


def gradients(model: PreTrainedModel) -> torch.Tensor:
    """All parameters' gradients, flattened."""
    return torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in model.parameters()])


def trls(trainer: Any, rows: list[dict]) -> tuple[float, torch.Tensor]:
    """TRL's loss of a batch and its gradients."""
    trainer.model.zero_grad()
    batch = trainer._prepare_inputs(trainer.data_collator(rows))
    loss = trainer.compute_loss(trainer.model, batch)
    loss.backward()
    return float(loss.detach()), gradients(trainer.model)


def assert_same(ours: tuple[float, torch.Tensor], theirs: tuple[float, torch.Tensor]) -> None:
    assert ours[0] == pytest.approx(theirs[0], rel=1e-5)
    assert ((ours[1] - theirs[1]).norm() / theirs[1].norm()).item() < 1e-5


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2", "gpt_neox"])
@pytest.mark.parametrize("layout", ["rows", "flat"])
def test_sft_has_trls_loss_and_gradients(tmp_path: Path, kind: str, layout: str) -> None:
    """Over responses alone, of several lengths in one batch."""
    model = tiny_policy(kind)
    prompts = [ids(count, seed) for seed, count in enumerate(PROMPTS)]
    answers = [ids(count, 10 + seed) for seed, count in enumerate(ANSWERS)]
    rows = [
        {"input_ids": prompt + answer, "completion_mask": [0] * len(prompt) + [1] * len(answer)}
        for prompt, answer in zip(prompts, answers, strict=True)
    ]
    trainer = trl.SFTTrainer(
        model,
        trl.SFTConfig(**arguments(tmp_path), completion_only_loss=True),
        train_dataset=datasets.Dataset.from_list(rows),
        processing_class=number_tokenizer(),
    )
    model.eval()
    theirs = trls(trainer, list(trainer.train_dataset))
    model.zero_grad()
    batch = response_batch(prompts, answers, PAD, torch.device("cpu"), layout=layout)
    loss = -response_logprobs(Policy(model), batch, 1.0).sum() / sum(ANSWERS)
    loss.backward()
    assert_same((float(loss.detach()), gradients(model)), theirs)


@pytest.mark.parametrize("layout", ["rows", "flat", "shared"])
def test_a_ranking_has_the_loss_and_gradients_of_trls_pairs(tmp_path: Path, layout: str) -> None:
    """A ranking of five outputs with a tie, against TRL's mean over its nine pairs."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=61, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_labels=1, initializer_range=0.3, bos_token_id=0, eos_token_id=1, pad_token_id=PAD,
    )  # fmt: skip
    model = LlamaForSequenceClassification(config)
    model.config.reward_bias = 0.0
    prompt, outputs = ids(6, 0), [ids(count, count) for count in (3, 9, 1, 7, 4)]
    pairs = untied_pairs([2, 1, 3, 3, 5])
    assert len(pairs) == 9
    rows = [{"chosen_ids": prompt + outputs[i], "rejected_ids": prompt + outputs[j]} for i, j in pairs]
    trainer = trl.RewardTrainer(
        model=model,
        args=trl.RewardConfig(**arguments(tmp_path)),
        train_dataset=datasets.Dataset.from_list(rows),
        processing_class=number_tokenizer(),
    )
    model.eval()
    theirs = trls(trainer, list(trainer.train_dataset))
    model.zero_grad()
    group = PromptGroup("p", prompt, outputs, [(i, j, 1 / len(pairs)) for i, j in pairs])
    loss = preference_loss(group_scores(model, [group], PAD, layout=layout), *batch_pairs([group], torch.device("cpu")))
    loss.backward()
    assert_same((float(loss.detach()), gradients(model)), theirs)
