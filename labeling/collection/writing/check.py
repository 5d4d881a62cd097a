"""Whether a written prompt is complete, fits its brief, and is none that the project has already."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from labeling.collection.cleaning.duplicates import prefix_key
from labeling.collection.cleaning.fields import MAX_PROMPT_CHARACTERS, checked_language, checked_text
from labeling.collection.cleaning.personal_data import find_personal_data
from labeling.collection.cleaning.splits import text_key
from labeling.collection.cleaning.texts import normalize, text_of
from labeling.collection.cleaning.uploads import RefusedError
from labeling.collection.models import Assignment, Prompt, PromptBrief, WritingSort
from labeling.collection.writing.examples import messages_of

MOST_PAIRS = 20
TEXT_NAMES = {WritingSort.FEW_SHOT: "The instruction", WritingSort.ANONYMIZE: "The anonymous prompt"}


def check_written(assignment: Assignment, brief: PromptBrief, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong with an answer to this brief, in words by field; those of pairs by their place from 0.

    `personal_data` says what to do where words look like such data; which words is said beside their fields. Looks the
    project's prompts up, so that a writer hears of a duplicate while the text is still in mind.
    """
    errors: dict[str, Any] = {}
    pairs = sent.get("pairs") or []
    if said := _text_said(sent.get("text"), TEXT_NAMES.get(WritingSort(brief.sort), "The prompt")):
        errors["text"] = said
    if of_pairs := _pairs_said(brief, pairs):
        errors["pairs"] = of_pairs
    errors |= _choice_said(brief, sent)
    if errors:
        return errors
    length = len(sent["text"]) + sum(len(pair["query"]) + len(pair["response"]) for pair in pairs)
    if length > MAX_PROMPT_CHARACTERS:
        return {"text": [f"These are {length:,} characters in all; at most {MAX_PROMPT_CHARACTERS:,} are taken."]}
    if found := _personal_data_said(brief, sent["text"], pairs, bool(sent.get("personal_data_meant"))):
        return found
    return _duplicate_said(assignment, sent["text"], pairs)


def suspected(text: str) -> list[str]:
    """The words of a text that look like personal data, each once, in their order."""
    return list(dict.fromkeys(text[span.start : span.end] for span in find_personal_data(text)))


def _text_said(value: Any, name: str) -> list[str]:
    try:
        checked_text(value or "", name)
    except RefusedError as error:
        return [str(error)]
    return []


def _pairs_said(brief: PromptBrief, pairs: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    if brief.pairs is None:
        return {"count": ["This task asks for no pairs."]} if pairs else {}
    said: dict[str, Any] = {}
    if len(pairs) < brief.pairs:
        said["count"] = [f"Write at least {brief.pairs} pairs; there are {len(pairs)}."]
    if len(pairs) > MOST_PAIRS:
        said["count"] = [f"At most {MOST_PAIRS} pairs are taken; there are {len(pairs)}."]
    first: dict[str, int] = {}
    for place, pair in enumerate(pairs):
        of_pair = {
            field: wrong
            for field in ("query", "response")
            if (wrong := _text_said(pair[field], f"The {field} of pair {place + 1}"))
        }
        same = first.setdefault(normalize(pair["query"]), place)
        if same != place and "query" not in of_pair:
            of_pair["query"] = [f"Pair {same + 1} asks the same."]
        if of_pair:
            said[str(place)] = of_pair
    return said


def _choice_said(brief: PromptBrief, sent: Mapping[str, Any]) -> dict[str, list[str]]:
    """Of the use case and the language, which the brief may leave to the writer."""
    said = {}
    use_case, language = sent.get("use_case") or brief.use_case, sent.get("language") or brief.language
    if not use_case:
        said["use_case"] = ["Say which use case this is."]
    elif brief.use_case and use_case != brief.use_case:
        said["use_case"] = ["This task asks for another use case."]
    try:
        checked_language(language)
    except RefusedError as error:
        said["language"] = [str(error)]
    if brief.language and language != brief.language:
        said["language"] = [f"This task asks for the language {brief.language}."]
    return said


def _personal_data_said(
    brief: PromptBrief, text: str, pairs: Sequence[Mapping[str, str]], meant: bool
) -> dict[str, Any]:
    if meant and brief.sort != WritingSort.ANONYMIZE:
        return {}
    errors: dict[str, Any] = {}
    if words := suspected(text):
        errors["text"] = [_looks_personal(words)]
    of_pairs = {
        str(place): fields
        for place, pair in enumerate(pairs)
        if (
            fields := {
                field: [_looks_personal(words)] for field in ("query", "response") if (words := suspected(pair[field]))
            }
        )
    }
    if of_pairs:
        errors["pairs"] = of_pairs
    if errors:
        errors["personal_data"] = [
            "An anonymous prompt has no personal data. Write something made up or general in its place."
            if brief.sort == WritingSort.ANONYMIZE
            else "Take out what tells of a real person, or say that it is meant to stand there."
        ]
    return errors


def _looks_personal(words: Sequence[str]) -> str:
    return f"This looks like personal data: {', '.join(f'“{word}”' for word in words)}."


def _duplicate_said(assignment: Assignment, text: str, pairs: Sequence[Any]) -> dict[str, list[str]]:
    """The rule of imports; few-shot examples share their instruction, so of them only whole texts are compared."""
    texts = [text_of(messages_of(text.strip(), pairs, index)) for index in range(len(pairs) or 1)]
    same = Q(text_key__in=[text_key(one) for one in texts])
    if not pairs:
        same |= Q(prefix_key=prefix_key(texts[0]))
    standing = Prompt.objects.filter(same, project=assignment.project_id).exclude(pk__in=_own_prompts(assignment.pk))
    if not standing.exists():
        return {}
    return {"text": ["The project has a prompt that begins with the same words already. Write another one."]}


def _own_prompts(assignment: UUID) -> Any:
    """Prompts that came of this very assignment, whose acceptance was taken back since."""
    return Prompt.objects.filter(written_examples__judgment__assignment=assignment).values("pk")
