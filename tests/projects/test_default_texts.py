"""The rubric and the instructions that a new project begins with hold what the paper's interface had."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

import labeling.projects

DEFAULTS = Path(labeling.projects.__file__).parent

OUTPUT_FLAGS = [
    "fails_task",
    "inappropriate",
    "hallucination",
    "satisfies_constraint",
    "sexual_content",
    "violent_content",
    "encourages_violence",
    "denigrates_protected_class",
    "harmful_advice",
    "opinion",
    "moral_judgment",
]
PROMPT_FLAGS = [
    "ambiguous",
    "sensitive",
    "identity_dependent",
    "closed_domain",
    "continuation",
    "requests_opinion",
    "requests_advice",
    "requests_moral_judgment",
    "safety_constraints",
    "other_constraints",
    "intent_unclear",
    "personal_data",
]


def test_the_rubric_has_the_papers_flags_and_personal_data_each_with_help() -> None:
    rubric = json.loads((DEFAULTS / "rubrics" / "comparison.json").read_text(encoding="utf-8"))
    assert [flag["key"] for flag in rubric["output_flags"]] == OUTPUT_FLAGS
    assert [flag["key"] for flag in rubric["prompt_flags"]] == PROMPT_FLAGS
    for flag in rubric["output_flags"] + rubric["prompt_flags"]:
        assert set(flag) == {"key", "label", "help"}
        assert all(value.strip() == value != "" for value in flag.values())


@pytest.mark.parametrize("kind", ["demonstration", "comparison"])
def test_instructions_put_first_what_the_purpose_needs(kind: str) -> None:
    """S 3.4 and B.2: helpfulness first in training data, truthfulness and harmlessness first in evaluations."""
    folder = DEFAULTS / "default_guidelines"
    training = (folder / f"{kind}_training.md").read_text(encoding="utf-8")
    evaluation = (folder / f"{kind}_evaluation.md").read_text(encoding="utf-8")
    assert training.index("1. **Helpful") < training.index("2. **Truthful") < training.index("3. **Harmless")
    assert evaluation.index("1. **Truthful") < evaluation.index("2. **Harmless") < evaluation.index("3. **Helpful")


@pytest.mark.parametrize("purpose", ["training", "evaluation"])
def test_comparing_comes_with_the_tie_breaker_and_welcomes_ties(purpose: str) -> None:
    text = (DEFAULTS / "default_guidelines" / f"comparison_{purpose}.md").read_text(encoding="utf-8")
    assert "rather receive from a customer assistant" in text
    assert "Ties are welcome" in text


@pytest.mark.django_db
def test_a_project_older_than_prompt_writing_gets_its_guideline_once(world):
    migration = import_module("labeling.projects.migrations.0006_prompt_guidelines")
    world.project.guidelines.filter(kind="prompt").delete()
    for _ in range(2):
        migration.give_default_texts(apps, None)
        (given,) = world.project.guidelines.filter(kind="prompt")
        assert given.version == 1
        assert given.text.startswith("#")
