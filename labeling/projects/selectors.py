"""What a person may see of projects. Everything below a project is looked up through these."""

from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from labeling.accounts.models import Role, User
from labeling.errors import ForbiddenError
from labeling.projects.models import Guideline, GuidelineAcknowledgement, Membership, Project, Rubric


def visible_projects(user: User) -> QuerySet[Project]:
    """Admins see every project; everybody else those that they are a member of. Each row has `my_pool`."""
    mine = Membership.objects.filter(project=OuterRef("pk"), user=user)
    projects = Project.objects.annotate(my_pool=Subquery(mine.values("pool")[:1]))
    return projects if user.role == Role.ADMIN else projects.filter(my_pool__isnull=False)


def project_for(user: User, project_id: UUID | str) -> Project:
    """The project, or Http404 where the user may not see it."""
    return get_object_or_404(visible_projects(user), pk=project_id)


def project_to_lead(user: User, project_id: UUID | str) -> Project:
    """The project, for someone who may decide in it: an admin, or a researcher who is a member.

    Http404 where the user may not see it; ForbiddenError where they see it as a labeler.
    """
    project = project_for(user, project_id)
    if user.role not in (Role.ADMIN, Role.RESEARCHER):
        raise ForbiddenError("Only the project's researchers and admins may do this.")
    return project


def membership_of(user: User, project: Project) -> Membership | None:
    return Membership.objects.filter(user=user, project=project).first()


def current_guideline(project: Project, kind: str) -> Guideline | None:
    return Guideline.objects.filter(project=project, kind=kind).order_by("-version").first()


def current_rubric(project: Project) -> Rubric | None:
    return Rubric.objects.filter(project=project).order_by("-version").first()


def guidelines_to_acknowledge(user: User, project: Project) -> list[Guideline]:
    """The newest guideline of each kind, where the user has not said yet that they read it."""
    newest = project.guidelines.order_by("kind", "-version").distinct("kind")
    read = set(
        GuidelineAcknowledgement.objects.filter(guideline__in=newest, user=user).values_list(F("guideline"), flat=True)
    )
    return [guideline for guideline in newest if guideline.pk not in read]
