"""Random models of the architectures that the maths is checked on, a few thousand parameters each."""

from __future__ import annotations

import torch
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    PreTrainedModel,
    Qwen2Config,
)

VOCABULARY = 61


def tiny_policy(kind: str = "llama", *, vocabulary: int = VOCABULARY, seed: int = 0) -> PreTrainedModel:
    """A causal language model of 2 layers x 16 with random weights large enough to tell tokens apart."""
    common = {"vocab_size": vocabulary, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
    wide = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 64}
    llama = {"intermediate_size": 32, "num_key_value_heads": 2, "tie_word_embeddings": True, "initializer_range": 0.3}
    configs = {
        "llama": lambda: LlamaConfig(**common, **wide, **llama),
        "qwen2": lambda: Qwen2Config(**common, **wide, **llama),
        "gpt2": lambda: GPT2Config(**common, n_embd=16, n_layer=2, n_head=2, n_positions=64, initializer_range=0.3),
        "gpt_neox": lambda: GPTNeoXConfig(**common, **wide, intermediate_size=32, initializer_range=0.3),
    }
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(configs[kind](), attn_implementation="sdpa")
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model.eval()
