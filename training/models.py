"""Policies, reward models and tokenizers: loading, saving, and what makes them safe and alike.

A model is a folder in Hugging Face format. Only safetensors are read, and no code from a model's folder is
run: a pickle or a `modeling_*.py` from a stranger is a program. Weights are held in fp32 whatever the file
holds (master weights); bf16 enters by autocast only.

Reward model on disk: AutoModelForSequenceClassification with one label, and `reward_bias` in its config.json.
The score of a text is

    score = head(hidden state at the end-of-turn token) + reward_bias

so the bias is what is ADDED to the raw head's output to bring the demonstrations' mean to 0. This is the one
place where that sign is said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
)

from training.halts import told

USER, ASSISTANT, SYSTEM, TURN_END = "<|user|>", "<|assistant|>", "<|system|>", "<|end|>"
PAD = "<|pad|>"

# For tokenizers that have the role tokens: <|user|>Hello<|end|><|assistant|>Hi<|end|>
ROLE_TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
# For tokenizers that have neither a template nor role tokens (GPT-2, Pythia): plain words, and the
# tokenizer's own end of text after what the assistant said.
PLAIN_TEMPLATE = (
    "{% for message in messages %}{% if message['role'] == 'assistant' %}"
    "{{ 'Assistant: ' + message['content'] + eos_token + '\\n\\n' }}"
    "{% else %}{{ message['role'] | capitalize + ': ' + message['content'] + '\\n\\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)
# Some templates write today's date. A macro of the same name shadows the clock, so that the same prompt has
# the same ids on every day; it is saved with the model.
FROZEN_CLOCK = (
    "{%- macro strftime_now(format) -%}{{ format | replace('%d', '26') | replace('%b', 'Jul')"
    " | replace('%B', 'July') | replace('%m', '07') | replace('%y', '24') | replace('%Y', '2024')"
    " | replace('%H', '12') | replace('%M', '00') | replace('%S', '00') | replace('%A', 'Friday')"
    " | replace('%a', 'Fri') | replace('%-d', '26') }}{%- endmacro -%}"
)


class ModelError(ValueError):
    """A model that cannot or must not be used here; the message says why and what to do."""


def _check_folder(path: str | Path) -> str:
    """The name to give to from_pretrained; refuses what must not be loaded. `hub:NAME` is a name on the
    hub."""
    name = str(path)
    if name.startswith("hub:"):
        return name.removeprefix("hub:")
    folder = Path(path)
    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder} is no model in Hugging Face format: it has no config.json")
    if not any(folder.glob("*.safetensors")):
        pickled = sorted(p.name for pattern in ("*.bin", "*.pt", "*.pth", "*.ckpt") for p in folder.glob(pattern))
        raise ModelError(
            f"{folder} has no .safetensors weights"
            + (f", only {', '.join(pickled)}; pickled weights can run code and are refused" if pickled else "")
            + ". Convert the model with save_pretrained(..., safe_serialization=True)"
        )
    return name


def _architecture_known(name: str, automatic: Any) -> None:
    """Refuses a model whose architecture is not part of transformers, in words, before any weights load."""
    try:
        config = AutoConfig.from_pretrained(name, trust_remote_code=False)
    except (ValueError, OSError, KeyError) as error:
        raise ModelError(
            f"the model {name} cannot be read without running code of its own, or is not there: {error}"
        ) from error
    if type(config) not in automatic._model_mapping:
        raise ModelError(f"{name} is a {config.model_type} model, which transformers cannot load for this")


def load_tokenizer(path: str | Path) -> Any:
    """The tokenizer beside a model, with a chat template whose dates stand still, and a pad that is not EOS.

    Where the tokenizer has no chat template a plain one is set (ROLE_TEMPLATE or PLAIN_TEMPLATE). Where it
    has no pad token apart from its end of turn, `<|pad|>` is added: `fit_embeddings` then makes room in the
    model. Raises ModelError.
    """
    name = _check_folder(path)
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False, use_fast=True)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise ModelError(f"the tokenizer of {name} cannot be read: {error}") from error
    if not tokenizer.is_fast:
        raise ModelError(f"the tokenizer of {name} has no fast version (tokenizer.json)")
    if tokenizer.eos_token_id is None:
        raise ModelError(f"the tokenizer of {name} names no end-of-turn token (eos_token)")
    vocabulary = tokenizer.get_vocab()
    if not tokenizer.chat_template:
        if all(token in vocabulary for token in (USER, ASSISTANT, SYSTEM, TURN_END)):
            tokenizer.chat_template, tokenizer.eos_token = ROLE_TEMPLATE, TURN_END
        else:
            tokenizer.chat_template = PLAIN_TEMPLATE
    if "strftime_now" in tokenizer.chat_template and "macro strftime_now" not in tokenizer.chat_template:
        tokenizer.chat_template = FROZEN_CLOCK + tokenizer.chat_template
    if tokenizer.pad_token_id is None or tokenizer.pad_token_id == tokenizer.eos_token_id:
        if PAD not in vocabulary:
            tokenizer.add_special_tokens({"pad_token": PAD})
        tokenizer.pad_token = PAD
    return tokenizer


def tokenizer_differences(one: Any, other: Any) -> list[str]:
    """What two tokenizers disagree on, in words; empty when ids mean the same in both."""
    differences = []
    if one.get_vocab() != other.get_vocab():
        differences.append(f"their vocabularies differ ({len(one):,} and {len(other):,} tokens)")
    for label, a, b in (
        ("end-of-turn ids", one.eos_token_id, other.eos_token_id),
        ("pad ids", one.pad_token_id, other.pad_token_id),
        ("chat templates", one.chat_template, other.chat_template),
    ):
        if a != b:
            differences.append(f"their {label} differ" + (f" ({a} and {b})" if isinstance(a, int) else ""))
    probe = "The quick fox's 12 naïve jumps,\n\n  über 3.5 fences — “again”!"
    if not differences and one(probe)["input_ids"] != other(probe)["input_ids"]:
        differences.append("they split the same text differently")
    return differences


def require_same_tokenizer(policy: Any, reward: Any) -> None:
    """Raises ModelError where a policy and a reward model don't share their ids: scores would mean nothing."""
    differences = tokenizer_differences(policy, reward)
    if differences:
        raise ModelError(
            f"the policy and the reward model have different tokenizers: {'; '.join(differences)}. "
            "Train the reward model from this policy or one of its family"
        )


def fit_embeddings(model: PreTrainedModel, tokenizer: Any) -> None:
    """Makes room for tokens that the tokenizer has and the model has not (an added pad); never shrinks."""
    rows = int(model.get_input_embeddings().weight.shape[0])  # type: ignore[index]
    if len(tokenizer) > rows:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    model.config.pad_token_id = tokenizer.pad_token_id
    model.config.eos_token_id = tokenizer.eos_token_id


def load_policy(path: str | Path, tokenizer: Any) -> PreTrainedModel:
    """A causal language model in fp32, in evaluation mode, its caches off, its generation defaults neutral.

    Raises ModelError for pickled weights, unknown architectures, and models that need code of their own.
    """
    name = _check_folder(path)
    _architecture_known(name, AutoModelForCausalLM)
    model = _load(AutoModelForCausalLM, name)
    fit_embeddings(model, tokenizer)
    generation = model.generation_config
    # A model's own generation_config may bring a top_k or a penalty back silently.
    generation.do_sample, generation.top_k, generation.top_p, generation.temperature = False, None, None, None
    generation.repetition_penalty = None
    generation.eos_token_id, generation.pad_token_id = tokenizer.eos_token_id, tokenizer.pad_token_id
    return model


def load_reward_model(path: str | Path, tokenizer: Any) -> PreTrainedModel:
    """A reward model: one score, and `reward_bias` in its config. Raises ModelError where it is none."""
    name = _check_folder(path)
    config = AutoConfig.from_pretrained(name, trust_remote_code=False)
    if getattr(config, "reward_bias", None) is None or config.num_labels != 1:
        raise ModelError(f"{name} is no reward model: its config.json has no reward_bias and one label")
    _architecture_known(name, AutoModelForSequenceClassification)
    model = _load(AutoModelForSequenceClassification, name)
    fit_embeddings(model, tokenizer)
    return model


def new_reward_model(path: str | Path, tokenizer: Any) -> PreTrainedModel:
    """A reward model started from a policy: its trunk, and a head that the caller initializes (bias 0)."""
    name = _check_folder(path)
    _architecture_known(name, AutoModelForSequenceClassification)
    model = _load(AutoModelForSequenceClassification, name, num_labels=1)
    model.config.reward_bias = 0.0
    fit_embeddings(model, tokenizer)
    return model


def _load(automatic: Any, name: str, **options: Any) -> PreTrainedModel:
    try:
        model = automatic.from_pretrained(
            name,
            dtype=torch.float32,
            trust_remote_code=False,
            use_safetensors=True,
            attn_implementation="sdpa",
            **options,
        )
    except (ValueError, OSError, RuntimeError) as error:
        raise ModelError(f"the model {name} cannot be loaded: {error}") from error
    model.config.use_cache = False
    # What fine-tuning a stage does not ask for is off: paper and papers alike drop out on the residual only.
    set_dropout(model, 0.0)
    return model.eval()


def decoder_layers(model: nn.Module) -> list[nn.Module]:
    """The transformer's layers, as the longest ModuleList that stands directly in the trunk."""
    trunk = getattr(model, getattr(model, "base_model_prefix", ""), model)
    lists = [list(m) for m in trunk.children() if isinstance(m, nn.ModuleList)]
    if not lists:
        lists = [list(m) for m in trunk.modules() if isinstance(m, nn.ModuleList)]
    return max(lists, key=len, default=[])


_BRANCHES = (("self_attn", "attn", "attention", "self_attention"), ("mlp", "feed_forward", "ffn"))


def _dropout_hook(rate: float) -> Callable[[nn.Module, Any, Any], Any]:
    """A forward hook that drops out what a branch adds to the residual stream."""

    def drop(module: nn.Module, inputs: Any, output: Any) -> Any:
        if not module.training:
            return output
        if isinstance(output, tuple):
            return (F.dropout(output[0], rate, training=True), *output[1:])
        return F.dropout(output, rate, training=True)

    return drop


def set_dropout(model: nn.Module, residual: float) -> None:
    """Residual dropout at a rate, every other dropout off.

    A hook on each layer's two branches, so that models built without residual dropout (Llama, Qwen) get it
    too. Raises ModelError where a layer's branches are not recognized: silently not dropping out would be
    another experiment than the settings say.
    """
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        for name in ("attention_dropout", "attn_dropout", "dropout", "hidden_dropout", "activation_dropout"):
            if isinstance(getattr(module, name, None), float):
                setattr(module, name, 0.0)
    for handle in getattr(model, "_concord_dropout", []):
        handle.remove()
    handles = []
    if residual > 0:
        for layer in decoder_layers(model):
            named = dict(layer.named_children())
            branches = [named[name] for names in _BRANCHES for name in names if name in named]
            if len(branches) != len(_BRANCHES):
                raise ModelError(
                    f"residual dropout cannot be set in a {type(layer).__name__}; set residual_dropout to 0"
                )
            handles += [branch.register_forward_hook(_dropout_hook(residual)) for branch in branches]
        if not handles:
            raise ModelError(f"no layers were found in a {type(model).__name__}; set residual_dropout to 0")
    model._concord_dropout = handles  # type: ignore[assignment]


def position_limit(model: PreTrainedModel) -> int:
    """The longest sequence the model was made for, in tokens."""
    config = model.config
    return int(getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None) or 2**30)


def save_model(
    model: PreTrainedModel, tokenizer: Any, folder: str | Path, *, precision: str = "fp32", card: str
) -> None:
    """Writes a model in Hugging Face format: safetensors, tokenizer with its template, the card as README.md.

    The state is copied to `precision`; the model itself keeps its fp32 weights.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    state = {
        name: value.to(dtype) if value.is_floating_point() else value for name, value in model.state_dict().items()
    }
    kept = model.config.dtype
    model.config.dtype = dtype
    try:
        model.save_pretrained(folder, state_dict=_tie_again(model, state))
    finally:
        model.config.dtype = kept
    tokenizer.save_pretrained(folder)
    (folder / "README.md").write_text(card, encoding="utf-8")


def _tie_again(model: nn.Module, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Tensors that were one in the model are one in the state, so that they are written once."""
    originals = dict(_named_tensors(model))
    seen: dict[int, str] = {}
    for name in state:
        original = originals.get(name)
        if original is None:
            continue
        first = seen.setdefault(original.data_ptr(), name)
        if first != name and state[first].shape == state[name].shape:
            state[name] = state[first]
    return state


def _named_tensors(model: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    yield from model.named_parameters(remove_duplicate=False)
    yield from model.named_buffers(remove_duplicate=False)


def model_card(title: str, facts: dict[str, Any], *, notes: str = "") -> str:
    """A README.md for a model: what made it. `facts` become a JSON block, so that programs can read it
    too."""
    block = json.dumps(facts, indent=2, ensure_ascii=False)
    notes = f"{notes.strip()}\n\n{told(facts.get('halts', []))}".strip()
    return f"# {title}\n\n{notes}\n\n```json\n{block}\n```\n" if notes else f"# {title}\n\n```json\n{block}\n```\n"
