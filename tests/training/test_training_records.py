"""Records: what is read back, what is refused and with which words, and the hashes."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from toy_world import ROOT, user, write_jsonl

from training.records import (
    CandidateRecord,
    ComparisonRecord,
    DemonstrationRecord,
    Message,
    PromptRecord,
    RecordError,
    read_records,
    sha256_file,
    sha256_tree,
    write_records,
)

DEMONSTRATION = {"id": "d1", "prompt": "p1", "messages": user("Hi"), "response": "Hello"}
COMPARISON = {
    "id": "c1",
    "prompt": "p1",
    "messages": user("Hi"),
    "candidates": [{"id": "a", "text": "x", "model": "m"}, {"id": "b", "text": ""}, {"id": "c", "text": "z"}],
    "ranks": [1, 2, 2],
}
PROMPT = {"id": "p1", "messages": user("Hi")}
CANDIDATE = {"prompt": "p1", "index": 0, "text": "x", "finish": "stop", "tokens": 2, "seed": 9}


def test_records_are_typed_and_unknown_fields_are_left_out(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "c.jsonl", [COMPARISON | {"later": 1, "labeler": "ada", "weight": 0.5}])
    (record,) = read_records(path, ComparisonRecord)
    assert record.messages == (Message("user", "Hi"),)
    assert [c.id for c in record.candidates] == ["a", "b", "c"]
    assert (record.ranks, record.labeler, record.split, record.weight) == ((1, 2, 2), "ada", "train", 0.5)


@pytest.mark.parametrize(
    "kind, record",
    [
        ("demonstrations", DemonstrationRecord("d", "p", (Message("user", "Zażółć\u2028 — 你好"),), "ok")),
        ("prompts", PromptRecord("p", (Message("system", "s"), Message("user", "u")), "valid", source="api")),
        ("candidates", CandidateRecord("p", 1, "", "length", 64, 2**47, -0.25)),
        ("candidates", CandidateRecord("p", 1, "x", "stop", 1, 0)),
    ],
)
def test_written_records_are_read_back(tmp_path: Path, kind: str, record: object) -> None:
    path = tmp_path / "records.jsonl"
    assert write_records(path, [record, record]) == 2
    assert list(read_records(path, kind)) == [record, record]
    with gzip.open(tmp_path / "records.jsonl.gz", "wb") as out:
        out.write(path.read_bytes())
    assert list(read_records(tmp_path / "records.jsonl.gz", kind)) == [record, record]


@pytest.mark.parametrize(
    "kind, row, words",
    [
        ("demonstrations", DEMONSTRATION | {"response": "  "}, "`response` is empty"),
        ("demonstrations", {k: v for k, v in DEMONSTRATION.items() if k != "response"}, "`response` is missing"),
        ("demonstrations", DEMONSTRATION | {"messages": []}, "`messages` is empty"),
        ("demonstrations", DEMONSTRATION | {"messages": "Hi"}, "`messages` must be a list"),
        ("demonstrations", DEMONSTRATION | {"messages": [{"role": "robot", "content": "x"}]}, "'robot'"),
        ("demonstrations", DEMONSTRATION | {"messages": [{"role": "user", "content": " "}]}, "no content"),
        ("demonstrations", DEMONSTRATION | {"messages": [{"role": "assistant", "content": "x"}]}, "the user's"),
        ("demonstrations", DEMONSTRATION | {"labeler": ["ada"]}, "`labeler` must be a string"),
        ("demonstrations", [1], "a JSON object"),
        ("comparisons", COMPARISON | {"ranks": [1, 2]}, "3 candidates but 2 ranks"),
        ("comparisons", COMPARISON | {"ranks": [0, 1, 2]}, "start at 1"),
        ("comparisons", COMPARISON | {"ranks": [1, 2, 2.0]}, "whole number"),
        ("comparisons", COMPARISON | {"ranks": [1, 2, True]}, "whole number"),
        ("comparisons", COMPARISON | {"candidates": COMPARISON["candidates"][:1], "ranks": [1]}, "two candidates"),
        ("comparisons", COMPARISON | {"candidates": [{"id": "a", "text": "x"}] * 3}, "same id"),
        ("comparisons", COMPARISON | {"weight": 0}, "above 0"),
        ("prompts", {"messages": user("Hi")}, "`id` is missing"),
        ("candidates", CANDIDATE | {"finish": "eos"}, "stop or length"),
        ("candidates", CANDIDATE | {"index": "0"}, "whole number"),
    ],
)
def test_a_wrong_row_is_refused_with_file_and_line(tmp_path: Path, kind: str, row: object, words: str) -> None:
    good = {"demonstrations": DEMONSTRATION, "comparisons": COMPARISON, "prompts": PROMPT, "candidates": CANDIDATE}
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(good[kind]) + "\n\n" + json.dumps(row) + "\n")
    read = read_records(path, kind)
    next(read)
    with pytest.raises(RecordError) as refused:
        next(read)
    assert str(refused.value).startswith("rows.jsonl, line 3: ")
    assert words in str(refused.value)
    assert refused.value.line == 3


@pytest.mark.parametrize(
    "content, words",
    [
        (b'{"id": "p1", "messages"', "not JSON"),
        (b'{"id": NaN}', "NaN"),
        (b'{"id": "\xff"}\n', "not UTF-8"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(RecordError, match=words):
        list(read_records(path, "prompts"))


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b'{"id": "p1", "messages": [{"role": "user", "content": "Hi"}]}\n' * 50)
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(whole[: len(whole) - 12])
    with pytest.raises(RecordError, match="damaged"):
        list(read_records(path, "prompts"))


def test_hashes_follow_names_and_contents_only(tmp_path: Path) -> None:
    (tmp_path / "m" / "sub").mkdir(parents=True)
    (tmp_path / "m" / "b").write_bytes(b"two")
    (tmp_path / "m" / "sub" / "a").write_bytes(b"one")
    one, two = hashlib.sha256(b"one").hexdigest(), hashlib.sha256(b"two").hexdigest()
    assert sha256_file(tmp_path / "m" / "b") == two
    listing = f"{two}  b\n{one}  sub/a\n"
    before = sha256_tree(tmp_path / "m")
    assert before == hashlib.sha256(listing.encode()).hexdigest()
    (tmp_path / "m" / "empty").mkdir()
    (tmp_path / "m" / "b").touch()
    assert sha256_tree(tmp_path / "m") == before
    (tmp_path / "m" / "b").rename(tmp_path / "m" / "c")
    assert sha256_tree(tmp_path / "m") != before


def test_the_web_may_import_records_and_config_without_torch() -> None:
    code = "import sys, training.config, training.records; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
