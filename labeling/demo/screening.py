"""A second demo project, which its labeler enters by a screening test: an item of each part, and one paid task."""

import json
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

from labeling.accounts.models import User
from labeling.collection.models import Assignment, ScreeningPart, Task, TaskPurpose
from labeling.collection.services.import_prompts import import_prompts
from labeling.collection.services.next_assignment import answer_for_key
from labeling.collection.services.publish_batch import PromptChoice, publish_batch
from labeling.collection.services.set_key import set_key
from labeling.collection.services.submit import submit
from labeling.projects.models import Pool, Project, TaskKind
from labeling.projects.services import add_member, create_project

PROJECT = "Fairy tales, with a test"
CONTENT = Path(__file__).parent / "screening.json"


def add_screening(*, admin: User, researcher: User, labeler: User) -> None:
    """Make the project; the labeler is not qualified in it, and the researcher has answered what needs a key."""
    items = json.loads(CONTENT.read_text(encoding="utf-8"))
    project = create_project(actor=admin, name=PROJECT, k=4, overlap=1, require_screening=True)
    add_member(actor=admin, project=project, user=researcher, pool=Pool.RESEARCHER)
    add_member(actor=admin, project=project, user=labeler, pool=Pool.TRAINING)
    _import(project, admin, items)
    for part in (ScreeningPart.FLAGGING, ScreeningPart.RANKING):
        task = _publish(project, admin, items[part], TaskKind.COMPARISON, part)
        _set_key(project, researcher, task, items[part])
    _publish(project, admin, items["demonstration"], TaskKind.DEMONSTRATION, ScreeningPart.DEMONSTRATIONS)
    _publish(project, admin, items["paid"], TaskKind.DEMONSTRATION)


def _import(project: Project, actor: User, items: dict[str, Any]) -> None:
    rows = [
        {
            "prompt": item["prompt"],
            "candidates": [{"text": output["text"], "model": output["model"]} for output in item.get("candidates", [])],
        }
        for item in items.values()
    ]
    lines = "\n".join(json.dumps(row if row["candidates"] else {"prompt": row["prompt"]}) for row in rows)
    stream = BytesIO(lines.encode())
    import_prompts(
        actor=actor, project=project, stream=stream, file_name="screening.jsonl", consent=True, source="demo"
    )


def _publish(project: Project, actor: User, item: dict[str, Any], kind: str, part: str = "") -> Task:
    prompt = project.prompts.get(messages__0__content=item["prompt"])
    purpose = TaskPurpose.SCREENING if part else TaskPurpose.WORK
    choice = PromptChoice(ids=[prompt.pk])
    published = publish_batch(actor=actor, project=project, kind=kind, prompts=choice, purpose=purpose, part=part)
    return published.batch.tasks.get()


def _set_key(project: Project, researcher: User, task: Task, item: dict[str, Any]) -> None:
    assignment = answer_for_key(user=researcher, project=project, task=task)
    body = _answer(assignment, item)
    sent = json.loads(json.dumps(body, default=str))
    receipt = submit(user=researcher, assignment_id=assignment.pk, sent=body, body=sent)
    set_key(actor=researcher, task=task, judgment=receipt.judgment, reasons=item["reasons"], version=0)


def _answer(assignment: Assignment, item: dict[str, Any]) -> dict[str, Any]:
    """The answer that the content writes down, best first; its outputs stand from best to worst by their ratings."""
    blind_of = {blind.candidate.text: blind.pk for blind in assignment.blind_candidates.select_related("candidate")}
    best_first = sorted(item["candidates"], key=lambda output: -output["overall"])
    return {
        "submission_id": uuid.uuid4(),
        "active_seconds": 0.0,
        "prompt_flags": dict.fromkeys(item["prompt_flags"], True),
        "ratings": [
            {
                "candidate": blind_of[output["text"]],
                "overall": output["overall"],
                "flags": dict.fromkeys(output["flags"], True),
                "note": "",
            }
            for output in best_first
        ],
        "ranking": [[blind_of[output["text"]]] for output in best_first],
    }
