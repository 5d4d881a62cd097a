"""What a rubric asks a labeler, beside the ranking. Every key but the two lists of flags may be left out.

    output_flags, prompt_flags      [{"key", "label", "help"}]: yes or no, of each output and of the prompt
    output_scales, prompt_scales    [{"key", "label", "help", "min", "max", "labels": {"0": "none"}}]: whole numbers
    overall                         whether each output is rated from 1 to 7; yes where left out
    asks                            further kinds of judgment, of ASKS

The toxicity task of the InstructGPT paper (Fig. 11) is a rubric of scales without `overall`.
"""

from typing import Any

from labeling.errors import InvalidError

CRITIQUE = "critique"  # what is wrong with an output, in words
EDIT = "edit"  # the output as it should have been
INTERPRETATION = "interpretation"  # what each output says, written before the prompt is shown
CONFIDENCE = "confidence"  # two outputs: one of nine points from "the first is far better" to "the second is"
ASKS = (CRITIQUE, EDIT, INTERPRETATION, CONFIDENCE)

FLAGS = ("output_flags", "prompt_flags")
SCALES = ("output_scales", "prompt_scales")
MOST_OF_A_GROUP = 50
SCALE_LIMIT = 100


def check_rubric(content: Any) -> None:
    """Raise InvalidError, saying where, unless `content` is a rubric as described above."""
    if not isinstance(content, dict) or not set(FLAGS) <= set(content):
        raise InvalidError("A rubric is an object with output_flags and prompt_flags.")
    unknown = sorted(set(content) - {*FLAGS, *SCALES, "overall", "asks"})
    if unknown:
        raise InvalidError(f"A rubric has no {', '.join(unknown)}.")
    for group in FLAGS:
        _check_group(group, content[group], "flag", {"key", "label", "help"})
    for group in SCALES:
        scales = content.get(group, [])
        _check_group(group, scales, "scale", {"key", "label", "help", "min", "max", "labels"})
        for number, scale in enumerate(scales, start=1):
            _check_scale(f"{group}, scale {number}", scale)
    if not isinstance(content.get("overall", True), bool):
        raise InvalidError("overall is true or false.")
    asked = content.get("asks", [])
    if not isinstance(asked, list) or any(what not in ASKS for what in asked) or len(set(asked)) < len(asked):
        raise InvalidError(f"asks is a list of some of: {', '.join(ASKS)}, each at most once.")


def asks(content: dict[str, Any] | None, what: str) -> bool:
    """Whether a rubric's content (None: no rubric) asks for this further kind of judgment."""
    return content is not None and what in content.get("asks", [])


def asks_overall(content: dict[str, Any] | None) -> bool:
    """Whether each output is rated from 1 to 7."""
    return content is None or content.get("overall", True)


def _check_group(group: str, items: Any, what: str, fields: set[str]) -> None:
    if not isinstance(items, list) or len(items) > MOST_OF_A_GROUP:
        raise InvalidError(f"{group} must be a list of at most {MOST_OF_A_GROUP} {what}s.")
    keys = []
    for number, item in enumerate(items, start=1):
        where = f"{group}, {what} {number}"
        if not isinstance(item, dict) or not isinstance(item.get("key"), str) or not item["key"].isidentifier():
            raise InvalidError(f"{where}: needs a key of letters, digits and _.")
        if not isinstance(item.get("label"), str) or not item["label"].strip():
            raise InvalidError(f"{where}: needs a label.")
        if not isinstance(item.get("help", ""), str) or set(item) - fields:
            raise InvalidError(f"{where}: has {', '.join(sorted(fields))}, nothing else.")
        keys.append(item["key"])
    if len(set(keys)) != len(keys):
        raise InvalidError(f"{group}: two {what}s have the same key.")


def _check_scale(where: str, scale: dict[str, Any]) -> None:
    low: Any = scale.get("min")
    high: Any = scale.get("max")
    whole = type(low) is int and type(high) is int  # a bool is an int, and no point of a scale
    if not whole or not -SCALE_LIMIT <= low < high <= SCALE_LIMIT or high - low > 10:
        raise InvalidError(
            f"{where}: min and max are whole numbers from -{SCALE_LIMIT} to {SCALE_LIMIT}, max above min by at most 10."
        )
    labels = scale.get("labels", {})
    points = {str(point) for point in range(low, high + 1)}
    if not isinstance(labels, dict) or set(labels) - points or not all(isinstance(x, str) for x in labels.values()):
        raise InvalidError(f"{where}: labels are texts for points of the scale, such as {{{low!r}: 'least'}}.")
