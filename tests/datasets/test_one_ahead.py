"""A chunk is read while the one before is written."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from labeling.one_ahead import one_ahead


def test_the_next_is_made_meanwhile_in_another_thread_and_no_more_than_one():
    made: list[tuple[int, str]] = []
    begun = threading.Semaphore(0)

    def numbers() -> Iterator[int]:
        for number in range(4):
            made.append((number, threading.current_thread().name))
            begun.release()
            yield number

    taken = []
    for number in one_ahead(numbers()):
        taken.append(number)
        for _ in range(2 if number == 0 else 1):
            if len(taken) < 4:
                assert begun.acquire(timeout=10)
        assert len(made) == min(number + 2, 4)
    assert taken == [0, 1, 2, 3]
    assert threading.current_thread().name not in {name for _, name in made}


def test_what_reading_raises_comes_after_what_was_read():
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("damaged")

    numbers = one_ahead(broken())
    assert next(numbers) == 1
    with pytest.raises(ValueError, match="damaged"):
        next(numbers)
    assert list(one_ahead(iter([]))) == []


def test_whoever_stops_early_leaves_no_thread_behind():
    before = threading.active_count()
    with closing(one_ahead(iter(range(100)))) as numbers:
        assert next(numbers) == 0
    assert threading.active_count() == before
