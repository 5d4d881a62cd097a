"""Whether the site answers: asked by the supervisor, and by compose as `python -m labeling.embedded.health`."""

import os
import sys
import urllib.error
import urllib.request


def site_answers(port: int, timeout: float = 5) -> bool:
    """Whether GET /api/v1/health on this machine answers 200."""
    # No proxy stands between this machine and itself, and the site answers only to the names that it was given.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    name = (os.environ.get("CONCORD_HOSTS") or "localhost").split(",")[0].strip().lstrip(".")
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/health", headers={"Host": "localhost" if name == "*" else name}
    )
    try:
        with opener.open(request, timeout=timeout) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(0 if site_answers(8000) else 1)
