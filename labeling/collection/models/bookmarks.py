"""How far each labeler has come in the queue of free slots."""

from django.db import models

from labeling.projects.models import Membership, Pool, TaskKind


class Bookmark(models.Model):
    """Up to where one member knows the queue of one kind: what lies before is not for them (selectors.queue_walk).

    A note that saves work, never the truth: deleted, it is made again by one longer walk.
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="bookmarks")
    kind = models.CharField(max_length=20, choices=TaskKind)
    pool = models.CharField(max_length=10, choices=Pool, help_text="For another pool other slots are, so it is void")
    cluster = models.BigIntegerField(help_text="Transaction ids mean something in one database cluster only")
    batch_number = models.PositiveIntegerField(default=0)
    number = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    freed_in = models.BigIntegerField(default=0, help_text="The same for slots that came free again")
    freed_slot = models.BigIntegerField(default=0, help_text="Within one transaction, by id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "kind"], name="bookmark_once")]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.kind} {self.batch_number}/{self.number}/{self.position}"

    @property
    def place(self) -> tuple[int, int, int]:
        """The first place of the queue that is not passed."""
        return self.batch_number, self.number, self.position

    @place.setter
    def place(self, place: tuple[int, int, int]) -> None:
        self.batch_number, self.number, self.position = place

    @property
    def where(self) -> tuple[int, ...]:
        """All that a walk moves."""
        return *self.place, self.freed_in, self.freed_slot
