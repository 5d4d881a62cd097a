"""What may be done to data sets."""

from labeling.datasets.services.freeze_snapshot import freeze_snapshot

__all__ = ["freeze_snapshot"]
