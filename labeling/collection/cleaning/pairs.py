"""The chosen/rejected layout of comparisons, in the three ways that public data has it.

- `chosen` and `rejected` are lone answers, and `prompt` or `messages` is beside them;
- both are whole dialogues as lists of messages, with or without the prompt beside them;
- both are whole dialogues as one string, `Human:` and `Assistant:` after empty lines, as in hh-rlhf.

Dialogues must be the same up to their last answers: else they answer two prompts, and nothing can be learned
from which was chosen.
"""

import re
from typing import Any

from .fields import CandidateText, Message, checked_candidate, checked_messages, checked_prompt, checked_text
from .uploads import RefusedError

_TURN = re.compile(r"(?:^|\n\n)(Human|Assistant):")
_ROLES = {"Human": "user", "Assistant": "assistant"}


def checked_pair(fields: dict[str, Any]) -> tuple[list[Message], list[CandidateText]]:
    """Return the prompt and the two candidates, the chosen first; raises RefusedError."""
    for name in ("chosen", "rejected"):
        if fields.get(name) is None:
            raise RefusedError(f"`{name}` is missing: a pair has `chosen` and `rejected`.")
    chosen = _dialogue(fields["chosen"], "chosen")
    rejected = _dialogue(fields["rejected"], "rejected")
    if chosen[:-1] != rejected[:-1]:
        raise RefusedError("The two dialogues differ before their last answer: they answer two prompts.")
    messages = _prompt_of(fields, shared=chosen[:-1])
    candidates = [
        checked_candidate(chosen[-1]["content"], "The chosen answer"),
        checked_candidate(rejected[-1]["content"], "The rejected answer"),
    ]
    if candidates[0].text == candidates[1].text:
        raise RefusedError("The chosen and the rejected answer are the same text.")
    return messages, candidates


def _prompt_of(fields: dict[str, Any], shared: list[Message]) -> list[Message]:
    """Return what was answered: the dialogues' shared turns, after the prompt where they lack it."""
    if fields.get("messages"):
        beside = checked_messages(fields["messages"], "messages")
    elif isinstance(fields.get("prompt"), list):
        beside = checked_messages(fields["prompt"], "prompt")
    elif fields.get("prompt"):
        prompt = checked_text(fields["prompt"], "The prompt")
        beside = _turns(prompt) if _is_transcript(prompt) else [{"role": "user", "content": prompt}]
        beside = [message for message in beside if message["content"]]  # a prompt may end with "Assistant:"
    elif shared:
        beside = []
    else:
        raise RefusedError("Neither `prompt` nor `messages` is given, nor whole dialogues.")
    return checked_prompt(shared if shared[: len(beside)] == beside else beside + shared)


def _dialogue(value: Any, name: str) -> list[Message]:
    """Return messages of which the last is the assistant's answer, and it may be the only one."""
    if isinstance(value, list):
        *before, last = value or [None]
        if not isinstance(last, dict) or last.get("role") != "assistant":
            raise RefusedError(f"The last message of `{name}` must be from the assistant.")
        turns = [*(checked_messages(before, name) if before else []), *checked_messages([last], name)]
    else:
        text = checked_text(value, f"`{name}`")
        turns = _turns(text) if _is_transcript(text) else [{"role": "assistant", "content": text}]
    if turns[-1]["role"] != "assistant":
        raise RefusedError(f"The dialogue in `{name}` does not end with the assistant's answer.")
    return turns


def _is_transcript(text: str) -> bool:
    return text.startswith("Human:")


def _turns(text: str) -> list[Message]:
    """Return a transcript's turns, a speaker's turns in a row joined; only the last may be empty."""
    parts = _TURN.split(text)
    messages: list[Message] = []
    spoken = list(zip(parts[1::2], parts[2::2], strict=True))
    for position, (speaker, said) in enumerate(spoken, start=1):
        role, content = _ROLES[speaker], said.strip()
        if not content and position < len(spoken):
            continue
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] = f"{messages[-1]['content']}\n\n{content}".strip()
        else:
            messages.append({"role": role, "content": content})
    return messages
