"""A written prompt as chat messages. K pairs of a few-shot one are K examples, each with the others in it (A.1)."""

from collections.abc import Sequence
from typing import TypedDict


class Pair(TypedDict):
    query: str
    response: str


def messages_of(text: str, pairs: Sequence[Pair] = (), index: int = 0) -> list[dict[str, str]]:
    """The messages of one example: the text alone, or the instruction, the other pairs in their order, then the query
    of the pair `index`, whose response is the demonstration.

    Pairs become turns of a dialogue, so that no words such as "Query:" need be put into the writer's language.
    """
    if not pairs:
        return [{"role": "user", "content": text}]
    context = [pair for place, pair in enumerate(pairs) if place != index]
    messages: list[dict[str, str]] = []
    for pair in context:
        messages.append({"role": "user", "content": pair["query"]})
        messages.append({"role": "assistant", "content": pair["response"]})
    messages.append({"role": "user", "content": pairs[index]["query"]})
    messages[0]["content"] = f"{text}\n\n{messages[0]['content']}"
    return messages
