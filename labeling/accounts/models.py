"""People, the ways in (invitation, session, token), and the record of who did what."""

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower


class Role(models.TextChoices):
    LABELER = "labeler"
    RESEARCHER = "researcher"
    ADMIN = "admin"


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person, or an identity of an import (`imported`), which can never sign in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=150)
    role = models.CharField(max_length=10, choices=Role)
    is_active = models.BooleanField(default=True)
    imported = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["role"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_unique"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=models.Q(imported=False) | models.Q(is_active=False),
                name="user_imported_never_active",
            ),
        ]

    def __str__(self) -> str:
        return self.username


class Invitation(models.Model):
    """A single-use link: to join (user is null until used) or to choose a new password (user is set)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=10, choices=Role)
    note = models.CharField(max_length=200, blank=True)
    resets = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="resets")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation {self.id}"


class Token(models.Model):
    """An API token; only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """Who did what to which object; written in the same transaction as the deed, never changed."""

    id = models.BigAutoField(primary_key=True)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["-created_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"


class SurveyAnswer(models.Model):
    """One answer to one question of a survey, tied to nothing: no user, no time, and no other answer of the person.

    Rows are written by survey_answers.store_answers only, which keeps their order in the table from telling anything.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    survey = models.CharField(max_length=20)
    question = models.CharField(max_length=40)
    choices = ArrayField(models.CharField(max_length=40))
    released = models.BooleanField(default=False, help_text="Counted in results: set for ten answers at a time")

    class Meta:
        indexes = [models.Index(fields=["survey", "question", "released"])]

    def __str__(self) -> str:
        return f"{self.survey}.{self.question}"
