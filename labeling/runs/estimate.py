"""What a run will be, before it is launched: rows, tokens, steps, memory, and the time that runs like it took.

Tokens are estimated from bytes, because the web process loads no tokenizer; memory from the files of the models
(training/memory.py). Where a number rests on an assumption, a note says on which.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from pathlib import Path
from statistics import median

from labeling.runs.inputs import HUB, FoundInput
from labeling.runs.models import Metric, Run, RunKind, RunStatus
from labeling.runs.services.plan import Plan
from training.config import model_inputs
from training.machine import available_memory
from training.memory import BYTES_PER_TOKEN, PROGRAM, Data, foresee, told, told_parts
from training.shapes import Shape, read_shape

RECENT_RUNS = 5


@dataclass
class Estimate:
    rows: int | None = None
    tokens: int | None = None
    steps: int | None = None
    flops: float | None = None
    memory: int | None = None  # bytes, of each of its processes
    seconds: float | None = None
    notes: list[str] = field(default_factory=list)


def estimate_run(plan: Plan) -> Estimate:
    """Estimate a checked run."""
    estimate = Estimate()
    config, main = plan.config, plan.inputs.get("data") or plan.inputs.get("prompts")
    rows = _rows(plan, main)
    size = _bytes(main) if main else 0
    text = int(size / BYTES_PER_TOKEN)
    epochs = getattr(config, "epochs", 1)
    if plan.kind == RunKind.PRETRAIN:
        estimate.tokens = int(config.steps * config.batch_size * config.block if config.steps else text * epochs)
        estimate.steps = config.steps or max(1, estimate.tokens // (config.batch_size * config.block))
    elif plan.kind in (RunKind.SFT, RunKind.RM):
        estimate.rows, estimate.tokens = rows, int(text * epochs)
        per_epoch = ceil(rows / config.batch_size) if rows else None
        estimate.steps = per_epoch * int(epochs) if per_epoch else None
        if plan.kind == RunKind.RM:
            estimate.notes.append("Judgments of one prompt are one element, so there may be fewer steps.")
            if epochs > 1:
                estimate.notes.append(
                    f"A reward model overfits after one epoch (InstructGPT, appendix C); this run has {epochs}."
                )
    elif plan.kind == RunKind.PPO:
        estimate.rows = config.episodes
        estimate.tokens = config.episodes * config.max_response_tokens
        estimate.steps = ceil(config.episodes / config.rollout_batch)
        estimate.notes.append("Tokens are those to generate, at most.")
    elif plan.kind == RunKind.SAMPLE:
        prompts = min(rows, config.limit_prompts or rows) if rows else None
        if prompts:
            estimate.rows = prompts * config.samples_per_prompt
            estimate.tokens = estimate.rows * config.max_response_tokens
            estimate.steps = ceil(prompts / config.prompts_per_step)
        estimate.notes.append("Tokens are those to generate, at most.")
    elif plan.kind == RunKind.SCORE:
        estimate.rows = sum(plan.inputs["outputs"].rows.values())
        estimate.notes.append(
            "Rows are the project's outputs; those that the model has scored already are passed over."
        )
    else:
        estimate.rows, estimate.tokens = rows, text
        estimate.steps = ceil(rows / config.records_per_step) if rows else None
    if plan.kind in (RunKind.PRETRAIN, RunKind.SFT, RunKind.RM, RunKind.EVALUATE):
        estimate.notes.append(f"Tokens are estimated from the file's size, at {BYTES_PER_TOKEN:g} bytes each.")
    grouped = [
        entry.snapshot.name
        for entry in plan.inputs.values()
        if entry.snapshot and entry.snapshot.recipe.get("group_by")
    ]
    if grouped and not getattr(config, "group_turn", ""):
        estimate.notes.append(
            f"The records of '{grouped[0]}' carry group labels, which this run does not read: group_turn is empty."
        )
    estimate.flops = _flops(plan, estimate)
    _add_memory(plan, estimate, main)
    _add_seconds(plan, estimate)
    return estimate


def _flops(plan: Plan, estimate: Estimate) -> float | None:
    """2 operations a parameter and token that a model reads and 6 where it learns; attention is left out.

    None where a model's size or the number of tokens is not known. A base model's size is known once it is made.
    """
    policy, reward = (_parameters(plan.inputs.get(name)) for name in ("policy", "reward"))
    if plan.kind == RunKind.PPO:
        if policy is None or reward is None or estimate.rows is None:
            return None
        prompts = plan.inputs["prompts"]
        rows = sum(prompts.rows.values()) or 1
        tokens = estimate.rows * (_bytes(prompts) / BYTES_PER_TOKEN / rows + plan.config.max_response_tokens)
        learned = 6 * plan.config.inner_epochs
        text = 0.0
        if plan.config.ptx_gamma:
            text = 6 * policy * estimate.rows * plan.config.ptx_examples_per_episode * plan.config.ptx_block
        # Answering, measuring (policy, reference, reward model and value network), and learning.
        return tokens * ((3 * 2 + learned) * policy + (2 * 2 + learned) * reward) + text
    reads = policy if policy is not None else reward
    if reads is None or estimate.tokens is None:
        return None
    return (6.0 if plan.kind in (RunKind.PRETRAIN, RunKind.SFT, RunKind.RM) else 2.0) * reads * estimate.tokens


def _add_memory(plan: Plan, estimate: Estimate, main: FoundInput | None) -> None:
    """The peak of one process of the run, and what it is made of; None where a model's files are not here yet."""
    rows = sum(main.rows.values()) if main else 0
    memory = foresee(
        plan.kind,
        plan.config,
        {name: _shape(plan.inputs[name]) for name in model_inputs(plan.kind) if name in plan.inputs},
        data=Data(rows, _bytes(main)) if main and rows else None,
    )
    if memory is None:
        return
    estimate.memory = memory.bytes + PROGRAM
    estimate.notes.append(f"Of the memory, the program takes {told(PROGRAM)}; {told_parts(memory.parts)}.")
    here = available_memory()
    if here is not None and estimate.memory > here:
        estimate.notes.append(
            f"That is more memory than the {told(here)} that are free where this page comes from. A worker on another "
            "machine, or with a GPU, may have more; one that has too little refuses the run and says what to change."
        )


def _shape(found: FoundInput) -> Shape | None:
    """The size of a model that lies here; None for one on the hub, or one that is not made yet."""
    path = found.model.path if found.model is not None else found.path
    return read_shape(path) if path and not path.startswith(HUB) else None


def _parameters(found: FoundInput | None) -> int | None:
    return found.model.parameters if found is not None and found.model is not None else None


def _rows(plan: Plan, main: FoundInput | None) -> int | None:
    if main is None or not main.rows:
        return None
    split = getattr(plan.config, "split", "all") if plan.kind == RunKind.EVALUATE else "all"
    if plan.kind in (RunKind.SFT, RunKind.RM):
        split = "train"
    return sum(main.rows.values()) if split == "all" else main.rows.get(split, 0)


def _bytes(found: FoundInput) -> int:
    if found.snapshot is not None:
        return found.snapshot.bytes
    path = Path(found.path)
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*.txt*")))


def _add_seconds(plan: Plan, estimate: Estimate) -> None:
    """The time that a step took in the last runs of this kind with these settings of size, times the steps."""
    like = Run.objects.filter(kind=plan.kind, preset=plan.preset, status=RunStatus.DONE)
    times = [seconds for run in like.order_by("-finished_at")[:RECENT_RUNS] if (seconds := _step_seconds(run, plan))]
    if times and estimate.steps:
        estimate.seconds = round(median(times) * estimate.steps, 1)
        runs = "the last run" if len(times) == 1 else f"the last {len(times)} runs"
        estimate.notes.append(f"The time is that of a step in {runs} of this kind with the same settings.")
    else:
        estimate.notes.append("No run of this kind with the same settings has ended yet, so its time is not known.")


def _step_seconds(run: Run, plan: Plan) -> float | None:
    """The median time between the steps of a run; None where its settings or its start model differ."""
    if run.settings != plan.settings or not _same_models(run, plan.inputs):
        return None
    times = list(Metric.objects.filter(run=run).order_by("step").values_list("time", flat=True)[:500])
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return median(gaps) if gaps else None


def _same_models(run: Run, inputs: Mapping[str, FoundInput]) -> bool:
    """Whether the start models are of one size."""
    before = run.inputs.select_related("model").filter(name="policy").first()
    now = inputs.get("policy")
    if before is None or now is None or before.model is None or now.model is None:
        return (before is None) == (now is None)
    return before.model.parameters == now.model.parameters
