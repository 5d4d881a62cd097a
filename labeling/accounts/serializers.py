from rest_framework import serializers

from labeling.accounts.models import Event, Invitation, Role, Token, User


class UserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "username", "role", "is_active", "created_at"]
        read_only_fields = fields


class SignInSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class PasswordChangeSerializer(serializers.Serializer):
    current_password = serializers.CharField(max_length=1000, trim_whitespace=False)
    new_password = serializers.CharField(max_length=1000, trim_whitespace=False)


class UserChangeSerializer(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    resets = serializers.CharField(source="resets.username", default=None, read_only=True, allow_null=True)
    used_by = serializers.CharField(source="used_by.username", default=None, read_only=True, allow_null=True)

    class Meta:
        model = Invitation
        fields = [
            "id",
            "role",
            "note",
            "resets",
            "created_at",
            "expires_at",
            "used_at",
            "used_by",
            "revoked_at",
        ]
        read_only_fields = fields


class NewInvitationSerializer(InvitationSerializer):
    """Answers the making of an invitation: the only time that its token is told."""

    token = serializers.CharField(read_only=True)

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "token"]
        read_only_fields = fields


class InvitationLookupSerializer(serializers.Serializer):
    token = serializers.CharField(max_length=200)


class OpenInvitationSerializer(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices)
    username = serializers.CharField(source="resets.username", default=None, allow_null=True)
    expires_at = serializers.DateTimeField()


class InvitationAcceptSerializer(serializers.Serializer):
    token = serializers.CharField(max_length=200)
    username = serializers.RegexField(
        r"^[\w.@+-]+\Z",
        max_length=150,
        required=False,
        default="",
        error_messages={"invalid": "A name has letters, digits and . @ + - _ only."},
    )
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class TokenSerializer(serializers.ModelSerializer[Token]):
    class Meta:
        model = Token
        fields = ["id", "name", "created_at", "last_used_at", "revoked_at"]
        read_only_fields = ["id", "created_at", "last_used_at", "revoked_at"]


class NewTokenSerializer(TokenSerializer):
    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]


class EventSerializer(serializers.ModelSerializer[Event]):
    actor = serializers.CharField(source="actor.username", default=None, read_only=True, allow_null=True)
    id = serializers.CharField(read_only=True)

    class Meta:
        model = Event
        fields = ["id", "actor", "verb", "object_type", "object_id", "data", "created_at"]
        read_only_fields = fields
