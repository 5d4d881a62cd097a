"""Projects, who works in them, and the versioned texts that they work by."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from labeling.accounts.models import User
from labeling.projects.sensitive import SensitiveCategory


class Purpose(models.TextChoices):
    TRAINING = "training"
    EVALUATION = "evaluation"


class Pool(models.TextChoices):
    TRAINING = "training"
    HELD_OUT = "held_out"
    RESEARCHER = "researcher"


class TaskKind(models.TextChoices):
    DEMONSTRATION = "demonstration"
    COMPARISON = "comparison"
    PROMPT = "prompt"


def sensitive_flags() -> list[str]:
    """The flags of the default rubric by which a prompt or an output counts as sensitive in screening."""
    return [
        "sensitive", "sexual_content", "violent_content", "encourages_violence", "denigrates_protected_class",
        "harmful_advice",
    ]  # fmt: skip


class Project(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.TRAINING)
    k = models.PositiveSmallIntegerField(default=4, help_text="Outputs per comparison")
    overlap = models.PositiveSmallIntegerField(default=1, help_text="Judgments per task")
    mix = models.JSONField(
        default=dict, help_text="Weights by kind of task, for labelers who work on the mix; empty: there is none"
    )
    time_zone = models.CharField(max_length=60, default="UTC")
    lease_seconds = models.PositiveIntegerField(default=900)
    undo_seconds = models.PositiveIntegerField(default=60)
    show_agreement = models.BooleanField(default=False)
    require_acknowledgement = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    # The gates and checks below are told to researchers only (serializers.ChecksSerializer).
    require_screening = models.BooleanField(default=False, help_text="Only the qualified of the training pool work")
    require_calibration = models.BooleanField(default=False, help_text="New members do the calibration set first")
    gold_every = models.PositiveSmallIntegerField(default=0, help_text="One gold item in this many tasks; 0: none")
    constant_every = models.PositiveSmallIntegerField(default=0, help_text="One repeat in this many tasks; 0: none")
    constant_days = models.PositiveSmallIntegerField(default=7, help_text="The same constant again after these days")
    cutoff_flagging = models.FloatField(default=0.75)
    cutoff_ranking = models.FloatField(default=0.75)
    cutoff_demonstrations = models.FloatField(default=6, help_text="Mean rating, 1 to 7")
    sensitive_flags = ArrayField(models.CharField(max_length=100), default=sensitive_flags)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(k__gte=2, k__lte=9), name="project_k_2_to_9"),
            models.CheckConstraint(condition=models.Q(overlap__gte=1, overlap__lte=100), name="project_overlap"),
            models.CheckConstraint(
                condition=models.Q(lease_seconds__gte=30, lease_seconds__lte=86400),
                name="project_lease_seconds",
            ),
            models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="project_purpose_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's place in one project. Records that leave the project carry the pseudonym, never the name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    pool = models.CharField(max_length=10, choices=Pool)
    qualified = models.BooleanField(default=True)
    pseudonym = models.CharField(max_length=20)
    opted_out = ArrayField(
        models.CharField(max_length=20, choices=SensitiveCategory),
        default=list,
        help_text="What this person is never given; shown to nobody else",
    )
    given = models.PositiveIntegerField(default=0, help_text="Tasks given while checks are mixed in; places the next")
    mix_passes = models.JSONField(
        default=dict, help_text="By kind, how far each is along the mix; the lowest is given next"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="membership_once"),
            models.UniqueConstraint(fields=["project", "pseudonym"], name="membership_pseudonym_unique"),
            models.CheckConstraint(condition=models.Q(pool__in=Pool.values), name="membership_pool_known"),
        ]

    def __str__(self) -> str:
        return self.pseudonym


class InvitationGrant(models.Model):
    """A place in a project that an invitation brings with it."""

    invitation = models.OneToOneField("accounts.Invitation", on_delete=models.CASCADE, related_name="grant")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    pool = models.CharField(max_length=10, choices=Pool)

    def __str__(self) -> str:
        return f"{self.pool} of {self.project_id}"


class Guideline(models.Model):
    """One version of the instructions for one kind of task; never changed, only followed by the next version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guidelines")
    kind = models.CharField(max_length=20, choices=TaskKind)
    version = models.PositiveIntegerField()
    text = models.TextField()
    examples = models.JSONField(default=list, help_text='Worked: [{"prompt", "answer", "good", "reason"}]')
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "kind", "version"], name="guideline_version_unique")]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class GuidelineAcknowledgement(models.Model):
    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="acknowledgements")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guideline", "user"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.guideline_id}"


class Rubric(models.Model):
    """One version of the flags: {"output_flags": [{"key", "label", "help"}], "prompt_flags": [...]}."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rubrics")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="rubric_version_unique")]

    def __str__(self) -> str:
        return f"rubric v{self.version}"
