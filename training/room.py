"""Whether a run fits in memory, asked before any weight is loaded; if not, a refusal that says what to change.

On a CPU each process of a run needs its own of what the machine, or the control group that it is in, has left; on a
GPU each has a device, and shares the machine's memory for what memory.HOST names. Where neither is told (no Linux),
nothing is refused.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from training.config import model_inputs
from training.machine import available_memory
from training.memory import Data, Memory, foresee, told, told_parts
from training.records import open_text
from training.refusals import RefusedError
from training.run import Run
from training.shapes import Shape, read_shape, shape_of

# A refusal cannot be overruled, so one that is wrong is worse than a run that ends for want of memory and goes on from
# its checkpoint once a setting was changed. The certain parts are exact, so they are held against what is left as it
# is. The others rest on how long texts are taken to be and on what torch keeps, and other programs may end meanwhile:
# they make a refusal only where they are too large even if they are half as much again as in truth.
MARGIN = 1.5
LEAST_TOKENS = 256  # below it, a pass is too small to be advised


@dataclass(frozen=True)
class Place:
    """A memory, what is left in it (bytes; None where that is not told), and what a run needs of it."""

    name: str
    left: int | None
    need: Memory
    processes: int = 1

    @property
    def whole(self) -> int:
        return self.processes * self.need.bytes

    @property
    def certain(self) -> int:
        return self.processes * sum(self.need.certain.values())

    @property
    def fits(self) -> bool:
        return self.left is None or self.whole <= self.left

    @property
    def refused(self) -> bool:
        return self.left is not None and (self.certain > self.left or self.whole > MARGIN * self.left)


@dataclass(frozen=True)
class Question:
    """All that the answer depends on. `left` is what the machine has left, `device` a GPU; None where not told."""

    kind: str
    config: Any
    shapes: Mapping[str, Shape | None]
    data: Data | None
    processes: int  # of the run
    here: int  # of them on this machine
    on_gpu: bool
    left: int | None
    device: int | None

    def places(self) -> list[Place]:
        """The memories that the run needs something of; none where a model's shape is not known."""
        need = foresee(self.kind, self.config, self.shapes, data=self.data, ranks=self.processes)
        if need is None:
            return []
        if not self.on_gpu:
            return [Place("on this machine", self.left, need, self.here)]
        return [
            Place("on the GPU", self.device, need.on(host=False)),
            Place("on this machine", self.left, need.on(host=True), self.here),
        ]

    def fits(self) -> bool:
        return all(place.fits for place in self.places())


def check_room(run: Run) -> None:
    """Raises RefusedError where a run will not fit; writes a line into log.txt where it may not.

    Every process of a run asks before any has loaded a model, and all give the same answer.
    """
    device = torch.cuda.mem_get_info(run.device)[0] if run.device.type == "cuda" else None
    told_by = run.ranks.gather((available_memory(), device))
    lefts, devices = ([size for size in sizes if size is not None] for sizes in zip(*told_by, strict=True))
    models = model_inputs(run.spec.kind)
    question = Question(
        kind=run.spec.kind,
        config=run.config,
        shapes={name: _shape(run.input(name), reward=name == "reward") for name in models if run.has_input(name)},
        data=_data(run),
        processes=run.ranks.world,
        here=min(run.ranks.world, int(os.environ.get("LOCAL_WORLD_SIZE", run.ranks.world))),
        on_gpu=device is not None,
        left=min(lefts, default=None),
        device=min(devices, default=None),
    )
    for place in question.places():
        if place.refused:
            raise RefusedError("The run will not fit in memory", refusal(question, place))
        if not place.fits:
            run.log(f"Note: it may not fit in memory. {refusal(question, place)}")


def refusal(question: Question, place: Place) -> str:
    """What is needed and what is left, the parts, and what to change; sentences for people."""
    each = f"Each of its {place.processes} processes here needs" if place.processes > 1 else "It needs"
    left = told(place.left or 0)
    certain = ""
    if place.certain > (place.left or 0):
        certain = f", {told(sum(place.need.certain.values()))} of it for certain"
    return (
        f"{each} about {told(place.need.bytes)} at its peak{certain}; {left} are left {place.name}. "
        f"Its parts, the largest first: {told_parts(place.need.parts)}. {advice(question)}"
    )


def advice(question: Question) -> str:
    """What would make it fit: single settings where one is enough, else all of them, else another model."""

    def with_settings(settings: Mapping[str, int]) -> Question:
        return replace(question, config=replace(question.config, **settings))

    levers = _levers(question.kind, question.config)
    enough = []
    for name, values in levers.items():
        value = next((value for value in values if with_settings({name: value}).fits()), None)
        if value is not None:
            enough.append(f"set {name} to {value}")
    if question.here > 1 and not question.on_gpu and replace(question, processes=1, here=1).fits():
        enough.append("start it as one process")
    if enough:
        return f"To make it fit, {' or '.join(enough)}."
    lowest = with_settings({name: values[-1] for name, values in levers.items()})
    if levers and lowest.fits():
        return f"To make it fit, lower {' and '.join(levers)} together."
    smaller = "fewer layers or less width" if question.kind == "pretrain" else "a smaller model"
    need = "; ".join(f"{told(place.whole)} {place.name}" for place in lowest.places() if not place.fits)
    return f"No setting is enough: even with small batches it needs {need}. Take {smaller}, or a larger machine."


def _levers(kind: str, config: Any) -> dict[str, list[int]]:
    """Settings that change how much memory is needed and not what is learned, each with its lower values."""

    def halves(value: int, least: int) -> list[int]:
        found = []
        while value // 2 >= least:
            value //= 2
            found.append(value)
        return found

    found = {"micro_batch_tokens": halves(config.micro_batch_tokens, LEAST_TOKENS)}
    if kind == "ppo":
        found["rollout_rows"] = halves(config.rollout_rows or config.rollout_batch, 1)
        found["checkpoint_every"] = [1] if config.checkpoint_every > 1 else []
    if kind == "sft":
        found |= {name: halves(getattr(config, name), 1) for name in ("sample_prompts", "reward_prompts")}
    if kind in ("sample", "score"):
        found["prompts_per_step"] = halves(config.prompts_per_step, 1)
    return {name: values for name, values in found.items() if values}


def _data(run: Run) -> Data | None:
    """The records of a run: how many lines, of how many bytes; None where it has none, or they cannot be read, which
    is for the stage to say."""
    name = next((name for name in ("data", "prompts", "outputs") if run.has_input(name)), None)
    if name is None or run.spec.kind == "pretrain":
        return None
    rows = size = 0
    try:
        with open_text(Path(run.input(name))) as lines:
            for line in lines:
                rows, size = rows + 1, size + len(line)
    except (OSError, UnicodeDecodeError, EOFError, zlib.error):
        return None
    return Data(rows, size) if rows else None


def _shape(source: str | Path, *, reward: bool) -> Shape | None:
    """The shape of a model in a folder, or on the hub."""
    if isinstance(source, Path):
        return read_shape(source)
    shape = _hub_shape(source.removeprefix("hub:"))
    return shape.as_reward_model() if shape is not None and reward else shape


def _hub_shape(name: str) -> Shape | None:
    """Of its config alone, for the weights are not here: counted on a model without memory. None where it cannot be
    read, which is for the loader to say."""
    try:
        config = AutoConfig.from_pretrained(name, trust_remote_code=False)
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config)
    except (ValueError, OSError, KeyError, RuntimeError, ImportError):
        return None
    table, head = model.get_input_embeddings().weight, model.get_output_embeddings()
    own = head is not None and head.weight is not table
    return shape_of(
        config.to_dict(),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        head=head.weight.numel() if own else 0,
    )
