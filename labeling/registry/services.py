"""Taking models into the registry, and what may change about them."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.errors import InvalidError
from labeling.projects.models import Project
from labeling.registry.files import ModelFiles, read_model_folder
from labeling.registry.models import ModelKind, ModelParent, ModelVersion


def register_model(*, actor: User | None, name: str, path: str, kind: str) -> ModelVersion:
    """Take a local model into the registry, where it stands; the same files under the same path are taken once.

    Raises InvalidError where the folder is no model, may hold code, lies outside the roots, or is of another kind.
    """
    files = read_model_folder(path)
    if kind not in (ModelKind.POLICY, ModelKind.REWARD) or files.kind != kind:
        raise InvalidError(
            f"This folder holds a {files.kind} model"
            + (", because its config.json has a reward_bias." if files.kind == ModelKind.REWARD else ".")
            + f" It cannot be registered as '{kind}'.",
            errors={"kind": [f"Choose {files.kind}."]},
        )
    with transaction.atomic():
        known = ModelVersion.objects.filter(path=str(files.path), sha256=files.sha256).first()
        if known is not None:
            return known
        model = ModelVersion.objects.create(name=name, **_fields(files))
        record_event(actor, "model.registered", model, path=str(files.path), sha256=files.sha256)
        return model


def _fields(files: ModelFiles) -> dict:
    return {
        "kind": files.kind,
        "path": str(files.path),
        "sha256": files.sha256,
        "bytes": files.bytes,
        "parameters": files.parameters,
        "card": files.card,
    }


def record_output(
    *,
    run_id: UUID,
    name: str,
    project: Project | None,
    files: ModelFiles,
    parents: Iterable[tuple[ModelVersion, str]],
) -> ModelVersion:
    """Take the model that a run made into the registry, with its parents and their roles; once, however often called.

    Call it in the transaction that finishes the run.
    """
    model, made = ModelVersion.objects.get_or_create(
        run_id=run_id, kind=files.kind, defaults={"name": name, "project": project, **_fields(files)}
    )
    if made:
        ModelParent.objects.bulk_create(ModelParent(child=model, parent=parent, role=role) for parent, role in parents)
        record_event(None, "model.made", model, run=str(run_id), sha256=files.sha256)
    return model


@transaction.atomic
def change_model(*, actor: User, model: ModelVersion, name: str = "", status: str = "") -> ModelVersion:
    """Rename, promote or retire a model; empty leaves as it is."""
    changes = {field: value for field, value in (("name", name), ("status", status)) if value}
    if name and model.kind == ModelKind.EXTERNAL and name != model.name:
        raise InvalidError(
            "An external model is known by its name only, so the name stays.", errors={"name": ["Stays."]}
        )
    for field, value in changes.items():
        setattr(model, field, value)
    if changes:
        model.save(update_fields=list(changes))
        record_event(actor, "model.changed", model, **changes)
    return model
