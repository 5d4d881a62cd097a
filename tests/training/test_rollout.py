"""Answers depend on their prompt and seed alone, and follow the model's own distribution."""

from __future__ import annotations

import pytest
import torch
from tiny_models import tiny_policy
from transformers import DynamicCache

from training.cache import ReservedCache
from training.rollout import (
    Policy,
    draw_tokens,
    episode_seed,
    generate,
    response_batch,
    response_logprobs,
    response_logprobs_and_entropies,
    uniform_noise,
)

EOS, PAD = 1, 2
KINDS = ("llama", "gpt2", "qwen2", "gpt_neox")
PROMPTS = [[5, 9, 33], [7], [11, 4, 8, 15, 16, 23, 42], [3, 3]]


def answer(model, prompts, seeds, **options):
    settings = {"max_new_tokens": 12, "temperature": 1.0, "eos_id": EOS, "pad_id": PAD} | options
    return generate(model, prompts, seeds=seeds, **settings)


def slow_answer(model, prompt, seed, *, max_new_tokens=12, temperature=1.0):
    """Token by token, no cache, no padding, one row."""
    ids, noise = list(prompt), uniform_noise(seed, max_new_tokens)
    for number in range(max_new_tokens):
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([ids])).logits[0, -1].double() / temperature
        p, total, token = torch.softmax(logits, -1).tolist(), 0.0, 0
        for token, share in enumerate(p):  # noqa: B007 - the last one is used
            total += share
            if total > noise[number]:
                break
        ids.append(token)
        if token == EOS:
            break
    return ids[len(prompt) :]


@pytest.mark.parametrize("kind", KINDS)
def test_cache_and_left_padding_change_nothing(kind):
    model = tiny_policy(kind)
    seeds = [episode_seed(1, i) for i in range(4)]
    for temperature in (1.0, 0.6):
        found = answer(model, PROMPTS, seeds, temperature=temperature)
        for prompt, seed, rollout in zip(PROMPTS, seeds, found, strict=True):
            assert rollout.ids == slow_answer(model, prompt, seed, temperature=temperature)
            assert rollout.finished == (rollout.ids[-1] == EOS)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_cache_answers_as_that_of_transformers(monkeypatch, kind, precision):
    model, seeds = tiny_policy(kind), [episode_seed(3, i) for i in range(32)]
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        found = answer(model, PROMPTS * 8, seeds, max_new_tokens=40)
        monkeypatch.setattr("training.rollout.ReservedCache", lambda room: DynamicCache())
        expected = answer(model, PROMPTS * 8, seeds, max_new_tokens=40)
    assert found == expected
    assert len({len(rollout.ids) for rollout in found}) > 3, "rows leave the batch on the way"


def test_a_cache_takes_no_more_than_its_room():
    cache, states = ReservedCache(4), torch.randn(2, 1, 3, 8)
    keys, values = cache.update(states, states + 1, 0)
    assert torch.equal(keys, states)
    assert torch.equal(values, states + 1)
    assert cache.get_seq_length() == 3
    with pytest.raises(ValueError, match="5 tokens, and room for 4"):
        cache.update(states[:, :, :2], states[:, :, :2], 0)


def test_answers_do_not_depend_on_neighbors():
    model = tiny_policy()
    seeds = [episode_seed(2, i) for i in range(24)]
    prompts = [PROMPTS[i % 4] for i in range(24)]
    together = answer(model, prompts, seeds)
    halves = answer(model, prompts[::2], seeds[::2]) + answer(model, prompts[1::2], seeds[1::2])
    assert [r.ids for r in together] == [halves[i // 2 + 12 * (i % 2)].ids for i in range(24)]
    assert {len(r.ids) for r in together} > {12}, "some end early, so that rows leave the batch"


def test_a_longer_limit_goes_on_from_the_same_answer():
    model = tiny_policy()
    for short, long in zip(
        answer(model, PROMPTS, [3] * 4, max_new_tokens=5), answer(model, PROMPTS, [3] * 4), strict=True
    ):
        assert long.ids[: len(short.ids)] == short.ids


def test_samples_follow_the_distribution():
    logits = torch.tensor([2.0, 0.0, -1.0, 1.0])
    noise = torch.from_numpy(uniform_noise(4, 20_000))
    for temperature, top_p in ((1.0, 1.0), (0.5, 1.0), (1.0, 0.8)):
        drawn = draw_tokens(logits.expand(20_000, 4), noise, temperature=temperature, top_p=top_p)
        shares = torch.bincount(drawn, minlength=4) / 20_000
        p = torch.softmax(logits.double() / temperature, -1)
        if top_p < 1:  # .64 + .24 hold the share of .8
            p = torch.where(p > 0.2, p, 0.0) / p[p > 0.2].sum()
            assert shares[1] == shares[2] == 0
        assert torch.allclose(shares.double(), p, atol=0.015)


def test_no_token_of_probability_zero_is_drawn_at_the_ends():
    logits = torch.tensor([[-torch.inf, 0.0, -torch.inf, 0.0, -torch.inf]]).expand(3, 5)
    noise = torch.tensor([0.0, 0.5, 1 - 2**-53], dtype=torch.float64)
    assert draw_tokens(logits, noise, temperature=1.0, top_p=1.0).tolist() == [1, 3, 3]


def test_temperature_0_is_greedy():
    model = tiny_policy()
    for prompt, rollout in zip(PROMPTS, answer(model, PROMPTS, [0] * 4, temperature=0.0), strict=True):
        ids = list(prompt)
        for token in rollout.ids:
            with torch.no_grad():
                assert token == model(input_ids=torch.tensor([ids])).logits[0, -1].argmax()
            ids.append(token)


def test_a_stop_between_tokens_ends_the_generation():
    calls = []

    def stop():
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    model = tiny_policy()
    model.train()
    with pytest.raises(KeyboardInterrupt):
        answer(model, PROMPTS, [0] * 4, stop_check=stop)
    assert len(calls) == 3
    assert model.training, "the model is left as it was found"


@pytest.mark.parametrize("kind", KINDS)
def test_response_logprobs_are_the_models_own(kind):
    model = tiny_policy(kind)
    policy = Policy(model)
    assert policy.apart
    responses = [[6, 1], [9, 9, 40, 1], [50], [3, 3, 3]]
    batch = response_batch(PROMPTS, responses, PAD, torch.device("cpu"))
    logprobs, entropies = response_logprobs_and_entropies(policy, batch, 0.7)
    slow, slow_entropies = [], []
    double = tiny_policy(kind).double()
    for prompt, response in zip(PROMPTS, responses, strict=True):
        with torch.no_grad():
            logits = double(input_ids=torch.tensor([prompt + response])).logits[0] / 0.7
        for t, token in enumerate(response):
            p = torch.log_softmax(logits[len(prompt) + t - 1].double(), -1)
            slow.append(p[token].item())
            slow_entropies.append(-(p.exp() * p).sum().item())
    assert logprobs.tolist() == pytest.approx(slow, abs=2e-5)
    assert entropies.tolist() == pytest.approx(slow_entropies, abs=2e-5)
    assert torch.equal(response_logprobs(policy, batch, 0.7).detach(), logprobs)
    assert batch.lengths == [2, 4, 1, 3]


def test_a_head_that_cannot_be_taken_apart_is_used_whole():
    """A model that changes its logits after the head (Gemma's cap, Granite's scale) keeps doing so."""
    model = tiny_policy()
    head = model.forward

    def capped(*args, **kwargs):
        output = head(*args, **kwargs)
        output.logits = 3 * torch.tanh(output.logits / 3)
        return output

    model.forward = capped
    policy = Policy(model)
    assert not policy.apart
    batch = response_batch([[5, 6]], [[7, 8]], PAD, torch.device("cpu"))
    expected = torch.log_softmax(model(input_ids=torch.tensor([[5, 6, 7, 8]])).logits[0], -1)
    found = response_logprobs(policy, batch, 1.0)
    assert torch.allclose(found, torch.stack([expected[1, 7], expected[2, 8]]), atol=1e-6)
    assert answer(model, [[5, 6]], [1])[0].ids == slow_answer(model, [5, 6], 1)


def test_seeds_are_apart_and_fit_into_json():
    seeds = {episode_seed(seed, i) for seed in range(3) for i in range(1000)}
    assert len(seeds) == 3000
    assert max(seeds) < 2**48
