"""The demo project: real prompts, demonstrations and judgments, written for it, and a base model to train on.

Loaded once, in one transaction, into the embedded database only. It leaves something to do for each of its accounts:
open tasks of every kind for the labeler, one on a sensitive prompt, and a screening test (screening.py); batches in
review for the researcher; accepted work and a base model for the admin.
"""

import json
import os
import secrets
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from labeling.accounts.models import Role, User
from labeling.accounts.services import create_user
from labeling.collection.cleaning.fields import CandidateText
from labeling.collection.cleaning.rows import PromptRow
from labeling.collection.cleaning.splits import text_key
from labeling.collection.models import BatchStatus, Prompt, PromptImport, WritingSort
from labeling.collection.services.draw_outputs import IMPORTED, CandidateSource
from labeling.collection.services.import_prompts import import_prompts
from labeling.collection.services.publish_batch import PromptChoice, publish_batch
from labeling.collection.services.publish_writing import publish_writing
from labeling.collection.services.store_prompts import PromptStore
from labeling.datasets.services.import_judgments import (
    Identities,
    ImportedBatch,
    ImportedJudgment,
    new_imported_batch,
)
from labeling.demo.screening import add_screening
from labeling.projects.models import Pool, Project, TaskKind
from labeling.projects.sensitive import SensitiveCategory
from labeling.projects.services import add_member, create_project, publish_guideline
from labeling.registry.models import ModelKind
from labeling.registry.services import register_model

FOLDER = Path(__file__).parent
BASE_MODEL = FOLDER / "base_model"
PROJECT = "Fairy tales"
ACCOUNTS = {Role.LABELER: Pool.TRAINING, Role.RESEARCHER: Pool.RESEARCHER, Role.ADMIN: None}
DEMONSTRATIONS_IN_REVIEW = 15
COMPARISONS_IN_REVIEW = 5
COMPARISONS_OPEN = 8
SENSITIVE_PROMPT = "They drowned the old cat of the mill in a sack. Finish this sad tale in three sentences."


def load_demo() -> dict[str, str]:
    """Make the demo where it is not there yet; return its accounts' passwords by name, as made at first."""
    if not Project.objects.filter(name=PROJECT).exists():
        passwords = {role.value: secrets.token_urlsafe(9) for role in ACCOUNTS}
        _keep(passwords)
        with transaction.atomic():
            _make(passwords)
    path = _accounts_file()
    return json.loads(path.read_text()) if path.exists() else {}


def _accounts_file() -> Path:
    return Path(settings.DATA_DIR) / "demo_accounts.json"


def _keep(passwords: dict[str, str]) -> None:
    """Kept beside the database, readable by its owner only, so that a second start can print them again."""
    path = _accounts_file()
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(passwords, file)
    draft.replace(path)


def _rows(name: str) -> list[dict[str, Any]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _make(passwords: dict[str, str]) -> None:
    users = {
        role: create_user(actor=None, username=role.value, role=role, password=passwords[role.value])
        for role in ACCOUNTS
    }
    admin = users[Role.ADMIN]
    project = create_project(actor=admin, name=PROJECT, k=4, overlap=2, show_agreement=True)
    for role, pool in ACCOUNTS.items():
        if pool is not None:
            add_member(actor=admin, project=project, user=users[role], pool=pool)
    for kind in TaskKind.values:
        text = (FOLDER / f"guideline_{kind}.md").read_text(encoding="utf-8")
        publish_guideline(actor=admin, project=project, kind=kind, text=text)
    prompts = _load_prompts(project, admin)
    labelers = Identities(project, "demo")
    _load_demonstrations(project, admin, prompts, labelers)
    _load_comparisons(project, admin, prompts, labelers)
    _ask_for_prompts(project, admin)
    _publish_sensitive(project, admin)
    add_screening(admin=admin, researcher=users[Role.RESEARCHER], labeler=users[Role.LABELER])
    if BASE_MODEL.exists():
        register_model(actor=admin, name="Tales base", path=str(BASE_MODEL), kind=ModelKind.POLICY)


def _load_prompts(project: Project, actor: User) -> dict[str, Prompt]:
    """The demo's prompts, through the import that everybody's prompts go through, by their names in the files."""
    path = FOLDER / "prompts.jsonl"
    with path.open("rb") as stream:
        import_prompts(actor=actor, project=project, stream=stream, file_name=path.name)
    by_text = {prompt.text_key: prompt for prompt in project.prompts.all()}
    return {row["id"]: by_text[text_key(row["prompt"])] for row in _rows(path.name)}


def _add_batch(work: Iterable[ImportedJudgment], labelers: Identities, **fields: Any) -> None:
    batch = ImportedBatch(new_imported_batch(**fields), labelers)
    batch.add(list(work))
    batch.finish()


def _load_demonstrations(project: Project, actor: User, prompts: dict[str, Prompt], labelers: Identities) -> None:
    """Most are accepted, some wait for review, and the prompts without an answer are open tasks."""
    rows = _rows("demonstrations.jsonl")
    work = [ImportedJudgment(prompts[row["prompt_id"]], row["labeler"], response=row["response"]) for row in rows]
    kind = TaskKind.DEMONSTRATION
    accepted, in_review = work[:-DEMONSTRATIONS_IN_REVIEW], work[-DEMONSTRATIONS_IN_REVIEW:]
    where: dict[str, Any] = {"actor": actor, "project": project, "kind": kind, "labelers": labelers}
    _add_batch(accepted, name="Answers, first round", status=BatchStatus.ACCEPTED, **where)
    _add_batch(in_review, name="Answers, second round", status=BatchStatus.IN_REVIEW, **where)
    answered = {row["prompt_id"] for row in rows}
    open_prompts = [prompt.pk for name, prompt in prompts.items() if name not in answered]
    publish_batch(
        actor=actor,
        project=project,
        kind=kind,
        prompts=PromptChoice(ids=open_prompts),
        overlap=1,
        name="Answers, third round",
    )


def _load_comparisons(project: Project, actor: User, prompts: dict[str, Prompt], labelers: Identities) -> None:
    """Most are accepted, some wait for review, and some are open tasks on outputs that nobody has judged."""
    rows = _rows("comparisons.jsonl")
    came_by = PromptImport.objects.create(
        project=project, file_name="comparisons.jsonl", what="comparisons", created_by=actor
    )
    store = PromptStore(project=project, came_by=came_by, consent=True, source="demo")
    stored = store.add([_prompt_row(row, prompts[row["prompt_id"]]) for row in rows])
    came_by.counts = {
        "rows": len(rows),
        "accepted": len(rows),
        "refused": 0,
        "candidates": sum(kept.added_candidates for kept in stored),
    }
    came_by.save(update_fields=["counts"])
    judged = [
        list(_judgments(row, prompts[row["prompt_id"]], kept.candidates))
        for row, kept in zip(rows, stored, strict=True)
    ]
    unjudged = rows[-COMPARISONS_OPEN:]
    in_review = judged[-COMPARISONS_OPEN - COMPARISONS_IN_REVIEW : -COMPARISONS_OPEN]
    accepted = judged[: -COMPARISONS_OPEN - COMPARISONS_IN_REVIEW]
    kind = TaskKind.COMPARISON
    where: dict[str, Any] = {"actor": actor, "project": project, "kind": kind, "labelers": labelers}
    _add_batch(chain.from_iterable(accepted), name="Rankings, first round", status=BatchStatus.ACCEPTED, **where)
    _add_batch(chain.from_iterable(in_review), name="Rankings, second round", status=BatchStatus.IN_REVIEW, **where)
    publish_batch(
        actor=actor,
        project=project,
        kind=kind,
        prompts=PromptChoice(ids=[prompts[row["prompt_id"]].pk for row in unjudged]),
        candidates=CandidateSource(kind=IMPORTED),
        overlap=2,
        k=4,
        name="Rankings, third round",
    )


def _ask_for_prompts(project: Project, actor: User) -> None:
    """Prompts to write: three plain ones on a topic, and one few-shot."""
    about = "Something that a child could ask about a fairy tale."
    asked = {"generation": 1, "brainstorming": 1, "open_qa": 1}
    publish_writing(
        actor=actor, project=project, sort=WritingSort.PLAIN, use_cases=asked, about=about, language="en",
        name="Prompts to write",
    )  # fmt: skip
    publish_writing(
        actor=actor, project=project, sort=WritingSort.FEW_SHOT, use_cases={"classification": 1}, language="en",
        name="Few-shot prompts to write",
    )  # fmt: skip


def _publish_sensitive(project: Project, actor: User) -> None:
    """One prompt of which labelers are warned before they see it, after all others."""
    row = json.dumps({"prompt": SENSITIVE_PROMPT, "use_case": "generation", "language": "en"})
    import_prompts(
        actor=actor, project=project, stream=BytesIO(row.encode()), file_name="sensitive.jsonl", consent=True,
        source="demo-sensitive",
    )  # fmt: skip
    publish_batch(
        actor=actor,
        project=project,
        kind=TaskKind.DEMONSTRATION,
        prompts=PromptChoice(filters={"source": "demo-sensitive"}),
        overlap=1,
        name="A sad tale",
        sensitive=[SensitiveCategory.VIOLENT_CONTENT],
    )


def _prompt_row(row: dict[str, Any], prompt: Prompt) -> PromptRow:
    candidates = [CandidateText(candidate["text"], candidate["model"]) for candidate in row["candidates"]]
    return PromptRow(line=0, messages=prompt.messages, candidates=candidates)


def _judgments(row: dict[str, Any], prompt: Prompt, candidates: list) -> Iterator[ImportedJudgment]:
    for judgment in row["judgments"]:
        yield ImportedJudgment(
            prompt=prompt,
            labeler=judgment["labeler"],
            candidates=candidates,
            ranks=judgment["ranks"],
            ratings=judgment["ratings"],
            prompt_flags=judgment.get("prompt_flags", {}),
            active_seconds=float(judgment["active_seconds"]),
        )
