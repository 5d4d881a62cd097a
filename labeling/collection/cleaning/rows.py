"""Rows of prompts and of comparisons, as people upload them: checked, or refused with line and reason.

A prompt row has `prompt` (a string: one user message) or `messages` ([{"role", "content"}], the last from the
user), and may have `user`, `source`, `use_case` (one of the paper's ten), `language`, `consent` (true or
false) and `candidates` ([{"text", "model"}] or plain strings). Where a row has both `prompt` and `messages`,
as a record of a snapshot has, the messages are the prompt and `prompt` is an id.

A comparison row has the same and `candidates` with `ranks` (1 = best, equal = tie, one for each candidate),
and may have `labeler`; or it has `chosen` and `rejected`, with a `prompt` or `messages` before them, or as
two whole dialogues that part in their last answer (strings as in hh-rlhf, or lists of messages).

In CSV, lists are JSON in their column (ranks also as `1 2 2`). Fields with other names are passed over. Outer
white space of texts is taken off.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar

from .transcripts import Message, is_transcript, parse_transcript
from .uploads import Format, RawRow, Refusal, RefusedError, read_rows

USE_CASES = (
    "generation",
    "open_qa",
    "brainstorming",
    "chat",
    "rewrite",
    "summarization",
    "classification",
    "other",
    "closed_qa",
    "extract",
)
ROLES = ("system", "user", "assistant")
# Training drops prompts over 1,024 tokens; what is far longer than any such prompt is a mistake in the file.
MAX_PROMPT_CHARACTERS = 20_000
MAX_CANDIDATE_CHARACTERS = 20_000
MAX_MESSAGES = 100
MIN_CANDIDATES, MAX_CANDIDATES = 2, 9
MAX_NAME_CHARACTERS = 200

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TRUE, _FALSE = {"true", "yes", "y", "1"}, {"false", "no", "n", "0"}


@dataclass(frozen=True)
class CandidateText:
    """One output to be ranked, and the name of what made it ("" where the row does not say)."""

    text: str
    model: str = ""


@dataclass(frozen=True)
class PromptRow:
    """A prompt that may be taken. `consent` is None where the row does not say: the file's answer holds."""

    line: int
    messages: list[Message]
    user: str = ""
    source: str = ""
    use_case: str = ""
    language: str = ""
    consent: bool | None = None
    candidates: list[CandidateText] = field(default_factory=list)


@dataclass(frozen=True)
class ComparisonRow:
    """A judgment made elsewhere: `ranks[i]` is of `prompt.candidates[i]`; `labeler` is "" if unknown."""

    prompt: PromptRow
    ranks: list[int]
    labeler: str = ""

    @property
    def line(self) -> int:
        """The row's first line in the file, from 1."""
        return self.prompt.line


def read_prompts(stream: BinaryIO, file_format: Format) -> Iterator[PromptRow | Refusal]:
    """Yield each row of an upload of prompts, taken or refused; raises UnreadableFileError at once."""
    return _checked(stream, file_format, _prompt_row)


def read_comparisons(stream: BinaryIO, file_format: Format) -> Iterator[ComparisonRow | Refusal]:
    """Yield each row of an upload of comparisons, taken or refused; raises UnreadableFileError at once."""
    return _checked(stream, file_format, _comparison_row)


_Row = TypeVar("_Row")


def _checked(
    stream: BinaryIO, file_format: Format, parse: Callable[[RawRow], _Row]
) -> Iterator[_Row | Refusal]:
    for raw in read_rows(stream, file_format):
        if isinstance(raw, Refusal):
            yield raw
            continue
        try:
            yield parse(raw)
        except RefusedError as error:
            yield Refusal(raw.line, str(error))


def _prompt_row(raw: RawRow) -> PromptRow:
    candidates = _candidates(raw.fields["candidates"]) if raw.fields.get("candidates") else []
    return _with_details(raw, _prompt_messages(raw.fields), candidates)


def _comparison_row(raw: RawRow) -> ComparisonRow:
    fields = raw.fields
    if "chosen" in fields or "rejected" in fields:
        messages, candidates = _chosen_and_rejected(fields)
        ranks = [1, 2]
    elif fields.get("candidates"):
        messages, candidates = _prompt_messages(fields), _candidates(fields["candidates"])
        ranks = _ranks(fields.get("ranks"), len(candidates))
    else:
        raise RefusedError("Neither `candidates` with `ranks` nor `chosen` and `rejected` are given.")
    return ComparisonRow(_with_details(raw, messages, candidates), ranks, _name(fields, "labeler"))


def _with_details(raw: RawRow, messages: list[Message], candidates: list[CandidateText]) -> PromptRow:
    return PromptRow(
        line=raw.line,
        messages=messages,
        user=_name(raw.fields, "user"),
        source=_name(raw.fields, "source"),
        use_case=_use_case(raw.fields),
        language=_language(raw.fields),
        consent=_consent(raw.fields.get("consent")),
        candidates=candidates,
    )


def _prompt_messages(fields: dict[str, Any], of_pair: bool = False) -> list[Message]:
    if fields.get("messages"):
        messages = _messages(fields["messages"], "messages")
    elif "prompt" in fields:
        prompt = fields["prompt"]
        if isinstance(prompt, list):  # as other tools store dialogues
            messages = _messages(prompt, "prompt")
        elif of_pair and isinstance(prompt, str) and is_transcript(prompt):
            messages = [turn for turn in parse_transcript(prompt) if turn["content"]]
        else:
            messages = [{"role": "user", "content": _text(prompt, "The prompt")}]
    else:
        raise RefusedError("Neither `prompt` nor `messages` is given.")
    return _ending_with_the_user(messages)


def _ending_with_the_user(messages: list[Message]) -> list[Message]:
    if not messages or messages[-1]["role"] != "user":
        raise RefusedError("The last message must be from the user: it is what is to be answered.")
    length = sum(len(message["content"]) for message in messages)
    if length > MAX_PROMPT_CHARACTERS:
        raise RefusedError(
            f"The prompt has {length:,} characters; at most {MAX_PROMPT_CHARACTERS:,} are taken."
        )
    return messages


def _messages(value: Any, name: str) -> list[Message]:
    value = _from_json(value, name)
    if not isinstance(value, list) or not value:
        raise RefusedError(
            f'`{name}` must be a list of messages, as in [{{"role": "user", "content": "..."}}].'
        )
    if len(value) > MAX_MESSAGES:
        raise RefusedError(f"`{name}` holds {len(value)} messages; at most {MAX_MESSAGES} are taken.")
    messages = []
    for position, message in enumerate(value, start=1):
        if not isinstance(message, dict) or not {"role", "content"} <= message.keys():
            raise RefusedError(f"Message {position} must be an object with `role` and `content`.")
        role = message["role"]
        if role not in ROLES:
            raise RefusedError(
                f"Message {position} has the role {_shown(role)}; known are {', '.join(ROLES)}."
            )
        if role == "system" and position > 1:
            raise RefusedError(f"Message {position} is from the system; only the first may be.")
        messages.append({"role": role, "content": _text(message["content"], f"Message {position}")})
    return messages


def _text(value: Any, name: str, may_be_empty: bool = False) -> str:
    if not isinstance(value, str):
        raise RefusedError(f"{name} must be text, not {_shown(value)}.")
    if "\x00" in value:
        raise RefusedError(f"{name} contains a NUL character.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RefusedError(f"{name} contains half of a surrogate pair, which is no character.") from error
    text = value.strip()
    if not text and not may_be_empty:
        raise RefusedError(f"{name} is empty.")
    return text


def _candidates(value: Any) -> list[CandidateText]:
    value = _from_json(value, "candidates")
    if not isinstance(value, list):
        raise RefusedError('`candidates` must be a list, as in [{"text": "...", "model": "..."}].')
    if not MIN_CANDIDATES <= len(value) <= MAX_CANDIDATES:
        raise RefusedError(f"{len(value)} candidates; a comparison has {MIN_CANDIDATES} to {MAX_CANDIDATES}.")
    candidates = []
    for position, item in enumerate(value, start=1):
        name = f"Candidate {position}"
        if isinstance(item, str):
            item = {"text": item}
        if not isinstance(item, dict) or "text" not in item:
            raise RefusedError(f"{name} must be a text or an object with `text`.")
        model = _text(item.get("model") or "", f"The model of candidate {position}", may_be_empty=True)
        if len(model) > MAX_NAME_CHARACTERS:
            raise RefusedError(
                f"The model of candidate {position} is longer than {MAX_NAME_CHARACTERS} characters."
            )
        candidates.append(_candidate(item["text"], name, model))
    return _all_different(candidates)


def _candidate(value: Any, name: str, model: str = "") -> CandidateText:
    text = _text(value, name)
    if len(text) > MAX_CANDIDATE_CHARACTERS:
        raise RefusedError(
            f"{name} has {len(text):,} characters; at most {MAX_CANDIDATE_CHARACTERS:,} are taken."
        )
    return CandidateText(text, model)


def _all_different(candidates: list[CandidateText]) -> list[CandidateText]:
    first_seen: dict[str, int] = {}
    for position, candidate in enumerate(candidates, start=1):
        if candidate.text in first_seen:
            raise RefusedError(f"Candidates {first_seen[candidate.text]} and {position} are the same text.")
        first_seen[candidate.text] = position
    return candidates


def _ranks(value: Any, candidates: int) -> list[int]:
    if isinstance(value, str) and not value.lstrip().startswith("["):
        value = [int(part) if part.isdecimal() else part for part in re.split(r"[\s,;]+", value.strip())]
    ranks = _from_json(value, "ranks")
    if not isinstance(ranks, list) or len(ranks) != candidates:
        raise RefusedError(f"`ranks` must hold one rank for each of the {candidates} candidates.")
    for rank in ranks:
        if type(rank) is not int or not 1 <= rank <= candidates:
            raise RefusedError(
                f"The rank {_shown(rank)} is not a whole number from 1 (best) to {candidates}."
            )
    return ranks


def _chosen_and_rejected(fields: dict[str, Any]) -> tuple[list[Message], list[CandidateText]]:
    sides: list[str | list[Message]] = []
    for name in ("chosen", "rejected"):
        if fields.get(name) is None:
            raise RefusedError(f"`{name}` is missing: a pair has `chosen` and `rejected`.")
        value = _dialogue_or_answer(fields[name], name)
        sides.append(value)
    chosen, rejected = sides
    if isinstance(chosen, str) and isinstance(rejected, str):
        messages = _prompt_messages(fields, of_pair=True)
    elif isinstance(chosen, list) and isinstance(rejected, list):
        before = (
            _prompt_messages(fields, of_pair=True) if fields.get("prompt") or fields.get("messages") else []
        )
        messages, chosen, rejected = _parted(chosen, rejected, before)
    else:
        raise RefusedError("One of `chosen` and `rejected` is a dialogue and the other a lone answer.")
    candidates = [_candidate(chosen, "The chosen answer"), _candidate(rejected, "The rejected answer")]
    if candidates[0].text == candidates[1].text:
        raise RefusedError("The chosen and the rejected answer are the same text.")
    return messages, candidates


def _dialogue_or_answer(value: Any, name: str) -> str | list[Message]:
    """Return a whole dialogue as messages, or a lone answer as it stands."""
    if isinstance(value, list):
        return (
            [*_messages(value[:-1], name), _last_answer(value[-1], name)]
            if value[1:]
            else [_last_answer(message, name) for message in value]
        )
    text = _text(value, f"`{name}`")
    return parse_transcript(text) if is_transcript(text) else text


def _last_answer(message: Any, name: str) -> Message:
    if not isinstance(message, dict) or message.get("role") != "assistant":
        raise RefusedError(f"The last message of `{name}` must be from the assistant.")
    return {"role": "assistant", "content": _text(message.get("content"), f"The last message of `{name}`")}


def _parted(
    chosen: list[Message], rejected: list[Message], before: list[Message]
) -> tuple[list[Message], str, str]:
    """Return what two dialogues share, and the two last answers; `before` is a prompt given beside them."""
    for name, dialogue in (("chosen", chosen), ("rejected", rejected)):
        if not dialogue or dialogue[-1]["role"] != "assistant":
            raise RefusedError(f"The dialogue in `{name}` does not end with the assistant's answer.")
    if chosen[:-1] != rejected[:-1]:
        raise RefusedError("The two dialogues differ before their last answer, so they answer two prompts.")
    shared = chosen[:-1]
    # Some files give the prompt beside dialogues that begin with it; others beside the answers alone.
    messages = shared if shared[: len(before)] == before else before + shared
    return _ending_with_the_user(messages), chosen[-1]["content"], rejected[-1]["content"]


def _from_json(value: Any, name: str) -> Any:
    """Return a value that a CSV cell may hold as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"`{name}` is not valid JSON.") from error


def _name(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if type(value) is int:
        value = str(value)
    text = _text(value, f"`{name}`", may_be_empty=True)
    if len(text) > MAX_NAME_CHARACTERS:
        raise RefusedError(f"`{name}` is longer than {MAX_NAME_CHARACTERS} characters.")
    return text


def _use_case(fields: dict[str, Any]) -> str:
    given = _name(fields, "use_case")
    use_case = re.sub(r"[\s-]+", "_", given.lower())
    if use_case and use_case not in USE_CASES:
        raise RefusedError(f"The use case {_shown(given)} is unknown; known are {', '.join(USE_CASES)}.")
    return use_case


def _language(fields: dict[str, Any]) -> str:
    language = _name(fields, "language")
    if language and not _LANGUAGE.fullmatch(language):
        raise RefusedError(f"The language {_shown(language)} is not a code such as en or pt-BR.")
    return language


def _consent(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    said = str(value).strip().lower()
    if said in _TRUE:
        return True
    if said in _FALSE:
        return False
    raise RefusedError(f"`consent` is {_shown(value)}; say true or false.")


def _shown(value: Any) -> str:
    """Return a value as a reason may quote it, short."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:37]}..."
