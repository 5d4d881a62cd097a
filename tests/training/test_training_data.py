"""Rendering, encoding, grouping and order: what every stage's batches rest on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from toy_world import demonstration_rows, user, write_jsonl

from training.data import (
    DataError,
    TokenBlocks,
    completion_pieces,
    decode_completion,
    encode_completion,
    endless_order,
    epoch_order,
    is_held_out,
    load_demonstrations,
    micro_batches,
    pad_rows,
    read_conditioned,
    read_documents,
    render_prompt,
    text_files,
    tokenize_text,
)
from training.models import load_tokenizer
from training.records import DemonstrationRecord, Message, RecordError


@pytest.fixture(scope="module")
def tokenizer(base_model: Path):
    return load_tokenizer(base_model)


def test_a_prompt_ends_where_the_assistant_begins(tokenizer) -> None:
    turns = [
        Message("system", "Be kind."),
        Message("user", "Hi"),
        Message("assistant", "Hello."),
        Message("user", "Sky?"),
    ]
    text = "<|system|>Be kind.<|end|><|user|>Hi<|end|><|assistant|>Hello.<|end|><|user|>Sky?<|end|><|assistant|>"
    assert tokenizer.decode(render_prompt(tokenizer, turns)) == text


def test_prompt_and_completion_are_joined_and_never_tokenized_again(tokenizer) -> None:
    ids = encode_completion(tokenizer, "The sky is blue.")
    assert ids[-1] == tokenizer.eos_token_id
    assert ids[:-1] == tokenizer("The sky is blue.", add_special_tokens=False)["input_ids"]
    assert decode_completion(tokenizer, [*ids, 17, 18]) == "The sky is blue."


def test_text_cannot_write_special_tokens(tokenizer) -> None:
    special = {tokenizer.convert_tokens_to_ids(t) for t in ("<|end|>", "<|assistant|>", "<|system|>", "<|user|>")}
    prompt = render_prompt(tokenizer, [Message("user", "a<|end|><|assistant|>b")])
    assert [i for i in prompt if i in special] == [
        tokenizer.convert_tokens_to_ids(t) for t in ("<|user|>", "<|end|>", "<|assistant|>")
    ]
    completion = encode_completion(tokenizer, "done<|end|> more")
    assert [at for at, i in enumerate(completion) if i in special] == [len(completion) - 1]
    assert decode_completion(tokenizer, completion) == "done<|end|> more"


def test_the_pieces_of_a_completion_are_its_text(tokenizer):
    text = "Sky \N{SNOWMAN}\N{GRINNING FACE} is b\u00fct 日本, twice  spaced.\n"
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    pieces = completion_pieces(tokenizer, [*ids, tokenizer.eos_token_id])
    assert len(pieces) == len(ids) + 1
    assert "".join(pieces) == text + tokenizer.eos_token
    assert pieces[-1] == tokenizer.eos_token
    assert any(not piece for piece in pieces), "a character of several tokens stands at its last"
    assert completion_pieces(tokenizer, ids[:0]) == []


def test_any_text_survives_the_byte_level_tokenizer(tokenizer) -> None:
    text = "  naïve\n\n\tüber “3.5” — 你好 🙂\u200d"
    assert decode_completion(tokenizer, encode_completion(tokenizer, text)) == text


def test_too_long_demonstrations_are_dropped_and_counted(tmp_path: Path, tokenizer) -> None:
    rows = demonstration_rows(10)
    rows[0]["response"] = "long " * 60
    rows[1]["messages"] = user("long " * 60)
    rows[2]["split"] = "test"
    data = load_demonstrations(
        write_jsonl(tmp_path / "d.jsonl", rows), tokenizer, max_prompt_tokens=60, max_response_tokens=50
    )
    assert data.dropped == {"prompt_too_long": 1, "response_too_long": 1}
    assert len(data.splits["test"]) == 1
    assert len(data.train) + len(data.valid) == 7
    assert {data.records[e.key].split for e in data.valid} == {"valid"}
    short = load_demonstrations(
        tmp_path / "d.jsonl", tokenizer, max_prompt_tokens=60, max_response_tokens=50, max_tokens=48
    )
    assert all(e.length <= 48 for examples in short.splits.values() for e in examples)
    assert short.dropped["response_too_long"] > 1


def test_a_group_s_label_begins_the_conversation_where_it_is_asked_for(tmp_path: Path, tokenizer) -> None:
    labels = ["nurses", "", "cooks"]
    rows = [row | {"group": label} for row, label in zip(demonstration_rows(3), labels, strict=True)]
    rows[2]["messages"] = [{"role": "system", "content": "Be brief."}, *rows[2]["messages"]]
    path = write_jsonl(tmp_path / "d.jsonl", rows)

    def begun(turn: str) -> list[str]:
        records = read_conditioned(path, DemonstrationRecord, turn)
        return [f"{record.messages[0].role}: {record.messages[0].content}" for record in records]

    questions = [f"user: {row['messages'][-1]['content']}" for row in rows]
    assert begun("") == [*questions[:2], "system: Be brief."]
    assert begun("As {group} like it.") == [
        "system: As nurses like it.",
        questions[1],
        "system: As cooks like it.\n\nBe brief.",
    ]
    assert begun("As nurses like it.")[:2] == ["system: As nurses like it."] * 2
    data = load_demonstrations(
        path, tokenizer, max_prompt_tokens=200, max_response_tokens=50, group_turn="As {group} like it."
    )
    texts = [tokenizer.decode(example.prompt_ids) for examples in data.splits.values() for example in examples]
    assert sum("As nurses like it." in text for text in texts) == 1


def test_a_turn_that_names_a_label_needs_one(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "d.jsonl", demonstration_rows(3))
    with pytest.raises(DataError, match="no record carries one"):
        list(read_conditioned(path, DemonstrationRecord, "As {group} like it."))


def test_data_that_leaves_nothing_is_refused_in_words(tmp_path: Path, tokenizer) -> None:
    limits = {"max_prompt_tokens": 60, "max_response_tokens": 50}
    with pytest.raises(DataError, match="leaves no demonstration"):
        load_demonstrations(write_jsonl(tmp_path / "d.jsonl", []), tokenizer, **limits)
    rows = [row | {"split": "valid"} for row in demonstration_rows(3)]
    with pytest.raises(DataError, match="3 are of other splits"):
        load_demonstrations(write_jsonl(tmp_path / "d.jsonl", rows), tokenizer, **limits)
    with pytest.raises(RecordError, match="line 1"):
        load_demonstrations(write_jsonl(tmp_path / "d.jsonl", [{"prompt": 1}]), tokenizer, **limits)


def test_rows_are_padded_on_the_asked_side() -> None:
    assert pad_rows([[1, 2, 3], [4]], 0).tolist() == [[1, 2, 3], [4, 0, 0]]
    assert pad_rows([[1, 2, 3], [4]], 0, left=True).tolist() == [[1, 2, 3], [0, 0, 4]]


def test_micro_batches_hold_every_row_once_within_the_limit() -> None:
    lengths = [*np.random.default_rng(0).integers(1, 90, size=200).tolist(), 500]
    groups = micro_batches(lengths, 256)
    assert sorted(i for group in groups for i in group) == list(range(201))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[i] for i in group) <= 256
    assert groups[0] == [200], "a row over the limit goes alone"
    padded = sum(len(group) * max(lengths[i] for i in group) for group in groups)
    assert padded < 1.2 * sum(lengths)


def test_order_is_a_function_of_seed_and_epoch() -> None:
    orders = [tuple(epoch_order(50, seed, epoch, name)) for seed in (0, 1) for epoch in (0, 1) for name in ("a", "b")]
    assert len(set(orders)) == 8
    assert all(sorted(order) == list(range(50)) for order in orders)
    whole = endless_order(7, 3, 0, 40, "x")
    assert [endless_order(7, 3, start, 1, "x")[0] for start in range(40)] == whole
    assert endless_order(7, 3, 11, 9, "x") == whole[11:20]
    assert set(Counter(whole[:35]).values()) == {5}


def test_blocks_cover_a_text_once_an_epoch_and_may_be_entered_anywhere() -> None:
    tokens = np.arange(1000, dtype=np.uint16)
    blocks = TokenBlocks(tokens, 16, seed=4)
    rows = blocks.batch(0, blocks.count)
    assert rows.shape == (blocks.count, 17)
    assert (rows[:, 1:] - rows[:, :-1] == 1).all(), "each block is a stretch of the text with its successor"
    assert len(set(rows[:, 0].tolist())) == blocks.count
    second = blocks.batch(blocks.count, blocks.count)
    assert set(second[:, 0].tolist()) != set(rows[:, 0].tolist()), "another epoch cuts elsewhere"
    again = TokenBlocks(tokens, 16, seed=4).batch(blocks.count + 5, 3)
    assert (again == second[5:8]).all()
    with pytest.raises(DataError, match="at least"):
        TokenBlocks(tokens[:20], 16)


def test_documents_end_where_they_say(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n<|endoftext|>\n\nthree<|endoftext|>four\n", encoding="utf-8")
    assert list(read_documents(path)) == ["one\ntwo", "three", "four"]
    path.write_bytes(b"caf\xe9\n")
    with pytest.raises(DataError, match="UTF-8"):
        list(read_documents(path))


def test_text_is_cut_by_documents_and_kept(tmp_path: Path, text_folder: Path, tokenizer) -> None:
    train, held_out = text_files(text_folder)
    assert [p.name for p in train] == ["train.txt"]
    assert [p.name for p in held_out] == ["valid.txt"]
    tokens = tokenize_text(train, tokenizer, tmp_path)
    documents = tokenizer.decode(tokens.tolist()).split("<|endoftext|>")[:-1]
    assert documents == list(read_documents(train[0]))
    kept = next(tmp_path.glob("tokens-*.npy"))
    before = kept.stat().st_mtime_ns
    assert (tokenize_text(train, tokenizer, tmp_path) == tokens).all()
    assert kept.stat().st_mtime_ns == before
    out, rest = (tokenize_text(train, tokenizer, tmp_path, share=0.2, held_out=flag) for flag in (True, False))
    assert len(out) + len(rest) == len(tokens)
    assert 0 < len(out) < len(tokens) / 2
    assert sum(is_held_out(d, 0.2) for d in documents) == (out == tokens[-1]).sum()
