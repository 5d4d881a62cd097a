"""Duplicates by long common prefix: what counts as one, and that the key alone decides it."""

from hypothesis import given
from hypothesis import strategies as st

from labeling.collection.cleaning.duplicates import PREFIX_CHARACTERS, prefix_key
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


def test_several_messages_are_another_text_than_one() -> None:
    single = [{"role": "user", "content": "Hello"}]
    assert text_of(single) == "Hello"
    assert text_of([{"role": "system", "content": "Be kind."}, *single]) == "system: Be kind.\n\nuser: Hello"


@given(st.text())
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_has_the_normal_form_that_it_has_among_other_letters(text: str) -> None:
    assert normalize("e" + text)[1:] == normalize("\u00e9" + text)[1:]
