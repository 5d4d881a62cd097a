"""One row without padding, prompts shared: the scores, losses and gradients of plain rows, and of pairs."""

from __future__ import annotations

import contextlib

import pytest
import torch
from tiny_models import tiny_policy
from torch.nn import functional as F
from transformers import AutoModelForSequenceClassification, MistralConfig, MistralForCausalLM, PreTrainedModel

from training.comparisons import PromptGroup, batch_pairs
from training.data import token_batches
from training.flat import flat_refusal, lay_flat, pick_layout, read_flat
from training.losses import preference_loss
from training.scores import group_micro_batches, group_scores, group_tokens, reward_head, score_groups, start_head

KINDS = ["llama", "gpt2", "qwen2", "gpt_neox"]
PAD = 2


def random_ids(count: int, seed: int) -> list[int]:
    return torch.randint(3, 61, (count,), generator=torch.Generator().manual_seed(seed)).tolist()


def ranked(number: int, prompt: int, outputs: list[int]) -> PromptGroup:
    """Outputs of given lengths, in the order of their ranks."""
    pairs = [(i, j) for i in range(len(outputs)) for j in range(i + 1, len(outputs))]
    ids = [[*random_ids(n - 1, 100 * number + i), 1] for i, n in enumerate(outputs)]
    return PromptGroup(f"p{number}", random_ids(prompt, number), ids, [(i, j, 1 / len(pairs)) for i, j in pairs])


GROUPS = [
    ranked(1, 13, [5, 9, 2, 7, 7, 1, 12, 3, 6]),
    ranked(2, 20, [8, 8, 8, 8]),
    ranked(3, 1, [4, 6]),
    ranked(4, 20, [8, 8, 8, 8]),
]


def reward_model(tmp_path, kind: str) -> PreTrainedModel:
    tiny_policy(kind).save_pretrained(tmp_path)
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path, num_labels=1, attn_implementation="sdpa")
    model.config.reward_bias, model.config.pad_token_id = 0.25, PAD
    start_head(model, 5)
    return model.eval()


def scores_left_padded(model: PreTrainedModel, groups: list[PromptGroup]) -> torch.Tensor:
    """Rows padded on the left, positions counted from the mask, the score at the last column."""
    rows = [row for group in groups for row in group.rows]
    longest = max(map(len, rows))
    ids = torch.tensor([[PAD] * (longest - len(row)) + row for row in rows])
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows])
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    hidden = model.base_model(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=False)[0]
    return reward_head(model)(hidden[:, -1]).squeeze(-1) + model.config.reward_bias


def pairwise_loss(model: PreTrainedModel, groups: list[PromptGroup]) -> torch.Tensor:
    """Every pair on its own, each output read alone: what a trainer of pairs computes."""
    total = torch.zeros(())
    for group in groups:
        for i, j, weight in group.pairs:
            better, worse = (
                reward_head(model)(model.base_model(input_ids=torch.tensor([group.rows[k]]))[0][0, -1]) for k in (i, j)
            )
            total = total - weight * torch.nn.functional.logsigmoid(better - worse).squeeze()
    return total / len(groups)


def loss_and_gradients(model: PreTrainedModel, make_loss) -> tuple[float, torch.Tensor]:
    model.zero_grad()
    loss = make_loss()
    loss.backward()
    return loss.item(), torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


@pytest.mark.parametrize("kind", KINDS)
def test_shared_prompts_rows_and_pairs_are_one_loss(tmp_path, kind):
    """Padded right, padded left, flat, with each prompt once, and pair by pair: loss and gradients within 1e-5."""
    model = reward_model(tmp_path, kind)
    better, worse, weights = batch_pairs(GROUPS, torch.device("cpu"))

    def of(scores: torch.Tensor) -> torch.Tensor:
        return preference_loss(scores, better, worse, weights / len(GROUPS))

    expected, gradients = loss_and_gradients(model, lambda: pairwise_loss(model, GROUPS))
    forms = {
        "rows": lambda: of(group_scores(model, GROUPS, PAD)),
        "rows padded left": lambda: of(scores_left_padded(model, GROUPS)),
        "flat": lambda: of(group_scores(model, GROUPS, PAD, layout="flat")),
        "shared": lambda: of(group_scores(model, GROUPS, PAD, layout="shared")),
    }
    for name, make_loss in forms.items():
        loss, found = loss_and_gradients(model, make_loss)
        assert loss == pytest.approx(expected, abs=1e-5), name
        assert ((found - gradients).norm() / gradients.norm()).item() < 1e-5, name
    assert gradients.norm() > 0.01


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_reads_another(tmp_path, kind):
    """Other ids in one output change that output's score and no other's, to the bit."""
    model = reward_model(tmp_path, kind)
    changed = [*GROUPS]
    first = changed[0]
    changed[0] = PromptGroup("p1", first.prompt_ids, [[3, 4, 5, 6, 1], *first.outputs_ids[1:]], first.pairs)
    with torch.no_grad():
        before, after = (group_scores(model, groups, PAD, layout="shared") for groups in (GROUPS, changed))
    assert before[0] != after[0]
    assert torch.equal(before[1:], after[1:])


@pytest.mark.parametrize("kind", KINDS)
def test_texts_in_one_row_say_what_they_say_alone(kind):
    model = tiny_policy(kind)
    texts = [random_ids(n, n) for n in (9, 4, 4, 4, 17, 1)]
    row = lay_flat([(text, []) for text in texts], torch.device("cpu"))
    with torch.no_grad():
        found = read_flat(model, row)[0].split([len(text) for text in texts])
        for text, logits in zip(texts, found, strict=True):
            assert torch.allclose(logits, model(input_ids=torch.tensor([text])).logits[0], atol=1e-5)
    assert row.branch_ends().tolist() == [8, 12, 16, 20, 37, 38]


@pytest.mark.parametrize("branches", [0, 3])
def test_attention_is_in_fp32_where_the_rest_is_in_bf16(branches):
    """Its result is what fp32 gives for inputs of 16 bits, rounded once; so are its gradients."""
    model = tiny_policy("llama")
    row = lay_flat([(list(range(3, 9)), [[7, 8]] * branches)] * 2, torch.device("cpu"))
    asked = []

    def note(query, key, value, **options):
        asked.append({part.dtype for part in (query, key, value)})
        return real(query, key, value, **options)

    real, F.scaled_dot_product_attention = F.scaled_dot_product_attention, note
    try:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = read_flat(model.base_model, row)
    finally:
        F.scaled_dot_product_attention = real
    assert asked
    assert set.union(*asked) == {torch.float32}
    whole = read_flat(model.base_model, row)
    assert torch.allclose(found.float(), whole, atol=0.05)
    found.float().square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.base_model.parameters())


def test_the_model_s_own_attention_is_back_afterwards():
    model = tiny_policy("llama")
    for ids in ([3, 4], [3, 99]):  # the second is out of the vocabulary
        with contextlib.suppress(IndexError):
            read_flat(model, lay_flat([(ids, [])], torch.device("cpu")))
        assert model.config._attn_implementation == "sdpa"


def test_a_model_that_reads_a_window_only_is_left_in_rows():
    config = MistralConfig(
        vocab_size=61,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        sliding_window=4,
    )
    model = MistralForCausalLM._from_config(config, attn_implementation="sdpa")
    said = []
    assert "sliding_window" in flat_refusal(model)
    assert pick_layout([tiny_policy("llama"), model], "auto", said.append) == "rows"
    assert "sliding_window" in said[0]
    config.sliding_window = None
    for layer in model.model.layers:
        layer.self_attn.config.sliding_window = None
    assert pick_layout([model], "auto", said.append) == "flat", "queries may share keys"
    assert pick_layout([model], "rows", said.append) == "rows"


def test_a_model_whose_numbers_would_differ_is_left_in_rows():
    model = tiny_policy("llama")
    layer = model.model.layers[1]
    layer.register_forward_hook(lambda module, inputs, output: output + output.mean(1, keepdim=True))
    assert "differ" in flat_refusal(model)


def test_micro_batches_hold_the_tokens_that_are_computed():
    assert [group_tokens(GROUPS[0], layout) for layout in ("rows", "flat", "shared")] == [169, 169, 65]
    assert group_micro_batches(GROUPS, 120, layout="shared") == [[0, 1], [3, 2]]
    assert token_batches([5, 9, 3, 1, 20], 10) == [[4], [1, 3], [0, 2]]


def test_scores_of_groups_are_those_of_rows(tmp_path):
    model = reward_model(tmp_path, "llama")
    rows, shared = (
        score_groups(model, GROUPS, pad_id=PAD, most_tokens=80, layout=layout) for layout in ("rows", "shared")
    )
    assert [len(of_group) for of_group in shared] == [9, 4, 2, 4]
    for found, expected in zip(shared, rows, strict=True):
        assert found == pytest.approx(expected, abs=1e-5)
