"""A project for the browser's journeys: the cast with a password, prompts that read like prompts, published tasks."""

import json
from io import BytesIO
from typing import Any

PASSWORD = "seven swans swim south"

DEMONSTRATION_PROMPTS = (
    "Write a short story for a six-year-old about a lighthouse keeper who is afraid of the dark.",
    "My neighbor's rooster crows at four in the morning. Write a friendly note to put in his letter box.",
    "Explain to a child why the moon changes its shape, in five sentences or fewer.",
)
COMPARISONS = (
    (
        "Which tools do I need to plant an apple tree, and what is each for?",
        (
            "You need:\n\n- a **spade**, to dig the hole\n"
            "- a **stake** and a tie, so that the wind does not rock the tree\n"
            "- a **watering can**\n\nDig the hole twice as wide as the roots, and no deeper than the pot.",
            "| tool | what for |\n|---|---|\n| spade | the hole |\n| mallet | the stake |\n| can | water |\n\n"
            "Plant in autumn, and water well.",
            "Apples are a fruit. They are red or green. Many people like apples, and they grow on trees.",
            "A spade to dig the hole, a stake so that the wind does not rock the tree, and a watering can.",
        ),
    ),
    (
        "Tell a fable of three sentences about a fox and a well.",
        (
            "A fox fell into a well and called to a goat that the water was sweet. The goat jumped in, and the fox "
            "climbed out over its horns. Look before you leap, it said from above, and went home.",
            "A fox fell into a well. It called to a goat. The goat did not come.",
            "The fox was happy and the well was happy and they were all happy.",
            "A thirsty fox leaned over a well and saw a second fox below. It jumped in to drive the other away. "
            "Whoever fights his own reflection is the one who gets wet.",
        ),
    ),
    (
        "What is the area of a circle of radius 3, and why?",
        (
            "The area is $$\\pi r^2 = 9\\pi \\approx 28.27.$$ Cut the circle into thin wedges and lay them "
            "side by side: they make nearly a rectangle, half the rim long and the radius high.",
            "It is about 28.",
            "```python\nfrom math import pi\nprint(pi * 3 ** 2)\n```",
            "The area is 2 times pi times 3, which is 18.85.",
        ),
    ),
)


def set_stage() -> dict[str, Any]:
    """Make the cast and the project Tales, and publish one batch of each kind; answers with the models' objects."""
    from labeling.accounts.services import create_user
    from labeling.collection.services.draw_outputs import CandidateSource
    from labeling.collection.services.import_prompts import import_prompts
    from labeling.collection.services.publish_batch import PromptChoice, publish_batch
    from labeling.projects.services import add_member, create_project

    people = {
        name: create_user(actor=None, username=name, role=role, password=PASSWORD)
        for name, role in {"ada": "labeler", "ben": "labeler", "eva": "researcher", "gil": "admin"}.items()
    }
    project = create_project(actor=people["eva"], name="Tales", k=4, overlap=2)
    for name in ("ada", "ben"):
        add_member(actor=people["gil"], project=project, user=people[name], pool="training")
    rows: list[dict[str, Any]] = [{"prompt": text} for text in DEMONSTRATION_PROMPTS]
    rows += [
        {"prompt": prompt, "candidates": [{"text": text, "model": f"model-{n}"} for n, text in enumerate(texts)]}
        for prompt, texts in COMPARISONS
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    import_prompts(
        actor=people["eva"], project=project, stream=BytesIO(lines.encode()), file_name="prompts.jsonl", consent=True
    )
    prompts = {prompt.messages[-1]["content"]: prompt.pk for prompt in project.prompts.all()}
    comparisons = publish_batch(
        actor=people["eva"],
        project=project,
        kind="comparison",
        prompts=PromptChoice(ids=[prompts[prompt] for prompt, _ in COMPARISONS]),
        candidates=CandidateSource("imported"),
    )
    demonstrations = publish_batch(
        actor=people["eva"],
        project=project,
        kind="demonstration",
        prompts=PromptChoice(ids=[prompts[prompt] for prompt in DEMONSTRATION_PROMPTS]),
    )
    return {
        "people": people,
        "project": project,
        "comparisons": comparisons.batch,
        "demonstrations": demonstrations.batch,
    }
