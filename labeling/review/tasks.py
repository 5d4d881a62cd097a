"""What starts and ends with each worker."""

from labeling.repeated import repeat_in_workers
from labeling.review.items.catch_up import catch_up_some
from labeling.review.renew import renew_one

repeat_in_workers("answers", renew_one, seconds=2.0)
repeat_in_workers("items", catch_up_some, seconds=2.0)
