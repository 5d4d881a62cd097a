"""The command line that makes a run's directory: python -m training.config RUN_DIR KIND ..."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from training.config.kinds import KINDS, PRESETS, STAGE_MODULES
from training.config.run_folder import make_run
from training.config.setting import ConfigError


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line that makes a run's directory; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.config", description="Make a run's directory.")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--preset", choices=PRESETS, default="tiny")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--input", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    given = parser.parse_args(arguments)
    try:
        make_run(
            given.run_dir,
            given.kind,
            preset=given.preset,
            seed=given.seed,
            settings=dict(item.split("=", 1) for item in given.settings),
            inputs=dict(item.split("=", 1) for item in given.input),
        )
    except (ConfigError, FileNotFoundError, ValueError) as error:
        print(f"Not made: {error}", file=sys.stderr)
        return 2
    print(f"Made {given.run_dir}. Run it: python -m {STAGE_MODULES[given.kind]} {given.run_dir}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
