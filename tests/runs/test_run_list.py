"""GET /runs and what hangs on a run: who sees which, and by how many queries."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from run_parts import ROOT

from labeling.registry.models import ModelVersion
from labeling.runs.models import Metric, Run, RunInput, RunSample

RUNS = "/api/v1/runs"


def add_run(project, number: int = 0) -> Run:
    run = Run.objects.create(name=f"run {number}", kind="sft", preset="tiny", project=project, status="done")
    model = ModelVersion.objects.create(name=f"m{number}", kind="policy", path="/x", run_id=run.pk, project=project)
    RunInput.objects.create(run=run, name="policy", model=model)
    return run


def test_researchers_see_the_runs_of_their_projects_and_labelers_none(world):
    mine, other, base = add_run(world.project), add_run(world.other_project), add_run(None)
    seen = {
        name: {run["id"] for run in world.client(name).get(RUNS).json()["results"]} for name in ("eva", "finn", "gil")
    }
    assert seen["eva"] == {str(mine.pk), str(base.pk)}
    assert seen["finn"] == {str(other.pk), str(base.pk)}
    assert seen["gil"] == {str(mine.pk), str(other.pk), str(base.pk)}
    for path in ("", "/metrics", "/samples", "/log"):
        assert world.eva.get(f"{RUNS}/{mine.pk}{path}").status_code == 200
        assert world.eva.get(f"{RUNS}/{other.pk}{path}").status_code == 404
        assert world.ada.get(f"{RUNS}/{mine.pk}{path}").status_code == 403
        assert world.client("").get(f"{RUNS}/{mine.pk}{path}").status_code == 401
    for deed in ("cancel", "resume"):
        assert world.eva.post(f"{RUNS}/{mine.pk}/{deed}").status_code == 403
        assert world.gil.post(f"{RUNS}/{mine.pk}/{deed}").status_code == 409, "it is done"


def test_the_queries_of_a_list_do_not_grow_with_its_rows(world):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert world.eva.get(RUNS).status_code == 200
        return len(captured)

    add_run(world.project)
    few = queries()
    for number in range(1, 8):
        add_run(world.project, number)
    assert queries() == few
    run = world.eva.get(RUNS).json()["results"][0]
    assert run["outputs"][0]["name"] == "m7"
    assert run["inputs"][0]["label"] == "m7"


def test_runs_are_filtered(world):
    run = add_run(world.project)
    for query, count in (("kind=sft", 1), ("kind=ppo", 0), ("status=done", 1), (f"project={world.project.pk}", 1)):
        assert len(world.gil.get(f"{RUNS}?{query}").json()["results"]) == count, query
    assert world.gil.get(f"{RUNS}?chain=nonsense").status_code == 400
    assert world.gil.get(f"{RUNS}/{run.pk}/metrics?after=nonsense").status_code == 400


def test_metrics_and_samples_are_paged_by_step(world, monkeypatch):
    from labeling.runs import views

    monkeypatch.setattr(views, "METRICS_AT_ONCE", 2)
    run = add_run(world.project)
    for step in range(1, 6):
        Metric.objects.create(run=run, step=step, attempt=1, time=datetime.now(UTC), values={"loss": 1.0})
        content = {"prompt": "p", "messages": [], "outputs": [{"text": f"at {step}"}]}
        RunSample.objects.create(run=run, step=step, index=0, attempt=1, content=content)
    seen, after = [], ""
    while after is not None:
        page = world.eva.get(f"{RUNS}/{run.pk}/metrics?after={after}").json()
        seen += [row["step"] for row in page["results"]]
        after = page["next"]
    assert seen == [1, 2, 3, 4, 5]
    newest = world.eva.get(f"{RUNS}/{run.pk}/samples").json()
    assert newest["steps"] == [1, 2, 3, 4, 5]
    assert newest["results"][0]["content"]["outputs"] == [{"text": "at 5", "reward": None, "kl": None, "tokens": []}]
    assert newest["results"][0]["content"]["start"] is None
    assert world.eva.get(f"{RUNS}/{run.pk}/samples?step=2").json()["results"][0]["step"] == 2


def test_the_prompts_of_a_step_come_some_at_a_time(world):
    run = add_run(world.project)
    content = {"prompt": "p", "messages": [], "outputs": []}
    RunSample.objects.bulk_create(
        RunSample(run=run, step=step, index=index, attempt=1, content=content) for step in (1, 2) for index in range(19)
    )
    url = f"{RUNS}/{run.pk}/samples"
    pages, first = [], ""
    while first is not None:
        page = world.eva.get(f"{url}?step=2&first={first}").json()
        assert page["count"] == 19
        pages.append([row["index"] for row in page["results"]])
        first = page["next"]
    assert pages == [list(range(8)), list(range(8, 16)), [16, 17, 18]]
    assert page["previous"] == "8"
    assert world.eva.get(f"{url}?first=8").json()["previous"] == "0"
    assert world.eva.get(url).json()["previous"] is None
    assert world.eva.get(f"{url}?first=99").json()["results"] == []
    assert world.eva.get(f"{url}?first=x").status_code == 400


def test_the_forms_know_every_kind_with_its_limits_and_the_papers_values(world):
    forms = world.eva.get(f"{RUNS}/forms").json()
    assert [kind["kind"] for kind in forms["kinds"]] == ["pretrain", "sft", "rm", "ppo", "sample", "evaluate", "score"]
    ppo = next(kind for kind in forms["kinds"] if kind["kind"] == "ppo")
    beta = next(field for field in ppo["settings"]["tiny"] if field["name"] == "beta")
    assert beta["default"] == 0.02
    assert "0.02" in beta["paper"]
    assert {entry["name"] for entry in ppo["inputs"] if entry["required"]} == {"prompts", "policy", "reward"}
    assert world.ada.get(f"{RUNS}/forms").status_code == 403


@pytest.mark.parametrize("module", ["labeling.wsgi", "labeling.urls"])
def test_the_web_process_loads_no_torch(module):
    code = "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'labeling.settings'; django.setup()\n"
    code += f"import {module}, labeling.urls, labeling.runs.tasks\n"
    code += "assert not {'torch', 'transformers', 'tokenizers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
