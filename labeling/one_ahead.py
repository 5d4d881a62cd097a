"""Doing the next piece of work while the last one is written: for a reader whose writer mostly waits."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def one_ahead(items: Iterator[T]) -> Generator[T]:
    """Yield the same items; while the caller is at one, a thread makes the next. It must not use the database, whose
    connection is the caller's. Whoever does not take all of them closes the generator, which waits for the thread.

    What making one raises is raised here, when its turn comes.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = thread.submit(next, items, _END)
            yield item  # type: ignore[misc]
