"""The algorithms: pretraining, SFT, reward models, PPO, sampling, evaluation.

Imports neither Django nor Celery nor labeling, and runs on any machine: `python -m training.<stage> RUN_DIR`.
"""
