"""What a person names as a run's input, found and checked: a snapshot, a model, an earlier run, or a path."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from labeling.collection.selectors.scores import to_score
from labeling.datasets.models import Snapshot, SnapshotKind
from labeling.errors import InvalidError
from labeling.projects.models import Project
from labeling.registry.files import check_model_folder, path_in_roots
from labeling.registry.models import ModelKind, ModelVersion
from labeling.runs.models import ENDED_EARLY, OUTPUT_KINDS, Run, RunInput, RunKind, RunStatus
from labeling.runs.outputs_file import project_path
from training.config import INPUTS, InputSpec
from training.records import RecordError, read_records, sha256_path

RECORD_KINDS = tuple(SnapshotKind.values)
# Kinds of runs whose input `data` needs records in the split `train`.
LEARNS_FROM_DATA = ("sft", "rm")
HUB = "hub:"


@dataclass(frozen=True)
class FoundInput:
    """One named input, checked. `rows` are its records by split, where it holds records and they are known.

    With `outputs_of`, the outputs of this project, and `path` says so too.
    """

    name: str
    snapshot: Snapshot | None = None
    model: ModelVersion | None = None
    from_run: Run | None = None
    path: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    outputs_of: Project | None = None

    @property
    def ready(self) -> bool:
        """Whether it can be linked now: false for the output of a run that is not done."""
        return self.from_run is None or self.model is not None

    def row(self, run: Run) -> RunInput:
        return RunInput(
            run=run, name=self.name, snapshot=self.snapshot, model=self.model, from_run=self.from_run, path=self.path
        )


def accepts(kind: str, name: str) -> list[str]:
    """What an input takes; an evaluation's data are of either kind of record, as its model is."""
    if kind == "evaluate" and name == "data":
        return ["demonstrations", "comparisons"]
    return [INPUTS[kind][name].accepts]


def find_inputs(kind: str, named: Mapping[str, str]) -> dict[str, FoundInput]:
    """Every input that a person named, by name. InvalidError, with a word for each, where any cannot be used."""
    found: dict[str, FoundInput] = {}
    errors: dict[str, list[str]] = {}
    for name, value in named.items():
        spec = INPUTS[kind].get(name)
        try:
            if spec is None:
                raise InvalidError(f"is no input of a {kind} run; inputs are {', '.join(INPUTS[kind])}")
            found[name] = _find(kind, name, spec, str(value).strip())
        except InvalidError as error:
            errors[f"inputs.{name}"] = [error.message]
    if errors:
        raise InvalidError(
            "Some inputs cannot be used: " + " ".join(f"{name}: {words[0]}" for name, words in errors.items()),
            errors=errors,
        )
    return found


def _find(kind: str, name: str, spec: InputSpec, value: str) -> FoundInput:
    if not value:
        raise InvalidError("Give an id or a path.")
    try:
        key = UUID(value)
    except ValueError:
        return _find_path(kind, name, spec, value)
    if spec.accepts == "outputs":
        project = Project.objects.filter(pk=key).first()
        if project is None:
            raise InvalidError(f"There is no project with the id {value}.")
        return check_outputs(name, project)
    snapshot = Snapshot.objects.filter(pk=key).first()
    if snapshot is not None:
        return check_snapshot(kind, name, snapshot)
    model = ModelVersion.objects.filter(pk=key).first()
    if model is not None:
        return check_model(kind, name, model)
    run = Run.objects.filter(pk=key).first()
    if run is not None:
        return check_run(kind, name, run)
    raise InvalidError(f"There is no snapshot, model or run with the id {value}.")


def check_snapshot(kind: str, name: str, snapshot: Snapshot) -> FoundInput:
    """A snapshot as an input. InvalidError where it is of another kind, or empty, or its file is gone."""
    wanted = accepts(kind, name)
    if snapshot.kind not in wanted:
        raise InvalidError(f"This is a snapshot of {snapshot.kind}, but {' or '.join(wanted)} are wanted.")
    if not Path(snapshot.path).is_file():
        raise InvalidError(f"The file of the snapshot '{snapshot.name}' is gone from the server.")
    rows = snapshot.counts.get("by_split", {})
    _check_rows(kind, name, rows)
    return FoundInput(name, snapshot=snapshot, rows=rows)


def check_model(kind: str, name: str, model: ModelVersion, *, from_run: Run | None = None) -> FoundInput:
    """A registered model as an input. InvalidError where it is of another kind, or its files are gone."""
    wanted = _model_kind(kind, name)
    if model.kind == ModelKind.EXTERNAL:
        raise InvalidError(f"'{model.name}' is known by name only; its files were never here.")
    if model.kind != wanted:
        raise InvalidError(f"'{model.name}' is a {model.kind} model, but a {wanted} model is wanted.")
    if not (Path(model.path) / "config.json").is_file():
        raise InvalidError(f"The files of '{model.name}' are gone from the server.")
    return FoundInput(name, model=model, from_run=from_run)


def check_outputs(name: str, project: Project) -> FoundInput:
    """A project's outputs as an input, which the worker reads when the run starts. InvalidError where it has none."""
    outputs = to_score(project).count()
    if not outputs:
        raise InvalidError(f"'{project.name}' has no outputs yet.")
    return FoundInput(name, path=project_path(project), rows={"outputs": outputs}, outputs_of=project)


def check_run(kind: str, name: str, run: Run) -> FoundInput:
    """The output of a run as an input; of one that is not done, to be waited for."""
    wanted = _model_kind(kind, name)
    made = OUTPUT_KINDS.get(RunKind(run.kind))
    if made is None:
        raise InvalidError(f"'{run.name}' is a {run.kind} run, which makes no model.")
    if made != wanted:
        raise InvalidError(f"'{run.name}' makes a {made} model, but a {wanted} model is wanted.")
    if run.status == RunStatus.DONE:
        return check_model(kind, name, ModelVersion.objects.get(run_id=run.pk, kind=made), from_run=run)
    if run.status in ENDED_EARLY:
        raise InvalidError(f"'{run.name}' is {run.status}. Resume it first.")
    return FoundInput(name, from_run=run)


def _model_kind(kind: str, name: str) -> str:
    wanted = accepts(kind, name)
    if wanted == ["model"]:
        return ModelKind.POLICY
    if wanted == ["reward_model"]:
        return ModelKind.REWARD
    raise InvalidError(f"{' or '.join(wanted)} are wanted here, not a model.")


def _find_path(kind: str, name: str, spec: InputSpec, value: str) -> FoundInput:
    wanted = accepts(kind, name)
    if value.startswith(HUB):
        if spec.accepts != "model":
            raise InvalidError(f"{' or '.join(wanted)} cannot come from the hub.")
        return FoundInput(name, path=value)
    if spec.accepts == "outputs":
        raise InvalidError("Give the id of the project whose outputs are scored.")
    path = path_in_roots(value)
    if spec.accepts in ("model", "reward_model"):
        found = check_model_folder(path)
        if found != _model_kind(kind, name):
            raise InvalidError(f"'{value}' is a {found} model, but a {_model_kind(kind, name)} model is wanted.")
        known = ModelVersion.objects.filter(path=str(path)).order_by("-created_at").first()
        if known is not None:
            return FoundInput(name, model=known)
        return FoundInput(name, path=str(path))
    if spec.accepts == "text":
        _check_text(path)
        return FoundInput(name, path=str(path))
    rows = _count_rows(path, wanted)
    _check_rows(kind, name, rows)
    return FoundInput(name, path=str(path), rows=rows)


def _check_text(path: Path) -> None:
    files = [path] if path.is_file() else [*path.rglob("*.txt"), *path.rglob("*.txt.gz")]
    for file in files:
        path_in_roots(file)
        if not file.name.endswith((".txt", ".txt.gz")):
            raise InvalidError("Plain text must be .txt or .txt.gz.")
    if not any(file.stat().st_size for file in files):
        raise InvalidError(f"'{path}' holds no text: no .txt or .txt.gz file, or only empty ones.")


def _count_rows(path: Path, kinds: list[str]) -> dict[str, int]:
    if not path.is_file() or not path.name.endswith((".jsonl", ".jsonl.gz")):
        raise InvalidError("Records must be a .jsonl or .jsonl.gz file.")
    problem: RecordError | None = None
    for kind in kinds:
        try:
            return dict(Counter(record.split for record in read_records(path, kind)))
        except RecordError as error:
            problem = problem or error
    raise InvalidError(f"{problem}.")


def _check_rows(kind: str, name: str, rows: Mapping[str, int]) -> None:
    if not sum(rows.values()):
        raise InvalidError("It holds no records.")
    if kind in LEARNS_FROM_DATA and name == "data" and not rows.get("train"):
        raise InvalidError("It holds no records in the split 'train', so there is nothing to learn from.")


def hash_of(entry: RunInput) -> str:
    """The SHA-256 of an input's content, known for snapshots and models, counted for a path; empty for the hub."""
    if entry.snapshot is not None:
        return entry.snapshot.sha256
    if entry.model is not None:
        return entry.model.sha256
    return "" if entry.path.startswith(HUB) else sha256_path(entry.path)


def source_of(entry: RunInput) -> str:
    """Where an input lies: a path, or `hub:NAME`."""
    if entry.snapshot is not None:
        return entry.snapshot.path
    if entry.model is not None:
        return entry.model.path
    return entry.path
