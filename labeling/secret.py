"""The secret key: from the environment, else made once and kept in the data folder, readable by its owner only."""

import os
import secrets
from pathlib import Path


def read_or_make_secret(data_dir: Path) -> str:
    """Return the data folder's secret key, made at first use. Two processes that start at once agree on one."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = data_dir / f"secret_key.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # fails where another process was first; then its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
