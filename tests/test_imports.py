"""Which part may import which: the apps only to their right, training nothing of the site, the web no torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APPS = ["demo", "runs", "datasets", "review", "collection", "registry", "projects", "accounts"]
WEB_MAY = {"training.config", "training.records", "training.memory", "training.shapes", "training.machine"}
SITE = ("django", "rest_framework", "celery", "labeling")


def imports_of(path: Path) -> set[str]:
    """The modules that a file names in any import, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return found


def files_of(folder: str) -> list[Path]:
    return [path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_those_to_its_right(app: str):
    left = APPS[: APPS.index(app)]
    wrong = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in files_of(f"labeling/{app}")
        for module in imports_of(path)
        if any(module == f"labeling.{other}" or module.startswith(f"labeling.{other}.") for other in left)
    }
    assert not wrong


def test_training_knows_nothing_of_the_site():
    wrong = {
        f"{path.name}: {module}"
        for path in files_of("training")
        for module in imports_of(path)
        if module.split(".")[0] in SITE
    }
    assert not wrong


def test_the_site_takes_from_training_only_what_needs_no_torch():
    wrong = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in files_of("labeling")
        for module in imports_of(path)
        if (module.split(".")[0] == "training" and module not in WEB_MAY) or module.split(".")[0] == "torch"
    }
    assert not wrong


def test_pure_functions_know_no_database():
    pure = [*files_of("labeling/review/statistics"), *files_of("labeling/collection/cleaning")]
    wrong = {f"{path.name}: {m}" for path in pure for m in imports_of(path) if m.split(".")[0] in ("django", "celery")}
    assert not wrong


def test_the_web_process_loads_no_torch():
    script = (
        "import labeling.wsgi, sys; from django.urls import get_resolver; get_resolver().url_patterns; "
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
