"""What may be done to people and their ways in. Each deed is one transaction with its Event."""

import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils import timezone

from labeling.accounts.authentication import hash_token
from labeling.accounts.events import record_event
from labeling.accounts.models import Invitation, Role, Token, User
from labeling.errors import ConflictError, InvalidError, NotFoundError

INVITATION_DAYS = 7

# Sent inside the transaction, with `user`. Apps to the left free what the person held; accounts knows none of them.
user_deactivated = Signal()


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidError("This password is too weak.", errors={"password": error.messages}) from error


def create_user(*, actor: User | None, username: str, role: str, password: str) -> User:
    """Make an account that can sign in. Raises InvalidError for a taken name, an unknown role or a weak password."""
    if role not in Role.values:
        raise InvalidError(f"There is no role '{role}'. Roles are: {', '.join(Role.values)}.")
    user = User(username=username, role=role)
    _check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            record_event(actor, "user.created", user, role=role)
    except IntegrityError as error:
        raise InvalidError(
            f"The name '{username}' is taken. Choose another.", errors={"username": ["This name is taken."]}
        ) from error
    return user


def _new_invitation(*, actor: User | None, role: str, note: str, resets: User | None) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        token_hash=hash_token(token),
        role=role,
        note=note,
        resets=resets,
        created_by=actor,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    return invitation, token


@transaction.atomic
def invite(*, actor: User, role: str, note: str = "") -> tuple[Invitation, str]:
    """Make a single-use link's token, valid for a week; it is told once and kept only as a hash."""
    invitation, token = _new_invitation(actor=actor, role=role, note=note, resets=None)
    record_event(actor, "invitation.created", invitation, role=role)
    return invitation, token


@transaction.atomic
def offer_password_reset(*, actor: User, user: User) -> tuple[Invitation, str]:
    """Make a single-use token with which `user` chooses a new password; earlier ones of theirs end."""
    if not user.is_active:
        raise ConflictError(f"{user.username} is deactivated. Activate the account first.")
    Invitation.objects.filter(resets=user, used_at=None).update(revoked_at=timezone.now())
    invitation, token = _new_invitation(actor=actor, role=user.role, note="", resets=user)
    record_event(actor, "user.reset_offered", user)
    return invitation, token


def open_invitation(token: str) -> Invitation:
    """The invitation that this token opens, or NotFoundError where it was used, revoked, or is too old."""
    invitation = (
        Invitation.objects.select_related("resets")
        .filter(token_hash=hash_token(token), used_at=None, revoked_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if invitation is None or (invitation.resets is not None and not invitation.resets.is_active):
        raise NotFoundError("This link was used already, was revoked, or is too old. Ask for a new one.")
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, username: str, password: str) -> tuple[User, Invitation]:
    """Make the invited account, or set the reset account's password. The link works once, also used twice at once."""
    invitation = open_invitation(token)
    if invitation.resets is not None:
        user = invitation.resets
        _check_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        record_event(user, "user.password_reset", user)
    else:
        if not username.strip():
            raise InvalidError("Choose a name.", errors={"username": ["Choose a name."]})
        user = create_user(actor=None, username=username.strip(), role=invitation.role, password=password)
    used = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None).update(
        used_at=timezone.now(), used_by=user
    )
    if used != 1:
        raise NotFoundError("This link was used already. Ask for a new one.")
    record_event(user, "invitation.accepted", invitation)
    return user, invitation


@transaction.atomic
def revoke_invitation(*, actor: User, invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None).update(revoked_at=timezone.now())
    record_event(actor, "invitation.revoked", invitation)


@transaction.atomic
def change_password(*, user: User, current_password: str, new_password: str) -> None:
    if not user.check_password(current_password):
        raise InvalidError("The current password is wrong.", errors={"current_password": ["This is wrong."]})
    _check_password(new_password, user)
    user.set_password(new_password)
    user.save(update_fields=["password"])
    record_event(user, "user.password_changed", user)


@transaction.atomic
def change_user(*, actor: User, user: User, role: str | None = None, is_active: bool | None = None) -> User:
    """Change a role, deactivate or activate. Deactivation ends sessions, tokens and leases at once.

    Raises ConflictError for the last active admin, and for an import's identity, which can never sign in.
    """
    # Admins are locked in one order, so that two who demote each other at once cannot leave none.
    admins = list(User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).order_by("pk"))
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.imported:
        raise ConflictError("This is an identity of an import. It has no role to change and cannot sign in.")
    loses_admin = (role not in (None, Role.ADMIN)) or is_active is False
    if loses_admin and [admin.pk for admin in admins] == [user.pk]:
        raise ConflictError(f"{user.username} is the last active admin. Make someone else an admin first.")
    if role is not None and role != user.role:
        record_event(actor, "user.role_changed", user, before=user.role, after=role)
        user.role = role
    if is_active is not None and is_active != user.is_active:
        user.is_active = is_active
        record_event(actor, "user.activated" if is_active else "user.deactivated", user)
        if not is_active:
            Token.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
            user_deactivated.send(sender=User, user=user)
    user.save(update_fields=["role", "is_active"])
    return user


@transaction.atomic
def create_token(*, actor: User | None, user: User, name: str) -> tuple[Token, str]:
    """Make an API token. The secret is returned once; the database keeps its hash."""
    secret = secrets.token_urlsafe(32)
    token = Token.objects.create(user=user, name=name, token_hash=hash_token(secret))
    record_event(actor, "token.created", token, name=name)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: User, token: Token) -> None:
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    record_event(actor, "token.revoked", token)
