"""One PostgreSQL and one Redis for a test session, real and thrown away afterwards.

A pytest plugin (`-p tests.services` in pyproject.toml), because it must come before pytest-django reads the settings.
Workers of pytest-xdist share the PostgreSQL, in databases of their own, and have a data folder and a Redis each,
because tests empty queues. A DATABASE_URL of yours is used where it is set.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

OURS = "CONCORD_TEST_REDIS"  # set where REDIS_URL is the controller's, not the user's


def start_services() -> None:
    """Start what is not given by the environment; ended when this process ends."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        folder = Path(os.environ["CONCORD_DATA"]) / worker
        folder.mkdir(mode=0o711, exist_ok=True)
        os.environ["CONCORD_DATA"] = str(folder)
        if os.environ.pop(OURS, ""):
            del os.environ["REDIS_URL"]
    elif "CONCORD_DATA" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="concord-test-"))
        folder.chmod(0o711)  # PostgreSQL runs as another user where the tests run as root
        os.environ["CONCORD_DATA"] = str(folder)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    data_dir = Path(os.environ["CONCORD_DATA"])
    os.environ.setdefault("CONCORD_SECRET_KEY", "only for tests, and never for anything else")
    from labeling.embedded.places import connection_urls, socket_dir
    from labeling.embedded.postgres import Postgres
    from labeling.embedded.redis import Redis

    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(data_dir, fsync=False)
        postgres.start()
        atexit.register(shutil.rmtree, postgres.folder, ignore_errors=True)
        atexit.register(postgres.stop)
        os.environ["DATABASE_URL"] = connection_urls(data_dir)[0]
    if "REDIS_URL" not in os.environ:
        redis = Redis(data_dir, durable=False)
        redis.start()
        atexit.register(redis.stop)
        os.environ["REDIS_URL"] = connection_urls(data_dir)[1]
        os.environ[OURS] = "yes"
    atexit.register(shutil.rmtree, socket_dir(data_dir), ignore_errors=True)


start_services()
