"""Finding a project by what a person types on the command line."""

from uuid import UUID

from django.core.management.base import CommandError

from labeling.projects.models import Project


def find_project(name: str) -> Project:
    """The project with this id or name. CommandError, in words, where there is none."""
    try:
        project = Project.objects.filter(pk=UUID(name)).first()
    except ValueError:
        project = Project.objects.filter(name=name).first()
    if project is None:
        raise CommandError(f"There is no project '{name}'. Give its id or its name.")
    return project
