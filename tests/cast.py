"""The named cast, who play in every test of the site. `world` is one project with all of them in their places.

labelers ada, ben, chi; held-out labeler dov; researchers eva, finn; admin gil; hal, a labeler of another project.
"""

import pytest
from rest_framework.test import APIClient

PASSWORD = "correct horse battery"
LABELERS = ("ada", "ben", "chi")


class World:
    """One project with the cast, and a signed-in client for each of them: world.ada.get("/api/v1/...")."""

    def __init__(self) -> None:
        from labeling.accounts.models import Role, User
        from labeling.projects.models import Membership, Pool, Project

        def person(name: str, role: str) -> User:
            user = User(username=name, role=role)
            # The fastest hasher would still cost 8 x its price per test; no test here signs in by password.
            user.set_unusable_password()
            user.save()
            return user

        self.users = {name: person(name, Role.LABELER) for name in (*LABELERS, "dov", "hal")}
        self.users |= {name: person(name, Role.RESEARCHER) for name in ("eva", "finn")}
        self.users["gil"] = person("gil", Role.ADMIN)
        self.project = Project.objects.create(name="Tales", k=4, overlap=2)
        self.other_project = Project.objects.create(name="Elsewhere", k=4, overlap=1)
        pools = dict.fromkeys(LABELERS, Pool.TRAINING) | {"dov": Pool.HELD_OUT, "eva": Pool.RESEARCHER}
        for number, (name, pool) in enumerate(pools.items()):
            Membership.objects.create(
                project=self.project, user=self.users[name], pool=pool, pseudonym=f"person-{number}"
            )
        # finn is a researcher and hal a labeler, of the other project only.
        for name, pool in {"finn": Pool.RESEARCHER, "hal": Pool.TRAINING}.items():
            Membership.objects.create(
                project=self.other_project, user=self.users[name], pool=pool, pseudonym=f"person-{name}"
            )

    def client(self, name: str) -> APIClient:
        """A client signed in as `name`, or an anonymous one for an empty name."""
        client = APIClient()
        if name:
            client.force_login(self.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    def __getattr__(self, name: str) -> APIClient:
        if name.startswith("_") or name not in self.__dict__.get("users", {}):
            raise AttributeError(name)
        return self.client(name)


@pytest.fixture
def world(db: None) -> World:
    return World()
