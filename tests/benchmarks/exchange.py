"""What bringing comparisons in and taking them out costs, and how much memory it takes, as files grow.

    python -m tests.benchmarks.exchange                       10,000, 100,000 and 1,000,000 comparisons of two outputs
    SIZES=10000,100000 WAYS=out python -m tests.benchmarks.exchange     or in, or in,freeze
    BEFORE=/path/to/an/older/checkout SIZES=10000 ...         the same file by older code first, on its own database

Each import is `manage.py import_comparisons` on a PostgreSQL of its own with fsync; what came in is then previewed
and frozen there (`manage.py freeze_snapshot`); each export is made of a snapshot's file of as many records. Besides
the time on the wall there are CPU seconds, of the importer and of PostgreSQL, which others on the machine disturb
less, and the peak of the process's memory. Texts are words of a story, one in seven with a number, as in public
preference data; 200 labelers, every prompt and output new, which is the slowest there is.
"""

import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from labeling.embedded.places import connection_urls, socket_dir
from labeling.embedded.postgres import Postgres
from tests.benchmarks.own_site import ROOT, cpu_of_tree

STORY = (
    "the fox ran over a hill and saw an old king who told him of gold that lay deep in the wood by night where no man "
    "had been since his father was young"
)
WORDS = STORY.split()
EXPORTS = [
    ("trl_preference", "jsonl"),
    ("trl_preference_chat", "parquet"),
    ("records", "parquet"),
    ("records", "csv"),
]
EXPORT = """
import sys
from labeling.datasets.formats.exports import EXPORTS
from labeling.datasets.models import Snapshot
from labeling.datasets.services.export_snapshot import stream_export
snapshot = Snapshot(kind="comparisons", path=sys.argv[1])
print(sum(len(piece) for piece in stream_export(snapshot, EXPORTS[sys.argv[2]], sys.argv[3])))
"""
PREVIEW = """
import sys
from labeling.datasets.preview import preview_snapshot
from labeling.datasets.recipe import Recipe
from labeling.projects.models import Project
recipe = Recipe(aggregation=sys.argv[1])
print(preview_snapshot(project=Project.objects.get(), kind="comparisons", recipe=recipe).answer()["records"])
"""
SETUP = "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'labeling.settings'); django.setup()\n"


@dataclass
class Cost:
    wall: float
    cpu: float
    peak_mb: float
    printed: str


def run(command: list[str], cwd: Path, environment: dict[str, str]) -> Cost:
    """A child process to its end: what it cost by itself."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    printed = process.stdout.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, (command, printed)
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed)


def texts(number: int, count: int) -> list[str]:
    """So many texts that no other number has, 20 to 60 words each."""
    chance = random.Random(number)
    told = []
    for index in range(count):
        words = [chance.choice(WORDS) for _ in range(chance.randint(20, 60))]
        name = "".join(chr(ord("a") + int(digit)) for digit in f"{number}{index}")
        told.append(" ".join([*words, name, "1999" if chance.random() < 1 / 7 else "then"]))
    return told


def write_rows(path: Path, size: int) -> None:
    with path.open("w") as file:
        for number in range(size):
            prompt, first, second = texts(number, 3)
            candidates = [{"text": first, "model": "a"}, {"text": second, "model": "b"}]
            row = {"prompt": prompt, "candidates": candidates, "ranks": [1, 2], "labeler": f"w{number % 200}"}
            file.write(json.dumps(row) + "\n")


def write_records(path: Path, size: int) -> None:
    ids = dict.fromkeys(("batch", "task", "guideline", "rubric"), "00000000-0000-4000-8000-000000000000")
    with path.open("w") as file:
        for number in range(size):
            prompt, first, second = texts(number, 3)
            record = {
                "id": f"{number:036}", "prompt": f"{number:036}", "messages": [{"role": "user", "content": prompt}],
                "candidates": [{"id": "1", "text": first, "model": "a"}, {"id": "2", "text": second, "model": "b"}],
                "ranks": [1, 2], "ratings": [{"overall": None, "flags": {}, "note": ""}] * 2, "positions": [0, 1],
                "labeler": f"labeler-{number % 200}", "pool": "training", "split": "train", "use_case": "",
                "language": "en", **ids,
            }  # fmt: skip
            file.write(json.dumps(record, sort_keys=True, separators=(",", ":")) + "\n")


@contextmanager
def database(folder: Path) -> Iterator[tuple[Postgres, int, dict[str, str]]]:
    postgres = Postgres(folder, fsync=True)
    process = postgres.start()
    try:
        url, redis = connection_urls(folder)
        given = {"CONCORD_DATA": str(folder), "DATABASE_URL": url, "REDIS_URL": redis}
        yield postgres, process.pid, os.environ | given
    finally:
        postgres.stop()
        for place in (postgres.folder, socket_dir(folder)):
            shutil.rmtree(place, ignore_errors=True)


def measure_import(code: Path, file: Path, size: int, freeze: bool) -> float:
    """Print a line for the import, and for what is made of it; return rows per CPU second of the import."""
    folder = Path(tempfile.mkdtemp(prefix="concord-benchmark-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        with database(folder) as (_, postgres, environment):
            python = [sys.executable, "-W", "ignore"]
            migrate = [*python, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
            subprocess.run(migrate, cwd=code, env=environment, check=True)
            make = "from labeling.projects.models import Project; print(Project.objects.create(name='p').pk)"
            project = run([*python, "-c", SETUP + make], code, environment).printed.strip()
            environment["CONCORD_UPLOAD_MAX_BYTES"] = str(16 * 1024**3)

            def measure(name: str, command: list[str]) -> tuple[float, str]:
                before = cpu_of_tree(postgres)
                cost = run([*python, *command], code, environment)
                server = cpu_of_tree(postgres) - before
                rate = size / (cost.cpu + server)
                print(
                    f"{size:>9,} {name:20} {cost.wall:9.1f} {cost.cpu:9.1f} {server:9.1f} {rate:9.0f} "
                    f"{cost.peak_mb:8.0f}",
                    flush=True,
                )
                return rate, cost.printed

            rate, printed = measure("import", ["manage.py", "import_comparisons", project, str(file), "--consent"])
            assert re.search(rf"accepted:? {size}\b", printed), printed
            if freeze:
                for aggregation in ("each", "majority"):
                    _, printed = measure(f"preview, {aggregation}", ["-c", SETUP + PREVIEW, aggregation])
                    assert abs(int(printed) / size - 1) < 0.1, printed
                measure("freeze", ["manage.py", "freeze_snapshot", project, "--kind", "comparisons"])
                (frozen,) = (folder / "snapshots").glob("*.jsonl")
                assert sum(1 for _ in frozen.open("rb")) == size, frozen
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return rate


def measure_exports(file: Path, size: int) -> None:
    for name, file_type in EXPORTS:
        command = [sys.executable, "-W", "ignore", "-c", SETUP + EXPORT, str(file), name, file_type]
        cost = run(command, ROOT, dict(os.environ))
        print(
            f"{size:>9,} {name + '.' + file_type:28} {int(cost.printed) / 1e6:8.0f} {cost.wall:9.1f} "
            f"{size / cost.cpu:9.0f} {cost.peak_mb:8.0f}",
            flush=True,
        )
        for kept in file.parent.glob(f"{file.stem}.*.v*.*"):
            kept.unlink()


def main() -> None:
    sizes = [int(size) for size in os.environ.get("SIZES", "10000,100000,1000000").split(",")]
    ways = os.environ.get("WAYS", "in,freeze,out").split(",")
    folder = Path(tempfile.mkdtemp(prefix="concord-benchmark-files-", dir="/tmp"))
    try:
        if "in" in ways:
            bring_in(folder, sizes, "freeze" in ways)
        if "out" in ways:
            take_out(folder, sizes)
        print(f"\nThis process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def bring_in(folder: Path, sizes: list[int], freeze: bool) -> None:
    older = os.environ.get("BEFORE")
    print(f"\n{'rows':>9} {'':20} {'wall s':>9} {'CPU s':>9} {'DB CPU s':>9} {'rows/CPU':>9} {'peak MB':>8}   in")
    for size in sizes:
        file = folder / f"rows-{size}.jsonl"
        write_rows(file, size)
        before = measure_import(Path(older), file, size, freeze) if older else 0.0
        rate = measure_import(ROOT, file, size, freeze)
        if before:
            print(f"          {rate / before:.1f} times as many rows a CPU second as before", flush=True)
        file.unlink()


def take_out(folder: Path, sizes: list[int]) -> None:
    print(f"\n{'rows':>9} {'':28} {'MB':>8} {'wall s':>9} {'rows/CPU':>9} {'peak MB':>8}   out")
    for size in sizes:
        file = folder / f"records-{size}.jsonl"
        write_records(file, size)
        measure_exports(file, size)
        file.unlink()


if __name__ == "__main__":
    main()
