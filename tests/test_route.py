"""The whole loop, once, with real parts: HTTP, PostgreSQL, Redis, a Celery worker, and models that learn.

    prompts -> demonstrations -> SFT -> its outputs compared -> reward model -> PPO -> new outputs -> new tasks

The language is tiny: "The fox is ADJECTIVE.", four adjectives, and everybody prefers kind over calm over sad over mean.
Demonstrations use all four equally, so that what PPO changes is the judges' doing. All judgments arrive by HTTP.
"""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from labeling.collection.models import Batch, Candidate
from labeling.runs.models import Metric, Run
from tests.cast import World
from tests.runs.run_parts import Workers, wait_until
from tests.working import answer_of, import_prompts

NOUNS = [
    "fox", "cat", "dog", "king", "queen", "owl", "bear", "hen", "wolf", "boy", "girl", "frog", "cook", "duck", "goat",
    "lamb", "miller", "mouse", "raven", "sheep", "sister", "tailor", "witch", "giant", "dwarf", "prince", "soldier",
    "fisher", "baker", "smith",
]  # fmt: skip
ASKED = [
    "Tell of the {}.",
    "What of the {}?",
    "Say how the {} is.",
    "How is the {}?",
    "Speak of the {}.",
    "And the {}?",
]
ADJECTIVES = ["kind", "calm", "sad", "mean"]  # best first
SMALL = {"threads": 1, "sample_prompts": 2, "sample_tokens": 8, "max_response_tokens": 12}
SHUFFLE_SEED = 7
SHUFFLES = 8


def subject(task: dict[str, Any]) -> str:
    words = task["prompt"]["messages"][-1]["content"].replace(".", " ").replace("?", " ").split()
    return next(word for word in words if word in NOUNS)


def goodness(text: str) -> int:
    """0 for the best adjective, more for worse ones; what names none of them is worst."""
    return min((place for place, word in enumerate(ADJECTIVES) if word in text), default=len(ADJECTIVES))


def write_demonstration(task: dict[str, Any], number: int) -> dict[str, Any]:
    return answer_of(task, f"The {subject(task)} is {ADJECTIVES[number % len(ADJECTIVES)]}.")


def rank_outputs(task: dict[str, Any], number: int) -> dict[str, Any]:
    body = answer_of(task | {"kind": "comparison"}, "")
    by_place: dict[int, list[str]] = {}
    for candidate in task["candidates"]:
        by_place.setdefault(goodness(candidate["text"]), []).append(candidate["id"])
    return body | {"ranking": [by_place[place] for place in sorted(by_place)]}


class Loop:
    """The steps of the route, as the people of it take them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.project = str(world.project.pk)

    def label(self, batch: dict[str, Any], answer: Any) -> None:
        """Ada and ben take turns until nothing is left; then eva accepts the batch."""
        clients = [self.world.ada, self.world.ben]
        number = 0
        while clients:
            client = clients[number % len(clients)]
            shown = client.post(f"/api/v1/projects/{self.project}/tasks/next", {}, format="json")
            if shown.status_code == 204:
                clients.remove(client)
                continue
            url = f"/api/v1/assignments/{shown.json()['id']}/submit"
            sent = client.post(url, answer(shown.json(), number), format="json")
            assert sent.status_code == 200, sent.content
            number += 1
        accepted = self.world.eva.post(f"/api/v1/batches/{batch['id']}/accept", {}, format="json")
        assert accepted.status_code == 200, accepted.content

    def publish(self, kind: str, **fields: Any) -> dict[str, Any]:
        answer = self.world.eva.post(
            f"/api/v1/projects/{self.project}/batches", {"kind": kind, "prompts": {}} | fields, format="json"
        )
        assert answer.status_code == 201, answer.content
        return answer.json()

    def freeze(self, kind: str) -> dict[str, Any]:
        answer = self.world.gil.post("/api/v1/snapshots", {"project": self.project, "kind": kind}, format="json")
        assert answer.status_code == 201, answer.content
        return answer.json()

    def run(self, kind: str, inputs: dict[str, str], **changes: Any) -> dict[str, Any]:
        """Launch a run and wait until the worker has done it."""
        body = {"kind": kind, "project": self.project, "inputs": inputs, "settings": changes, "seed": 5}
        answer = self.world.gil.post("/api/v1/runs", body, format="json")
        assert answer.status_code == 201, answer.content
        url = f"/api/v1/runs/{answer.json()['id']}"
        wait_until(
            lambda: self.world.gil.get(url).json()["status"] in ("done", "failed"), f"the {kind} run", seconds=280
        )
        run = self.world.gil.get(url).json()
        log = self.world.gil.get(f"{url}/log").json()["text"]
        assert run["status"] == "done", (run["error"], log[-2000:])
        return run


def values(run: dict[str, Any], name: str) -> list[float]:
    rows = Metric.objects.filter(run=run["id"]).order_by("step").values_list("values", flat=True)
    return [row[name] for row in rows if row.get(name) is not None]


def write_text(folder: Path) -> Path:
    """A corpus in the tiny language, to make the base model from."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(1)
    lines = [
        " ".join(f"The {draw.choice(NOUNS)} is {draw.choice(ADJECTIVES)}." for _ in range(4))
        + " "
        + draw.choice(ASKED).format(draw.choice(NOUNS))
        for _ in range(3000)
    ]
    path = folder / "tiny_language.txt"
    path.write_text("\n<|endoftext|>\n".join(lines))
    return path


def shuffle_labels(records: list[dict[str, Any]], path: Path) -> Path:
    """The control: the same comparisons with their ranks dealt at random, several times, so that chance evens out."""
    draw = random.Random(SHUFFLE_SEED)
    with path.open("w") as file:
        for deal in range(SHUFFLES):
            for record in records:
                ranks = draw.sample(record["ranks"], len(record["ranks"]))
                file.write(json.dumps(record | {"id": f"{record['id']}-{deal}", "ranks": ranks}) + "\n")
    return path


@pytest.fixture
def loop(transactional_db: None, world: World, tmp_path: Path):
    from labeling.celery import app

    app.control.purge()
    world.project.undo_seconds = 0
    world.project.overlap = 1
    world.project.save()
    workers = Workers(tmp_path)
    workers.start()
    yield Loop(world)
    workers.stop()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_whole_loop(loop: Loop, world: World):
    folder = Path(settings.DATA_DIR) / "texts"
    import_prompts(world, [{"prompt": asked.format(noun)} for asked in ASKED for noun in NOUNS])

    base = loop.run(
        "pretrain", {"data": str(write_text(folder))},
        layers=2, width=64, heads=2, vocabulary=400, context=128, block=64, batch_size=16, steps=120, warmup_steps=10,
        validate_every=60, validation_tokens=2048, validation_share=0.05, threads=1, sample_prompts=0,
    )  # fmt: skip

    # Demonstrations, SFT: held-out loss falls.
    loop.label(loop.publish("demonstration"), write_demonstration)
    demonstrations = loop.freeze("demonstrations")
    assert demonstrations["counts"]["records"] == len(ASKED) * len(NOUNS)
    sft = loop.run(
        "sft", {"data": demonstrations["id"], "policy": base["id"]}, epochs=16, residual_dropout=0.0, **SMALL
    )
    losses = values(sft, "validation_loss")
    assert losses[-1] < 0.8 * losses[0], losses

    # Its outputs, compared; a reward model that orders held-out pairs, and a control that cannot.
    prompts = loop.freeze("prompts")
    sampled = loop.run(
        "sample", {"prompts": prompts["id"], "policy": sft["id"]},
        samples_per_prompt=4, threads=1, max_response_tokens=12, prompts_per_step=32,
    )  # fmt: skip
    assert sampled["candidates"] == 4 * len(ASKED) * len(NOUNS)
    loop.label(loop.publish("comparison", candidates={"run": sampled["id"]}), rank_outputs)
    comparisons = loop.freeze("comparisons")
    with_base = {"policy": sft["id"], "demonstrations": demonstrations["id"]}
    learning = {"threads": 1, "epochs": 2, "batch_size": 8, "max_response_tokens": 12}
    reward = loop.run("rm", {"data": comparisons["id"], **with_base}, **learning)
    assert values(reward, "validation_accuracy")[-1] > 0.9, values(reward, "validation_accuracy")
    download = world.gil.get(f"/api/v1/snapshots/{comparisons['id']}/download")
    records = [json.loads(line) for line in b"".join(download.streaming_content).splitlines()]
    shuffled = shuffle_labels(records, folder / "shuffled.jsonl")
    control = loop.run("rm", {"data": str(shuffled), **with_base}, **learning)
    assert 0.4 <= values(control, "validation_accuracy")[-1] <= 0.6, values(control, "validation_accuracy")

    # PPO: reward rises while KL stays in bounds.
    ppo = loop.run(
        "ppo", {"prompts": prompts["id"], "policy": sft["id"], "reward": reward["id"]},
        episodes=1024, rollout_batch=64, minibatches=4, learning_rate=1e-3, beta=0.05, temperature=1.0, **SMALL,
    )  # fmt: skip
    rewards, kls = values(ppo, "reward"), values(ppo, "kl")
    assert sum(rewards[-3:]) / 3 > sum(rewards[:3]) / 3 + 0.5, rewards
    assert max(kls) < 20, kls
    assert abs(values(ppo, "ratio_first")[0] - 1) < 1e-5

    # Its outputs are better by the judges' own rule, become tasks, and know where they come from.
    again = loop.run(
        "sample", {"prompts": prompts["id"], "policy": ppo["id"]},
        samples_per_prompt=4, threads=1, max_response_tokens=12, prompts_per_step=32,
    )  # fmt: skip
    assert mean_goodness(again) < mean_goodness(sampled) - 0.3
    published = loop.publish("comparison", candidates={"run": again["id"]}, name="The next round")
    assert published["tasks"] > 0
    task = world.chi.post(f"/api/v1/projects/{loop.project}/tasks/next", {}, format="json").json()
    assert task["kind"] == "comparison"
    last = Candidate.objects.filter(generation__run_id=again["id"]).last()
    lineage = world.eva.get(f"/api/v1/candidates/{last.pk}/lineage").json()
    batches = Batch.objects.filter(status="accepted")
    assert lineage["judgments"] == sum(batch.tasks.count() for batch in batches)
    assert lineage["labelers"] == 2
    assert lineage["first_judgment"]["id"]
    assert {"candidate", "model", "run", "snapshot", "batch", "project"} <= {node["type"] for node in lineage["nodes"]}
    assert Run.objects.filter(status="done").count() == 7


def mean_goodness(run: dict[str, Any]) -> float:
    texts = Candidate.objects.filter(generation__run_id=run["id"]).values_list("text", flat=True)
    return sum(goodness(text) for text in texts) / len(texts)
