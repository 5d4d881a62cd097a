"""Children that end with their parent, also when it was killed outright and could stop nothing itself."""

import ctypes
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def end_with_parent(signal_number: int) -> Callable[[], None] | None:
    """A `preexec_fn` that has Linux send this signal when the parent dies; None where there is no such thing."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork, in which little may be done

    def set_death_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(signal_number))

    return set_death_signal
