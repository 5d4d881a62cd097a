"""How much memory this machine has left for a process: the system's word, and that of the control group it is in.

Linux says so in /proc and /sys; elsewhere the answer is None, and nothing is refused for it. Swap is not counted: a run
that trains in it does not get on.
"""

from __future__ import annotations

from pathlib import Path

_UNLIMITED = 2**60  # version 1 of control groups says "none" by a number of this size


def available_memory(root: Path = Path("/")) -> int | None:
    """Bytes that can still be taken: the least of MemAvailable and what is left in each control group that has a limit;
    None where neither is told. `root` is where /proc and /sys lie."""
    found = [_of_machine(root), *_of_groups(root)]
    return min((size for size in found if size is not None), default=None)


def _of_machine(root: Path) -> int | None:
    for line in _lines(root / "proc/meminfo"):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _of_groups(root: Path) -> list[int | None]:
    """What is left in this process's group and in those that it lies in. A container often sees its own group as the
    topmost one, and its path as that of the host; so every part of the path is tried, and the top."""
    found = []
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            top, names = root / "sys/fs/cgroup", ("memory.max", "memory.current", "")
        elif "memory" in controllers.split(","):
            top = root / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
        else:
            continue
        folder = Path(path.strip().strip("/"))
        found += [_left(top / part, *names) for part in (folder, *folder.parents)]
    return found


def _left(group: Path, limit_name: str, used_name: str, prefix: str) -> int | None:
    """A group's limit less its use. Files that are held in memory because there was room are given up on demand, so
    they do not count as used; a model's hash has just been taken, and all of its file is there."""
    limit, used = _number(group / limit_name), _number(group / used_name)
    if limit is None or used is None or limit >= _UNLIMITED:
        return None
    files = {f"{prefix}inactive_file", f"{prefix}active_file"}
    kept = sum(int(line.split()[1]) for line in _lines(group / "memory.stat") if line.split()[0] in files)
    return max(0, limit - max(0, used - kept))


def _number(path: Path) -> int | None:
    text = "".join(_lines(path)).strip()
    return int(text) if text.isdigit() else None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
