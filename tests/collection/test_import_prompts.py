"""POST /projects/ID/prompts/import and the command of the same name."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.collection.models import Candidate, Prompt, PromptImport
from labeling.collection.services.store_prompts import MAX_PROMPTS_PER_USER
from labeling.projects.models import Membership
from labeling.registry.models import ModelVersion
from tests.collection.conftest import API, Scene

TALES = [
    {"prompt": "Tell me of the fox and the crow.", "use_case": "generation", "language": "en", "consent": True},
    {"prompt": "Who ate the porridge?", "use_case": "closed_qa", "user": "u1"},
]


def jsonl(rows: list) -> bytes:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode()


def upload(scene: Scene, content: bytes | list, name: str = "tales.jsonl", by: str = "eva", project=None, **form):
    content = content if isinstance(content, bytes) else jsonl(content)
    url = f"{API}/projects/{(project or scene.project).pk}/prompts/import"
    file = SimpleUploadedFile(name, content)
    return scene.world.client(by).post(url, {"file": file, **form}, format="multipart")


def test_good_rows_go_in_and_bad_rows_are_named(scene: Scene):
    answer = upload(scene, [TALES[0], "{", {"prompt": ""}, TALES[1]])
    assert answer.status_code == 201
    counts = answer.json()["counts"]
    assert (counts["rows"], counts["accepted"], counts["refused"]) == (4, 2, 2)
    assert [row["line"] for row in answer.json()["refused"]] == [2, 3]
    assert all(row["reason"] for row in answer.json()["refused"])
    first, second = Prompt.objects.order_by("created_at")
    assert first.messages == [{"role": "user", "content": "Tell me of the fox and the crow."}]
    assert (first.use_case, first.language, first.consent) == ("generation", "en", True)
    assert second.user_key != "u1"


def test_the_same_file_twice_adds_nothing_and_says_so(scene: Scene):
    rows = [{**TALES[0], "candidates": [{"text": "One.", "model": "m"}, {"text": "Two.", "model": "m"}]}, TALES[1]]
    upload(scene, rows)
    again = upload(scene, rows).json()["counts"]
    assert (again["accepted"], again["duplicates"], again["candidates"]) == (0, 2, 0)
    assert (Prompt.objects.count(), Candidate.objects.count()) == (2, 2)


def test_duplicates_by_a_long_common_prefix(scene: Scene):
    body = "a very long client prompt " * 20
    counts = upload(scene, [{"prompt": body + "one"}, {"prompt": body.upper() + "two"}]).json()["counts"]
    assert (counts["accepted"], counts["duplicates"]) == (1, 1)


def test_at_most_so_many_of_a_user_over_all_files(scene: Scene):
    rows = [{"prompt": f"{number}. question", "user": "u1"} for number in range(MAX_PROMPTS_PER_USER + 5)]
    rows.append({"prompt": "another one", "user": "u1", "source": "elsewhere"})
    counts = upload(scene, rows).json()["counts"]
    assert (counts["accepted"], counts["over_user_limit"]) == (MAX_PROMPTS_PER_USER + 1, 5)
    counts = upload(scene, [{"prompt": "one more", "user": "u1"}, {"prompt": "of nobody"}]).json()["counts"]
    assert (counts["accepted"], counts["over_user_limit"]) == (1, 1)


def test_personal_data_is_masked_in_prompts_and_outputs(scene: Scene):
    row = {
        "prompt": "Write to fox@tales.example about it.",
        "candidates": ["Dear fox@tales.example, hello.", "Dear fox, hello."],
    }
    assert upload(scene, [row]).json()["counts"]["personal_data"] == 1
    prompt = Prompt.objects.get()
    assert prompt.messages[0]["content"] == "Write to [EMAIL] about it."
    assert prompt.personal_data == ["email"]
    assert sorted(Candidate.objects.values_list("text", flat=True)) == ["Dear [EMAIL], hello.", "Dear fox, hello."]


def test_a_user_is_on_one_side(scene: Scene):
    users = [f"user {number}" for number in range(30)]
    upload(scene, [{"prompt": f"{user}: question {n}", "user": user} for n in range(3) for user in users])
    sides = Prompt.objects.values_list("user_key", "split").distinct()
    assert len(sides) == len(users)
    assert len({split for _, split in sides}) == 3, "thirty users do not all fall on one side"


def test_a_text_has_one_split_in_every_project_and_under_every_user(scene: Scene):
    texts = [f"question {number} of the fox" for number in range(30)]
    upload(scene, [{"prompt": text, "user": f"a{text}"} for text in texts])
    upload(
        scene, [{"prompt": text, "user": f"b{text}"} for text in texts], project=scene.world.other_project, by="finn"
    )
    assert Prompt.objects.count() == 60
    assert Prompt.objects.values_list("text_key", "split").distinct().count() == 30


def test_consent_of_the_row_goes_before_the_files(scene: Scene):
    rows = [{"prompt": "one"}, {"prompt": "two", "consent": False}, {"prompt": "three", "consent": True}]
    assert upload(scene, rows, consent="true").json()["counts"]["without_consent"] == 1
    assert {p.messages[0]["content"]: p.consent for p in Prompt.objects.all()} == {
        "one": True, "two": False, "three": True,
    }  # fmt: skip
    upload(scene, [{"prompt": "four"}])
    assert Prompt.objects.latest("created_at").consent is False, "absent means no"


def test_a_second_file_brings_another_models_outputs(scene: Scene):
    def rows(model: str) -> list:
        outputs = [{"text": f"{model} {n}.", "model": model} for n in range(2)]
        return [TALES[0] | {"candidates": outputs}]

    upload(scene, rows("gpt-a"))
    counts = upload(scene, rows("gpt-b")).json()["counts"]
    assert (counts["duplicates"], counts["candidates"]) == (1, 2)
    made = Candidate.objects.order_by("order").values_list("generation__model__name", "index", "order")
    assert list(made) == [("gpt-a", 0, 1), ("gpt-a", 1, 2), ("gpt-b", 0, 3), ("gpt-b", 1, 4)]
    assert set(ModelVersion.objects.values_list("kind", flat=True)) == {"external"}


def test_csv(scene: Scene):
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerows(
        [["prompt", "use_case", "consent"], ["Tell,\nplease", "generation", "yes"], ["", "", ""], ["x", "no such", ""]]
    )
    answer = upload(scene, table.getvalue().encode(), name="tales.csv").json()
    assert (answer["counts"]["accepted"], answer["counts"]["refused"]) == (1, 1)
    assert Prompt.objects.get().messages[0]["content"] == "Tell,\nplease"


@pytest.mark.parametrize(
    ("name", "content"), [("tales.xlsx", b"PK\x03\x04"), ("tales.jsonl", b"PK\x03\x04"), ("tales.csv", b"")]
)
def test_a_file_that_cannot_be_read_is_refused_whole(scene: Scene, name: str, content: bytes):
    answer = upload(scene, content or b"\n", name=name)
    assert answer.status_code == 400
    assert answer.json()["errors"]["file"]
    assert not PromptImport.objects.exists()


@pytest.mark.parametrize("form_bytes", [0, 64 * 1024])
def test_a_file_that_is_too_large_is_refused(scene: Scene, settings, monkeypatch, form_bytes: int):
    """By the declared length, and by the bytes themselves where that one passed."""
    settings.UPLOAD_MAX_BYTES = 100
    monkeypatch.setattr("labeling.collection.uploads.FORM_BYTES", form_bytes)
    answer = upload(scene, [{"prompt": "x" * 90}, {"prompt": "y" * 90}])
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not Prompt.objects.exists()


def test_who_may(scene: Scene):
    for name, status in {"": 401, "ada": 403, "dov": 403, "hal": 403, "finn": 404}.items():
        assert upload(scene, TALES, by=name).status_code == status, name
    assert not Prompt.objects.exists()
    assert upload(scene, TALES, by="gil").status_code == 201


def test_the_list_of_imports_costs_the_same_for_any_number(scene: Scene):
    def queries() -> int:
        client = scene.world.eva
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{API}/projects/{scene.project.pk}/imports").status_code == 200
        return len(captured)

    upload(scene, TALES)
    few = queries()
    for _ in range(3):
        upload(scene, TALES)
    assert queries() == few
    Membership.objects.all().delete()
    assert scene.world.eva.get(f"{API}/projects/{scene.project.pk}/imports").status_code == 404


def test_the_command(scene: Scene, tmp_path, capsys):
    file = tmp_path / "tales.jsonl"
    file.write_bytes(jsonl([*TALES, "{"]))
    call_command("import_prompts", scene.project.name, str(file), "--consent")
    told = capsys.readouterr()
    assert "accepted: 2" in told.out
    assert "line 3" in told.err
    assert all(Prompt.objects.values_list("consent", flat=True))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_prompts", str(scene.project.pk), str(tmp_path / "none.jsonl"))
    with pytest.raises(CommandError, match="no project"):
        call_command("import_prompts", "Nowhere", str(file))
