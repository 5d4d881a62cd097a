"""A run's config.json: written into a directory with its inputs, and read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from training.config.inputs import check_inputs
from training.config.kinds import KINDS
from training.config.parse import parse_config
from training.config.setting import ConfigError
from training.config.versions import current_commit, installed_versions
from training.records import sha256_path


@dataclass(frozen=True)
class RunSpec:
    """What config.json holds. `inputs` maps a name to {"path": relative to RUN_DIR, "sha256"}.

    A path that starts with `hub:` names a model on the Hugging Face hub; it has no sha256.
    """

    kind: str
    preset: str
    settings: dict[str, Any]
    seed: int
    inputs: dict[str, dict[str, str]]
    versions: dict[str, str] = field(default_factory=dict)
    commit: str = ""

    def config(self) -> Any:
        """The validated config of the stage; raises ConfigError."""
        config = parse_config(self.kind, self.preset, self.settings)
        check_inputs(self.kind, config, list(self.inputs))
        return config


def write_run(run_dir: str | Path, spec: RunSpec) -> Path:
    """Validates a spec and writes RUN_DIR/config.json with every setting spelled out; returns its path.

    Raises ConfigError. Versions and commit are filled in where the spec leaves them empty.
    """
    config = spec.config()
    run_dir = Path(run_dir)
    run_dir.mkdir(parents=True, exist_ok=True)
    row = asdict(spec) | {"settings": asdict(config)}
    row["versions"] = spec.versions or installed_versions()
    row["commit"] = spec.commit or current_commit()
    target = run_dir / "config.json"
    beside = target.with_name("config.json.tmp")
    beside.write_text(json.dumps(row, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(target)
    return target


def read_run(run_dir: str | Path) -> RunSpec:
    """The spec in RUN_DIR/config.json. Raises ConfigError where it is missing or not such a file."""
    path = Path(run_dir) / "config.json"
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        spec = RunSpec(**{spec.name: row[spec.name] for spec in fields(RunSpec) if spec.name in row})
    except FileNotFoundError as error:
        raise ConfigError({"config.json": f"{run_dir} holds no config.json: make the run first"}) from error
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError) as error:
        raise ConfigError({"config.json": f"cannot be read: {error}"}) from error
    if spec.kind not in KINDS:
        raise ConfigError({"kind": f"{spec.kind!r} is no kind of run; kinds are {', '.join(KINDS)}"})
    well_formed = isinstance(spec.settings, dict) and isinstance(spec.inputs, dict)
    if not well_formed or not all(isinstance(i, dict) and isinstance(i.get("path"), str) for i in spec.inputs.values()):
        raise ConfigError({"config.json": "settings and inputs must be objects, and each input needs a path"})
    if isinstance(spec.seed, bool) or not isinstance(spec.seed, int) or not 0 <= spec.seed < 2**31:
        raise ConfigError({"seed": "must be a whole number from 0 to 2147483647"})
    return spec


def make_run(
    run_dir: str | Path,
    kind: str,
    *,
    preset: str = "tiny",
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    inputs: Mapping[str, str | Path] | None = None,
) -> RunSpec:
    """A run's directory from files that lie anywhere: links them under inputs/, hashes them, writes
    config.json.

    Raises ConfigError and FileNotFoundError. Symbolic links, because models are large; the hash guards them.
    """
    run_dir = Path(run_dir)
    linked: dict[str, dict[str, str]] = {}
    given = dict(inputs or {})
    check_inputs(kind, parse_config(kind, preset, settings or {}), list(given))
    (run_dir / "inputs").mkdir(parents=True, exist_ok=True)
    for name, source in given.items():
        if str(source).startswith("hub:"):
            linked[name] = {"path": str(source)}
            continue
        target = Path(source).resolve()
        if not target.exists():
            raise FileNotFoundError(f"the input {name} is not there: {source}")
        suffix = "" if target.is_dir() else "".join(target.suffixes[-2:])
        link = run_dir / "inputs" / f"{name}{suffix}"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        linked[name] = {"path": link.relative_to(run_dir).as_posix(), "sha256": sha256_path(target)}
    write_run(run_dir, RunSpec(kind, preset, dict(settings or {}), seed, linked))
    return read_run(run_dir)
