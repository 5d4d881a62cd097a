"""Settings: presets, refusals with every field named, and config.json."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from training.config import (
    CONFIGS,
    INPUTS,
    KINDS,
    PRESETS,
    STAGE_MODULES,
    ConfigError,
    RunSpec,
    check_inputs,
    describe,
    make_run,
    parse_config,
    preset_settings,
    read_run,
    write_run,
)
from training.config.__main__ import main


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_within_its_own_limits(kind: str, preset: str) -> None:
    config = parse_config(kind, preset, preset_settings(kind, preset))
    assert isinstance(config, CONFIGS[kind])
    assert asdict(config) == preset_settings(kind, preset)
    assert {row["name"] for row in describe(kind, preset)} == set(preset_settings(kind, preset))


def test_the_papers_values() -> None:
    sft, rm, ppo = (parse_config(kind, "paper-1.3b", {}) for kind in ("sft", "rm", "ppo"))
    assert (sft.epochs, sft.batch_size, sft.learning_rate) == (16, 32, 9.65e-6)
    assert (sft.residual_dropout, sft.final_fraction, sft.warmup_steps) == (0.2, 0.1, 0)
    assert (rm.epochs, rm.batch_size, rm.learning_rate) == (1, 64, 9e-6)
    assert (ppo.episodes, ppo.rollout_batch, ppo.minibatches, ppo.inner_epochs) == (256_000, 512, 8, 1)
    assert (ppo.beta, ppo.clip_ratio, ppo.ema_decay, ppo.ptx_gamma) == (0.02, 0.2, 0.992, 27.8)
    assert (ppo.value_learning_rate, ppo.warmup_iterations, ppo.discount) == (9e-6, 10, 1.0)
    for config in (sft, rm, ppo):
        assert (config.adam_beta1, config.adam_beta2, config.precision) == (0.9, 0.95, "bf16")


def test_a_form_knows_each_setting() -> None:
    row = next(row for row in describe("sft", "paper-6b") if row["name"] == "learning_rate")
    assert row["type"] == "number"
    assert (row["default"], row["minimum"], row["maximum"]) == (9.65e-6, 0.0, 1.0)
    assert "9.65e-6" in row["paper"]
    assert all(row["help"] for kind in KINDS for row in describe(kind, "tiny"))


def test_all_wrong_settings_are_named_at_once() -> None:
    wrong = {
        "epochs": 1.5,
        "learning_rate": 2,
        "batch_size": "many",
        "dropuot": 0.1,
        "precision": "fp8",
        "threads": True,
    }
    with pytest.raises(ConfigError) as refused:
        parse_config("sft", "tiny", wrong)
    assert set(refused.value.errors) == set(wrong)
    assert refused.value.errors["epochs"] == "must be a whole number"
    assert refused.value.errors["learning_rate"] == "must be 1 or less"
    assert refused.value.errors["dropuot"] == "is no setting of a sft run"
    assert "fp32, bf16" in refused.value.errors["precision"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "nan", "1e999", None, [1], {}])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ConfigError):
        parse_config("sft", "tiny", {"learning_rate": value})


def test_text_is_read_as_on_a_command_line() -> None:
    config = parse_config("ppo", "tiny", {"beta": "1e-2", "episodes": "128", "whiten_advantages": "false"})
    assert (config.beta, config.episodes, config.whiten_advantages) == (0.01, 128, False)


@pytest.mark.parametrize(
    "kind, settings, field",
    [
        ("pretrain", {"width": 30, "heads": 4}, "heads"),
        ("pretrain", {"block": 4096, "context": 512}, "block"),
        ("ppo", {"rollout_batch": 10, "minibatches": 4}, "minibatches"),
    ],
)
def test_settings_that_do_not_fit_together(kind: str, settings: dict, field: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_config(kind, "tiny", settings)
    assert set(refused.value.errors) == {field}


def test_inputs_are_checked_against_the_settings() -> None:
    def errors(kind: str, settings: dict, *names: str) -> set[str]:
        try:
            check_inputs(kind, parse_config(kind, "tiny", settings), names)
        except ConfigError as error:
            return set(error.errors)
        return set()

    assert errors("sft", {}, "data", "policy") == set()
    assert errors("sft", {}, "data") == {"policy"}
    assert errors("sft", {"pretrain_fraction": 0.1}, "data", "policy") == {"pretrain"}
    assert errors("ppo", {"ptx_gamma": 1}, "prompts", "policy", "reward") == {"pretrain"}
    assert errors("ppo", {"ptx_gamma": 0}, "prompts", "policy", "reward", "coffee") == {"coffee"}
    assert errors("evaluate", {}, "data") == {"policy"}
    assert errors("evaluate", {}, "data", "policy", "reward") == {"policy"}
    assert errors("evaluate", {}, "policy", "pretrain") == set()
    assert errors("evaluate", {}, "reward", "pretrain") == {"data"}
    names = {name for specs in INPUTS.values() for name in specs}
    assert names == {"data", "demonstrations", "prompts", "outputs", "policy", "reward", "pretrain"}
    assert set(INPUTS) == set(STAGE_MODULES) == set(KINDS)


def test_a_written_run_is_read_back_with_every_setting(tmp_path: Path) -> None:
    inputs = {"data": {"path": "inputs/data.jsonl", "sha256": "0" * 64}, "policy": {"path": "hub:org/name"}}
    write_run(tmp_path, RunSpec("sft", "tiny", {"epochs": 2}, 7, inputs))
    spec = read_run(tmp_path)
    assert (spec.kind, spec.preset, spec.seed, spec.inputs) == ("sft", "tiny", 7, inputs)
    assert spec.settings == asdict(spec.config())
    assert spec.settings["epochs"] == 2
    assert {"torch", "transformers", "python"} <= set(spec.versions)
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize(
    "content, field",
    [
        (None, "config.json"),
        ("{", "config.json"),
        ("[]", "config.json"),
        ('{"kind": "sft"}', "config.json"),
        (json.dumps({"kind": "train", "preset": "tiny", "settings": {}, "seed": 0, "inputs": {}}), "kind"),
        (json.dumps({"kind": "sft", "preset": "tiny", "settings": [], "seed": 0, "inputs": {}}), "config.json"),
        (
            json.dumps({"kind": "sft", "preset": "tiny", "settings": {}, "seed": 0, "inputs": {"data": 1}}),
            "config.json",
        ),
        (json.dumps({"kind": "sft", "preset": "tiny", "settings": {}, "seed": -1, "inputs": {}}), "seed"),
    ],
)
def test_a_broken_config_file_is_refused(tmp_path: Path, content: str | None, field: str) -> None:
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(ConfigError) as refused:
        read_run(tmp_path)
    assert set(refused.value.errors) == {field}


def test_making_a_run_links_and_hashes_its_inputs(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Once upon a time.\n")
    spec = make_run(tmp_path / "run", "pretrain", inputs={"data": tmp_path / "a.txt"})
    assert spec.inputs["data"]["path"] == "inputs/data.txt"
    assert (tmp_path / "run" / "inputs" / "data.txt").read_text() == "Once upon a time.\n"
    with pytest.raises(FileNotFoundError):
        make_run(tmp_path / "other", "pretrain", inputs={"data": tmp_path / "b.txt"})
    with pytest.raises(ConfigError):
        make_run(tmp_path / "other", "pretrain", settings={"layers": 0}, inputs={"data": tmp_path / "a.txt"})
    assert not (tmp_path / "other" / "config.json").exists()


def test_the_command_line_makes_a_run_or_says_why_not(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "a.txt").write_text("x")
    run, data = str(tmp_path / "run"), f"data={tmp_path / 'a.txt'}"
    assert main([run, "pretrain", "--input", data, "--set", "layers=2", "--set", "learning_rate=1e-3"]) == 0
    assert read_run(run).config().layers == 2
    assert "python -m training.pretrain" in capsys.readouterr().out
    assert main([run, "pretrain", "--input", data, "--set", "layers=none"]) == 2
    assert "layers: must be a whole number" in capsys.readouterr().err
