"""Prompts and demonstrations from stories: the first sentence of a paragraph, and how its author went on."""

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.data import DOCUMENT_END, read_documents

SENTENCE = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"'”’]))\s+(?=[\"'“‘A-Z])")
PROMPT_WORDS = (5, 20)
RESPONSE_WORDS = (10, 26)


@dataclass(frozen=True)
class Continuation:
    """A prompt and its author's answer; `split` is valid for stories that no model here was trained on."""

    id: str
    prompt: str
    response: str
    split: str


def continuations(path: Path, split: str) -> Iterator[Continuation]:
    """Those paragraphs whose first sentence, and what follows it up to RESPONSE_WORDS, are as long as asked for."""
    for number, document in enumerate(read_documents(path)):
        for line, paragraph in enumerate(document.split("\n")):
            prompt, *rest = SENTENCE.split(paragraph.strip())
            if not PROMPT_WORDS[0] <= len(prompt.split()) <= PROMPT_WORDS[1]:
                continue
            response = ""
            for sentence in rest:
                longer = f"{response} {sentence}".strip()
                if len(longer.split()) > RESPONSE_WORDS[1]:
                    break
                response = longer
            if len(response.split()) >= RESPONSE_WORDS[0]:
                yield Continuation(f"{split}-{number}-{line}", prompt, response, split)


def shuffled(path: Path, split: str, seed: int = 0) -> list[Continuation]:
    """All of a file's, each prompt once, in an order of their own."""
    found = list({one.prompt: one for one in continuations(path, split)}.values())
    random.Random(seed).shuffle(found)
    return found


def excerpt(source: Path, target: Path, documents: int) -> None:
    """The first documents of a text file, as one (all where `documents` is 0)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(target, "wt", encoding="utf-8") as file:
        for number, document in enumerate(read_documents(source)):
            if documents and number == documents:
                break
            file.write(f"{document}\n{DOCUMENT_END}\n")


def turns(prompt: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": prompt}]


def write_demonstrations(path: Path, rows: Sequence[Continuation]) -> Path:
    return write_rows(
        path,
        (
            {
                "id": row.id,
                "prompt": row.id,
                "messages": turns(row.prompt),
                "response": row.response,
                "split": row.split,
            }
            for row in rows
        ),
    )


def write_prompts(path: Path, rows: Sequence[Continuation]) -> Path:
    return write_rows(path, ({"id": row.id, "messages": turns(row.prompt), "split": row.split} for row in rows))


def write_rows(path: Path, rows: Iterable[dict]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path
