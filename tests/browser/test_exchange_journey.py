"""A researcher brings another tool's judgments in, follows a large file, and takes a snapshot out for TRL."""

import gzip
import importlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

GOOD = [
    {"prompt": f"Why is sky {number} blue?", "chosen": f"Light {number}.", "rejected": f"Paint {number}."}
    for number in range(12)
]
BAD = {"prompt": "Why?", "completion": "Because.", "label": True}


def to_comparisons(visitor: Visitor, project: str) -> Page:
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{project}/import")
    page.get_by_text("Comparisons", exact=True).click()
    expect(page).to_have_url(re.compile("what=comparisons"))
    return page


def send(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("checkbox", name="The people behind these prompts consented").check()
    page.get_by_role("button", name="Import", exact=True).click()


def test_in_from_trl_and_out_to_trl(visit: Callable[..., Visitor], stage: dict[str, Any], tmp_path: Path) -> None:
    from labeling.projects.models import Project

    project = str(Project.objects.get().pk)
    visitor = visit()
    page = to_comparisons(visitor, project)
    page.get_by_label("Format").select_option(label="TRL (Hugging Face)")
    expect(page.get_by_label("A row of TRL (Hugging Face)")).to_contain_text("rejected")
    page.get_by_label("Format").select_option(label="Tell it by the first rows")
    file = tmp_path / "pairs.json.gz"
    file.write_bytes(gzip.compress(json.dumps([*GOOD, BAD]).encode()))
    send(page, file)
    expect(page.get_by_text("pairs.json.gz, read as TRL (Hugging Face)")).to_be_visible()
    expect(page.get_by_text("12 of 13 rows are in.")).to_be_visible()
    expect(page.get_by_role("cell", name="An unpaired preference judges one completion", exact=False)).to_be_visible()
    with page.expect_download() as refused:
        page.get_by_role("link", name="All refused rows as CSV").click()
    assert Path(refused.value.path()).read_text("utf-8-sig").startswith("line,reason\n13,")
    page.reload()
    expect(page.get_by_text("12 of 13 rows are in.")).to_be_visible()

    from labeling.datasets.services import freeze_snapshot

    snapshot = freeze_snapshot(actor=None, project=Project.objects.get(), kind="comparisons")
    page.goto(f"{visitor.address}/snapshots/{snapshot.pk}")
    with page.expect_download() as taken:
        page.get_by_role("link", name="TRL preference, texts as JSONL").click()
    rows = [json.loads(line) for line in Path(taken.value.path()).read_text().splitlines()]
    assert {(row["prompt"], row["chosen"], row["rejected"]) for row in rows} >= {tuple(row.values()) for row in GOOD}


def test_a_large_file_is_followed_stopped_and_goes_on(
    visit: Callable[..., Visitor], stage: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labeling.datasets.services.run_import import run_import
    from labeling.projects.models import Project

    monkeypatch.setattr(importlib.import_module("labeling.datasets.services.import_file"), "AT_ONCE_BYTES", 0)
    page = to_comparisons(visit(), str(Project.objects.get().pk))
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in GOOD))
    send(page, file)
    expect(page.get_by_text("a worker reads it within some seconds", exact=False)).to_be_visible()
    expect(page.get_by_role("progressbar", name="How much of the file is read")).to_be_attached()  # 0 % has no width
    page.get_by_role("button", name="Stop reading").click()
    expect(page.get_by_text("Reading was stopped after 0 rows", exact=False)).to_be_visible()
    page.get_by_role("button", name="Go on where it stopped").click()
    expect(page.get_by_role("button", name="Stop reading")).to_be_visible()
    run_import()
    expect(page.get_by_text("12 of 12 rows are in.")).to_be_visible()
