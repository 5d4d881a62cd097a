"""What may be done to projects, their members and their versioned texts."""

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from labeling.accounts.events import record_event
from labeling.accounts.models import Invitation, Role, User
from labeling.accounts.services import accept_invitation as accept_account_invitation
from labeling.accounts.services import invite as invite_account
from labeling.errors import ConflictError, InvalidError
from labeling.projects.models import (
    Guideline,
    GuidelineAcknowledgement,
    InvitationGrant,
    Membership,
    Pool,
    Project,
    Rubric,
    TaskKind,
)
from labeling.projects.rubric import check_rubric

DEFAULTS = Path(__file__).parent
DEFAULT_RUBRIC = "comparison"
RUBRIC_TEMPLATES = (DEFAULT_RUBRIC, "pairwise", "toxicity")
MAX_GUIDELINE_CHARACTERS = 200_000


def new_pseudonym() -> str:
    """A name that says nothing: random, so that it tells neither the person nor the order of joining."""
    return f"labeler-{secrets.token_hex(5)}"


@transaction.atomic
def create_project(*, actor: User, **fields: Any) -> Project:
    """Make a project with the default guidelines of its purpose and the paper's rubric; a researcher joins it."""
    try:
        with transaction.atomic():
            project = Project.objects.create(created_by=actor, **fields)
    except IntegrityError as error:
        raise InvalidError(
            "A project of this name exists. Choose another name.", errors={"name": ["This name is taken."]}
        ) from error
    for kind in TaskKind.values:
        text = (DEFAULTS / "default_guidelines" / f"{kind}_{project.purpose}.md").read_text(encoding="utf-8")
        publish_guideline(actor=actor, project=project, kind=kind, text=text)
    publish_rubric(actor=actor, project=project, content=rubric_template(DEFAULT_RUBRIC))
    if actor.role == Role.RESEARCHER:
        add_member(actor=actor, project=project, user=actor, pool=Pool.RESEARCHER)
    record_event(actor, "project.created", project, purpose=project.purpose)
    return project


@transaction.atomic
def change_project(*, actor: User, project: Project, **fields: Any) -> Project:
    before = {name: getattr(project, name) for name in fields}
    for name, value in fields.items():
        setattr(project, name, value)
    try:
        with transaction.atomic():
            project.save(update_fields=list(fields))
    except IntegrityError as error:
        raise InvalidError("A project of this name exists. Choose another name.") from error
    changed = {name: [before[name], value] for name, value in fields.items() if before[name] != value}
    if changed:
        record_event(actor, "project.changed", project, changed=changed)
    return project


def _check_pool(user: User, pool: str) -> None:
    if pool == Pool.RESEARCHER and user.role == Role.LABELER:
        raise InvalidError(
            f"{user.username} is a labeler. The researcher pool is for researchers.",
            errors={"pool": ["Not for a labeler."]},
        )
    if pool != Pool.RESEARCHER and user.role == Role.RESEARCHER:
        raise InvalidError(
            f"{user.username} is a researcher, who judges in the pool 'researcher'.",
            errors={"pool": ["Must be researcher."]},
        )


@transaction.atomic
def add_member(
    *, actor: User | None, project: Project, user: User, pool: str, qualified: bool | None = None
) -> Membership:
    """Give a person a place in a project, under a random pseudonym. ConflictError where they have one.

    Where nothing is said, they are qualified, unless the project screens its training pool.
    """
    _check_pool(user, pool)
    if qualified is None:
        qualified = not (project.require_screening and pool == Pool.TRAINING)
    try:
        with transaction.atomic():
            member = Membership.objects.create(
                project=project, user=user, pool=pool, qualified=qualified, pseudonym=new_pseudonym()
            )
    except IntegrityError as error:
        raise ConflictError(f"{user.username} is a member of {project.name} already.") from error
    record_event(actor, "member.added", member, project=str(project.pk), user=str(user.pk), pool=pool)
    return member


@transaction.atomic
def change_member(
    *, actor: User, member: Membership, pool: str | None = None, qualified: bool | None = None
) -> Membership:
    """Change a pool or the qualification. Judgments keep the pool of their time in the snapshots that hold them."""
    if pool is not None:
        _check_pool(member.user, pool)
        member.pool = pool
    if qualified is not None:
        member.qualified = qualified
    member.save(update_fields=["pool", "qualified"])
    record_event(actor, "member.changed", member, pool=member.pool, qualified=member.qualified)
    return member


@transaction.atomic
def remove_member(*, actor: User, member: Membership) -> None:
    """End the membership. Refused once the person has work here: disqualify them, so that the pseudonym stays."""
    if member.user.assignments.filter(project=member.project).exists():
        raise ConflictError(
            "This person has work in the project, which keeps their pseudonym. Mark them as not qualified instead."
        )
    record_event(actor, "member.removed", member, project=str(member.project_id), user=str(member.user_id))
    member.delete()


@transaction.atomic
def publish_guideline(
    *, actor: User | None, project: Project, kind: str, text: str, examples: Sequence[Mapping[str, Any]] = ()
) -> Guideline:
    """The next version of the instructions with its worked examples; versions in use stay as they are."""
    if not text.strip():
        raise InvalidError("A guideline needs a text.", errors={"text": ["This is empty."]})
    if len(text) > MAX_GUIDELINE_CHARACTERS:
        raise InvalidError(f"A guideline holds at most {MAX_GUIDELINE_CHARACTERS:,} characters.")
    Project.objects.select_for_update().get(pk=project.pk)  # one version number at a time
    version = (project.guidelines.filter(kind=kind).aggregate(Max("version"))["version__max"] or 0) + 1
    guideline = Guideline.objects.create(
        project=project, kind=kind, version=version, text=text, examples=list(examples), created_by=actor
    )
    record_event(actor, "guideline.published", guideline, kind=kind, version=version)
    return guideline


def rubric_template(name: str) -> dict[str, Any]:
    return json.loads((DEFAULTS / "rubrics" / f"{name}.json").read_text(encoding="utf-8"))


def rubric_templates() -> list[dict[str, Any]]:
    """Rubrics to begin from, the default first."""
    return [{"name": name, "content": rubric_template(name)} for name in RUBRIC_TEMPLATES]


@transaction.atomic
def publish_rubric(*, actor: User | None, project: Project, content: Any) -> Rubric:
    """The next version of what is asked; judgments keep the version that they were made with."""
    check_rubric(content)
    Project.objects.select_for_update().get(pk=project.pk)
    version = (project.rubrics.aggregate(Max("version"))["version__max"] or 0) + 1
    rubric = Rubric.objects.create(project=project, version=version, content=content, created_by=actor)
    record_event(actor, "rubric.published", rubric, version=version)
    return rubric


@transaction.atomic
def acknowledge_guideline(*, user: User, guideline: Guideline) -> None:
    _, created = GuidelineAcknowledgement.objects.get_or_create(guideline=guideline, user=user)
    if created:
        record_event(user, "guideline.acknowledged", guideline, version=guideline.version)


@transaction.atomic
def invite(
    *, actor: User, role: str, note: str = "", project: Project | None = None, pool: str = ""
) -> tuple[Invitation, str]:
    """An invitation, with a place in a project where one is named (pool: by role where not named)."""
    invitation, token = invite_account(actor=actor, role=role, note=note)
    if project is not None:
        if not pool:
            pool = Pool.TRAINING if role == Role.LABELER else Pool.RESEARCHER
        _check_pool(User(username="An invited person", role=role), pool)
        InvitationGrant.objects.create(invitation=invitation, project=project, pool=pool)
    return invitation, token


@transaction.atomic
def accept_invitation(*, token: str, username: str, password: str) -> User:
    """Accept, and take the place in the project that the invitation brings."""
    user, invitation = accept_account_invitation(token=token, username=username, password=password)
    grant = InvitationGrant.objects.select_related("project").filter(invitation=invitation).first()
    if grant is not None:
        add_member(actor=invitation.created_by, project=grant.project, user=user, pool=grant.pool)
    return user
