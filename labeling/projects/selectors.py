"""What a person may see of projects. Everything below a project is looked up through these."""

from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from labeling.accounts.models import Role, User
from labeling.errors import ForbiddenError
from labeling.prepared import Prepared
from labeling.projects.models import Guideline, Membership, Project, Rubric


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


_MEMBERSHIP = Prepared(
    lambda user, project: Membership.objects.select_related("project").filter(user=user, project=project),
    user=UUID,
    project=UUID,
)


def membership_of(user: User, project: Project | UUID) -> Membership | None:
    """This person's place in the project, with the project."""
    return _MEMBERSHIP.first(user=user.pk, project=project.pk if isinstance(project, Project) else project)


_NEWEST = """
    SELECT (SELECT id FROM projects_guideline WHERE project_id = %s AND kind = %s ORDER BY version DESC LIMIT 1),
           (SELECT id FROM projects_rubric WHERE project_id = %s ORDER BY version DESC LIMIT 1)
"""


def pseudonyms_in(project_id: UUID) -> dict[UUID, str]:
    """What each member is called in this project, by user."""
    return dict(Membership.objects.filter(project=project_id).values_list("user_id", "pseudonym"))


def current_texts(project: Project, kind: str) -> tuple[Guideline | None, Rubric | None]:
    """The newest guideline of this kind of task, and the newest rubric."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [project.pk, kind, project.pk])
        guideline, rubric = cursor.fetchone()
    return guideline_version(guideline), rubric_version(rubric)


@lru_cache(maxsize=200)
def guideline_version(pk: UUID | None) -> Guideline | None:
    """One version; it never changes, so that each process reads it once. Callers leave it as it is."""
    return None if pk is None else Guideline.objects.get(pk=pk)


@lru_cache(maxsize=200)
def rubric_version(pk: UUID | None) -> Rubric | None:
    """As guideline_version."""
    return None if pk is None else Rubric.objects.get(pk=pk)
