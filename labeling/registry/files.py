"""What is checked of a model's folder before it is registered: where it lies, and that it holds no code."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from labeling.errors import InvalidError
from labeling.registry.models import ModelKind
from training.records import sha256_tree
from training.shapes import tensor_sizes

# A pickle is a program, and so is Python beside a model: neither has a place in a folder that others will load.
CODE_SUFFIXES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".py", ".so"}
CARD_MAX_BYTES = 256 * 1024


@dataclass(frozen=True)
class ModelFiles:
    """What a checked folder holds."""

    path: Path
    kind: str
    sha256: str
    bytes: int
    parameters: int
    card: str


def path_in_roots(path: str | Path) -> Path:
    """The path with every link resolved. InvalidError where it is not there, or not under an allowed root."""
    try:
        resolved = Path(path).resolve(strict=True)
    except (OSError, ValueError) as error:
        raise InvalidError(f"There is nothing at '{path}' on the server.", code="no_such_path") from error
    roots = [Path(root).resolve() for root in settings.MODEL_ROOTS]
    if not any(resolved == root or root in resolved.parents for root in roots):
        raise InvalidError(
            f"'{path}' does not lie under a folder that models and texts may come from. Put it into one of: "
            f"{', '.join(map(str, roots))}; or name its folder in CONCORD_MODEL_ROOTS.",
            code="outside_roots",
        )
    return resolved


def read_model_folder(path: str | Path) -> ModelFiles:
    """Check and hash a model in Hugging Face format: safetensors only, no code, all of it under the roots.

    Raises InvalidError, with what is wrong and what to do.
    """
    folder = path_in_roots(path)
    kind = check_model_folder(folder)
    weights = sorted(folder.glob("*.safetensors"))
    card = folder / "README.md"
    return ModelFiles(
        path=folder,
        kind=kind,
        sha256=sha256_tree(folder),
        bytes=sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
        parameters=sum(count_parameters(file) for file in weights),
        card=card.read_bytes()[:CARD_MAX_BYTES].decode("utf-8", "replace") if card.is_file() else "",
    )


def check_model_folder(folder: Path) -> str:
    """The kind of the model in a folder, policy or reward. InvalidError where it is no model, or may hold code."""
    if not folder.is_dir():
        raise InvalidError(f"'{folder}' is no folder. Give the folder that holds config.json and the weights.")
    config = _read_config(folder / "config.json")
    programs = []
    for file in folder.rglob("*"):
        if file.is_file():
            path_in_roots(file)  # a link may lead anywhere
            if file.suffix.lower() in CODE_SUFFIXES:
                programs.append(file.relative_to(folder).as_posix())
    if programs:
        raise InvalidError(
            f"Remove {', '.join(sorted(programs)[:5])} from '{folder}': only safetensors are taken, because pickled "
            "weights and Python files can run code. Convert weights with save_pretrained.",
            code="holds_code",
        )
    if config.get("auto_map"):
        raise InvalidError(
            f"The model in '{folder}' asks for code of its own (auto_map in config.json), which is never run here.",
            code="holds_code",
        )
    if not any(folder.glob("*.safetensors")):
        raise InvalidError(f"'{folder}' has no .safetensors weights. Convert the model with save_pretrained.")
    return ModelKind.REWARD if config.get("reward_bias") is not None else ModelKind.POLICY


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidError(f"'{path.parent}' is no model in Hugging Face format: it has no config.json.") from error
    except (OSError, ValueError) as error:
        raise InvalidError(f"'{path}' cannot be read as JSON: {error}.") from error
    if not isinstance(config, dict):
        raise InvalidError(f"'{path}' must hold a JSON object.")
    return config


def count_parameters(path: Path) -> int:
    """The numbers of a safetensors file, by its header; the weights themselves are not read."""
    try:
        return sum(tensor_sizes(path).values())
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidError(f"'{path}' is damaged, or no safetensors file: {error}.") from error
