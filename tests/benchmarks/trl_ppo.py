"""TRL's PPOTrainer over the models and sizes of ppo_step, an iteration for each line that it is sent.

    TRL_PYTHON=/that/venv/bin/python python -m tests.benchmarks.ppo_step

TRL 1.12 is the last that has PPO, and no project can have two: ppo_step starts this file with the Python of an
environment that has it (pip install torch==2.13.0 trl==1.12.0 transformers==5.23.0). Each line of input runs one
iteration; each line of output has its seconds and the process's peak of memory in KB.
"""

from __future__ import annotations

import copy
import resource
import sys
import tempfile
from typing import Any

import torch
from datasets import Dataset
from transformers import LlamaForSequenceClassification, TrainerCallback
from trl.experimental.ppo import PPOConfig, PPOTrainer

from tests.benchmarks.machine import DEVICE, PRECISION, THREADS, clock, model_config, number_tokenizer
from tests.benchmarks.ppo_sizes import ANSWER, EOS, EPISODES, EPOCHS, MINIBATCHES, VOCABULARY, policy_model, prompts

MOST = 1000
"""Iterations that may be asked for."""


class OnRequest(TrainerCallback):
    """Says how long an iteration took and waits for the next line; the end of input is the end."""

    def __init__(self, out: Any) -> None:
        self.out = out
        self.started = 0.0

    def wait(self) -> None:
        if not sys.stdin.readline():
            sys.exit(0)
        self.started = clock()

    def on_step_end(self, *_: Any, **__: Any) -> None:
        seconds = clock() - self.started
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=self.out, flush=True)
        self.wait()


def main() -> None:
    out, sys.stdout = sys.stdout, sys.stderr  # TRL prints
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    policy = policy_model(float(sys.argv[1]))
    config = model_config(VOCABULARY, num_labels=1)
    reward, value = (LlamaForSequenceClassification(config) for _ in range(2))
    on_request = OnRequest(out)
    trainer = PPOTrainer(
        args=PPOConfig(
            output_dir=tempfile.mkdtemp(), use_cpu=DEVICE.type == "cpu",
            bf16=PRECISION == "bf16", report_to=[], save_strategy="no",
            logging_strategy="no", disable_tqdm=True, gradient_checkpointing=False, learning_rate=1e-6,
            per_device_train_batch_size=EPISODES, gradient_accumulation_steps=1, num_mini_batches=MINIBATCHES,
            num_ppo_epochs=EPOCHS, total_episodes=MOST * EPISODES, response_length=ANSWER, stop_token_id=EOS,
            temperature=1.0, num_sample_generations=0, local_rollout_forward_batch_size=EPISODES,
        ),
        processing_class=number_tokenizer(),
        model=policy,
        ref_model=copy.deepcopy(policy),
        reward_model=reward,
        value_model=value,
        train_dataset=Dataset.from_list([{"input_ids": ids} for ids in prompts()]),
        eval_dataset=Dataset.from_list([{"input_ids": ids} for ids in prompts()[:1]]),
        callbacks=[on_request],
    )  # fmt: skip
    on_request.wait()
    trainer.train()


if __name__ == "__main__":
    main()
