"""Counts of judgments by prompt, and what is kept of them.

All of this follows from the judgments and is made again at any time. It is written often and in bulk, so it names
projects, prompts and people by their ids, without foreign keys to be checked for each row.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from labeling.projects.models import Pool


class StalePrompt(models.Model):
    """A prompt whose counts are out of date. A trigger adds a row with each change; a prompt may stand here often.

    Nothing here is unique, so that two people who judge the same prompt never wait for each other.
    """

    id = models.BigAutoField(primary_key=True)
    project_id = models.UUIDField()
    prompt_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["project_id", "id"])]

    def __str__(self) -> str:
        return str(self.prompt_id)


class CountState(models.Model):
    """Of a project: how often its counts have changed. Who changes them holds this row's lock."""

    project_id = models.UUIDField(primary_key=True)
    version = models.BigIntegerField(default=0)
    time_zone = models.CharField(max_length=60, help_text="In which weeks were counted")

    def __str__(self) -> str:
        return f"{self.project_id}: {self.version}"


class PromptCount(models.Model):
    """What is known of a prompt as a whole."""

    prompt_id = models.UUIDField(primary_key=True)
    project_id = models.UUIDField(db_index=True)
    block = models.PositiveSmallIntegerField(help_text="0 to 1999, from the id: prompts that are drawn together")
    rankings = models.PositiveIntegerField()
    units = models.PositiveIntegerField(help_text="Pairs of outputs that somebody judged")
    tau_sum = models.FloatField(help_text="Kendall's tau-b, summed over two labelers who ranked the same outputs")
    tau_n = models.PositiveIntegerField()
    w_sum = models.FloatField(help_text="Kendall's W, summed over sets of outputs")
    w_n = models.PositiveIntegerField()
    labelers = ArrayField(models.UUIDField())
    researchers = ArrayField(models.UUIDField(), help_text="Those who judged it in that pool")

    def __str__(self) -> str:
        return str(self.prompt_id)


class UnitCount(models.Model):
    """How many units of a prompt have so many judgments first better, tie and second better.

    A row counts in the tables whose column it fills: `week` (of the last judgment) also stands for the whole, where
    each unit is once; `pool`, `batch` and `guideline` where all of these judgments are of one. Where a unit's judgments
    are of several pools (batches, guidelines), each of them has a row of its own that fills that column only.
    """

    id = models.BigAutoField(primary_key=True)
    project_id = models.UUIDField()
    prompt_id = models.UUIDField(db_index=True)
    block = models.PositiveSmallIntegerField()
    week = models.DateField(null=True)
    pool = models.CharField(max_length=10, choices=Pool, null=True)  # noqa: DJ001 (null: not in that table)
    batch = models.PositiveIntegerField(null=True)
    guideline = models.PositiveIntegerField(null=True)
    first = models.PositiveIntegerField()
    tie = models.PositiveIntegerField()
    second = models.PositiveIntegerField()
    units = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["project_id"])]

    def __str__(self) -> str:
        return f"{self.units} x {self.first}-{self.tie}-{self.second}"


class PairCount(models.Model):
    """Of two labelers and a prompt: in how many units one said this and the other that.

    `one` is the labeler with the lower id. The columns are named by what `one` said and what `other` said: first better
    (f), tie (t), second better (s).
    """

    id = models.BigAutoField(primary_key=True)
    project_id = models.UUIDField(db_index=True)
    prompt_id = models.UUIDField(db_index=True)
    block = models.PositiveSmallIntegerField()
    one = models.UUIDField()
    other = models.UUIDField()
    ff = models.PositiveIntegerField()
    ft = models.PositiveIntegerField()
    fs = models.PositiveIntegerField()
    tf = models.PositiveIntegerField()
    tt = models.PositiveIntegerField()
    ts = models.PositiveIntegerField()
    sf = models.PositiveIntegerField()
    st = models.PositiveIntegerField()
    ss = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.one}, {self.other}"


class RatingCount(models.Model):
    """Outputs of a prompt that one set of labelers, two or more, rated from 1 to 7 (statistics.rated_sets).

    A row with `whole` counts among all ratings, one with a `pool` among those of that pool. Where all rankings of a
    prompt are of one pool, its rows are both; else each pool has rows of its own.
    """

    id = models.BigAutoField(primary_key=True)
    project_id = models.UUIDField(db_index=True)
    prompt_id = models.UUIDField(db_index=True)
    block = models.PositiveSmallIntegerField()
    whole = models.BooleanField()
    pool = models.CharField(max_length=10, choices=Pool, null=True)  # noqa: DJ001 (null: of several)
    labelers = ArrayField(models.UUIDField(), help_text="In the order of their ids")
    outputs = models.PositiveIntegerField()
    totals = ArrayField(models.FloatField(), help_text="Each labeler's ratings, summed over these outputs")
    total = models.FloatField(help_text="All ratings, summed")
    squares = models.FloatField(help_text="All ratings squared and summed")
    means = models.FloatField(help_text="(sum of an output's ratings)^2 / labelers, summed over these outputs")

    def __str__(self) -> str:
        return f"{self.outputs} outputs by {len(self.labelers)}"


class FlagCount(models.Model):
    """How many outputs of a prompt so many labelers left without a flag, and so many flagged.

    Of prompts of which two labelers answered for an output.
    """

    id = models.BigAutoField(primary_key=True)
    project_id = models.UUIDField(db_index=True)
    prompt_id = models.UUIDField(db_index=True)
    block = models.PositiveSmallIntegerField()
    flag = models.TextField(help_text="Its key in the rubric")
    no = models.PositiveIntegerField()
    yes = models.PositiveIntegerField()
    outputs = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.flag}: {self.outputs} x {self.no}-{self.yes}"


class KeptAnswer(models.Model):
    """An answer as it was computed from the counts of a version."""

    project_id = models.UUIDField()
    name = models.CharField(max_length=40)
    version = models.BigIntegerField()
    answer = models.TextField(
        help_text="JSON as it was made: jsonb would put its keys, a table's columns, in another order"
    )
    made_at = models.DateTimeField()
    seconds = models.FloatField(help_text="How long it took")
    asked_at = models.DateTimeField(help_text="When somebody last asked for it, about")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project_id", "name"], name="kept_answer_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.project_id}"
