"""GET /projects/ID/agreement/own: told where the project shows it, from enough accepted work."""

from labeling.collection.models import Batch
from labeling.projects.models import Membership
from tests.cast import World
from tests.working import finish_batch, publish_comparisons


def own(world: World, name: str = "ada") -> dict:
    return world.client(name).get(f"/api/v1/projects/{world.project.pk}/agreement/own").json()


def change(world: World, **settings: object) -> None:
    answer = world.eva.patch(f"/api/v1/projects/{world.project.pk}", settings, format="json")
    assert answer.status_code == 200
    world.project.refresh_from_db()


def test_own_agreement_on_accepted_work(world: World):
    change(world, show_agreement=True, overlap=3)
    batch = publish_comparisons(world, prompts=3, k=4)
    assert batch.overlap == 3
    finish_batch(world, batch, "ada", "ben")
    finish_batch(world, batch, "chi")
    # Three prompts with six pairs each, two others: 36 comparisons, but nothing is accepted yet.
    assert own(world)["value"] is None
    Batch.objects.filter(pk=batch.pk).update(status="accepted")
    shown = own(world)
    assert (shown["value"], shown["n"]) == (1.0, 36)  # finish_batch has all rank alike
    assert own(world, "eva")["value"] is None, "who judged nothing agrees with nobody"

    change(world, show_agreement=False)
    hidden = own(world)
    assert (hidden["value"], hidden["why"]) == (None, "This project does not show agreement to labelers.")


def test_one_other_labeler_is_too_few(world: World):
    change(world, show_agreement=True)
    batch = publish_comparisons(world, prompts=6, k=4)
    finish_batch(world, batch, "ada", "ben")
    Batch.objects.filter(pk=batch.pk).update(status="accepted")
    assert Membership.objects.filter(project=world.project).count() > 2
    assert own(world)["value"] is None, "36 comparisons with ben would tell what ben says"
