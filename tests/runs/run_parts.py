"""What runs are made of: a random model of two layers under the data folder, and snapshots with a few records."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
THINGS = ("sky", "grass", "snow", "coal", "rose", "sun", "sea", "leaf", "night", "milk", "fire", "moon")
SPECIAL = ["<|endoftext|>", "<|pad|>", "<|user|>", "<|assistant|>", "<|system|>", "<|end|>"]
# Small enough that a step takes a few hundredths of a second.
SMALL = {"max_response_tokens": 8, "checkpoint_every": 1, "threads": 1}


def save_random_model(folder: Path, *, reward: bool = False) -> Path:
    """A Llama of 2 layers x 16 with a tokenizer of its own, in the format that every stage reads and writes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification, PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        [f"What color is the {thing}?" for thing in THINGS],
        trainers.BpeTrainer(vocab_size=300, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False),
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|end|>", pad_token="<|pad|>")
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=256, tie_word_embeddings=not reward,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, num_labels=1,
    )  # fmt: skip
    if reward:
        config.reward_bias = 0.0
    model = (LlamaForSequenceClassification if reward else LlamaForCausalLM)(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "README.md").write_text("# A random model, for tests\n")
    return folder


def add_prompts(project: Any, count: int) -> list[Any]:
    """Prompts with consent, as an import leaves them."""
    from labeling.collection.models import Prompt

    return Prompt.objects.bulk_create(
        Prompt(
            project=project,
            messages=[{"role": "user", "content": f"What color is the {THINGS[number % 12]}? ({number})"}],
            text_key=uuid.uuid4().hex,
            prefix_key=uuid.uuid4().hex,
            split="train",
            use_case="open_qa",
            language="en",
            consent=True,
        )
        for number in range(count)
    )


def freeze_prompts(project: Any, count: int = 6) -> Any:
    from labeling.datasets.services.freeze_snapshot import freeze_snapshot

    add_prompts(project, count)
    return freeze_snapshot(actor=None, project=project, kind="prompts")


def file_snapshot(project: Any, kind: str, rows: list[dict[str, Any]]) -> Any:
    """A snapshot of records that nobody judged, for what needs the file and the row only."""
    from django.conf import settings

    from labeling.datasets.models import Snapshot

    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    sha256 = hashlib.sha256(data).hexdigest()
    settings.SNAPSHOTS_DIR.mkdir(parents=True, exist_ok=True)
    path = settings.SNAPSHOTS_DIR / f"{sha256}.jsonl"
    path.write_bytes(data)
    splits: dict[str, int] = {}
    for row in rows:
        splits[row["split"]] = splits.get(row["split"], 0) + 1
    return Snapshot.objects.create(
        project=project,
        kind=kind,
        name=f"{project.name} {kind}",
        sha256=sha256,
        path=str(path),
        bytes=len(data),
        counts={"records": len(rows), "by_split": splits},
    )


def demonstrations(project: Any, count: int = 20) -> Any:
    rows = [
        {
            "id": f"d{number}",
            "prompt": f"p{number}",
            "messages": [{"role": "user", "content": f"What color is the {THINGS[number % 12]}?"}],
            "response": f"The {THINGS[number % 12]} has a color.",
            "labeler": "person-0",
            "pool": "training",
            "split": "valid" if number % 5 == 4 else "train",
        }
        for number in range(count)
    ]
    return file_snapshot(project, "demonstrations", rows)


def comparisons(project: Any, count: int = 10) -> Any:
    rows = [
        {
            "id": f"c{number}",
            "prompt": f"p{number}",
            "messages": [{"role": "user", "content": f"What color is the {THINGS[number % 12]}?"}],
            "candidates": [
                {"id": "a", "text": "Blue.", "model": "x"},
                {"id": "b", "text": "I am a fox.", "model": "y"},
            ],
            "ranks": [1, 2],
            "labeler": "person-0",
            "pool": "training",
            "split": "valid" if number % 5 == 4 else "train",
        }
        for number in range(count)
    ]
    return file_snapshot(project, "comparisons", rows)


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 120.0) -> None:
    """Look a few times a second; the limit only ends a test that would hang."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.1)


class Workers:
    """Real Celery workers in processes of their own, on the test's database and on a Redis database of their own."""

    def __init__(self, folder: Path) -> None:
        from django.conf import settings
        from django.db import connection

        database = connection.settings_dict
        password = database["PASSWORD"]
        from urllib.parse import quote

        self._folder = folder
        self._environment = os.environ | {
            "DATABASE_URL": f"postgres://{database['USER']}:{quote(password or '', safe='')}@"
            f"{quote(database['HOST'], safe='')}{':' + str(database['PORT']) if database['PORT'] else ''}"
            f"/{database['NAME']}",
            "CONCORD_DATA": str(settings.DATA_DIR),
            "OMP_NUM_THREADS": "1",
            "CONCORD_DEVICE": "cpu",
            "CONCORD_LOG_LEVEL": "INFO",
        }
        self.processes: list[subprocess.Popen] = []

    def start(self) -> subprocess.Popen:
        number = len(self.processes)
        log = self._folder / f"worker{number}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "labeling", "worker", "-n", f"w{number}@test", "-l", "INFO"],
                cwd=ROOT,
                env=self._environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
