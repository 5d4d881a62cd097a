"""How many bytes a run needs at its peak, part by part, foreseen from its settings and the sizes of its models.

What it does. Some parts stay through the run: weights, Adam's averages, what PPO keeps beside them. Others are there
at one moment of a step: gradients, activations and logits while a model learns; keys and values while it answers. The
peak is what stays and the largest moment. It needs no torch, for the web process asks as well.

What it rests on. CERTAIN parts are numbers of parameters times the bytes that models.py, optimizer.py and ppo.py hold
for each: weights and gradients in fp32 4 each, AdamW's two averages 8, PPO's EMA 4, and PPO's copy of the state from
before an update (12 for each number of policy and value network, 4 of the EMA), which is taken where checkpoints are
not written in every iteration. The rest is an estimate. For each layer and token a backward pass
keeps, in numbers,

    norms       6 D     three tensors [tokens, D] in each RMSNorm of two (4 where they are LayerNorms)
    attention   5 Q     queries, keys, values (repeated where heads share them), what comes out, and its copy in a row
    MLP         4 I     with a gate (5 or 2 without: shapes.py)
    dropout     2 D     two masks, where residual_dropout is above 0

of 4 bytes each; with bf16 attention and MLP are of 2, and the inputs of their products are kept twice. One layer more
stands for what the backward pass itself makes. Without one, a pass holds one layer's. Logits stand in memory for a
chunk (losses.CHUNK_LOGITS), about four times. Keys and values take 2 K numbers for each layer and token of prompt and
answer, of 2 bytes with bf16. A token is taken to be four bytes of the data's file, and the longest text of a batch
three times the mean.

What is not counted: the program (PROGRAM), files that the system keeps in memory because there is room, what the
allocator cannot use again, what torch's kernels borrow, and text while it is tokenized. On a GPU `HOST` parts are in
the machine's own memory. FSDP is not done, so each process of a run needs all of it.

Shapes: D width, Q heads x width of one, K key-value heads x width of one, I inner width of the MLP, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from training.config import PretrainConfig
from training.shapes import Shape, new_shape

BYTES_PER_TOKEN = 4.0  # of English under a vocabulary of some ten thousand tokens
LONGEST = 3.0  # the longest text of a batch, in means
CHUNK_LOGITS = 2**24  # losses.CHUNK_LOGITS, which the web process cannot import
LOGIT_COPIES = 4  # of a chunk: as they come, over the temperature, and two of the backward pass
RECORD_BYTES = 12.0  # that a byte of a file becomes: its text twice, and 40 bytes for each token's id in a list
DRAW_BYTES = 28  # for each logit of a token that is drawn: three in fp32 and two in fp64
PROGRAM = 400_000_000  # Python, torch and transformers before a model is loaded: 392 MB with the CPU build of 2.13

CERTAIN = ("weights", "optimizer", "average", "kept", "gradients")
HOST = ("kept", "records")
WORDS = {
    "weights": "weights",
    "optimizer": "Adam's averages",
    "average": "averaged weights (EMA)",
    "kept": "copy of the state before an update",
    "records": "records and their tokens",
    "gradients": "gradients",
    "activations": "activations",
    "logits": "logits",
    "cache": "keys and values of answers",
    "copies": "16-bit copies of weights",
    "exchange": "gradients on their way between processes",
}


@dataclass(frozen=True)
class Data:
    """What is known of a run's records before they are read: their number and their file's bytes."""

    rows: int
    bytes: int

    @property
    def mean(self) -> float:
        """Tokens of a record, about."""
        return max(1.0, self.bytes / BYTES_PER_TOKEN / max(1, self.rows))


@dataclass(frozen=True)
class Memory:
    """Bytes by part: those that stay, and those of each moment of a step."""

    lasting: dict[str, int]
    moments: dict[str, dict[str, int]]

    @property
    def parts(self) -> dict[str, int]:
        """The parts at the peak, the largest first; none is 0."""
        largest = max(self.moments.values(), key=lambda moment: sum(moment.values()), default={})
        held = self.lasting | largest
        return {name: held[name] for name in sorted(held, key=lambda name: -held[name]) if held[name]}

    @property
    def bytes(self) -> int:
        return sum(self.parts.values())

    @property
    def certain(self) -> dict[str, int]:
        """The parts that need no assumption: what is held for each parameter when the first step is learned."""
        every = self.lasting | self.moments.get("learning", {})
        return {name: every[name] for name in CERTAIN if every.get(name)}

    def on(self, *, host: bool) -> Memory:
        """The parts that a run on a GPU has in the machine's own memory, or those that it has on the GPU."""

        def held(parts: Mapping[str, int]) -> dict[str, int]:
            return {name: size for name, size in parts.items() if (name in HOST) == host}

        return Memory(held(self.lasting), {name: held(parts) for name, parts in self.moments.items()})


def foresee(
    kind: str, config: Any, shapes: Mapping[str, Shape | None], *, data: Data | None = None, ranks: int = 1
) -> Memory | None:
    """What one process of a run needs; None where the shape of one of its models is not known.

    `shapes` are those of the run's inputs that are models, by the input's name; `data` is of the input `data` or
    `prompts`, and without it every text is taken to be as long as the settings allow.
    """
    if any(shape is None for shape in shapes.values()):
        return None
    known = {name: shape for name, shape in shapes.items() if shape is not None}
    learners, frozen = _models(kind, config, known)
    if not learners and not frozen:
        return None
    learned = sum(shape.parameters for shape in learners)
    lasting = {"weights": 4 * (learned + sum(shape.parameters for shape in frozen)), "optimizer": 8 * learned}
    if data is not None and kind not in ("pretrain", "score"):  # text is mapped, outputs are read as they are scored
        lasting["records"] = int(RECORD_BYTES * data.bytes)
    if kind == "ppo":
        lasting["average"] = 4 * known["policy"].parameters
        if config.checkpoint_every > 1 and config.episodes > config.rollout_batch:
            lasting["kept"] = 12 * learned + lasting["average"]
    moments: dict[str, dict[str, int]] = {}
    if learners:
        tokens = _learned_tokens(kind, config, learners[0], data, ranks)
        moments["learning"] = {"gradients": 4 * learned} | _most(
            [_backward(shape, config, tokens, logits=_says_words(kind, at)) for at, shape in enumerate(learners)]
        )
        if ranks > 1:
            largest = max(shape.parameters for shape in learners)
            moments["exchange"] = {"gradients": 4 * learned, "exchange": 4 * largest}
    if answers := _answers(kind, config, known, data, ranks):
        moments["answering"] = answers
    if frozen:
        tokens = _pass_tokens(config, _text(kind, config, frozen[0], data), _texts(kind, config, ranks))
        read = [_forward(shape, config, tokens, logits=kind in ("ppo", "evaluate")) for shape in frozen]
        moments["reading"] = _most(read)
    return Memory(lasting, moments)


def _models(kind: str, config: Any, shapes: Mapping[str, Shape]) -> tuple[list[Shape], list[Shape]]:
    """Each model that learns, and each that is only read, as often as it is held."""
    policy, reward = shapes.get("policy"), shapes.get("reward")
    if kind == "pretrain" and isinstance(config, PretrainConfig):
        return [policy or new_shape(config)], []
    if kind == "rm" and policy:
        return [policy.as_reward_model()], []
    if kind == "ppo":
        return ([policy, reward.as_value_network()], [policy, reward]) if policy and reward else ([], [])
    held = [shape for shape in (policy, reward) if shape is not None]
    return (held[:1], held[1:]) if kind == "sft" else ([], held)


def _says_words(kind: str, at: int) -> bool:
    """Whether a learner's loss is of its logits: a reward model's and PPO's value network's are of one number."""
    return kind != "rm" and at == 0


def _most(moments: list[dict[str, int]]) -> dict[str, int]:
    """Of passes that come one after the other, the one that takes most."""
    return max(moments, key=lambda parts: sum(parts.values()))


# Tokens of a pass


def _text(kind: str, config: Any, shape: Shape, data: Data | None) -> tuple[float, float]:
    """Tokens of a text, prompt and response: the mean, and the longest. A reward model's texts are a prompt with all
    of its outputs."""
    most = min(config.max_prompt_tokens + config.max_response_tokens, shape.positions)
    if data is None:
        return most, most
    if kind == "rm":
        return data.mean, LONGEST * data.mean
    written = config.max_response_tokens if kind in ("ppo", "sample") else 0
    return min(most, data.mean + written), min(most, LONGEST * data.mean + written)


def _pass_tokens(config: Any, text: tuple[float, float], texts: int) -> int:
    """Tokens of the largest pass over so many texts: micro_batch_tokens where there are as many; one that is longer
    makes a pass of its own."""
    mean, longest = text
    return ceil(max(longest, min(texts * mean, config.micro_batch_tokens)))


def _learned_tokens(kind: str, config: Any, shape: Shape, data: Data | None, ranks: int) -> int:
    """Tokens of the largest backward pass."""
    most = config.micro_batch_tokens
    if kind == "pretrain":
        return min(max(1, most // config.block), ceil(config.batch_size / ranks)) * config.block
    tokens = _pass_tokens(config, _text(kind, config, shape, data), _texts(kind, config, ranks))
    if kind == "sft" and config.pretrain_fraction:
        return max(tokens, config.pretrain_block)
    if kind == "ppo" and config.ptx_gamma:
        return max(tokens, max(1, most // (config.ptx_block + 1)) * config.ptx_block)
    return tokens


def _texts(kind: str, config: Any, ranks: int) -> int:
    """How many texts a step brings to one process at most."""
    if kind == "ppo":
        return ceil(config.rollout_batch / config.minibatches / ranks)
    if kind in ("sft", "rm"):
        return ceil(config.batch_size / ranks)
    if kind == "sample":
        return config.prompts_per_step * config.samples_per_prompt
    return config.records_per_step if kind == "evaluate" else config.prompts_per_step


def _prompt_tokens(config: Any, shape: Shape, response: int, data: Data | None) -> int:
    """The longest prompt that is answered, as far as its answer leaves room."""
    most = max(1, min(config.max_prompt_tokens, shape.positions - response - 1))
    return most if data is None else min(most, ceil(LONGEST * data.mean))


# What a pass holds


def _half(config: Any) -> bool:
    return config.precision == "bf16"


def _layer(shape: Shape, config: Any) -> int:
    """Bytes that a layer keeps of a token for its backward pass; the head of this file has the formula."""
    half = _half(config)
    norms = 4 * shape.norms_kept * shape.width + (2 * 2 * shape.width if half else 0)
    products = (2 if half else 4) * (5 * shape.queries + shape.inner_kept * shape.inner)
    masks = 4 * 2 * shape.width if getattr(config, "residual_dropout", 0) else 0
    return norms + products + masks


def _logits(shape: Shape, tokens: int) -> int:
    return 4 * LOGIT_COPIES * min(tokens * shape.vocabulary, max(CHUNK_LOGITS, shape.vocabulary))


def _copies(shape: Shape, config: Any) -> int:
    """Autocast casts each weight once in a pass and keeps it."""
    return 2 * shape.parameters if _half(config) else 0


def _backward(shape: Shape, config: Any, tokens: int, *, logits: bool) -> dict[str, int]:
    return {
        "activations": tokens * (shape.layers + 1) * _layer(shape, config),
        "logits": _logits(shape, tokens) if logits else 0,
        "copies": _copies(shape, config),
    }


def _forward(shape: Shape, config: Any, tokens: int, *, logits: bool) -> dict[str, int]:
    return {
        "activations": tokens * _layer(shape, config),
        "logits": _logits(shape, tokens) if logits else 0,
        "copies": _copies(shape, config),
    }


def _answers(kind: str, config: Any, shapes: Mapping[str, Shape], data: Data | None, ranks: int) -> dict[str, int]:
    """While answers are written: prompts are read whole, padded to the longest, with a mask [rows, T, T]; keys and
    values grow with each token, one layer at a time."""
    policy = shapes.get("policy")
    if policy is None or kind not in ("sft", "ppo", "sample"):
        return {}
    response = config.max_response_tokens
    if kind == "ppo":
        share = ceil(config.rollout_batch / ranks)
        rows = min(config.rollout_rows or share, share)
    elif kind == "sample":
        rows = config.prompts_per_step * config.samples_per_prompt
    else:
        rows, response = config.reward_prompts if "reward" in shapes else config.sample_prompts, config.sample_tokens
    if not rows:
        return {}
    prompt = _prompt_tokens(config, policy, response, data)
    return {
        "cache": rows * (prompt + response) * (policy.layers + 1) * policy.keys * (4 if _half(config) else 8),
        "activations": rows * prompt * _layer(policy, config) + 5 * rows * prompt**2,
        "logits": DRAW_BYTES * rows * policy.vocabulary,
        "copies": _copies(policy, config),
    }


def told(size: float) -> str:
    """Bytes in words, such as 1.2 GB: powers of a thousand, as the front end writes them."""
    for unit, step in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size:.0f} B"


def told_parts(parts: Mapping[str, int]) -> str:
    """A list for people, such as: weights 1.2 GB, gradients 1.2 GB."""
    return ", ".join(f"{WORDS[name]} {told(size)}" for name, size in parts.items())
