"""What is foreseen of a run's memory: against the tensors that real stages hold, and what a backward pass keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import torch
from tiny_models import tiny_policy
from torch import nn
from toy_world import TINY_MODEL, planted_rows, prompt_rows, write_jsonl
from transformers import AutoModelForCausalLM, GPT2Config, GPTNeoXConfig, LlamaConfig, PreTrainedModel, Qwen2Config

from training import losses, memory
from training.config import PretrainConfig, make_run, parse_config
from training.flat import lay_flat, read_flat
from training.loop import DONE, run_stage
from training.memory import Data, foresee
from training.models import load_tokenizer, new_reward_model
from training.ppo import Ppo
from training.pretrain import Pretraining, new_model
from training.reward import RewardTraining
from training.sft import FineTuning
from training.shapes import new_shape, read_shape, shape_of
from training.value import ValueNetwork


def test_the_chunk_of_logits_is_that_of_the_losses() -> None:
    assert memory.CHUNK_LOGITS == losses.CHUNK_LOGITS


# Sizes of models


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2", "gpt_neox"])
def test_a_models_files_tell_how_many_numbers_it_has(tmp_path: Path, base_model: Path, kind: str) -> None:
    """As a policy, as a reward model, and as a value network, tied or not."""
    tokenizer = load_tokenizer(base_model)
    tiny_policy(kind, vocabulary=len(tokenizer)).save_pretrained(tmp_path)
    policy = AutoModelForCausalLM.from_pretrained(tmp_path)
    shape = read_shape(tmp_path)
    assert shape is not None
    assert shape.parameters == sum(p.numel() for p in policy.parameters())
    assert (shape.layers, shape.width, shape.queries, shape.inner) == (2, 16, 16, 64 if kind == "gpt2" else 32)
    assert (shape.vocabulary, shape.positions) == (len(tokenizer), 64)
    assert bool(shape.head) == (kind == "gpt_neox"), "the others' is the embedding"
    reward = new_reward_model(tmp_path, tokenizer)
    assert shape.as_reward_model().parameters == sum(p.numel() for p in reward.parameters())
    value = ValueNetwork(reward)
    assert shape.as_reward_model().as_value_network().parameters == sum(p.numel() for p in value.parameters())


def test_a_head_that_is_written_beside_its_table_counts_once(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    tiny_policy("llama").save_pretrained(tmp_path)
    before, file = read_shape(tmp_path), tmp_path / "model.safetensors"
    tensors = load_file(file)
    masks = {"model.layers.0.attn.bias": torch.ones(1, 1, 64, 64)}
    head = {"lm_head.weight": tensors["model.embed_tokens.weight"].clone()}
    save_file(tensors | head | masks, file, {"format": "pt"})
    assert read_shape(tmp_path) == before


def test_files_that_do_not_tell_have_no_shape(tmp_path: Path) -> None:
    assert read_shape(tmp_path) is None
    (tmp_path / "config.json").write_text("{}")
    assert read_shape(tmp_path) is None
    tiny_policy("llama").save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 40)
    assert read_shape(tmp_path) is None
    assert foresee("sft", parse_config("sft", "tiny", {}), {"policy": None}) is None


def test_a_new_models_shape_is_that_of_the_one_that_is_made(base_model: Path) -> None:
    config: PretrainConfig = parse_config("pretrain", "tiny", TINY_MODEL)
    tokenizer = load_tokenizer(base_model)
    made = new_model(config, tokenizer)
    shape = new_shape(config)
    assert len(tokenizer) == config.vocabulary
    assert shape.parameters == sum(p.numel() for p in made.parameters())
    assert shape == shape_of(made.config.to_dict(), parameters=shape.parameters, head=0)


# The certain parts: what real stages hold right after an optimizer's step, when all of it is there


def held(tensors: Iterable[torch.Tensor | None]) -> int:
    """The bytes of tensors, each once."""
    return sum({t.data_ptr(): t.nbytes for t in tensors if t is not None and t.dim()}.values())


def parameters(*modules: nn.Module) -> list[nn.Parameter]:
    return [parameter for module in modules for parameter in module.parameters()]


def averages(*optimizers: torch.optim.Optimizer) -> list[torch.Tensor]:
    return [tensor for one in optimizers for state in one.state.values() for tensor in state.values()]


def tensors_of(state: object) -> Iterable[torch.Tensor]:
    if isinstance(state, torch.Tensor):
        yield state
    elif isinstance(state, dict):
        for value in state.values():
            yield from tensors_of(value)


def measured(stage: object) -> dict[str, int]:
    """What a stage's attributes hold, by the names of memory.py."""
    if isinstance(stage, Ppo):
        modules = (stage.policy.model, stage.reference.model, stage.reward, stage.value)
        found = {
            "weights": held(parameters(*modules)),
            "optimizer": held(averages(stage.optimizer, stage.value_optimizer)),
            "average": held(stage.average.values()),
            "kept": held(tensors_of(stage._before)),
        }
    else:
        modules = (stage.model,)  # type: ignore[attr-defined]
        extra = [stage.reward] if getattr(stage, "reward", None) is not None else []  # type: ignore[attr-defined]
        found = {
            "weights": held(parameters(*modules, *extra)),
            "optimizer": held(averages(stage.optimizer)),  # type: ignore[attr-defined]
        }
    found["gradients"] = held(p.grad for p in parameters(*modules))
    return {name: size for name, size in found.items() if size}


def watched(stage: type) -> tuple[type, list[dict[str, int]]]:
    """A stage that is measured after each step of its last optimizer, and what was measured."""
    found: list[dict[str, int]] = []

    class Watched(stage):  # type: ignore[misc, valid-type]
        def __init__(self, run: object) -> None:
            super().__init__(run)
            last = getattr(self, "value_optimizer", self.optimizer)
            last.register_step_post_hook(lambda *_: found.append(measured(self)))

    return Watched, found


@pytest.fixture
def inputs(tmp_path: Path, base_model: Path, reward_model: Path, text_folder: Path, demonstrations: Path) -> Callable:
    def of(kind: str) -> dict[str, Path]:
        if kind == "pretrain":
            return {"data": text_folder}
        if kind == "ppo":
            prompts = write_jsonl(tmp_path / "asked.jsonl", prompt_rows())
            return {"prompts": prompts, "policy": base_model, "reward": reward_model}
        if kind == "rm":
            return {"data": write_jsonl(tmp_path / "judged.jsonl", planted_rows(20)), "policy": base_model}
        return {"data": demonstrations, "policy": base_model, "reward": reward_model}

    return of


@pytest.mark.parametrize(
    ("kind", "stage", "settings"),
    [
        ("pretrain", Pretraining, TINY_MODEL | {"steps": 2}),
        ("sft", FineTuning, {"epochs": 1, "reward_prompts": 2}),
        ("rm", RewardTraining, {}),
        ("ppo", Ppo, {"episodes": 12, "rollout_batch": 4, "max_response_tokens": 4, "sample_prompts": 0}),
    ],
)
def test_the_certain_parts_are_what_a_stage_holds(tmp_path, inputs, kind, stage, settings) -> None:
    given = inputs(kind)
    make_run(tmp_path / "run", kind, settings=settings | {"threads": 1}, seed=2, inputs=given)
    watching, found = watched(stage)
    assert run_stage(kind, watching, [str(tmp_path / "run")]) == DONE, (tmp_path / "run" / "error.json").read_text()
    shapes = {name: read_shape(given[name]) for name in ("policy", "reward") if name in given}
    needed = foresee(kind, parse_config(kind, "tiny", settings), shapes)
    assert needed is not None
    assert found[-1] == needed.certain, "to the byte"
    assert ("kept" in needed.certain) == (kind == "ppo")


# The estimate of activations: what autograd keeps for the backward pass


def wide_policy(kind: str) -> PreTrainedModel:
    """Four layers, wide enough that what is no layer's does not count for much."""
    common = {"vocab_size": 64, "hidden_size": 64, "num_hidden_layers": 4, "num_attention_heads": 4}
    configs = {
        "llama": lambda: LlamaConfig(**common, intermediate_size=168, num_key_value_heads=4),
        "qwen2": lambda: Qwen2Config(**common, intermediate_size=168, num_key_value_heads=2),
        "gpt2": lambda: GPT2Config(vocab_size=64, n_embd=64, n_layer=4, n_head=4),
        "gpt_neox": lambda: GPTNeoXConfig(**common, intermediate_size=256),
    }
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(configs[kind](), attn_implementation="sdpa")
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return model.train()


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2", "gpt_neox"])
def test_a_layer_keeps_about_what_the_formula_says(kind: str, precision: str) -> None:
    """Within a quarter, in one flat row of 512 tokens; weights and their 16-bit copies are counted elsewhere."""
    model, tokens = wide_policy(kind), 512
    shape = shape_of(model.config.to_dict(), parameters=0, head=0)
    row = lay_flat([(list(range(64)) * 2, [])] * (tokens // 128), torch.device("cpu"))
    kept: dict[int, int] = {}
    sizes = {parameter.numel() for parameter in model.parameters()}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if tensor.numel() not in sizes:  # a weight, or its copy
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16")
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor), autocast:
        hidden = read_flat(model.base_model, row)
    assert hidden.requires_grad
    config = parse_config("rm", "tiny", {"precision": precision})
    foreseen = tokens * shape.layers * memory._layer(shape, config)
    assert 0.8 < foreseen / sum(kept.values()) < 1.25, f"{sum(kept.values()) / tokens / shape.layers / 64} D"


# The settings that move it


def test_each_setting_moves_its_own_part() -> None:
    shape = new_shape(parse_config("pretrain", "paper-1.3b", {}))
    data = Data(10_000, 20_000_000)  # 500 tokens each

    def parts(kind: str, **settings: object) -> dict[str, int]:
        shapes = {"policy": shape} if kind != "ppo" else {"policy": shape, "reward": shape.as_reward_model()}
        needed = foresee(kind, parse_config(kind, "paper-1.3b", settings), shapes, data=data)
        assert needed is not None
        return needed.lasting | {f"{at} {name}": size for at, m in needed.moments.items() for name, size in m.items()}

    def moved(kind: str, **settings: object) -> set[str]:
        before, after = parts(kind), parts(kind, **settings)
        return {name for name in before if before[name] != after.get(name, 0)}

    assert moved("sft", micro_batch_tokens=1000) == {"learning activations"}
    assert moved("sft", precision="fp32") >= {"learning activations", "learning copies"}
    assert moved("ppo", rollout_rows=64) == {"answering cache", "answering activations", "answering logits"}
    assert moved("ppo", checkpoint_every=1) == {"kept"}


def test_a_pass_is_no_fuller_than_a_step_has_texts() -> None:
    shape = new_shape(parse_config("pretrain", "tiny", {}))
    config = parse_config("sft", "tiny", {"batch_size": 4})
    short, long = (foresee("sft", config, {"policy": shape}, data=Data(100, 100 * tokens * 4)) for tokens in (20, 1000))
    layers = (shape.layers + 1) * memory._layer(shape, config)
    assert short.moments["learning"]["activations"] == 4 * 20 * layers
    assert long.moments["learning"]["activations"] == 4000 * layers, "four texts of 1,000"


def test_two_processes_hold_what_is_on_its_way_between_them() -> None:
    shape = new_shape(parse_config("pretrain", "tiny", {}))
    config = parse_config("sft", "tiny", {"micro_batch_tokens": 16})
    needed = foresee("sft", config, {"policy": shape}, data=Data(100, 100), ranks=2)
    assert needed.moments["exchange"] == {"gradients": 4 * shape.parameters, "exchange": 4 * shape.parameters}


@pytest.mark.parametrize(
    ("size", "words"), [(12, "12 B"), (1_234, "1.2 kB"), (1_200_000_000, "1.2 GB"), (3.4e12, "3.4 TB")]
)
def test_bytes_in_words(size: float, words: str) -> None:
    assert memory.told(size) == words
