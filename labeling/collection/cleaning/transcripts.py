"""Splits dialogues that were stored as one string, as in Anthropic's hh-rlhf: `\\n\\nHuman: ...\\n\\nAssistant: ...`."""

import re

Message = dict[str, str]

_TURN = re.compile(r"(?:^|\n\n)(Human|Assistant):")
_ROLES = {"Human": "user", "Assistant": "assistant"}


def is_transcript(text: str) -> bool:
    """Return whether a text begins as such a dialogue does."""
    return re.match(r"\s*Human:", text) is not None


def parse_transcript(text: str) -> list[Message]:
    """Return the turns as chat messages, contents stripped; a speaker's turns in a row are joined by an empty line.

    The last message may be empty (an answer of nothing); other empty turns are left out.
    """
    parts = _TURN.split(text.lstrip())
    turns = list(zip(parts[1::2], parts[2::2], strict=True))
    messages: list[Message] = []
    for position, (speaker, said) in enumerate(turns):
        role, content = _ROLES[speaker], said.strip()
        if not content and position < len(turns) - 1:
            continue
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] = f"{messages[-1]['content']}\n\n{content}".strip()
        else:
            messages.append({"role": role, "content": content})
    return messages
