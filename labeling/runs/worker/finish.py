"""A run that is done: its model, candidates or scores are taken in, exactly once, and whoever waited is queued."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.collection.models import Prompt
from labeling.collection.services.add_candidates import NewCandidate, add_candidates
from labeling.collection.services.store_scores import store_scores
from labeling.registry.files import ModelFiles, read_model_folder
from labeling.registry.models import Generation, ModelKind, ModelVersion
from labeling.registry.services import record_output
from labeling.runs.models import OUTPUT_KINDS, Run, RunKind, RunStatus
from labeling.runs.outputs_file import project_of_path
from labeling.runs.services.launch import ready_waiting_run
from labeling.runs.worker.lease import Lease, LeaseLostError
from labeling.runs.worker.text import storable
from training.records import CandidateRecord, RecordError, ScoreRecord, read_records

CANDIDATES_AT_ONCE = 2000


class OutputError(Exception):
    """The trainer said that it was done, but what it left is not what its stage promises."""


def finish_run(lease: Lease, folder: Path) -> None:
    """Take in the output and mark the run done, in one transaction: another attempt finds it done or not at all.

    Raises OutputError and InvalidError where the output cannot be used, LeaseLostError where another has the run.
    """
    run = Run.objects.select_related("project").get(pk=lease.run_id)
    output = folder / "output"
    if not output.is_dir():
        raise OutputError("The trainer ended without writing output/.")
    # Hashing takes long for a large model, so it comes before the transaction.
    files = read_model_folder(output) if run.kind in OUTPUT_KINDS else None
    with transaction.atomic():
        done = {"status": RunStatus.DONE, "lease_owner": "", "lease_expires_at": None, "error": None}
        if not lease.held().update(**done, finished_at=timezone.now()):
            raise LeaseLostError
        if files is not None:
            _register(run, files)
        if run.kind == RunKind.SAMPLE:
            _take_candidates(run, output)
        if run.kind == RunKind.SCORE:
            _take_scores(run, output)
        # A reward model has none where nothing was held out.
        if run.kind in (RunKind.EVALUATE, RunKind.SCORE) or (output / "report.json").exists():
            Run.objects.filter(pk=run.pk).update(**_report(output))
        record_event(None, "run.done", run, attempt=lease.attempt)
    for entry in run.feeds.select_related("run").filter(run__status=RunStatus.WAITING):
        ready_waiting_run(entry.run)


def _register(run: Run, files: ModelFiles) -> None:
    if files.kind != OUTPUT_KINDS[RunKind(run.kind)]:
        raise OutputError(
            f"A {run.kind} run must make a {OUTPUT_KINDS[RunKind(run.kind)]} model, not a {files.kind} one."
        )
    parents = [
        (entry.model, entry.name)
        for entry in run.inputs.select_related("model").order_by("pk")
        if entry.model is not None
    ]
    record_output(
        run_id=run.pk, name=f"{run.name} ({str(run.pk)[:8]})", project=run.project, files=files, parents=parents
    )


def _take_candidates(run: Run, output: Path) -> None:
    """Each output becomes a candidate of its prompt, after those that the prompt has, under one Generation.

    Prompts that came by a path and not by a snapshot may be unknown here; those outputs stay in the run's folder.
    Outputs for prompts that were withdrawn meanwhile are passed over. Scores that a reward model gave them are kept.
    """
    generation, made = Generation.objects.get_or_create(
        run_id=run.pk, defaults={"model": _sampled_model(run), "settings": _settings(output)}
    )
    if not made:
        return
    reward = _reward_model(run)
    records = _read(output / "candidates.jsonl", CandidateRecord)
    while some := list(islice(records, CANDIDATES_AT_ONCE)):
        known = _known_prompts(run, {record.prompt for record in some})
        taken = [record for record in some if record.prompt in known]
        made_now = add_candidates(
            [
                NewCandidate(known[record.prompt], storable(record.text), generation, record.index, record.seed)
                for record in taken
            ]
        )
        if reward is not None and run.project is not None:
            pairs = zip(made_now, taken, strict=True)
            scores = ((candidate.pk, record.reward) for candidate, record in pairs if record.reward is not None)
            store_scores(project=run.project, model=reward, run_id=run.pk, scores=scores)


def _take_scores(run: Run, output: Path) -> None:
    """The scores of a score run, under its reward model."""
    model = _reward_model(run)
    project = project_of_path(run.inputs.get(name="outputs").path)
    assert model is not None, "plan_run takes none from the hub"
    records = _read(output / "scores.jsonl", ScoreRecord)
    store_scores(
        project=project, model=model, run_id=run.pk, scores=((UUID(row.candidate), row.score) for row in records)
    )


def _reward_model(run: Run) -> ModelVersion | None:
    """The run's reward model, where it has one that the registry knows."""
    entry = run.inputs.select_related("model").filter(name="reward").first()
    return entry.model if entry else None


R = TypeVar("R", CandidateRecord, ScoreRecord)


def _read(path: Path, kind: type[R]) -> Iterator[R]:
    try:
        yield from read_records(path, kind)
    except (RecordError, OSError) as error:
        raise OutputError(str(error)) from error


def _known_prompts(run: Run, names: Iterable[str]) -> dict[str, UUID]:
    """Ids of those prompts that are in the database, of the run's project, and not withdrawn."""
    ids = {}
    for name in names:
        try:
            ids[UUID(name)] = name
        except ValueError:
            continue
    known = Prompt.objects.filter(pk__in=ids, withdrawn_at=None)
    snapshot = next((entry.snapshot for entry in run.inputs.select_related("snapshot") if entry.snapshot), None)
    project = snapshot.project_id if snapshot else run.project_id
    if project is not None:
        known = known.filter(project=project)
    return {ids[key]: key for key in known.values_list("pk", flat=True)}


def _sampled_model(run: Run) -> ModelVersion:
    """The model that wrote the outputs; one from the hub is known by its name."""
    entry = run.inputs.select_related("model").get(name="policy")
    return entry.model or ModelVersion.objects.get_or_create(name=entry.path, kind=ModelKind.EXTERNAL)[0]


def _report(output: Path) -> dict[str, Any]:
    """What a run measured, as a run's fields: `report`, such as {"text": {"loss": 4.2, "tokens": 8192}}, and `parts`,
    training/accuracy.py's reward_report, where it is of a reward model."""
    told = _read_json(output / "report.json")
    results = told.get("results")
    if not isinstance(results, dict) or not results:
        raise OutputError("report.json holds no results.")
    parts = {name: told[name] for name in ("accuracy_by", "calibration") if name in told}
    return {"report": storable(results), "parts": storable(parts) if parts else None}


def _settings(output: Path) -> dict[str, Any]:
    return storable(_read_json(output / "settings.json"))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise OutputError(f"{path.name} must hold an object.")
    return content
