"""A run as it is asked for, checked against everything that can be known before it exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labeling.errors import InvalidError
from labeling.projects.models import Project
from labeling.runs.inputs import HUB, FoundInput, find_inputs
from labeling.runs.models import RunKind
from training.config import GROUP, ConfigError, check_inputs, parse_config, preset_settings

SEED_LIMIT = 2**31


@dataclass(frozen=True)
class Plan:
    """A run that was checked and can be launched."""

    kind: str
    project: Project | None
    name: str
    preset: str
    settings: dict[str, Any]  # what differs from the preset
    config: Any  # the stage's whole config
    seed: int
    inputs: dict[str, FoundInput]


def plan_run(
    *,
    kind: str,
    project: Project | None = None,
    name: str = "",
    preset: str = "tiny",
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    inputs: Mapping[str, str] | None = None,
    found: Mapping[str, FoundInput] | None = None,
) -> Plan:
    """Check a run that is to be launched. InvalidError with `errors` by field where anything does not fit.

    `inputs` are ids or paths as a person names them; `found` are inputs that were looked up already.
    """
    if kind not in RunKind.values:
        raise InvalidError(f"There is no run of the kind '{kind}'.", errors={"kind": ["Unknown."]})
    if not 0 <= seed < SEED_LIMIT:
        raise InvalidError("The seed must be from 0 to 2147483647.", errors={"seed": ["Out of range."]})
    config = parse_settings(kind, preset, settings or {})
    together = dict(found or {}) | find_inputs(kind, inputs or {})
    try:
        check_inputs(kind, config, list(together))
    except ConfigError as error:
        raise InvalidError(
            f"The inputs do not fit: {error}.",
            errors={f"inputs.{field}": [problem] for field, problem in error.errors.items()},
        ) from error
    _check_evaluation(kind, together)
    _check_scoring(kind, together)
    _check_groups(config, together)
    defaults = preset_settings(kind, preset)
    return Plan(
        kind=kind,
        project=project or _project_of(together),
        name=name or _name(kind, together),
        preset=preset,
        settings={key: value for key, value in vars(config).items() if value != defaults[key]},
        config=config,
        seed=seed,
        inputs=together,
    )


def parse_settings(kind: str, preset: str, settings: Mapping[str, Any]) -> Any:
    """The stage's config. InvalidError whose `errors` name the settings, as settings.NAME, that it refuses."""
    try:
        return parse_config(kind, preset, settings)
    except ConfigError as error:
        known = {"kind", "preset"}
        raise InvalidError(
            f"The settings cannot be run: {error}.",
            errors={name if name in known else f"settings.{name}": [problem] for name, problem in error.errors.items()},
        ) from error


def _check_evaluation(kind: str, inputs: Mapping[str, FoundInput]) -> None:
    """A policy is measured on demonstrations, a reward model on comparisons."""
    data = inputs.get("data")
    if kind != RunKind.EVALUATE or data is None or data.snapshot is None:
        return
    wanted = "comparisons" if "reward" in inputs else "demonstrations"
    if data.snapshot.kind != wanted:
        raise InvalidError(
            f"This evaluation needs {wanted}, not {data.snapshot.kind}.", errors={"inputs.data": [f"Give {wanted}."]}
        )


def _check_scoring(kind: str, inputs: Mapping[str, FoundInput]) -> None:
    """Scores are stored under their model, so it must be in the registry."""
    if kind == RunKind.SCORE and inputs["reward"].path.startswith(HUB):
        raise InvalidError(
            "A reward model from the hub has no place in the registry.",
            errors={"inputs.reward": ["Download it, register the folder, and give that model."]},
        )


def _check_groups(config: Any, inputs: Mapping[str, FoundInput]) -> None:
    """A turn that names each record's group needs records that carry one."""
    turn = getattr(config, "group_turn", "")
    bare = [
        entry.snapshot.name for entry in inputs.values() if entry.snapshot and not entry.snapshot.recipe.get("group_by")
    ]
    if GROUP in turn and bare:
        raise InvalidError(
            f"The records of '{bare[0]}' carry no group, which group_turn names.",
            errors={"settings.group_turn": [f"Freeze with group_by, or write the group itself in place of {GROUP}."]},
        )


def _project_of(inputs: Mapping[str, FoundInput]) -> Project | None:
    """The project that the inputs come from: of the snapshots, else of the models and runs; None where there is none.

    InvalidError where they come from several, for then a person must say whose run it is.
    """
    for projects in (
        {found.outputs_of for found in inputs.values() if found.outputs_of},
        {found.snapshot.project for found in inputs.values() if found.snapshot},
        {maker.project for found in inputs.values() if (maker := found.model or found.from_run) and maker.project},
    ):
        if len(projects) > 1:
            raise InvalidError(
                "The inputs come from several projects. Say which one this run belongs to.",
                errors={"project": ["Required here."]},
            )
        if projects:
            return projects.pop()
    return None


def _name(kind: str, inputs: Mapping[str, FoundInput]) -> str:
    """A name that says what the run starts from, such as `sft of Tales demonstrations 1`."""
    for wanted in ("data", "prompts"):
        found = inputs.get(wanted)
        if found is not None:
            of = found.snapshot.name if found.snapshot else found.path.rsplit("/", 1)[-1]
            return f"{kind} of {of}"[:120]
    return f"{kind} run"
