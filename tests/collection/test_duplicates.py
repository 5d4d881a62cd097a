"""Duplicates by long common prefix: what counts as one, and that the key alone decides it."""

from hypothesis import given
from hypothesis import strategies as st

from labeling.collection.cleaning.duplicates import PREFIX_CHARACTERS, find_duplicates, prefix_key
from labeling.collection.cleaning.texts import normalize, text_of

LONG = "Write a story about a fox who finds a silver key under the old mill and does not know what it opens. "
BODY = (LONG * 2)[:PREFIX_CHARACTERS]


def test_texts_that_differ_after_the_prefix_only_are_duplicates() -> None:
    assert prefix_key(BODY + " End it well.") == prefix_key(BODY + " End it badly.")


def test_texts_that_differ_in_the_last_character_of_the_prefix_are_not() -> None:
    assert prefix_key(BODY[:-1] + "x" + " and so on") != prefix_key(BODY[:-1] + "y" + " and so on")


def test_a_short_text_is_a_duplicate_of_its_like_only() -> None:
    assert prefix_key("Tell me a story") != prefix_key("Tell me a story about a bear")
    assert prefix_key("Tell me a story") == prefix_key("  tell me  A story.\n")


def test_typography_makes_no_difference_and_arithmetic_does() -> None:
    assert prefix_key("Who said \u201cit\u2019s late\u201d \u2013 the owl?") == prefix_key(
        'Who said "it\'s late" - the owl'
    )
    assert prefix_key("What is 2 + 2?") != prefix_key("What is 2 - 2?")


def test_the_first_of_several_stays_and_what_is_known_goes() -> None:
    texts = ["a fox", "a bear", "A fox.", "a wolf", "a fox"]
    assert find_duplicates(texts) == {2: 0, 4: 0}
    assert find_duplicates(texts, known={prefix_key("a wolf")}) == {2: 0, 3: None, 4: 0}


def test_a_hundred_thousand_prompts_cost_one_key_each(monkeypatch) -> None:
    from labeling.collection.cleaning import duplicates

    calls = 0

    def counting(text: str) -> str:
        nonlocal calls
        calls += 1
        return text

    monkeypatch.setattr(duplicates, "prefix_key", counting)
    assert find_duplicates(str(number) for number in range(100_000)) == {}
    assert calls == 100_000


@given(st.lists(st.text(max_size=6)), st.integers(0, 3))
def test_what_stays_has_no_duplicates_and_importing_in_parts_keeps_the_same(texts: list[str], cut: int) -> None:
    def kept(chosen: list[str], known: frozenset[str] = frozenset()) -> list[str]:
        gone = find_duplicates(chosen, known)
        return [text for index, text in enumerate(chosen) if index not in gone]

    whole = kept(texts)
    keys = [prefix_key(text) for text in whole]
    assert len(set(keys)) == len(keys)
    first = kept(texts[:cut])
    assert first + kept(texts[cut:], frozenset(map(prefix_key, first))) == whole


def test_several_messages_are_another_text_than_one() -> None:
    single = [{"role": "user", "content": "Hello"}]
    assert text_of(single) == "Hello"
    assert text_of([{"role": "system", "content": "Be kind."}, *single]) == "system: Be kind.\n\nuser: Hello"


@given(st.text())
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
