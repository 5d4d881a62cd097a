"""What a run's numbers depend on beside its settings: versions and the commit."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path


def installed_versions() -> dict[str, str]:
    """Versions of what a run's numbers depend on, read without importing any of it."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in ("torch", "transformers", "tokenizers", "safetensors", "accelerate", "numpy"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def current_commit() -> str:
    """The git commit of this checkout, with -dirty where tracked files of training/ differ; "" outside
    git."""
    root = Path(__file__).resolve().parents[2]
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
        dirty = subprocess.run(
            ["git", "diff", "--quiet", "HEAD", "--", "training"], cwd=root, capture_output=True, timeout=10
        ).returncode
    except (OSError, subprocess.SubprocessError):
        return os.environ.get("CONCORD_COMMIT", "")
    return commit + ("-dirty" if dirty else "")
