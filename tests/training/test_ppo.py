"""PPO: its first ratio, its optimum on a small bandit, its mix of text, its stops, and what it refuses."""

from __future__ import annotations

import json
import math
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from toy_world import prompt_rows, read_jsonl, write_jsonl

from training.advantages import generalized_advantages
from training.config import PpoConfig, make_run, parse_config
from training.data import completion_pieces, decode_completion, render_prompt
from training.loop import DONE, HALTED, REFUSED, STOPPED, run_stage
from training.models import load_policy, load_reward_model, load_tokenizer, new_reward_model, save_model
from training.ppo import Ppo
from training.ppo_schedules import adapted_beta, warmed_up
from training.records import Message
from training.rollout import Policy, episode_seed, generate, response_batch, response_logprobs
from training.scores import score_rows, start_head

BETA = 0.02
SETTINGS = {
    "episodes": 64,
    "rollout_batch": 16,
    "minibatches": 4,
    "max_response_tokens": 8,
    "micro_batch_tokens": 256,
    "warmup_iterations": 1,
    "checkpoint_every": 2,
    "ptx_block": 16,
    "ptx_examples_per_episode": 1,
    "threads": 1,
    "sample_prompts": 2,
}


@pytest.fixture(scope="module")
def reward_model(tmp_path_factory, base_model) -> Path:
    """A reward model with a random head and a bias of its own."""
    tokenizer = load_tokenizer(base_model)
    model = new_reward_model(base_model, tokenizer)
    start_head(model, 4)
    model.config.reward_bias = 0.5
    folder = tmp_path_factory.mktemp("reward")
    save_model(model, tokenizer, folder, card="A reward model of a test.")
    return folder


@pytest.fixture
def make(tmp_path, base_model, reward_model, text_folder) -> Callable[..., Path]:
    """Makes a run's directory; `text` gives it the pretraining text."""

    def made(name: str, *, text: bool = False, seed: int = 5, **settings) -> Path:
        prompts = write_jsonl(tmp_path / f"{name}.jsonl", prompt_rows())
        inputs = {"prompts": prompts, "policy": base_model, "reward": reward_model}
        if text:
            inputs["pretrain"] = text_folder
        make_run(tmp_path / name, "ppo", settings=SETTINGS | settings, seed=seed, inputs=inputs)
        return tmp_path / name

    return made


def run(folder: Path, stage: type = Ppo) -> list[dict]:
    """Runs to the end; the values of each step."""
    assert run_stage("ppo", stage, [str(folder)]) == DONE, (folder / "error.json").read_text()
    return [line["values"] for line in read_jsonl(folder / "metrics.jsonl")]


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "output" / "model.safetensors")


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("settings", [{}, {"temperature": 0.7, "micro_batch_tokens": 64}])
def test_the_first_ratio_is_1_and_the_first_kl_is_0(make, settings):
    values = run(make("run", **settings))
    assert all(line["ratio_first"] == pytest.approx(1.0, abs=1e-5) for line in values)
    assert values[0]["kl"] == 0.0
    assert values[0]["objective"] == pytest.approx(values[0]["reward"])
    assert values[1]["kl"] != 0.0


def test_rows_and_one_row_without_padding_learn_the_same(make):
    """Scores, KL, losses and gradients of the first iteration, up to rounding, in both layouts."""
    flat, rows = (run(make(layout, layout=layout))[0] for layout in ("auto", "rows"))
    for name in ("reward", "policy_loss", "value_loss", "gradient_norm", "value_gradient_norm", "entropy"):
        assert flat[name] == pytest.approx(rows[name], rel=1e-3, abs=1e-5), name
    assert flat["ratio_first"] == pytest.approx(1.0, abs=1e-5)


def test_in_bf16_the_first_ratio_is_1_in_the_updates_own_layout(make):
    assert run(make("run", precision="bf16"))[0]["ratio_first"] == pytest.approx(1.0, abs=1e-2)


def test_a_policy_that_is_not_the_one_measured_halts_the_run(make):
    class Faulty(Ppo):
        def _measure(self, *args):
            measured = super()._measure(*args)
            for episode in measured:
                episode.logprobs.sub_(0.1)
            return measured

    folder = make("run")
    assert run_stage("ppo", Faulty, [str(folder)]) == HALTED
    error = json.loads((folder / "error.json").read_text())
    assert error["title"] == "The first ratio is not 1"
    assert "1.1052 times" in error["detail"]


def test_the_score_is_read_at_the_end_of_turn_with_the_bias(make, base_model, reward_model):
    """The reward in the metrics, computed anew from the rollouts by transformers' own forward pass."""
    stages = []

    class Kept(Ppo):
        def step(self, number):
            stages.append((self, self._roll_out(number)))
            return super().step(number)

    values = run(make("run", episodes=16, max_response_tokens=60), Kept)
    stage, (prompts, rollouts) = stages[0]
    assert {rollout.finished for rollout in rollouts} == {True, False}
    model = load_reward_model(reward_model, stage.tokenizer)
    scores = []
    for prompt, rollout in zip(prompts, rollouts, strict=True):
        ids = prompt.ids + rollout.ids + ([] if rollout.finished else [stage.eos_id])
        with torch.no_grad():
            scores.append(model(input_ids=torch.tensor([ids])).logits.item() + 0.5)
    assert values[0]["reward"] == pytest.approx(sum(scores) / 16, abs=1e-5)
    assert values[0]["eos_rate"] == sum(rollout.finished for rollout in rollouts) / 16
    assert values[0]["response_tokens"] == sum(len(rollout.ids) for rollout in rollouts) / 16


def test_the_value_network_starts_as_the_reward_model(make, reward_model):
    """At the token before an action it says what the reward model says of the text so far."""
    stages = []

    class Kept(Ppo):
        def step(self, number):
            if number == 1:
                batch = response_batch([[5, 6, 7]], [[8, 9]], self.pad_id, torch.device("cpu"))
                stages.append((self.pad_id, self.value(batch).tolist()))
            return super().step(number)

    run(make("run", episodes=16), Kept)
    pad_id, values = stages[0]
    model = load_reward_model(reward_model, load_tokenizer(reward_model))
    assert values == pytest.approx(
        score_rows(model, [[5, 6, 7], [5, 6, 7, 8]], pad_id=pad_id, most_tokens=99), abs=1e-6
    )


def test_a_missing_end_of_turn_is_paid_the_penalty(make):
    seen = []

    class Kept(Ppo):
        def _scores(self, prompts, rollouts):
            scores = super()._scores(prompts, rollouts)
            seen.extend((rollout.finished, score) for rollout, score in zip(rollouts, scores, strict=True))
            return scores

    run(make("run", episodes=16, max_response_tokens=60, penalize_missing_end=True, missing_end_score=-7.0), Kept)
    assert {score == -7.0 for finished, score in seen if not finished} == {True}
    assert {score == -7.0 for finished, score in seen if finished} == {False}


class Bandit(Ppo):
    """PPO whose reward is a rule: 1 for an answer of one token out of an eighth of the vocabulary, else 0."""

    def _scores(self, prompts, rollouts):
        return [float(rollout.ids[0] < 48) for rollout in rollouts]

    def share_at_the_start(self) -> float:
        """The probability of these tokens under the reference, over the prompts."""
        shares = []
        for prompt in self.prompts:
            with torch.no_grad():
                logits = self.reference.model(input_ids=torch.tensor([prompt.ids])).logits[0, -1]
            shares.append(logits.softmax(-1)[:48].sum().item())
        return sum(shares) / len(shares)


@pytest.mark.parametrize("beta", [0.3, 1.0])
def test_ppo_reaches_the_optimum_of_a_bandit(make, beta):
    """With a reward of 0 or 1, probability p of 1 at the start and penalty beta, the best policy has
    p exp(1/beta) / (p exp(1/beta) + 1 - p), and its KL follows."""
    starts = []

    class Started(Bandit):
        def __init__(self, run):
            super().__init__(run)
            starts.append(self.share_at_the_start())

    values = run(
        make(
            "bandit",
            episodes=64 * 40,
            rollout_batch=64,
            minibatches=2,
            learning_rate=3e-3,
            value_learning_rate=3e-3,
            beta=beta,
            max_response_tokens=1,
            micro_batch_tokens=4096,
            checkpoint_every=100,
        ),
        Started,
    )
    p = starts[0]
    odds = p / (1 - p) * math.exp(1 / beta)
    best = odds / (1 + odds)
    kl = best * math.log(best / p) + (1 - best) * math.log((1 - best) / (1 - p))
    late = values[-10:]
    assert values[0]["reward"] == pytest.approx(p, abs=0.15)
    assert sum(line["reward"] for line in late) / 10 == pytest.approx(best, abs=0.08)
    # Within the rewarded tokens the policy wanders a little, which the optimum would not.
    assert kl - 0.1 < sum(line["kl"] for line in late) / 10 < kl + 0.5
    assert all(line["kl"] > -0.3 for line in values)


def test_gamma_0_is_plain_ppo_to_the_bit(make):
    plain, with_text, mixed = make("plain"), make("with-text", text=True), make("mixed", text=True, ptx_gamma=1.0)
    run(plain)
    run(with_text)
    values = run(mixed)
    assert same(weights(plain), weights(with_text))
    assert not same(weights(plain), weights(mixed))
    assert values[0]["ptx_loss"] > 0
    assert "ptx_loss" not in read_jsonl(plain / "metrics.jsonl")[0]["values"]


def test_the_mixed_gradient_is_the_sum_of_both(make):
    """PPO's gradient + gamma times that of the mean loss on the text, against each alone."""
    found = {}

    class Kept(Ppo):
        def _optimizer_steps(self):
            if self.updates == 0:
                gradient = torch.cat([p.grad.flatten() for p in self.policy.model.parameters()])
                found[self.run.folder.name] = gradient.double()
                if self.text is not None:
                    rows = self.text.blocks.batch(0, 4)
                    fresh = load_policy(self.run.input("policy"), self.tokenizer).double()
                    logits = fresh(input_ids=rows[:, :-1]).logits
                    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
                    gradients = torch.autograd.grad(loss, list(fresh.parameters()))
                    found["text"] = torch.cat([g.flatten() for g in gradients])
            return super()._optimizer_steps()

    run(make("plain", episodes=16), Kept)
    run(make("mixed", episodes=16, text=True, ptx_gamma=27.8), Kept)
    expected = found["plain"] + 27.8 * found["text"]
    assert ((found["mixed"] - expected).norm() / expected.norm()).item() < 1e-5


def test_micro_batches_change_the_gradient_by_rounding_only(make):
    found = []

    class Kept(Ppo):
        def _optimizer_steps(self):
            models = (self.policy.model, self.value)
            found.append(torch.cat([p.grad.flatten() for m in models for p in m.parameters()]))
            raise KeyboardInterrupt

    for tokens in (16, 4096):
        with pytest.raises(KeyboardInterrupt):
            run_stage("ppo", Kept, [str(make(f"run{tokens}", text=True, ptx_gamma=2.0, micro_batch_tokens=tokens))])
    assert ((found[0] - found[1]).norm() / found[1].norm()).item() < 1e-5


class StopAt(Ppo):
    """Asks for a stop in the middle of the second iteration's update, or after the first iteration."""

    updates_before_stop = 6

    def _optimizer_steps(self):
        norms = super()._optimizer_steps()
        if self.updates == self.updates_before_stop:
            (self.run.folder / "stop").touch()
        return norms


@pytest.mark.parametrize("checkpoint_every, updates", [(1, 6), (10, 11), (2, 12)])
def test_a_stopped_run_ends_bit_for_bit_as_one_that_was_not(make, monkeypatch, checkpoint_every, updates):
    options = {
        "text": True,
        "ptx_gamma": 1.0,
        "checkpoint_every": checkpoint_every,
        "kl_target": 1.0,
        "kl_horizon": 50,
        "ema_output_from": 1,
    }
    whole, stopped = make("whole", **options), make("stopped", **options)
    expected = run(whole)
    monkeypatch.setattr(StopAt, "updates_before_stop", updates)
    assert run_stage("ppo", StopAt, [str(stopped)]) == STOPPED
    # The iteration that was interrupted is dropped, whole ones before it are kept.
    done = [line["step"] for line in read_jsonl(stopped / "metrics.jsonl")]
    assert done == list(range(1, updates // 4 + 1))
    values = run(stopped)
    assert same(weights(whole), weights(stopped))
    timing = {"device_seconds", "rollout_seconds", "update_seconds"}
    for one, other in zip(expected, values, strict=True):
        assert {k: v for k, v in one.items() if k not in timing} == {k: v for k, v in other.items() if k not in timing}


def test_two_processes_sample_and_learn_what_one_does(make, trainer):
    """The same answers, whoever makes them; losses up to the order of sums."""
    options = {"episodes": 48, "minibatches": 2, "text": True, "ptx_gamma": 1.0, "adam_epsilon": 1e-4}
    alone, shared = make("alone", **options), make("shared", **options)
    expected = run(alone)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    group = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    processes = [trainer(shared, "ppo", RANK=str(rank), LOCAL_RANK=str(rank), **group) for rank in range(2)]
    assert [process.wait() for process in processes] == [DONE, DONE], processes[0].stdout.read()
    found = [line["values"] for line in read_jsonl(shared / "metrics.jsonl")]
    compared = ("reward", "kl", "entropy", "policy_loss", "value_loss", "ptx_loss", "gradient_norm", "response_tokens")
    for one, other in zip(expected, found, strict=True):
        assert {name: one[name] for name in compared} == pytest.approx(
            {name: other[name] for name in compared}, abs=1e-3
        )
        assert other["ratio_first"] == pytest.approx(1.0, abs=1e-5)
    a, b = weights(alone), weights(shared)
    assert max(float((a[name] - b[name]).abs().max()) for name in a) < 1e-3


def test_output_is_the_average_once_there_are_enough_updates(make):
    averages = []

    class Kept(Ppo):
        def write_output(self, folder):
            averages.append({name: value.clone() for name, value in self.average.items()})
            super().write_output(folder)

        def _optimizer_steps(self):
            if not self.updates:
                self.slow = {n: p.detach().double() for n, p in self.policy.model.named_parameters()}
            norms = super()._optimizer_steps()
            for name, parameter in self.policy.model.named_parameters():
                self.slow[name] = 0.9 * self.slow[name] + 0.1 * parameter.detach().double()
            if self.updates == 16:
                for name, value in self.average.items():
                    assert torch.allclose(value.double(), self.slow[name], atol=1e-6)
            return norms

    raw, averaged = make("raw", ema_output_from=17, ema_decay=0.9), make("ema", ema_output_from=16, ema_decay=0.9)
    run(raw, Kept)
    run(averaged, Kept)
    assert same({n: averages[1][n] for n in weights(averaged)}, weights(averaged))
    assert not same(weights(raw), weights(averaged))
    assert "not their average" in (raw / "output" / "README.md").read_text()
    assert "the average (EMA, 0.9) over 16 updates" in (averaged / "output" / "README.md").read_text()


def test_a_clean_load_of_the_output_gives_the_samples_that_were_written(make, base_model, reward_model):
    """The same texts, rewards and KL from output/, the start and the reward model, each loaded anew."""
    folder = make("run", episodes=160, learning_rate=3e-3, max_response_tokens=60, sample_tokens=60, beta=BETA)
    run(folder)
    tokenizer = load_tokenizer(folder / "output")
    new, old = (Policy(load_policy(path, tokenizer)) for path in (folder / "output", base_model))
    reward = load_reward_model(reward_model, tokenizer)
    pad, end = tokenizer.pad_token_id, tokenizer.eos_token_id
    samples = [line for line in read_jsonl(folder / "samples.jsonl") if line["step"] == 10]
    prompts = [render_prompt(tokenizer, [Message(**turn) for turn in line["messages"]]) for line in samples]
    assert [line["prompt"] for line in samples] == ["q0", "q1"]
    answers = generate(
        new,
        prompts,
        seeds=[episode_seed(5, -1, i) for i in range(2)],
        max_new_tokens=60,
        temperature=1.0,
        eos_id=end,
        pad_id=pad,
    )
    rows = [p + a.ids + [end] * (not a.finished) for p, a in zip(prompts, answers, strict=True)]
    scores = score_rows(reward, rows, pad_id=pad, most_tokens=4096)
    batch = response_batch(prompts, [answer.ids for answer in answers], pad, torch.device("cpu"))
    with torch.no_grad():
        change = response_logprobs(new, batch, 1.0) - response_logprobs(old, batch, 1.0)
    for line, answer, score, of_answer in zip(samples, answers, scores, change.split(batch.lengths), strict=True):
        output = line["outputs"][0]
        assert output["text"] == decode_completion(tokenizer, answer.ids)
        assert output["finish"] == ("stop" if answer.finished else "length")
        assert output["reward"] == pytest.approx(score, abs=1e-4)
        assert output["kl"] == pytest.approx(of_answer.sum().item(), abs=1e-3)
        tokens = output["tokens"]
        assert [token["text"] for token in tokens] == completion_pieces(tokenizer, answer.ids)
        assert [token["kl"] for token in tokens] == pytest.approx(of_answer.tolist(), abs=1e-3)
        assert sum(token["reward"] for token in tokens) == pytest.approx(
            output["reward"] - BETA * output["kl"], abs=1e-3
        )
        assert [token["reward"] for token in tokens[:-1]] == pytest.approx(
            [-BETA * token["kl"] for token in tokens[:-1]]
        )
        assert line["start"]["kl"] == 0.0
        assert line["start"]["tokens"] == []
        assert line["start"]["text"] != output["text"]


def test_a_kl_out_of_bounds_halts_the_run_in_words(make):
    folder = make("run", learning_rate=0.05, warmup_iterations=0, kl_high=0.01)
    assert run_stage("ppo", Ppo, [str(folder)]) == HALTED
    error = json.loads((folder / "error.json").read_text())
    assert error["title"] == "The KL left its bounds"
    assert "kl_high is 0.01" in error["detail"]


def test_a_kl_below_zero_halts_the_run_in_words(make):
    class Faulty(Ppo):
        def _measure(self, *args):
            measured = super()._measure(*args)
            for episode in measured:
                episode.reference.add_(5.0)
            return measured

    folder = make("run")
    assert run_stage("ppo", Faulty, [str(folder)]) == HALTED
    assert "No true KL is negative" in json.loads((folder / "error.json").read_text())["detail"]


def test_a_flipped_sign_halts_the_run_in_words(make):
    """Advantages with the wrong sign train the worst model: the score falls below where it began."""

    class Flipped(Ppo):
        def _update(self, number, prompts, rollouts, layout, columns):
            columns["advantage"].neg_()
            return super()._update(number, prompts, rollouts, layout, columns)

    settings = {"learning_rate": 0.02, "warmup_iterations": 0, "reward_fall": 0.2, "beta": 0.0, "kl_high": 0.0}
    folder = make("run", episodes=96, **settings)
    assert run_stage("ppo", Flipped, [str(folder)]) == HALTED
    error = json.loads((folder / "error.json").read_text())
    assert error["title"] == "The reward falls"
    assert "A flipped sign looks like this" in error["detail"]


def test_weights_that_are_not_numbers_halt_the_run(make):
    class Faulty(Ppo):
        def _optimizer_steps(self):
            norms = super()._optimizer_steps()
            if self.updates == 4:
                with torch.no_grad():
                    next(self.policy.model.parameters()).fill_(math.nan)
            return norms

    folder = make("run")
    assert run_stage("ppo", Faulty, [str(folder)]) == HALTED
    assert json.loads((folder / "error.json").read_text())["title"] == "The training diverged"


def test_whitened_rewards_keep_their_mean_and_are_what_is_learned_from(make, monkeypatch):
    rewards: list[torch.Tensor] = []

    def watched(rewards_BT, values_BT, mask_BT, **options):
        rewards.append(rewards_BT[mask_BT])
        return generalized_advantages(rewards_BT, values_BT, mask_BT, **options)

    monkeypatch.setattr("training.ppo.generalized_advantages", watched)
    settings = {"episodes": 16, "whiten_advantages": False}
    folders = [make("plain", **settings), make("white", whiten_rewards=True, **settings)]
    for folder in folders:
        run(folder)
    plain, white = rewards
    assert white.var(correction=0).item() == pytest.approx(1.0, abs=1e-4)
    assert white.mean().item() == pytest.approx(plain.mean().item(), abs=1e-5)
    assert plain.var(correction=0).item() != pytest.approx(1.0, abs=0.01)
    assert not same(*map(weights, folders))


def test_inner_epochs_move_the_ratio_and_are_clipped(make):
    once, often = run(make("once", learning_rate=5e-3)), run(make("often", learning_rate=5e-3, inner_epochs=4))
    assert often[0]["clip_fraction"] > once[0]["clip_fraction"]
    assert often[0]["ratio_first"] == pytest.approx(1.0, abs=1e-5)


def test_tokenizers_that_differ_are_refused(make, base_model, reward_model, tmp_path):
    tokenizer = load_tokenizer(reward_model)
    tokenizer.add_tokens(["zebra"])
    model = load_reward_model(reward_model, tokenizer)
    save_model(model, tokenizer, tmp_path / "other", card="")
    prompts = write_jsonl(tmp_path / "prompts.jsonl", prompt_rows())
    make_run(
        tmp_path / "run",
        "ppo",
        settings=SETTINGS,
        inputs={"prompts": prompts, "policy": base_model, "reward": tmp_path / "other"},
    )
    assert run_stage("ppo", Ppo, [str(tmp_path / "run")]) == REFUSED
    assert "same tokenizer" in json.loads((tmp_path / "run" / "error.json").read_text())["detail"]


def test_responses_that_leave_no_room_are_refused(make):
    folder = make("run", max_response_tokens=127)
    assert run_stage("ppo", Ppo, [str(folder)]) == REFUSED
    assert "lower max_response_tokens" in json.loads((folder / "error.json").read_text())["detail"]


def test_the_learning_rate_rises_from_a_tenth():
    shares = [warmed_up(i, iterations=10, start=0.1) for i in (1, 2, 6, 11, 12, 500)]
    assert shares == pytest.approx([0.1, 0.19, 0.55, 1.0, 1.0, 1.0])
    assert warmed_up(1, iterations=0, start=0.1) == 1.0


def test_beta_follows_the_kl_by_a_fifth_at_most():
    step = {"target": 6.0, "horizon": 10_000, "episodes": 500}
    assert adapted_beta(0.1, 6.0, **step) == pytest.approx(0.1)
    assert adapted_beta(0.1, 6.6, **step) == pytest.approx(0.1 * (1 + 0.1 * 0.05))
    assert adapted_beta(0.1, 60.0, **step) == pytest.approx(0.1 * (1 + 0.2 * 0.05))
    assert adapted_beta(0.1, 0.0, **step) == pytest.approx(0.1 * (1 - 0.2 * 0.05))


def test_the_papers_preset_is_the_papers():
    config: PpoConfig = parse_config("ppo", "paper-1.3b", {})
    assert (config.episodes, config.rollout_batch, config.minibatches, config.inner_epochs) == (256_000, 512, 8, 1)
    assert (config.beta, config.clip_ratio, config.discount, config.ema_decay) == (0.02, 0.2, 1.0, 0.992)
    assert (config.ptx_gamma, config.ptx_examples_per_episode, config.value_learning_rate) == (27.8, 8.0, 9e-6)
    assert (config.warmup_iterations, config.warmup_start, config.temperature) == (10, 0.1, 1.0)
