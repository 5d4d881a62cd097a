"""Who may call what: every endpoint of the schema, by every one of the cast; each refusal changes nothing.

A row that is missing for an endpoint of the schema fails, and so does one for an endpoint that is gone. Columns:

    anon  nobody, not signed in             eva   a researcher of the project
    ada   a labeler of it; the assignment,  hal   a labeler of another project
          the token are hers                finn  a researcher of another project
    ben   another labeler of it             gil   an admin

Expected is the status; 2 stands for any success, and 9 for 409 or 400: allowed in, then refused for the state or
the body of this scene, which other tests look at.
"""

from copy import deepcopy

from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from tests.cast import World
from tests.fingerprint import fingerprint
from tests.scene import Scene, build_scene

ACTORS = ["", "ada", "ben", "eva", "hal", "finn", "gil"]
TABLE = """
                                                            anon ada ben eva hal finn gil
GET    /api/v1/health                                         2   2   2   2   2   2   2
POST   /api/v1/session                                        9   9   9   9   9   9   9
GET    /api/v1/session                                      401   2   2   2   2   2   2
DELETE /api/v1/session                                      401   2   2   2   2   2   2
POST   /api/v1/session/password                             401   9   9   9   9   9   9
POST   /api/v1/invitations/lookup                           404 404 404 404 404 404 404
POST   /api/v1/invitations/accept                           404 404 404 404 404 404 404
GET    /api/v1/invitations                                  401 403 403 403 403 403   2
POST   /api/v1/invitations                                  401 403 403 403 403 403   2
DELETE /api/v1/invitations/{invitation_id}                  401 403 403 403 403 403   2
GET    /api/v1/users                                        401 403 403 403 403 403   2
PATCH  /api/v1/users/{user_id}                              401 403 403 403 403 403   2
POST   /api/v1/users/{user_id}/reset                        401 403 403 403 403 403   2
GET    /api/v1/tokens                                       401   2   2   2   2   2   2
POST   /api/v1/tokens                                       401   2   2   2   2   2   2
DELETE /api/v1/tokens/{token_id}                            401   2 404 404 404 404 404
GET    /api/v1/surveys/{survey}                             401   2   2   2   2   2   2
POST   /api/v1/surveys/{survey}                             401   2   2 403   2 403 403
GET    /api/v1/surveys/{survey}/results                     401 403 403   2 403   2   2
GET    /api/v1/events                                       401 403 403 403 403 403   2
GET    /api/v1/projects                                     401   2   2   2   2   2   2
POST   /api/v1/projects                                     401 403 403   2 403   2   2
GET    /api/v1/projects/{project_id}                        401   2   2   2 404 404   2
PATCH  /api/v1/projects/{project_id}                        401 403 403   2 404 404   2
GET    /api/v1/projects/{project_id}/members                401 403 403   2 403 404   2
POST   /api/v1/projects/{project_id}/members                401 403 403   2 403 404   2
PATCH  /api/v1/members/{member_id}                          401 403 403   2 403 404   2
DELETE /api/v1/members/{member_id}                          401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/guidelines             401   2   2   2 404 404   2
POST   /api/v1/projects/{project_id}/guidelines             401 403 403   2 404 404   2
POST   /api/v1/guidelines/{guideline_id}/acknowledge        401   2   2   2 404 404   2
GET    /api/v1/projects/{project_id}/rubrics                401   2   2   2 404 404   2
POST   /api/v1/projects/{project_id}/rubrics                401 403 403   2 404 404   2
GET    /api/v1/rubric-templates                             401 403 403   2 403   2   2
GET    /api/v1/home                                         401   2   2   2   2   2   2
POST   /api/v1/projects/{project_id}/prompts/import         401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/imports                401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/prompts                401 403 403   2 403 404   2
GET    /api/v1/prompts/{prompt_id}                          401 403 403   2 403 404   2
PATCH  /api/v1/prompts/{prompt_id}                          401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/overview               401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/curate                 401 403 403   2 403 404   2
PUT    /api/v1/projects/{project_id}/target-mix             401 403 403   2 403 404   2
POST   /api/v1/projects/{project_id}/consent                401 403 403   2 403 404   2
POST   /api/v1/projects/{project_id}/choose                 401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/personal-data          401 403 403   2 403 404   2
POST   /api/v1/prompts/{prompt_id}/personal-data            401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/near-duplicates        401 403 403   2 403 404   2
POST   /api/v1/projects/{project_id}/near-duplicates/search 401 403 403   2 403 404   2
POST   /api/v1/near-duplicates/{pair_id}/decision           401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/tables/{number}        401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/tables/{number}/csv    401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/find                   401 403 403   9 403 404   9
POST   /api/v1/projects/{project_id}/batches                401 403 403   2 403 404   2
POST   /api/v1/projects/{project_id}/batches/preview        401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/writing                401 403 403   2 403 404   2
POST   /api/v1/projects/{project_id}/writing                401 403 403   2 403 404   2
POST   /api/v1/projects/{project_id}/writing/preview        401 403 403   2 403 404   2
GET    /api/v1/batches                                      401 403 403   2 403   2   2
GET    /api/v1/batches/{batch_id}                           401 403 403   2 403 404   2
GET    /api/v1/batches/{batch_id}/items                     401 403 403   2 403 404   2
POST   /api/v1/projects/{project_id}/tasks/next             401   2   2   2 404 404 403
GET    /api/v1/assignments                                  401   2   2   2   2   2   2
GET    /api/v1/assignments/{assignment_id}                  401   2 404 404 404 404 404
GET    /api/v1/assignments/{assignment_id}/revisions        401   2 404 404 404 404 404
PUT    /api/v1/assignments/{assignment_id}/draft            401   2 404 404 404 404 404
POST   /api/v1/assignments/{assignment_id}/heartbeat        401   2 404 404 404 404 404
POST   /api/v1/assignments/{assignment_id}/interpret        401   9 404 404 404 404 404
POST   /api/v1/assignments/{assignment_id}/submit           401   2 404 404 404 404 404
POST   /api/v1/assignments/{assignment_id}/skip             401   2 404 404 404 404 404
POST   /api/v1/assignments/{assignment_id}/release          401   2 404 404 404 404 404
POST   /api/v1/assignments/{assignment_id}/undo             401   9 404 404 404 404 404
POST   /api/v1/assignments/{assignment_id}/questions        401   2 404 404 404 404 404
GET    /api/v1/questions                                    401   2   2   2   2   2   2
GET    /api/v1/questions/{question_id}                      401   2 404   2 404 404   2
POST   /api/v1/questions/{question_id}/messages             401   2 404   2 404 404   2
POST   /api/v1/questions/{question_id}/read                 401   2 404 404 404 404 404
PUT    /api/v1/questions/{question_id}/publication          401 403 403   2 403 404   2
DELETE /api/v1/questions/{question_id}/publication          401 403 403   2 403 404   2
POST   /api/v1/questions/{question_id}/promote              401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/questions              401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/answers                401   2   2   2 404 404   2
GET    /api/v1/projects/{project_id}/checks                 401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/labelers               401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/labelers/csv           401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/labelers/judges        401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/checks/report          401 403 403   2 403 404   2
PATCH  /api/v1/projects/{project_id}/checks                 401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/keys                   401 403 403   2 403 404   2
POST   /api/v1/tasks/{task_id}/withdraw                     401 403 403   2 403 404   2
POST   /api/v1/tasks/{task_id}/reopen                       401 403 403   2 403 404   2
POST   /api/v1/tasks/{task_id}/key                          401 403 403   2 403 404   2
POST   /api/v1/tasks/{task_id}/answer                       401 403 403   2 403 404 403
GET    /api/v1/assignments/{assignment_id}/feedback         401 404 404 404 404 404 404
GET    /api/v1/assignments/{assignment_id}/reference        401   2 404 404 404 404 404
GET    /api/v1/projects/{project_id}/screening              401   2   2   2 404 404   2
POST   /api/v1/projects/{project_id}/screening/topics       401   9   9   9 404 404 403
GET    /api/v1/projects/{project_id}/screenings             401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/screening/demonstrations 401 403 403 2 403 404   2
POST   /api/v1/judgments/{judgment_id}/screening-rating     401 403 403 404 403 404 404
POST   /api/v1/screenings/{screening_id}/decision           401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/opt-out                401   2   2   2 404 404 403
PUT    /api/v1/projects/{project_id}/opt-out                401   2   2   2 404 404 403
GET    /api/v1/projects/{project_id}/progress               401   2   2   2 404 404   2
GET    /api/v1/projects/{project_id}/progress/csv           401   2   2   2 404 404   2
GET    /api/v1/projects/{project_id}/hours                  401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/hours/csv              401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/agreement/own          401   2   2   2 404 404   2
POST   /api/v1/batches/{batch_id}/accept                    401 403 403   2 403 404   2
POST   /api/v1/batches/{batch_id}/return                    401 403 403   2 403 404   2
POST   /api/v1/batches/{batch_id}/withdraw-acceptance       401 403 403   9 403 404   9
GET    /api/v1/tasks/{task_id}/holds                        401 403 403   2 403 404   2
POST   /api/v1/assignments/{assignment_id}/reassign         401 403 403   2 403 404   2
POST   /api/v1/batches/{batch_id}/withdraw                  401 403 403   2 403 404   2
POST   /api/v1/batches/{batch_id}/reopen                    401 403 403   2 403 404   2
POST   /api/v1/batches/{batch_id}/close                     401 403 403   9 403 404   9
POST   /api/v1/judgments/{judgment_id}/verdict              401 403 403   2 403 404   2
POST   /api/v1/tasks/{task_id}/references                   401 403 403   9 403 404   9
POST   /api/v1/references/{reference_id}/undo               401 403 403   2 403 404   2
GET    /api/v1/batches/{batch_id}/plans                     401 403 403   2 403 404   2
POST   /api/v1/batches/{batch_id}/plans                     401 403 403   9 403 404   9
GET    /api/v1/batches/{batch_id}/plans/preview             401 403 403   2 403 404   2
POST   /api/v1/verdicts/{verdict_id}/undo                   401 403 403   2 403 404   2
GET    /api/v1/judgments/{judgment_id}/history              401 403 403   2 403 404   2
GET    /api/v1/batches/{batch_id}/review                    401 403 403   2 403 404   2
GET    /api/v1/batches/{batch_id}/review/queue              401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/review/queue           401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/review/settings        401 403 403   2 403 404   2
PUT    /api/v1/projects/{project_id}/review/settings        401 403 403   2 403 404   2
GET    /api/v1/tasks/{task_id}/review                       401 403 403   2 403 404   2
POST   /api/v1/tasks/{task_id}/look                         401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/agreement              401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/agreement/table        401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/agreement/table/csv    401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/explore                401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/explore/csv            401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/items                  401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/items/cells            401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/items/csv              401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/evaluation             401 403 403   2 403 404   2
PUT    /api/v1/projects/{project_id}/evaluation             401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/evaluation/results     401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/evaluation/results/csv 401 403 403   9 403 404   9
GET    /api/v1/projects/{project_id}/evaluation/power       401 403 403   9 403 404   9
POST   /api/v1/projects/{project_id}/evaluation/batches     401 403 403   9 403 404   9
POST   /api/v1/projects/{project_id}/comparisons/import     401 403 403   2 403 404   2
POST   /api/v1/projects/{project_id}/demonstrations/import  401 403 403   2 403 404   2
GET    /api/v1/imports/{import_id}                          401 403 403   2 403 404   2
POST   /api/v1/imports/{import_id}/cancel                   401 403 403   9 403 404   9
POST   /api/v1/imports/{import_id}/resume                   401 403 403   9 403 404   9
GET    /api/v1/imports/{import_id}/refused/csv              401 403 403   2 403 404   2
GET    /api/v1/snapshots                                    401 403 403   2 403   2   2
POST   /api/v1/snapshots                                    401 403 403   2 403 404   2
POST   /api/v1/snapshots/preview                            401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/snapshot-options       401 403 403   9 403 404   9
GET    /api/v1/freezes                                      401 403 403   2 403   2   2
GET    /api/v1/freezes/{freeze_id}                          401 403 403   2 403 404   2
GET    /api/v1/snapshots/{snapshot_id}                      401 403 403   2 403 404   2
POST   /api/v1/snapshots/{snapshot_id}/purge                401 403 403 403 403 403   9
GET    /api/v1/snapshots/{snapshot_id}/diff                 401 403 403   9 403 404   9
GET    /api/v1/snapshots/{snapshot_id}/differences          401 403 403   9 403 404   9
POST   /api/v1/snapshots/{snapshot_id}/without              401 403 403   9 403 404   9
GET    /api/v1/snapshots/{snapshot_id}/records/{number}/lineage 401 403 403 2 403 404   2
GET    /api/v1/snapshots/{snapshot_id}/records              401 403 403   2 403 404   2
GET    /api/v1/snapshots/{snapshot_id}/download             401 403 403   2 403 404   2
GET    /api/v1/projects/{project_id}/scores                 401 403 403   2 403 404   2
POST   /api/v1/projects/{project_id}/scores                 401 403 403   9 403 404   9
GET    /api/v1/runs/forms                                   401 403 403   2 403   2   2
POST   /api/v1/runs                                         401 403 403 403 403 403   9
POST   /api/v1/runs/chain                                   401 403 403 403 403 403   9
POST   /api/v1/runs/estimate                                401 403 403 403 403 403   9
GET    /api/v1/runs                                         401 403 403   2 403   2   2
GET    /api/v1/runs/{run_id}                                401 403 403   2 403 404   2
GET    /api/v1/runs/{run_id}/metrics                        401 403 403   2 403 404   2
GET    /api/v1/runs/{run_id}/samples                        401 403 403   2 403 404   2
GET    /api/v1/runs/{run_id}/log                            401 403 403   2 403 404   2
POST   /api/v1/runs/{run_id}/cancel                         401 403 403 403 403 403   9
POST   /api/v1/runs/{run_id}/halt                           401 403 403 403 403 403   9
POST   /api/v1/runs/{run_id}/resume                         401 403 403 403 403 403   2
GET    /api/v1/models                                       401 403 403   2 403   2   2
POST   /api/v1/models                                       401 403 403 403 403 403   9
GET    /api/v1/models/{model_id}                            401 403 403   2 403 404   2
PATCH  /api/v1/models/{model_id}                            401 403 403 403 403 403   2
GET    /api/v1/models/{model_id}/evaluations                401 403 403   2 403 404   2
GET    /api/v1/models/{model_id}/lineage                    401 403 403   2 403 404   2
GET    /api/v1/candidates/{candidate_id}/lineage            401 403 403   2 403 404   2
"""
BODIES = {
    "POST /api/v1/assignments/{assignment_id}/interpret": {"interpretations": {}},
    "POST /api/v1/runs/{run_id}/halt": {"why": "It repeats itself."},
    "POST /api/v1/session": {"username": "ada", "password": "wrong"},
    "POST /api/v1/session/password": {"current_password": "wrong", "new_password": "a good long phrase"},
    "POST /api/v1/invitations/lookup": {"token": "made up"},
    "POST /api/v1/invitations/accept": {"token": "made up", "username": "kit", "password": "a good long phrase"},
    "POST /api/v1/invitations": {"role": "labeler"},
    "PATCH /api/v1/users/{user_id}": {"is_active": False},
    "POST /api/v1/tokens": {"name": "laptop"},
    "POST /api/v1/surveys/{survey}": {
        "submission_id": "33333333-3333-4333-8333-333333333333",
        "answers": {"age": ["25_34"]},
    },
    "POST /api/v1/projects": {"name": "New"},
    "PATCH /api/v1/projects/{project_id}": {"paused": True},
    "POST /api/v1/projects/{project_id}/members": {"username": "hal", "pool": "training"},
    "PATCH /api/v1/members/{member_id}": {"qualified": False},
    "POST /api/v1/projects/{project_id}/guidelines": {"kind": "comparison", "text": "Be kind."},
    "POST /api/v1/projects/{project_id}/rubrics": {"content": {"output_flags": [], "prompt_flags": []}},
    "PUT /api/v1/projects/{project_id}/opt-out": {"categories": ["self_harm"]},
    "PATCH /api/v1/prompts/{prompt_id}": {"consent": False},
    "POST /api/v1/projects/{project_id}/batches": {"kind": "demonstration", "prompts": {"source": "free"}},
    "PUT /api/v1/projects/{project_id}/target-mix": {"by": "use_case", "shares": {"chat": 1}},
    "POST /api/v1/projects/{project_id}/consent": {"source": "free", "consent": False},
    "POST /api/v1/projects/{project_id}/choose": {"kind": "demonstration", "prompts": {}},
    "POST /api/v1/prompts/{prompt_id}/personal-data": {"decision": "keep"},
    "POST /api/v1/near-duplicates/{pair_id}/decision": {"keep": "both"},
    "POST /api/v1/projects/{project_id}/batches/preview": {"kind": "demonstration", "prompts": {"source": "free"}},
    "POST /api/v1/projects/{project_id}/writing/preview": {"sort": "plain", "use_cases": {"chat": 2}},
    "POST /api/v1/projects/{project_id}/writing": {"sort": "plain", "use_cases": {"chat": 2}},
    "PUT /api/v1/assignments/{assignment_id}/draft": {"revision": 0, "draft": {"response": "Once"}},
    "POST /api/v1/assignments/{assignment_id}/submit": {
        "submission_id": "11111111-1111-4111-8111-111111111111",
        "active_seconds": 1,
        "response": "Once upon a time.",
    },
    "POST /api/v1/assignments/{assignment_id}/skip": {"reason": "unclear"},
    "POST /api/v1/assignments/{assignment_id}/questions": {
        "submission_id": "22222222-2222-4222-8222-222222222222",
        "text": "May it rhyme?",
    },
    "POST /api/v1/questions/{question_id}/messages": {
        "submission_id": "22222222-2222-4222-8222-222222222222",
        "text": "It may.",
    },
    "PUT /api/v1/questions/{question_id}/publication": {"question": "May it rhyme?", "answer": "It may."},
    "POST /api/v1/questions/{question_id}/promote": {"version": 0, "text": "It may rhyme."},
    "PATCH /api/v1/projects/{project_id}/checks": {"gold_every": 10},
    "POST /api/v1/tasks/{task_id}/key": {"judgment": "{key_judgment_id}", "reasons": "True to life.", "version": 0},
    "POST /api/v1/projects/{project_id}/screening/topics": {"topics": "War"},
    "POST /api/v1/judgments/{judgment_id}/screening-rating": {"value": 5},
    "POST /api/v1/screenings/{screening_id}/decision": {"qualified": True, "reason": "Careful."},
    "POST /api/v1/batches/{batch_id}/return": {"reasons": "Too short."},
    "POST /api/v1/assignments/{assignment_id}/reassign": {"to": None},
    "POST /api/v1/batches/{batch_id}/withdraw": {"reason": "The outputs are broken."},
    "POST /api/v1/judgments/{judgment_id}/verdict": {"decision": "accept"},
    "POST /api/v1/tasks/{task_id}/references": {"submission_id": "44444444-4444-4444-8444-444444444444"},
    "POST /api/v1/references/{reference_id}/undo": {"submission_id": "44444444-4444-4444-8444-444444444444"},
    "PUT /api/v1/projects/{project_id}/review/settings": {"revision": 0, "reasons": [], "show_references": True},
    "POST /api/v1/snapshots": {"project": "{project_id}", "kind": "prompts"},
    "POST /api/v1/snapshots/{snapshot_id}/without": {"labelers": ["person-0"]},
    "POST /api/v1/snapshots/preview": {"project": "{project_id}", "kind": "prompts"},
    "POST /api/v1/runs": {"kind": "sft", "inputs": {}},
    "POST /api/v1/projects/{project_id}/scores": {"reward": "{model_id}"},
    "POST /api/v1/runs/estimate": {"kind": "sft", "inputs": {}},
    "POST /api/v1/runs/chain": {"project": "{project_id}", "base": "{model_id}"},
    "POST /api/v1/models": {"name": "x", "path": "/nowhere", "kind": "policy"},
    "PATCH /api/v1/models/{model_id}": {"status": "promoted"},
}
ROWS = {
    f"{method} {path}": [int(status) for status in statuses]
    for method, path, *statuses in (line.split() for line in TABLE.strip().splitlines()[1:])
}


def endpoints() -> set[str]:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {
        f"{method.upper()} {path}" for path, methods in paths.items() for method in methods if method != "parameters"
    }


def test_every_endpoint_has_a_row_and_every_row_an_endpoint():
    assert endpoints() == set(ROWS)


def refusal_of(row: str, actor: str, client: APIClient, scene: Scene) -> str:
    """What is wrong with the answer that this actor gets, or nothing. What the request did is undone."""
    method, template = row.split()
    expected = ROWS[row][ACTORS.index(actor)]
    body = scene.upload() if row in scene.uploads else {"data": scene.named(BODIES.get(row, {})), "format": "json"}
    before = fingerprint() if expected != 2 else ""
    cookies = deepcopy(client.cookies)  # signing out takes the session's cookie away
    mark = transaction.savepoint()
    answer = getattr(client, method.lower())(template.format(**scene.ids), **({} if method == "GET" else body))
    changed = expected != 2 and fingerprint() != before
    transaction.savepoint_rollback(mark)
    client.cookies = cookies
    got = {**dict.fromkeys(range(200, 300), 2), 400: 9, 409: 9}.get(answer.status_code, answer.status_code)
    who = f"{actor or 'nobody'}: {row} -> {answer.status_code} {getattr(answer, 'data', '')}"
    if got != expected:
        return f"{who}, expected {expected}"
    if changed:
        return f"{who}: a refusal must change nothing"
    return f"{who}: a refusal is a problem with a code" if expected != 2 and not answer.json()["code"] else ""


def test_who_may(world: World):
    # One scene for all rows: each request is rolled back, and building the scene costs more than all of them.
    scene = build_scene(world)
    clients = {actor: world.client(actor) for actor in ACTORS}
    wrong = [refusal_of(row, actor, clients[actor], scene) for row in ROWS for actor in ACTORS]
    assert [line for line in wrong if line] == []
