"""What starts and ends with each worker."""

from labeling.datasets.freezer import freeze_one
from labeling.repeated import repeat_in_workers

repeat_in_workers("freezer", freeze_one, seconds=1.0)
