"""docs/training.md names every setting with its values; a table that fell behind fails, and prints the right one."""

from __future__ import annotations

import pytest
from toy_world import ROOT

from training.config import KINDS, PRESETS, describe

DOCS = ROOT / "docs" / "training.md"


def settings_table(kind: str) -> str:
    presets = {preset: {row["name"]: row for row in describe(kind, preset)} for preset in PRESETS}
    lines = ["| setting | " + " | ".join(PRESETS) + " | the paper |", "|---|" + "---|" * (len(PRESETS) + 1)]
    for name, row in presets["tiny"].items():
        values = " | ".join(f"{presets[preset][name]['default']}" for preset in PRESETS)
        lines.append(f"| `{name}` | {values} | {row['paper']} |")
    return "\n".join(lines)


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_of_settings_is_the_code_s(kind: str) -> None:
    table = settings_table(kind)
    assert table in DOCS.read_text(encoding="utf-8"), f"docs/training.md wants this table for {kind}:\n{table}"
