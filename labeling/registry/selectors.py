"""What a person may see of models."""

from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404

from labeling.accounts.models import Role, User
from labeling.projects.selectors import visible_projects
from labeling.registry.models import ModelParent, ModelVersion


def visible_models(user: User) -> QuerySet[ModelVersion]:
    """Admins see every model; researchers those of their projects, and those of none, such as base models."""
    models = ModelVersion.objects.prefetch_related(
        Prefetch("parent_links", ModelParent.objects.select_related("parent").order_by("pk"))
    )
    if user.role == Role.ADMIN:
        return models
    return models.filter(Q(project=None) | Q(project__in=visible_projects(user).values("pk")))


def model_for(user: User, model_id: UUID) -> ModelVersion:
    """The model, or Http404 where the user may not see it."""
    return get_object_or_404(visible_models(user), pk=model_id)
