"""The JSONL records that snapshots hold and runs read, typed, and the hashes that name files.

One JSON object a line, as the design's fixed points say. The web process imports this file too, so it needs
no torch. Reading is strict where a silent repair would change what a model learns: a record that is not
what its kind promises is refused with the file and the line, and nothing is guessed. Fields that this file
does not know are left out, so that later snapshots stay readable by earlier trainers.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar, overload

ROLES = ("system", "user", "assistant")
RECORD_KINDS = ("demonstrations", "comparisons", "prompts", "candidates", "outputs", "scores")


class RecordError(ValueError):
    """A file that does not hold the records it should. The message names file, line, field and what to do."""

    def __init__(self, path: str | Path, line: int, problem: str) -> None:
        self.path, self.line, self.problem = str(path), line, problem
        super().__init__(f"{Path(path).name}, line {line}: {problem}" if line else f"{Path(path).name}: {problem}")


@dataclass(frozen=True)
class Message:
    """One turn of a conversation; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True)
class DemonstrationRecord:
    """A labeler's answer to a prompt. `prompt` is the prompt's id, by which records are grouped."""

    id: str
    prompt: str
    messages: tuple[Message, ...]
    response: str
    labeler: str = ""
    pool: str = ""
    split: str = "train"
    use_case: str = ""
    language: str = ""
    batch: str = ""
    task: str = ""
    guideline: str = ""
    rubric: str = ""
    group: str = ""


@dataclass(frozen=True)
class RankedCandidate:
    """One of the outputs that a comparison ranks."""

    id: str
    text: str
    model: str = ""


@dataclass(frozen=True)
class ComparisonRecord:
    """One judgment: `ranks` stands beside `candidates`, 1 is best, equal numbers are a tie.

    `weight` is this judgment's weight within its prompt (1 unless the snapshot says otherwise), `group` whose judgment
    it is, where the snapshot's recipe tells groups apart.
    """

    id: str
    prompt: str
    messages: tuple[Message, ...]
    candidates: tuple[RankedCandidate, ...]
    ranks: tuple[int, ...]
    ratings: tuple[Any, ...] = ()
    positions: tuple[int, ...] = ()
    labeler: str = ""
    pool: str = ""
    split: str = "train"
    use_case: str = ""
    language: str = ""
    batch: str = ""
    task: str = ""
    guideline: str = ""
    rubric: str = ""
    group: str = ""
    weight: float = 1.0


@dataclass(frozen=True)
class PromptRecord:
    """A prompt without an answer: what PPO and sampling start from."""

    id: str
    messages: tuple[Message, ...]
    split: str = "train"
    use_case: str = ""
    language: str = ""
    source: str = ""
    group: str = ""


@dataclass(frozen=True)
class CandidateRecord:
    """One output of a sample run. `finish` is stop (the end of turn was written) or length (it was cut)."""

    prompt: str
    index: int
    text: str
    finish: str
    tokens: int
    seed: int
    reward: float | None = None


@dataclass(frozen=True)
class OutputsRecord:
    """A prompt with outputs that are to be scored."""

    id: str
    messages: tuple[Message, ...]
    candidates: tuple[RankedCandidate, ...]


@dataclass(frozen=True)
class ScoreRecord:
    """A reward model's score of one output, `reward_bias` included."""

    candidate: str
    score: float


Record = DemonstrationRecord | ComparisonRecord | PromptRecord | CandidateRecord | OutputsRecord | ScoreRecord
R = TypeVar("R", bound=Record)


class _ProblemError(ValueError):
    """What is wrong with one row; read_records adds the file and the line."""


def _text(row: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """A string field; ids written as numbers are taken as their digits. None of a default means required."""
    value = row.get(name)
    if value is None:
        if default is None:
            raise _ProblemError(f"`{name}` is missing")
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise _ProblemError(f"`{name}` must be a string, not {type(value).__name__}")
    return value


def _integer(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _ProblemError(f"`{name}` must be a whole number, not {value!r}")
    return value


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _ProblemError(f"`{name}` must be a number, not {value!r}")
    return float(value)


def _list(row: Mapping[str, Any], name: str, *, required: bool) -> list[Any]:
    value = row.get(name)
    if value is None and not required:
        return []
    if not isinstance(value, list):
        raise _ProblemError(f"`{name}` must be a list" if value is not None else f"`{name}` is missing")
    return value


def _messages(row: Mapping[str, Any]) -> tuple[Message, ...]:
    messages = []
    for number, turn in enumerate(_list(row, "messages", required=True), start=1):
        if not isinstance(turn, dict):
            raise _ProblemError(f"message {number} must be an object with role and content")
        role, content = turn.get("role"), turn.get("content")
        if role not in ROLES:
            raise _ProblemError(f"message {number} has the role {role!r}; it must be one of {', '.join(ROLES)}")
        if not isinstance(content, str) or not content.strip():
            raise _ProblemError(f"message {number} has no content")
        messages.append(Message(role, content))
    if not messages:
        raise _ProblemError("`messages` is empty")
    if messages[-1].role != "user":
        raise _ProblemError("the last message must be the user's, for the answer follows it")
    return tuple(messages)


_LABELS = ("labeler", "pool", "use_case", "language", "batch", "task", "guideline", "rubric", "group")


def _labels(row: Mapping[str, Any]) -> dict[str, str]:
    """The fields that say where a record comes from; absent ones are empty, split is train."""
    return {name: _text(row, name, "") for name in _LABELS} | {"split": _text(row, "split", "train")}


def parse_demonstration(row: Mapping[str, Any]) -> DemonstrationRecord:
    response = _text(row, "response")
    if not response.strip():
        raise _ProblemError("`response` is empty")
    prompt = _text(row, "prompt")
    return DemonstrationRecord(_text(row, "id", prompt), prompt, _messages(row), response, **_labels(row))


def _candidates(row: Mapping[str, Any]) -> tuple[RankedCandidate, ...]:
    candidates = []
    for number, item in enumerate(_list(row, "candidates", required=True), start=1):
        if not isinstance(item, dict):
            raise _ProblemError(f"candidate {number} must be an object with id and text")
        candidates.append(
            RankedCandidate(_text(item, "id", str(number)), _text(item, "text"), _text(item, "model", ""))
        )
    if len({candidate.id for candidate in candidates}) != len(candidates):
        raise _ProblemError("two candidates have the same id")
    return tuple(candidates)


def parse_comparison(row: Mapping[str, Any]) -> ComparisonRecord:
    candidates = _candidates(row)
    ranks = tuple(_integer(rank, "ranks") for rank in _list(row, "ranks", required=True))
    if len(candidates) < 2:
        raise _ProblemError("a comparison needs two candidates or more")
    if len(ranks) != len(candidates):
        raise _ProblemError(f"{len(candidates)} candidates but {len(ranks)} ranks")
    if min(ranks) < 1:
        raise _ProblemError("ranks start at 1, the best")
    weight = _number(row.get("weight", 1.0), "weight")
    if not weight > 0:
        raise _ProblemError("`weight` must be above 0")
    prompt = _text(row, "prompt")
    return ComparisonRecord(
        id=_text(row, "id", prompt),
        prompt=prompt,
        messages=_messages(row),
        candidates=candidates,
        ranks=ranks,
        ratings=tuple(_list(row, "ratings", required=False)),
        positions=tuple(_integer(p, "positions") for p in _list(row, "positions", required=False)),
        weight=weight,
        **_labels(row),
    )


def parse_prompt(row: Mapping[str, Any]) -> PromptRecord:
    return PromptRecord(
        id=_text(row, "id"),
        messages=_messages(row),
        split=_text(row, "split", "train"),
        use_case=_text(row, "use_case", ""),
        language=_text(row, "language", ""),
        source=_text(row, "source", ""),
        group=_text(row, "group", ""),
    )


def parse_candidate(row: Mapping[str, Any]) -> CandidateRecord:
    finish = _text(row, "finish")
    if finish not in ("stop", "length"):
        raise _ProblemError(f"`finish` must be stop or length, not {finish!r}")
    reward = row.get("reward")
    return CandidateRecord(
        prompt=_text(row, "prompt"),
        index=_integer(row.get("index"), "index"),
        text=_text(row, "text"),
        finish=finish,
        tokens=_integer(row.get("tokens"), "tokens"),
        seed=_integer(row.get("seed"), "seed"),
        reward=None if reward is None else _number(reward, "reward"),
    )


def parse_outputs(row: Mapping[str, Any]) -> OutputsRecord:
    candidates = _candidates(row)
    if not candidates:
        raise _ProblemError("`candidates` is empty")
    return OutputsRecord(id=_text(row, "id"), messages=_messages(row), candidates=candidates)


def parse_score(row: Mapping[str, Any]) -> ScoreRecord:
    return ScoreRecord(candidate=_text(row, "candidate"), score=_number(row.get("score"), "score"))


_PARSERS: dict[str, Callable[[Mapping[str, Any]], Record]] = {
    "demonstrations": parse_demonstration,
    "comparisons": parse_comparison,
    "prompts": parse_prompt,
    "candidates": parse_candidate,
    "outputs": parse_outputs,
    "scores": parse_score,
}
_TYPES: dict[str, type[Record]] = {
    "demonstrations": DemonstrationRecord,
    "comparisons": ComparisonRecord,
    "prompts": PromptRecord,
    "candidates": CandidateRecord,
    "outputs": OutputsRecord,
    "scores": ScoreRecord,
}


def open_text(path: str | Path) -> TextIO:
    """A text file, or a .gz of one, for reading as strict UTF-8."""
    path = Path(path)
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="\n")
    return path.open(encoding="utf-8", newline="\n")


def _refuse_constant(name: str) -> float:
    raise _ProblemError(f"{name} is not a JSON number")


@overload
def read_records(path: str | Path, kind: type[R]) -> Iterator[R]: ...
@overload
def read_records(path: str | Path, kind: str) -> Iterator[Any]: ...
def read_records(path: str | Path, kind: str | type) -> Iterator[Any]:
    """The records of a file, one at a time, in the file's order; empty lines are passed over.

    `kind` is a record class, or its name, one of RECORD_KINDS.
    Raises RecordError, with file and line, at the first row that is not such a record, and FileNotFoundError.
    """
    name = kind if isinstance(kind, str) else next(key for key, value in _TYPES.items() if value is kind)
    if name not in _PARSERS:
        raise ValueError(f"{name!r} is no kind of record; kinds are {', '.join(RECORD_KINDS)}")
    parse = _PARSERS[name]
    number = 0
    with open_text(path) as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line, parse_constant=_refuse_constant)
                    if not isinstance(row, dict):
                        raise _ProblemError("each line must be a JSON object")
                    yield parse(row)
                except json.JSONDecodeError as error:
                    raise RecordError(path, number, f"not JSON: {error.msg} at column {error.colno}") from error
                except _ProblemError as error:
                    raise RecordError(path, number, str(error)) from error
        except UnicodeDecodeError as error:
            # The decoder reads ahead of the line iterator, so the line can only be bounded from below.
            raise RecordError(path, number + 1, "at or after this line the text is not UTF-8") from error
        except (EOFError, gzip.BadGzipFile) as error:
            raise RecordError(path, number, f"the compressed file is damaged ({error})") from error


def write_records(path: str | Path, records: Iterable[Record]) -> int:
    """Writes records as JSONL, replacing the file at once when all are written; returns how many."""
    path = Path(path)
    beside = path.with_name(path.name + ".tmp")
    count = 0
    with beside.open("w", encoding="utf-8", newline="\n") as out:
        for record in records:
            row = {key: value for key, value in asdict(record).items() if value is not None}
            out.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
            count += 1
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
    return count


def message_dicts(messages: Iterable[Message]) -> list[dict[str, str]]:
    """Messages as the plain dicts that chat templates and JSON take."""
    return [{"role": message.role, "content": message.content} for message in messages]


def sha256_file(path: str | Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with Path(path).open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def sha256_tree(directory: str | Path) -> str:
    """One SHA-256 for a folder: of the sorted lines "<file's sha256>  <relative path>".

    What `sha256sum` over the sorted paths, piped into `sha256sum`, gives too. Names and contents count;
    times, rights and empty folders do not.
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise FileNotFoundError(f"{directory} is not a folder")
    lines = sorted(
        (file.relative_to(directory).as_posix(), sha256_file(file)) for file in directory.rglob("*") if file.is_file()
    )
    return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in lines).encode()).hexdigest()


def sha256_path(path: str | Path) -> str:
    """The hash of an input, be it a file or a folder."""
    return sha256_tree(path) if Path(path).is_dir() else sha256_file(path)
