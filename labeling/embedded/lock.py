"""One Concord a data folder: a lock that ends with its holder, however that ends."""

import fcntl
from pathlib import Path
from typing import IO

from labeling.embedded.places import ServiceError, make_data_dir


def lock_data_dir(data_dir: Path) -> IO[str]:
    """Take the data folder for this process until the returned file is closed. Refused while another has it."""
    make_data_dir(data_dir)
    file = (data_dir / "lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise ServiceError(
            f"Concord is running already on {data_dir}. Stop that one first (Ctrl-C in its terminal), "
            "or choose another CONCORD_DATA."
        ) from error
    return file
