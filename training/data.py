"""From records and text to token ids and batches; the same for every stage.

A prompt is rendered by the tokenizer's chat template with its generation prompt and no added specials; a
completion is encoded by itself, then the end-of-turn id; the two are joined and never tokenized again. So the
ids that a labeler's text became in SFT are the ids that the reward model and PPO meet.

Order is a function of (seed, epoch) and not of what was drawn before: to go on at step n, nothing needs to be
replayed. Shapes: B rows, T tokens.
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import torch

from training.config import GROUP
from training.records import (
    ComparisonRecord,
    DemonstrationRecord,
    Message,
    OutputsRecord,
    PromptRecord,
    message_dicts,
    open_text,
    read_records,
)

DOCUMENT_END = "<|endoftext|>"
R = TypeVar("R", DemonstrationRecord, ComparisonRecord, PromptRecord, OutputsRecord)


class DataError(ValueError):
    """Data that a run cannot learn from; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Example:
    """A prompt and an answer in ids; `response_ids` ends with the end of turn."""

    key: str
    prompt_ids: list[int]
    response_ids: list[int]

    @property
    def length(self) -> int:
        return len(self.prompt_ids) + len(self.response_ids)


def _defuse(text: str, tokenizer: Any) -> str:
    """Text in which no special token stands as such: a space after its first character keeps it readable.

    Without this, a prompt that quotes `<|end|>` would end its own turn.
    """
    for special in tokenizer.all_special_tokens:
        if special and special in text:
            text = text.replace(special, special[0] + " " + special[1:])
    return text


def render_prompt(tokenizer: Any, messages: Iterable[Message]) -> list[int]:
    """The ids of a conversation up to where the assistant's answer begins.

    Raises DataError where the tokenizer's template does not take such a conversation.
    """
    turns = [turn | {"content": _defuse(turn["content"], tokenizer)} for turn in message_dicts(messages)]
    try:
        text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    except Exception as error:  # templates raise jinja2's errors, and their own through raise_exception
        raise DataError(f"the model's chat template refuses a prompt: {error}") from error
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def read_conditioned(path: str | Path, kind: type[R], group_turn: str) -> Iterator[R]:
    """The records of a file, each conversation begun with `group_turn` as the system's turn.

    So a model learns what each group prefers, and is asked for it by the same words. A record without a label is
    left as it is where the turn names one. Raises RecordError, and DataError where it does and no record has a label.
    """
    labeled = GROUP not in group_turn
    for record in read_records(path, kind):
        group = getattr(record, "group", "")
        labeled = labeled or group != ""
        if group_turn and (group or GROUP not in group_turn):
            record = replace(record, messages=_begun(record.messages, group_turn.replace(GROUP, group)))
        yield record
    if not labeled:
        raise DataError(
            f"{Path(path).name}: group_turn names {GROUP}, but no record carries one. Freeze the snapshot with "
            f"group_by, or write the group itself in place of {GROUP}"
        )


def _begun(messages: tuple[Message, ...], said: str) -> tuple[Message, ...]:
    """A conversation with these words first: as a system's turn, or the beginning of the one that is there."""
    first, *others = messages
    if first.role == "system":
        return (Message("system", f"{said}\n\n{first.content}"), *others)
    return (Message("system", said), *messages)


def encode_completion(tokenizer: Any, text: str) -> list[int]:
    """A completion's ids, the end of turn included; special tokens written out in the text stay plain
    text."""
    ids = tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    return [*ids, tokenizer.eos_token_id]


def decode_completion(tokenizer: Any, ids: Sequence[int]) -> str:
    """A completion's text: up to the end of turn, without special tokens."""
    ids = list(ids)
    if tokenizer.eos_token_id in ids:
        ids = ids[: ids.index(tokenizer.eos_token_id)]
    return tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)


def completion_pieces(tokenizer: Any, ids: Sequence[int]) -> list[str]:
    """The text that each token adds, so that all together are the text with special tokens.

    A character of several tokens stands whole at the last of them.
    """
    pieces, begun, told = [], 0, ""
    for end in range(1, len(ids) + 1):
        text = tokenizer.decode(list(ids[begun:end]), skip_special_tokens=False, clean_up_tokenization_spaces=False)
        if text.endswith("\N{REPLACEMENT CHARACTER}") and end < len(ids):
            pieces.append("")
            continue
        pieces.append(text[len(told) :])
        # The last token is read again with the next: some tokenizers drop a space at the beginning.
        begun = end - 1
        told = tokenizer.decode([ids[begun]], skip_special_tokens=False, clean_up_tokenization_spaces=False)
        if told.endswith("\N{REPLACEMENT CHARACTER}"):
            begun, told = end, ""
    return pieces


@dataclass(frozen=True)
class Demonstrations:
    """Demonstrations as examples, by split, with what was left out and why."""

    splits: dict[str, list[Example]]
    records: dict[str, DemonstrationRecord]
    dropped: dict[str, int]

    @property
    def train(self) -> list[Example]:
        return self.splits.get("train", [])

    @property
    def valid(self) -> list[Example]:
        return self.splits.get("valid", [])


def encode_demonstrations(
    path: str | Path,
    tokenizer: Any,
    *,
    max_prompt_tokens: int,
    max_response_tokens: int,
    max_tokens: int = 2**30,
    group_turn: str = "",
) -> Demonstrations:
    """Reads demonstrations of every split and encodes them; too long ones are dropped and counted, never cut.

    A cut demonstration would teach to stop in the middle of a sentence. `max_tokens` is what the model can
    read in all. Raises RecordError, DataError (a prompt that the template refuses; read_conditioned's) and
    FileNotFoundError.
    """
    splits: dict[str, list[Example]] = {}
    records: dict[str, DemonstrationRecord] = {}
    dropped = {"prompt_too_long": 0, "response_too_long": 0}
    for number, record in enumerate(read_conditioned(path, DemonstrationRecord, group_turn), start=1):
        example = Example(
            f"line {number} ({record.id})",
            render_prompt(tokenizer, record.messages),
            encode_completion(tokenizer, record.response),
        )
        if len(example.prompt_ids) > max_prompt_tokens:
            dropped["prompt_too_long"] += 1
        elif len(example.response_ids) > max_response_tokens or example.length > max_tokens:
            dropped["response_too_long"] += 1
        else:
            splits.setdefault(record.split, []).append(example)
            records[example.key] = record
    return Demonstrations(splits, records, dropped)


def load_demonstrations(path: str | Path, tokenizer: Any, **limits: Any) -> Demonstrations:
    """As encode_demonstrations, for training: also raises DataError where nothing is left to learn from."""
    data = encode_demonstrations(path, tokenizer, **limits)
    if not data.train:
        others = sum(len(examples) for split, examples in data.splits.items() if split != "train")
        raise DataError(
            f"{Path(path).name} leaves no demonstration to train on: {data.dropped['prompt_too_long']} prompts and "
            f"{data.dropped['response_too_long']} responses are too long, {others} are of other splits"
        )
    return data


def pad_rows(rows: Sequence[Sequence[int]], pad_id: int, *, left: bool = False) -> torch.Tensor:
    """Rows of ids as one [B, T] tensor, padded on the right (or left) to the longest."""
    longest = max(len(row) for row in rows)
    ids_BT = torch.full((len(rows), longest), pad_id, dtype=torch.long)
    for i, row in enumerate(rows):
        at = longest - len(row) if left else 0
        ids_BT[i, at : at + len(row)] = torch.tensor(row, dtype=torch.long)
    return ids_BT


# How texts lie in a forward pass: padded rows; one row without padding (flat.py); the same with each prompt
# once for all of its answers.
Layout = Literal["rows", "flat", "shared"]


def token_batches(sizes: Sequence[int], most_tokens: int) -> list[list[int]]:
    """Indices grouped so that the sum of sizes stays within `most_tokens`, the largest first; each goes where
    it fits the tightest."""
    groups: list[list[int]] = []
    rooms: list[tuple[int, int]] = []  # what is left in each group, ascending, and which it is
    for index in sorted(range(len(sizes)), key=lambda i: (-sizes[i], i)):
        at = bisect_left(rooms, (sizes[index], -1))
        if at < len(rooms):
            room, group = rooms.pop(at)
            groups[group].append(index)
        else:
            room, group = most_tokens, len(groups)
            groups.append([index])
        insort(rooms, (room - sizes[index], group))
    return groups


def micro_batches(lengths: Sequence[int], most_tokens: int, *, layout: Layout = "rows") -> list[list[int]]:
    """Indices grouped so that what is computed stays within `most_tokens`; each group has one row or more.

    In rows that is their number x the longest, sorted by length first, so that little is padding; else the sum
    of the lengths. The loss is a sum over groups with one denominator, so the grouping changes speed and
    nothing else.
    """
    if layout != "rows":
        return token_batches(lengths, most_tokens)
    groups: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if groups and lengths[groups[-1][0]] * (len(groups[-1]) + 1) <= most_tokens:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def epoch_order(count: int, seed: int, epoch: int, name: str = "") -> np.ndarray:
    """The order in which `count` items are visited in an epoch: a permutation from (seed, epoch, name).

    `name` keeps streams apart that share a seed (demonstrations, pretraining text, prompts).
    """
    stream = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")
    return np.random.default_rng([seed, epoch, stream]).permutation(count)


def endless_order(count: int, seed: int, start: int, size: int, name: str = "") -> list[int]:
    """Items start .. start + size of an endless stream of epochs, each in its own order."""
    if count < 1:
        raise ValueError("no items to order")
    picked: list[int] = []
    while len(picked) < size:
        epoch, at = divmod(start + len(picked), count)
        picked += epoch_order(count, seed, epoch, name)[at : at + size - len(picked)].tolist()
    return picked


def text_files(path: str | Path) -> tuple[list[Path], list[Path]]:
    """A text input's files as (train, held out); a folder's files with `valid` in their name are held out."""
    path = Path(path)
    if not path.is_dir():
        return [path], []
    files = sorted(p for p in path.rglob("*") if p.name.endswith((".txt", ".txt.gz")) and p.is_file())
    held_out = [p for p in files if "valid" in p.name]
    train = [p for p in files if "valid" not in p.name]
    if not train:
        raise DataError(f"{path} holds no .txt or .txt.gz file to train on")
    return train, held_out


def read_documents(path: str | Path) -> Iterator[str]:
    """The documents of a text file, split at lines that hold only `<|endoftext|>` or end with it."""
    lines: list[str] = []
    with open_text(path) as text:
        try:
            for line in text:
                *before, rest = line.split(DOCUMENT_END)
                for part in before:
                    document = "".join([*lines, part]).strip()
                    lines = []
                    if document:
                        yield document
                lines.append(rest)
        except UnicodeDecodeError as error:
            raise DataError(f"{Path(path).name} is not UTF-8 text: {error}") from error
    document = "".join(lines).strip()
    if document:
        yield document


def is_held_out(document: str, share: float) -> bool:
    """Whether a document is held out, decided by its own content, so that no run sees it on both sides."""
    digest = hashlib.sha256(document.encode()).digest()
    return int.from_bytes(digest[:8], "little") < share * 2**64


class TokenBlocks:
    """A text as one long array of ids, cut into blocks of `block` tokens to read and their successors.

    Documents follow each other with their end mark between, as GPT-3's did; a block may span several. Each
    epoch starts at another offset, so that the cuts fall elsewhere, and visits the blocks in its own order.
    """

    def __init__(self, tokens: np.ndarray, block: int, *, seed: int = 0, name: str = "text") -> None:
        self.tokens, self.block, self.seed, self.name = tokens, block, seed, name
        # One block less than would fit, so that every epoch's offset leaves as many.
        self.count = (len(tokens) - 1) // block - 1
        if self.count < 1:
            raise DataError(f"the text has {len(tokens):,} tokens; blocks of {block} need at least {2 * block + 1:,}")
        self._epoch, self._order, self._offset = -1, np.empty(0, dtype=np.int64), 0

    def _load_epoch(self, epoch: int) -> None:
        if epoch != self._epoch:
            self._order = epoch_order(self.count, self.seed, epoch, self.name)
            shift = np.random.default_rng([self.seed, epoch]).integers(self.block)
            self._epoch, self._offset = epoch, int(shift) if epoch else 0

    def batch(self, start: int, size: int) -> torch.Tensor:
        """Examples start .. start + size of the endless stream, as [size, block + 1] ids."""
        rows = []
        for index in range(start, start + size):
            epoch, at = divmod(index, self.count)
            self._load_epoch(epoch)
            first = int(self._order[at]) * self.block + self._offset
            rows.append(np.asarray(self.tokens[first : first + self.block + 1], dtype=np.int64))
        return torch.from_numpy(np.stack(rows))

    def in_order(self, most_tokens: int) -> Iterator[torch.Tensor]:
        """The first blocks of the text, in order, as [1, block + 1] ids: for held-out measurements."""
        for index in range(max(1, min((len(self.tokens) - 1) // self.block, most_tokens // self.block))):
            first = index * self.block
            row = np.asarray(self.tokens[first : first + self.block + 1], dtype=np.int64)
            yield torch.from_numpy(row)[None]


def document_end_id(tokenizer: Any) -> int:
    """The id between documents: `<|endoftext|>` where the vocabulary has it, else the end of turn."""
    return tokenizer.get_vocab().get(DOCUMENT_END, tokenizer.eos_token_id)


def tokenize_documents(documents: Iterable[str], tokenizer: Any) -> np.ndarray:
    """All documents as one array of ids, an end mark after each; 16 bits an id where the vocabulary
    allows."""
    end = document_end_id(tokenizer)
    dtype = np.uint16 if len(tokenizer) <= 2**16 else np.uint32
    parts: list[np.ndarray] = []
    waiting: list[str] = []

    def encode_waiting() -> None:
        encoded = tokenizer(waiting, add_special_tokens=False, split_special_tokens=True, verbose=False)
        parts.extend(np.array([*ids, end], dtype=dtype) for ids in encoded["input_ids"])
        waiting.clear()

    for document in documents:
        waiting.append(document)
        if len(waiting) == 64:
            encode_waiting()
    if waiting:
        encode_waiting()
    return np.concatenate(parts) if parts else np.empty(0, dtype=dtype)


def tokenize_text(
    files: Sequence[Path], tokenizer: Any, cache: Path, *, share: float = 0.0, held_out: bool = False
) -> np.ndarray:
    """The ids of text files, from the cache folder where they were made before with the same tokenizer.

    `share` of the documents is left out, or, with `held_out`, is all that is taken. The array is mapped, not
    read into memory.
    """
    key = hashlib.sha256()
    for file in files:
        stat = file.stat()
        key.update(f"{file.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    key.update(f"{share} {held_out} {sorted(tokenizer.get_vocab().items())}".encode())
    cached = cache / f"tokens-{key.hexdigest()[:16]}.npy"
    if not cached.exists():
        documents = (document for file in files for document in read_documents(file))
        if share:
            documents = (d for d in documents if is_held_out(d, share) == held_out)
        cache.mkdir(parents=True, exist_ok=True)
        beside = cached.with_name(f"{cached.stem}.{os.getpid()}.tmp.npy")  # every process of a run may make it
        np.save(beside, tokenize_documents(documents, tokenizer))
        beside.replace(cached)
    return np.load(cached, mmap_mode="r")
