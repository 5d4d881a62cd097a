from pathlib import Path


def connection_urls(data_dir: Path) -> tuple[str, str]:
    return "postgres://localhost/x", "redis://"
