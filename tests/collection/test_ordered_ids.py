"""Ids for rows that come by the million: they rise, and those that follow from others stand beside them."""

from hashlib import sha256

from labeling.ordered_ids import id_beside, ordered_ids


def test_ids_rise_and_are_of_the_standard():
    ids = ordered_ids(2000)
    assert ids == sorted(set(ids))
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    assert ordered_ids(0) == []


def test_an_id_beside_another_follows_from_the_hash_and_stands_at_its_time():
    first, second = ordered_ids(2)
    hashed = sha256(b"fox").digest()
    beside = id_beside(first, hashed)
    assert beside == id_beside(second, hashed), "of the same millisecond"
    assert beside != id_beside(first, sha256(b"hen").digest())
    assert (beside.version, beside.variant) == (8, "specified in RFC 4122")
    assert beside.bytes[:6] == first.bytes[:6]
