"""Settings as people give them: described for a form, read, and checked against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_type_hints

from training.config.common import GROUP, CommonConfig
from training.config.ppo import PpoConfig
from training.config.presets import config_class, preset_settings
from training.config.pretrain import PretrainConfig
from training.config.score import ScoreConfig
from training.config.setting import TYPE_NAMES, ConfigError, check


def describe(kind: str, preset: str) -> list[dict[str, Any]]:
    """Each setting of a stage for a form: name, type (integer, number, boolean, string), default, minimum,
    maximum, choices, help, and the paper's value as text ("" where the paper has none)."""
    defaults = preset_settings(kind, preset)
    types = get_type_hints(config_class(kind))
    return [
        {
            "name": spec.name,
            "type": TYPE_NAMES[types[spec.name]],
            "default": defaults[spec.name],
            "minimum": spec.metadata["minimum"],
            "maximum": spec.metadata["maximum"],
            "choices": list(spec.metadata["choices"]),
            "help": spec.metadata["help"],
            "paper": spec.metadata["paper"],
        }
        for spec in fields(config_class(kind))
    ]


def _cross_check(config: CommonConfig) -> dict[str, str]:
    """Problems between settings that are each within their limits."""
    errors: dict[str, str] = {}
    if isinstance(config, PretrainConfig):
        if config.width % config.heads or (config.width // config.heads) % 2:
            errors["heads"] = "must divide the width into even parts"
        if config.block > config.context:
            errors["block"] = f"must not exceed the context, {config.context}"
    if isinstance(config, PpoConfig) and config.rollout_batch % config.minibatches:
        errors["minibatches"] = f"must divide the rollout batch, {config.rollout_batch}"
    if isinstance(config, ScoreConfig) and GROUP in config.group_turn:
        errors["group_turn"] = f"names {GROUP}, which outputs do not carry; write the group's name in its place"
    return errors


def parse_config(kind: str, preset: str, settings: Mapping[str, Any]) -> Any:
    """The stage's config: the preset, overridden by `settings`.

    Raises ConfigError whose `errors` name every unknown setting, wrong type and broken limit at once.
    """
    stage = config_class(kind)
    values = preset_settings(kind, preset)
    types = get_type_hints(stage)
    specs = {spec.name: spec for spec in fields(stage)}
    errors: dict[str, str] = {}
    for name, value in settings.items():
        if name not in specs:
            errors[name] = f"is no setting of a {kind} run"
            continue
        try:
            values[name] = check(specs[name], value, types[name])
        except ValueError as error:
            errors[name] = str(error)
    if not errors:
        config = stage(**values)
        errors = _cross_check(config)
        if not errors:
            return config
    raise ConfigError(errors)
