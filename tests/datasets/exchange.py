"""Short ways for tests of what comes in and goes out."""

import gzip
import io
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from labeling.collection.cleaning.containers import Source
from labeling.collection.cleaning.uploads import Refusal
from labeling.datasets.formats.layout import Kind
from labeling.datasets.formats.reading import Row, layout_of, named_layout, read_file
from tests.cast import World


def packed(rows: list[Any], name: str) -> bytes:
    """Rows as a file of the kind that the name says."""
    plain = name.removesuffix(".gz")
    if plain.endswith(".json"):
        content = json.dumps(rows, indent=1).encode()
    elif plain.endswith(".parquet"):
        import pyarrow
        from pyarrow import parquet

        file = io.BytesIO()
        parquet.write_table(pyarrow.Table.from_pylist(rows), file)
        content = file.getvalue()
    else:
        content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return gzip.compress(content, mtime=0) if name.endswith(".gz") else content


def read(content: bytes, name: str, kind: Kind = "comparisons", layout: str = "") -> tuple[str, list[Row | Refusal]]:
    """The layout that the file was read as, and its rows."""
    source = Source(io.BytesIO(content), name)
    found = named_layout(layout, kind) if layout else layout_of(source, kind)
    return found.name, list(read_file(source, kind, found))


def send(world: World, content: bytes, name: str, *, what: str = "comparisons", who: str = "eva", **fields: str):
    """Upload a file of judgments, with consent."""
    return world.client(who).post(
        f"/api/v1/projects/{world.project.pk}/{what}/import",
        {"file": SimpleUploadedFile(name, content), "consent": "true", **fields},
        format="multipart",
    )


def frozen(world: World, kind: str = "comparisons") -> dict[str, Any]:
    answer = world.eva.post("/api/v1/snapshots", {"project": str(world.project.pk), "kind": kind}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def download(world: World, snapshot: dict[str, Any], **asked: str) -> bytes:
    answer = world.eva.get(f"/api/v1/snapshots/{snapshot['id']}/download", asked)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def judged(rows: list[Row | Refusal]) -> list[tuple[list[str], list[int], str]]:
    """What comparisons say: texts, ranks and labeler; fails on a refused one."""
    refused = [row for row in rows if isinstance(row, Refusal)]
    assert not refused, refused
    return [([one.text for one in row.prompt.candidates], row.ranks, row.labeler) for row in rows]  # type: ignore[union-attr]
