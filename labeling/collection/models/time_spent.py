"""Active time that did not become an answer: paid, as reading a task and then skipping it is work, too."""

from django.db import models

from labeling.collection.models.tasks import Assignment


class TimeSpent(models.Model):
    """How far an assignment's clock had come when its labeler lost or left the task without an answer.

    The clock counts on where it is taken up again, so what a row adds is what it has beyond the rows and judgments
    before it (selectors.hours). Append-only.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="times_spent")
    active_seconds = models.FloatField(help_text="Of the assignment so far; at most the server's own measure")
    created_at = models.DateTimeField(help_text="The database's time; on this day what it adds was worked")

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="time_spent_when")]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.active_seconds:.0f} s"
