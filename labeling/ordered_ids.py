"""Ids that rise with time (UUID version 7, RFC 9562), for rows that come by the million.

Random ids put each new row at a random place of each index that has them: an index of a million rows is read and
written all over. Rising ones are put at its end.
"""

import os
import time
from uuid import UUID

_BYTES = 10
_AFTER_TIME = 8 * _BYTES
_FREE = (0xFFF << 64) | ((1 << 62) - 1)  # all that neither time, version nor variant has
_VARIANT = 0x2 << 62
_VERSION_7, _VERSION_8 = 0x7 << 76, 0x8 << 76


def ordered_ids(count: int) -> list[UUID]:
    """So many new ids, each above the one before, and above those of earlier milliseconds."""
    drawn = os.urandom(_BYTES * count)
    rest = sorted(_free_bits(drawn[at : at + _BYTES]) for at in range(0, len(drawn), _BYTES))
    same = time.time_ns() // 1_000_000 << _AFTER_TIME | _VERSION_7 | _VARIANT
    return [UUID(int=same | one) for one in rest]


def id_beside(other: UUID, hashed: bytes) -> UUID:
    """An id (version 8) of a hash of at least ten bytes, that stands in an index where `other`'s time does."""
    time_of_other = other.int >> _AFTER_TIME << _AFTER_TIME
    return UUID(int=time_of_other | _VERSION_8 | _VARIANT | _free_bits(hashed[:_BYTES]))


def _free_bits(content: bytes) -> int:
    return int.from_bytes(content, "big") & _FREE
