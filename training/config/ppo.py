"""The settings of PPO and PPO-ptx, and the bounds at which a run halts."""

from __future__ import annotations

from dataclasses import dataclass

from training.config.common import TextsConfig
from training.config.setting import setting


@dataclass(frozen=True, kw_only=True)
class PpoConfig(TextsConfig):
    """PPO against a reward model, with the pretraining mix (PPO-ptx) where gamma is above 0."""

    checkpoint_every: int = setting(
        5,
        "Iterations between checkpoints, and between entries in samples.jsonl.",
        minimum=1,
        maximum=1_000_000,
    )
    sample_prompts: int = setting(
        8, "How many fixed prompts are answered for samples.jsonl, before and after.", minimum=0, maximum=64
    )
    episodes: int = setting(
        1024,
        "Prompts answered in all; prompts repeat once all were used.",
        minimum=1,
        maximum=100_000_000,
        paper="256,000 over about 31,000 prompts",
    )
    rollout_batch: int = setting(64, "Episodes in an iteration.", minimum=1, maximum=65_536, paper="512")
    minibatches: int = setting(
        4,
        "Parts of an iteration, one optimizer step each; they divide the rollout batch.",
        minimum=1,
        maximum=65_536,
        paper="8 of 64 episodes",
    )
    inner_epochs: int = setting(1, "Times over an iteration's episodes.", minimum=1, maximum=100, paper="1")
    learning_rate: float = setting(
        3e-4,
        "The policy's learning rate, constant after the warm-up.",
        minimum=0.0,
        maximum=1.0,
        paper="not published; the SFT value stands in",
    )
    value_learning_rate: float = setting(
        3e-4, "The value network's learning rate.", minimum=0.0, maximum=1.0, paper="9e-6"
    )
    warmup_iterations: int = setting(
        2, "Iterations over which the learning rate rises.", minimum=0, maximum=100_000, paper="10"
    )
    warmup_start: float = setting(
        0.1, "The warm-up begins at this fraction of the peak.", minimum=0.0, maximum=1.0, paper="0.1"
    )
    beta: float = setting(
        0.02,
        "Penalty on the KL to the reference, at each token.",
        minimum=0.0,
        maximum=100.0,
        paper="0.02; best 0.01 to 0.02",
    )
    kl_target: float = setting(
        0.0,
        "Let beta follow this KL (Ziegler et al.); 0 keeps beta fixed.",
        minimum=0.0,
        maximum=10_000.0,
        paper="fixed beta",
    )
    kl_horizon: int = setting(
        10_000,
        "Episodes over which an adaptive beta moves.",
        minimum=1,
        maximum=100_000_000,
        paper="10,000 (Ziegler et al.)",
    )
    discount: float = setting(1.0, "Discount of later rewards.", minimum=0.0, maximum=1.0, paper="1 (none)")
    gae_lambda: float = setting(
        0.95,
        "Lambda of the generalized advantages.",
        minimum=0.0,
        maximum=1.0,
        paper="not published; 0.95 in Stiennon et al.",
    )
    whiten_rewards: bool = setting(
        False,
        "Rewards, the KL penalty among them, to variance 1 in each batch; their mean stays.",
        paper="not published",
    )
    whiten_advantages: bool = setting(True, "Advantages to mean 0 and variance 1 in each batch.")
    clip_ratio: float = setting(
        0.2,
        "How far the policy's ratio may go before its gradient ends.",
        minimum=0.0,
        maximum=10.0,
        paper="0.2",
    )
    clip_value: float = setting(
        0.2,
        "How far a value may go from the old one before its gradient ends; 0 does not clip.",
        minimum=0.0,
        maximum=1e6,
        paper="not published; 0.2 in Stiennon et al.",
    )
    kl_low: float = setting(
        -1.0,
        "The run halts where the mean KL of an iteration falls below this: a sign of a fault, for no KL is negative.",
        minimum=-1e6,
        maximum=0.0,
    )
    kl_high: float = setting(
        100.0,
        "The run halts where the mean KL of an iteration exceeds this many nats; 0 sets no bound.",
        minimum=0.0,
        maximum=1e6,
        paper="not published; a 1B model over-optimizes at 50 to 85 (arXiv 2403.17031)",
    )
    reward_fall: float = setting(
        0.0,
        "The run halts where the mean score falls this many standard deviations below the first iteration's, as by a "
        "flipped sign; 0 sets no bound.",
        minimum=0.0,
        maximum=1e6,
    )
    entropy_low: float = setting(
        0.0, "The run halts where the policy's entropy falls below this many nats a token.", minimum=0.0, maximum=100.0
    )
    repetition_high: float = setting(
        1.0,
        "The run halts where more than this share of three tokens in a row stood in their answer before.",
        minimum=0.0,
        maximum=1.0,
    )
    eos_low: float = setting(
        0.0, "The run halts where fewer than this share of the answers end by themselves.", minimum=0.0, maximum=1.0
    )
    length_high: float = setting(
        0.0,
        "The run halts where answers are more than this many times as long as in the first iteration; 0 sets no bound.",
        minimum=0.0,
        maximum=1e6,
    )
    length_correlation_high: float = setting(
        1.0,
        "The run halts where scores and lengths of an iteration correlate by more than this.",
        minimum=0.0,
        maximum=1.0,
    )
    rollout_rows: int = setting(
        0, "Episodes sampled at a time; lower it when memory runs out; 0: all.", minimum=0, maximum=65_536
    )
    temperature: float = setting(
        1.0,
        "Sampling temperature; logits are divided by it everywhere.",
        minimum=0.01,
        maximum=10.0,
        paper="1",
    )
    max_prompt_tokens: int = setting(
        1024, "Prompts with more tokens are dropped and counted.", minimum=1, maximum=1_048_576, paper="1,000"
    )
    max_response_tokens: int = setting(
        64, "Responses are cut at this many tokens.", minimum=1, maximum=1_048_576, paper="1,000"
    )
    penalize_missing_end: bool = setting(
        False, "Replace the score of a response without an end of turn by `missing_end_score`."
    )
    missing_end_score: float = setting(
        -1.0,
        "That score.",
        minimum=-1e6,
        maximum=1e6,
        paper="not published; -1 in Ziegler et al.",
    )
    ptx_gamma: float = setting(
        0.0,
        "Weight of the pretraining loss (PPO-ptx); 0 is plain PPO, above 0 needs the input `pretrain`.",
        minimum=0.0,
        maximum=1e6,
        paper="27.8",
    )
    ptx_examples_per_episode: float = setting(
        8.0, "Pretraining examples in each episode's share.", minimum=0.0, maximum=1000.0, paper="8"
    )
    ptx_block: int = setting(64, "Tokens in a pretraining example.", minimum=8, maximum=131_072, paper="2,048")
    ema_decay: float = setting(
        0.992,
        "Decay of the averaged weights, each optimizer step.",
        minimum=0.0,
        maximum=0.99999,
        paper="0.992",
    )
    ema_output_from: int = setting(
        500,
        "output/ is the average from this many updates on, before that the raw weights.",
        minimum=0,
        maximum=100_000_000,
    )
