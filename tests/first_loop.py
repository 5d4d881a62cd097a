"""The files of docs/first-loop.md, made from the shared public data: python -m tests.first_loop FOLDER.

    tales.jsonl    demonstrations: a section of a tale and a question about it, answered by a person (FairytaleQA)
    prompts.jsonl  the questions of other sections, as an upload of prompts
    pandalm.jsonl  comparisons: which of two models' responses three annotators preferred (PandaLM), as an upload

Nothing of it goes into the repository.
"""

import gzip
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.shared_data import FOLDER, pandalm_comparisons

MAX_SECTION_WORDS = 100
DEMONSTRATIONS = {"train": 800, "valid": 120}
PROMPTS = 300


def questions() -> Iterator[dict]:
    """Each question whose single section is short enough: split, prompt, answer."""
    sections = {}
    with gzip.open(FOLDER / "demos/fairytaleqa_sections.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            sections[row["split"], row["story"], row["section"]] = row["text"]
    with gzip.open(FOLDER / "demos/fairytaleqa_questions.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if len(row["sections"]) != 1:
                continue
            text = sections.get((row["split"], row["story"], row["sections"][0]), "")
            if text and len(text.split()) <= MAX_SECTION_WORDS:
                prompt = f"{text}\n\n{row['question'][0].upper()}{row['question'][1:]}"
                yield {"split": row["split"], "story": row["story"], "prompt": prompt, "answer": row["answers"][0]}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    by_split: dict[str, list[dict]] = {"train": [], "val": [], "test": []}
    for row in questions():
        by_split.setdefault(row["split"], []).append(row)
    for rows in by_split.values():
        random.Random(0).shuffle(rows)
    valid = by_split["val"] or by_split.get("valid", [])
    chosen = {"train": by_split["train"][: DEMONSTRATIONS["train"]], "valid": valid[: DEMONSTRATIONS["valid"]]}
    with (folder / "tales.jsonl").open("w") as file:
        for split, rows in chosen.items():
            for number, row in enumerate(rows):
                record = {
                    "id": f"{split}-{number}",
                    "prompt": f"{split}-{number}",
                    "messages": [{"role": "user", "content": row["prompt"]}],
                    "response": row["answer"][0].upper() + row["answer"][1:],
                    "split": split,
                }
                file.write(json.dumps(record) + "\n")
    with (folder / "prompts.jsonl").open("w") as file:
        for row in by_split["train"][DEMONSTRATIONS["train"] :][:PROMPTS]:
            upload = {"prompt": row["prompt"], "user": row["story"], "source": "fairytaleqa", "use_case": "closed_qa"}
            file.write(json.dumps(upload | {"language": "en", "consent": True}) + "\n")
    with (folder / "pandalm.jsonl").open("w") as file:
        for comparison in pandalm_comparisons():
            file.write(json.dumps(comparison | {"source": "pandalm", "consent": True}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
