"""Runs of the trainer: the row is the truth, the broker only wakes a worker, the directory holds the work."""

import uuid

from django.db import models
from django.db.models import Q

from labeling.accounts.models import User
from labeling.datasets.models import Snapshot
from labeling.projects.models import Project
from labeling.registry.models import ModelKind, ModelVersion


class RunKind(models.TextChoices):
    PRETRAIN = "pretrain"
    SFT = "sft"
    RM = "rm"
    PPO = "ppo"
    SAMPLE = "sample"
    EVALUATE = "evaluate"
    SCORE = "score"


# What a run of a kind leaves behind for later runs, as the kind of the model in the registry.
OUTPUT_KINDS = {
    RunKind.PRETRAIN: ModelKind.POLICY,
    RunKind.SFT: ModelKind.POLICY,
    RunKind.RM: ModelKind.REWARD,
    RunKind.PPO: ModelKind.POLICY,
}


class RunStatus(models.TextChoices):
    WAITING = "waiting"  # for a run whose output it takes
    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"  # cancel was asked for; the trainer writes its checkpoint
    CANCELLED = "cancelled"  # can be resumed
    HALTED = "halted"  # judged to go wrong, by a canary or a person; can be resumed by explicit choice
    FAILED = "failed"  # can be resumed
    DONE = "done"


LEASED = (RunStatus.RUNNING, RunStatus.STOPPING)
ENDED_EARLY = (RunStatus.CANCELLED, RunStatus.HALTED, RunStatus.FAILED)
FINISHED = (*ENDED_EARLY, RunStatus.DONE)


class Run(models.Model):
    """`attempt` is the fencing token: each lease on the run takes the next number, and only the highest may write."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=RunKind)
    preset = models.CharField(max_length=20)
    settings = models.JSONField(default=dict, help_text="What differs from the preset")
    seed = models.BigIntegerField(default=0)
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=300, blank=True, help_text="Worker and task that supervise it now")
    lease_expires_at = models.DateTimeField(null=True)
    lost = models.PositiveSmallIntegerField(default=0, help_text="Leases that ran out since a person started it")
    woken_at = models.DateTimeField(null=True, help_text="When a worker was last sent a message about it")
    step = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(null=True, help_text="In all, once known")
    latest = models.JSONField(default=dict, help_text="The newest value of each metric")
    halting = models.JSONField(null=True, help_text='Asked for and not yet done: {"by", "why"}')
    halts = models.JSONField(default=list, help_text='Every halt so far: {"title", "detail", "step", "at"}')
    error = models.JSONField(null=True, help_text='{"title", "detail"}')
    report = models.JSONField(default=dict, help_text="What the run measured: numbers by what they are of")
    parts = models.JSONField(null=True, help_text="A reward model's accuracy by parts of the pairs, and calibration")
    estimate = models.JSONField(default=dict, help_text="What was foreseen when it was launched: flops, seconds")
    chain = models.UUIDField(null=True, db_index=True, help_text="Shared by the runs of one button press")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="run_status_known"),
            models.CheckConstraint(condition=Q(kind__in=RunKind.values), name="run_kind_known"),
        ]
        indexes = [
            models.Index(fields=["status", "lease_expires_at"]),
            models.Index(fields=["-created_at", "-id"]),
        ]

    def __str__(self) -> str:
        return self.name


class RunInput(models.Model):
    """One named input: a snapshot, a model, the output of another run, or a path.

    The output of a run that is not finished has `from_run` alone; once that run is done, `model` stands beside it.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inputs")
    name = models.CharField(max_length=20)
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="run_inputs")
    model = models.ForeignKey(ModelVersion, null=True, on_delete=models.PROTECT, related_name="run_inputs")
    from_run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="feeds")
    path = models.CharField(max_length=1000, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="run_input_name_unique"),
            models.CheckConstraint(
                condition=Q(snapshot__isnull=False, model__isnull=True, from_run__isnull=True, path="")
                | Q(snapshot__isnull=True, model__isnull=False, path="")
                | Q(snapshot__isnull=True, model__isnull=True, from_run__isnull=False, path="")
                | (Q(snapshot__isnull=True, model__isnull=True, from_run__isnull=True) & ~Q(path="")),
                name="run_input_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Metric(models.Model):
    """One line of metrics.jsonl."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="metrics")
    step = models.PositiveIntegerField()
    attempt = models.PositiveIntegerField()
    time = models.DateTimeField()
    values = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="metric_step_unique")]

    def __str__(self) -> str:
        return f"{self.run_id}@{self.step}"


class RunSample(models.Model):
    """One line of samples.jsonl."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="samples")
    step = models.PositiveIntegerField()
    index = models.PositiveIntegerField(help_text="Place among the samples of its step")
    attempt = models.PositiveIntegerField()
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "step", "index"], name="run_sample_unique")]

    def __str__(self) -> str:
        return f"{self.run_id}@{self.step}#{self.index}"


class WorkerHeartbeat(models.Model):
    """A worker's last sign of life, so that the site can say when nobody is there to run anything."""

    name = models.CharField(max_length=200, primary_key=True, help_text="Celery's node name and the process id")
    queues = models.JSONField(default=list)
    busy_with = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    last_seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
