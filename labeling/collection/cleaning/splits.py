"""Which side of train, valid and test a prompt is on: a function of its source and user.

The paper splits by user (3.2, A.2), so that no user's habits are learned and then tested on. A hash decides,
not a draw, so that a second import, another project and another machine agree without asking each other.

Two rules keep the sides apart, and the second is the caller's, because it needs the database:
- all prompts of one user of one source are on one side; a prompt without a user is its own user;
- a text met under two users keeps its first split: look up `text_key` before calling `split_for`.
"""

from typing import Literal

from .texts import digest, normalize

Split = Literal["train", "valid", "test"]

# Shares in percent. The paper's are 79 / 11 / 10 for prompts that were labeled (Table 6 and 3,196 test
# prompts).
SHARES: dict[Split, int] = {"train": 80, "valid": 10, "test": 10}


def text_key(text: str) -> str:
    """Return the key of a text's normal form (texts.py): 64 hexadecimal digits, for an index."""
    return digest("text", normalize(text))


def split_for(source: str, user: str, text: str = "") -> Split:
    """Return the split of every prompt of this user of this source.

    Without a user the text decides, whatever the source, so that a text is on one side wherever it came from.
    Raises ValueError where there is neither a user nor a text.
    """
    if not user and not text:
        raise ValueError("A prompt without a user is split by its text: pass the text.")
    return split_of(source, user, text_key(text))


def split_of(source: str, user: str, key: str) -> Split:
    """As split_for, of the text's key, for whoever has it already."""
    key = digest("split", "user", source, user) if user else digest("split", "text", key)
    point = int(key[:16], 16) * 100 / 2**64
    bound = 0
    for split, share in SHARES.items():
        bound += share
        if point < bound:
            return split
    raise AssertionError("the shares add up to 100")
