"""A model's size, read from its folder without loading it: what memory.py counts with.

`config.json` says the widths and the safetensors' headers how many numbers there are; no weight is read. It needs no
torch, for the web process asks as well.

Shapes: V vocabulary, D width, I inner width of the MLP.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

from training.config import PretrainConfig

HEADER_MAX_BYTES = 100 * 1024 * 1024
_HEADS = ("lm_head.weight", "embed_out.weight")
# Masks and angles that older files hold beside the weights; a model makes them anew and does not learn them.
_NO_WEIGHTS = (".attn.bias", ".attention.bias", ".masked_bias", ".inv_freq")
GATED = 4
"""Of an MLP with a gate: the gate before and after its activation, what it is multiplied with, and the product."""
LAYER_NORMS, RMS_NORMS = 4, 6
"""Of two norms: what goes in and what comes out; transformers' RMSNorm keeps what is between as well."""
# Models whose MLP is two matrices with an activation between, and whose norms are LayerNorms; all others here have a
# gate and RMSNorms.
_UNGATED = {"gpt2", "gpt_neo", "gpt_neox", "gptj", "opt", "bloom", "falcon", "phi", "codegen", "starcoder2"}


@dataclass(frozen=True)
class Shape:
    """A decoder's size in numbers (not bytes). `head` is what of the parameters is an unembedding of its own, [V, D]:
    0 where it is the embedding, or where a score takes its place."""

    parameters: int
    head: int
    layers: int
    width: int
    queries: int  # heads x the width of one
    keys: int  # key-value heads x the width of one
    inner: int
    inner_kept: int  # how many tensors [tokens, I] an MLP keeps for its backward pass
    norms_kept: int  # how many [tokens, D] the norms of a layer keep
    vocabulary: int
    positions: int

    def as_reward_model(self) -> Shape:
        """The same trunk with a score in place of the unembedding."""
        return replace(self, parameters=self.parameters - self.head + self.width, head=0)

    def as_value_network(self) -> Shape:
        """A reward model's trunk and head, the head with a bias."""
        return replace(self, parameters=self.parameters + 1)


def shape_of(config: Mapping[str, Any], *, parameters: int, head: int) -> Shape | None:
    """The shape that a config.json tells of; None where it is that of no decoder known here."""
    config = config.get("text_config") or config

    def first(*names: str) -> int | None:
        return next((int(config[name]) for name in names if config.get(name)), None)

    layers, width = first("num_hidden_layers", "n_layer", "num_layers"), first("hidden_size", "n_embd", "d_model")
    heads, vocabulary = first("num_attention_heads", "n_head", "num_heads"), first("vocab_size")
    if layers is None or width is None or heads is None or vocabulary is None:
        return None
    each = first("head_dim") or width // heads
    return Shape(
        parameters=parameters,
        head=head,
        layers=layers,
        width=width,
        queries=heads * each,
        keys=(first("num_key_value_heads") or heads) * each,
        inner=first("intermediate_size", "n_inner", "ffn_dim") or 4 * width,
        inner_kept=_inner_kept(config),
        norms_kept=LAYER_NORMS if config.get("model_type") in _UNGATED else RMS_NORMS,
        vocabulary=vocabulary,
        positions=first("max_position_embeddings", "n_positions") or 2**30,
    )


def _inner_kept(config: Mapping[str, Any]) -> int:
    """GATED, or without a gate: before and after a fused activation, or the five products of a GELU in Python."""
    if config.get("model_type") not in _UNGATED:
        return GATED
    activation = config.get("activation_function") or config.get("hidden_act") or "gelu_new"
    return 5 if activation in ("gelu_new", "gelu_fast", "gelu_python") else 2


def read_shape(folder: str | Path) -> Shape | None:
    """The shape of the model in a folder; None where its files do not tell, which is for the loader to explain."""
    folder = Path(folder)
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        sizes = {name: size for file in folder.glob("*.safetensors") for name, size in tensor_sizes(file).items()}
        if not sizes:
            return None
        head = sum(sizes.get(name, 0) for name in _HEADS)
        parameters = sum(size for name, size in sizes.items() if not name.endswith(_NO_WEIGHTS))
        if head and config.get("tie_word_embeddings"):  # written twice and loaded once
            parameters, head = parameters - head, 0
        return shape_of(config, parameters=parameters, head=head)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error):
        return None


def tensor_sizes(path: Path) -> dict[str, int]:
    """How many numbers each tensor of a safetensors file holds, by its header; the weights themselves are not read.

    Raises struct.error, ValueError, KeyError, TypeError or AttributeError where the file is no such one.
    """
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > min(HEADER_MAX_BYTES, os.fstat(file.fileno()).st_size - 8):
            raise ValueError("its header is longer than the file")
        header = json.loads(file.read(length))
    return {name: prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__"}


def new_shape(config: PretrainConfig) -> Shape:
    """The shape of the Llama that pretraining makes (pretrain.new_model): a tied table [V, D]; in each layer four
    [D, D], three [D, I] and two norms [D]; a last norm."""
    width, inner = config.width, max(8, round(config.width * 8 / 3 / 8) * 8)
    layer = 4 * width**2 + 3 * width * inner + 2 * width
    return Shape(
        parameters=config.vocabulary * width + config.layers * layer + width,
        head=0,
        layers=config.layers,
        width=width,
        queries=width,
        keys=width,
        inner=inner,
        inner_kept=GATED,
        norms_kept=RMS_NORMS,
        vocabulary=config.vocabulary,
        positions=config.context,
    )
