"""Models that exist, where they came from, and how each output was made."""

import uuid

from django.db import models

from labeling.projects.models import Project


class ModelKind(models.TextChoices):
    POLICY = "policy"
    REWARD = "reward"
    VALUE = "value"
    EXTERNAL = "external"  # known by name only: its outputs were brought in by file


class ModelStatus(models.TextChoices):
    CANDIDATE = "candidate"
    PROMOTED = "promoted"
    RETIRED = "retired"


class ModelVersion(models.Model):
    """One checkpoint: its files (safetensors, Hugging Face layout), their hash, its parents.

    A model made in a project's run belongs to the project; one without a project, such as a base model, is for all
    researchers. `run_id` is the run that made it; no foreign key, because runs point down to models and never the
    other way.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=ModelKind)
    status = models.CharField(max_length=10, choices=ModelStatus, default=ModelStatus.CANDIDATE)
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="models")
    path = models.CharField(max_length=1000, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(default=0)
    parameters = models.BigIntegerField(null=True)
    card = models.TextField(blank=True, help_text="The model card, Markdown")
    run_id = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(kind="external"), name="external_model_name_unique"
            ),
            # A run that is finished twice (a worker back from the dead) registers its model once.
            models.UniqueConstraint(fields=["run_id", "kind"], name="one_model_of_a_kind_per_run"),
            models.CheckConstraint(
                condition=models.Q(kind="external") | ~models.Q(path=""), name="model_has_files_or_is_external"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=ModelKind.values), name="model_kind_known"),
            models.CheckConstraint(condition=models.Q(status__in=ModelStatus.values), name="model_status_known"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"])]

    def __str__(self) -> str:
        return self.name


class ModelParent(models.Model):
    """`child` was made from `parent`, which served as `role` (policy, reward, ...: the run's input name)."""

    child = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="parent_links")
    parent = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="child_links")
    role = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "parent", "role"], name="model_parent_once")]

    def __str__(self) -> str:
        return f"{self.parent_id} -> {self.child_id}"


class Generation(models.Model):
    """How an output was made: model, sampling settings, seed, rendering. Shared by the outputs of one sampling."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="generations")
    settings = models.JSONField(default=dict)
    run_id = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run_id"], condition=models.Q(run_id__isnull=False), name="one_generation_per_run"
            )
        ]

    def __str__(self) -> str:
        return f"generation {self.id}"
