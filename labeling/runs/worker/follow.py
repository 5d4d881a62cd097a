"""Following metrics.jsonl and samples.jsonl into Postgres while the trainer writes them.

The files may be read from the start as often as one likes: each line has one place, run and step, and the newest
attempt wins it. A line that is half written waits for its rest. A trainer that goes on from a checkpoint cuts the
files back, so before new lines are read the last one is looked at again: where it is not there, all is read anew.
"""

import json
import logging
import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from labeling.runs.models import Metric, RunSample
from labeling.runs.worker.lease import Lease, LeaseLostError
from labeling.runs.worker.text import storable

logger = logging.getLogger(__name__)
READ_BYTES = 4 * 1024 * 1024
LINE_BYTES = 16 * 1024 * 1024  # a longer line is no line of ours


class Tail:
    """The new complete lines of a growing file, as JSON objects."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.restarted = False  # whether the last read began at the file's start
        self._offset = 0
        self._last = b""

    def read(self) -> list[dict[str, Any]]:
        """At most a few megabytes of new lines; empty when there are none."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset - len(self._last))
                if file.read(len(self._last)) != self._last:
                    self._offset, self._last = 0, b""
                self.restarted = self._offset == 0
                file.seek(self._offset)
                data = file.read(READ_BYTES)
                while data and b"\n" not in data and (more := file.read(READ_BYTES)) and len(data) < LINE_BYTES:
                    data += more
        except FileNotFoundError:
            self._offset, self._last = 0, b""
            return []
        complete = data[: data.rfind(b"\n") + 1]
        if not complete:
            return []
        self._offset += len(complete)
        self._last = complete[complete[:-1].rfind(b"\n") + 1 :]
        return [row for line in complete.splitlines() if (row := self._parse(line)) is not None]

    def _parse(self, line: bytes) -> dict[str, Any] | None:
        try:
            row = json.loads(line)
            if isinstance(row["step"], int) and isinstance(row["attempt"], int) and row["step"] >= 0:
                return row
        except (ValueError, KeyError, TypeError):
            pass
        logger.warning("%s holds a line that is none: %r", self.path, line[:200])
        return None


class Follower:
    """Brings what is new in a run's two files into the database, each time it is asked."""

    def __init__(self, lease: Lease, folder: Path) -> None:
        self._lease = lease
        self._metrics = Tail(folder / "metrics.jsonl")
        self._samples = Tail(folder / "samples.jsonl")
        self._seen: dict[int, int] = defaultdict(int)  # samples read so far, by step
        self._latest: dict[str, Any] = {}

    def follow(self) -> None:
        """Read and store until nothing is new. Raises LeaseLostError."""
        while rows := self._metrics.read():
            self._store_metrics(rows)
        while rows := self._samples.read():
            self._store_samples(rows)

    def _store_metrics(self, rows: list[dict[str, Any]]) -> None:
        by_step = {row["step"]: row for row in rows}  # a later line wins
        if self._metrics.restarted:
            self._latest = {}
        for row in by_step.values():
            self._latest |= _numbers(row.get("values"))
        last = rows[-1]
        steps = last.get("of")
        with transaction.atomic():
            progress = {"step": last["step"], "steps": steps if isinstance(steps, int) else None}
            self._write_guarded(**progress, latest=self._latest)
            _drop_stale(Metric, self._lease, rows)
            Metric.objects.bulk_create(
                [
                    Metric(
                        run_id=self._lease.run_id,
                        step=step,
                        attempt=row["attempt"],
                        time=_time(row.get("time")),
                        values=_numbers(row.get("values")),
                    )
                    for step, row in by_step.items()
                ],
                update_conflicts=True,
                unique_fields=["run", "step"],
                update_fields=["attempt", "time", "values"],
                batch_size=2000,
            )

    def _store_samples(self, rows: list[dict[str, Any]]) -> None:
        if self._samples.restarted:
            self._seen.clear()
        samples = []
        for row in rows:
            samples.append(
                RunSample(
                    run_id=self._lease.run_id,
                    step=row["step"],
                    index=self._seen[row["step"]],
                    attempt=row["attempt"],
                    content={key: storable(row.get(key)) for key in ("prompt", "messages", "outputs", "start")},
                )
            )
            self._seen[row["step"]] += 1
        with transaction.atomic():
            self._write_guarded(step=Greatest(F("step"), rows[-1]["step"]))
            _drop_stale(RunSample, self._lease, rows)
            RunSample.objects.bulk_create(
                samples,
                update_conflicts=True,
                unique_fields=["run", "step", "index"],
                update_fields=["attempt", "content"],
                batch_size=500,
            )

    def _write_guarded(self, **values: Any) -> None:
        """Update the run's row, which also locks it until the end of the transaction."""
        if not self._lease.held().update(**values):
            raise LeaseLostError


def _drop_stale(model: type[Metric] | type[RunSample], lease: Lease, rows: Iterable[dict[str, Any]]) -> None:
    """Remove what earlier attempts wrote of the steps that a newer attempt has made again."""
    first: dict[int, int] = {}
    for row in rows:
        first[row["attempt"]] = min(row["step"], first.get(row["attempt"], row["step"]))
    for attempt, step in first.items():
        model.objects.filter(run=lease.run_id, step__gte=step, attempt__lt=attempt).delete()


def _numbers(values: Any) -> dict[str, float | None]:
    """Metric values as JSON numbers; what is not a finite number is null."""
    if not isinstance(values, dict):
        return {}
    return {
        str(name): value
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        else None
        for name, value in values.items()
    }


def _time(seconds: Any) -> datetime:
    try:
        return datetime.fromtimestamp(float(seconds), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return datetime.now(UTC)
