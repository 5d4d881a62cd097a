"""What stops a start is said in a plain sentence, before anything is started."""

import os
import shutil
import socket
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from labeling.embedded import places
from labeling.embedded.places import Owner, ServiceError, database_dir, make_socket_dir, postgres_bin, socket_dir
from labeling.embedded.supervisor import Supervisor
from tests.operations.conftest import PATIENCE_SECONDS, Concord

SOMEBODY_ELSE = Owner(uid=os.geteuid() + 54321, gid=os.getegid() + 54321)


def test_a_port_in_use_is_named_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        concord = Concord(tmp_path, "run", PORT=str(port))
        assert concord.process.wait(PATIENCE_SECONDS) == 1
    assert f"Port {port} cannot be used (Address already in use)." in concord.said()
    assert f"PORT={port + 1} make run" in concord.said()
    assert not (tmp_path / "postgres").exists()


def test_a_port_that_is_no_number_is_named(tmp_path):
    concord = Concord(tmp_path, "run", PORT="http")
    assert concord.process.wait(PATIENCE_SECONDS) == 2
    assert "PORT must be a number from 1 to 65535, not 'http'." in concord.said()


def test_a_full_disk_is_named_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=12_000_000))
    with pytest.raises(ServiceError, match=r"has only 12 MB left\. Free at least 1 GB, or set CONCORD_DATA"):
        Supervisor(tmp_path).start_services()
    assert not (tmp_path / "postgres").exists()


def test_a_socket_folder_that_somebody_else_put_in_tmp_is_refused(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = socket_dir(tmp_path)
    place.symlink_to(elsewhere)
    try:
        with pytest.raises(ServiceError, match="belongs to someone else"):
            make_socket_dir(tmp_path)
    finally:
        place.unlink()


def test_a_socket_folder_of_another_owner_is_refused(tmp_path, monkeypatch):
    somebody_else = os.geteuid() + 54321
    monkeypatch.setattr(os, "geteuid", lambda: somebody_else)
    place = socket_dir(tmp_path)
    place.mkdir(mode=0o711)
    try:
        with pytest.raises(ServiceError, match="belongs to someone else"):
            make_socket_dir(tmp_path)
    finally:
        place.rmdir()


def test_a_closed_data_folder_keeps_its_rights_and_its_database_where_it_was(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(places, "ROOT_FALLBACK", tmp_path / "lib")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    data_dir = closed / "data"
    data_dir.mkdir()
    chosen = database_dir(data_dir, SOMEBODY_ELSE)
    assert chosen.parent == tmp_path / "lib"
    assert f"the database is kept in {chosen}." in capsys.readouterr().out
    assert closed.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(places, "_open_to", lambda path, owner: True)
    assert database_dir(data_dir, SOMEBODY_ELSE) == chosen
    moved = data_dir.rename(tmp_path / "moved")
    assert database_dir(moved, SOMEBODY_ELSE) == chosen


def test_copied_binaries_find_their_libraries(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "ROOT_FALLBACK", tmp_path / "lib")
    monkeypatch.setattr(places, "_open_to", lambda path, owner: False)
    copied = postgres_bin(SOMEBODY_ELSE)
    assert Path(tmp_path / "lib") in copied.parents
    for program in ("initdb", "postgres"):
        done = subprocess.run([copied / program, "--version"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "18." in done.stdout
    assert postgres_bin(SOMEBODY_ELSE) == copied
    assert [path.name for path in (tmp_path / "lib").iterdir()] == [copied.parents[2].name]
