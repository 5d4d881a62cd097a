"""The screening test, from the first item to the first paid task, and what is refused on the way."""

from typing import Any

import pytest

from labeling.accounts.models import Event
from labeling.collection.models import Screening
from labeling.projects.models import Membership
from tests.cast import World
from tests.collection.conftest import API, Scene
from tests.collection.sets import answer_by_text, change_checks, set_keys

TOPICS = {"topics": "Violence in tales", "groups": "Northern Europe"}


class Test(Scene):
    """A project that screens: one item of each part, with keys, and one paid task. Ada and ben are not qualified."""

    __test__ = False

    def __init__(self, world: World) -> None:
        super().__init__(world)
        Membership.objects.filter(project=self.project, user__username__in=["ada", "ben"]).update(qualified=False)
        self.publish("comparison", tasks=1, overlap=3)
        sensitive = {"prompt_flags": {"ambiguous": True}}
        set_keys(self, self.publish("comparison", purpose="screening", part="flagging"), **sensitive)
        set_keys(self, self.publish("comparison", purpose="screening", part="ranking"))
        self.publish("demonstration", purpose="screening", part="demonstrations")
        change_checks(self, require_screening=True, sensitive_flags=["ambiguous", "hallucination"])

    def url(self, rest: str) -> str:
        return f"{API}/projects/{self.project.pk}/{rest}"

    def own(self, name: str) -> dict[str, Any]:
        return self.world.client(name).get(self.url("screening")).json()

    def results(self) -> list[dict[str, Any]]:
        return self.world.eva.get(self.url("screenings")).json()["results"]

    def take_test(self, name: str) -> None:
        """All four parts: one unit of five flagged otherwise, one pair of six ranked otherwise."""
        for _ in range(3):
            mine = self.next(name)
            assert mine["stage"] == "screening"
            body = answer_by_text(mine)
            if mine["kind"] == "comparison":
                one, two, three, four = (tier[0] for tier in body["ranking"])
                body["ranking"] = [[one], [two], [three, four]]
            assert self.post(name, mine, "submit", body).status_code == 200
        assert self.next(name) is None
        assert self.tell(name).status_code == 200

    def tell(self, name: str, **changes: str) -> Any:
        return self.world.client(name).post(self.url("screening/topics"), TOPICS | changes, format="json")

    def to_rate(self, name: str = "eva") -> list[dict[str, Any]]:
        return self.world.client(name).get(self.url("screening/demonstrations")).json()["results"]

    def rate(self, judgment: str, value: int, name: str = "eva") -> Any:
        url = f"{API}/judgments/{judgment}/screening-rating"
        return self.world.client(name).post(url, {"value": value}, format="json")

    def decide(self, code: str, qualified: bool = True, reason: str = "Careful work.", name: str = "eva") -> Any:
        body = {"qualified": qualified, "reason": reason}
        return self.world.client(name).post(f"{API}/screenings/{code}/decision", body, format="json")


@pytest.fixture
def test(world: World) -> Test:
    return Test(world)


def test_from_the_test_to_the_first_paid_task(test: Test):
    assert [part["total"] for part in test.own("ada")["parts"]] == [1, 1, 1]
    test.take_test("ada")
    own = test.own("ada")
    assert own["complete"]
    assert own["decision"] is None
    assert own["topics"] == TOPICS
    (waiting,) = test.to_rate()
    assert test.rate(waiting["judgment"], 6).status_code == 200
    (result,) = test.results()
    assert result["username"] is None
    scores = result["scores"]
    assert scores["flagging"] == {"value": 0.8, "agree": 4, "n": 5, "cutoff": 0.75}
    assert scores["ranking"] == {"value": pytest.approx(5 / 6), "agree": 5, "n": 6, "cutoff": 0.75}
    assert scores["demonstrations"] == {"value": 6, "n": 1, "of": 1, "cutoff": 6}
    decided = test.decide(result["id"])
    assert decided.status_code == 200
    assert decided.json()["username"] == "ada"
    assert test.next("ada")["stage"] == "work"
    own = test.own("ada")
    assert own["stage"] == "work"
    assert own["decision"]["reason"] == "Careful work."
    event = Event.objects.get(verb="screening.decided")
    assert (event.actor.username, event.data["qualified"], event.data["flagging"]) == ("eva", True, 0.8)


def test_who_is_declined_is_told_why_and_gets_nothing(test: Test):
    test.take_test("ada")
    test.rate(test.to_rate()[0]["judgment"], 2)
    (result,) = test.results()
    assert test.decide(result["id"], qualified=False, reason="The demonstration was too short.").status_code == 200
    assert test.next("ada") is None
    own = test.own("ada")
    assert own["decision"]["qualified"] is False
    assert own["decision"]["reason"] == "The demonstration was too short."
    assert own["decision"]["scores"]["demonstrations"]["value"] == 2
    assert test.tell("ada", topics="Others").status_code == 409
    assert test.world.ada.get(f"{API}/home").json()["projects"][0]["waiting"]["comparison"] == 0


def test_only_the_training_pool_is_screened(test: Test):
    assert test.next("chi")["stage"] == "work", "the qualified work"
    assert test.next("eva")["stage"] == "work"
    assert test.next("dov") is None, "held-out labelers get neither the test nor training tasks"
    assert test.own("dov")["stage"] == "work"
    test.publish(pools=["held_out"])
    assert test.next("dov")["stage"] == "work", "and need no screening"


def test_new_members_of_a_screening_project_come_unqualified(test: Test):
    join = lambda name, pool: test.world.eva.post(  # noqa: E731
        test.url("members"), {"username": name, "pool": pool}, format="json"
    ).json()
    assert not join("hal", "training")["qualified"]
    assert join("finn", "researcher")["qualified"]


def test_without_the_gate_nobody_is_screened(test: Test):
    change_checks(test, require_screening=False)
    assert test.next("ada") is None, "unqualified without a test to take"
    assert test.tell("ada").json()["code"] == "not_screened"


def test_home_says_where_one_stands_and_counts_no_screening_as_paid(test: Test):
    home = lambda: test.world.ada.get(f"{API}/home").json()  # noqa: E731
    (project,) = home()["projects"]
    assert project["stage"] == "screening"
    assert project["waiting"]["comparison"] == 2
    test.submit("ada", test.next("ada"))
    assert home()["week"]["items"] == 0
    assert home()["projects"][0]["waiting"]["comparison"] == 1


def test_a_second_try_is_refused(test: Test):
    mine = test.next("ada")
    test.submit("ada", mine)
    again = test.post("ada", mine, "submit", answer_by_text(mine))
    assert (again.status_code, again.json()["code"]) == (409, "answer_final")
    assert test.tell("ada").status_code == 200
    assert test.tell("ada").status_code == 200, "the same words again change nothing"
    other = test.tell("ada", topics="All")
    assert (other.status_code, other.json()["code"]) == (409, "answer_final")
    assert test.tell("ben", topics=" ").status_code == 400


def test_nothing_of_the_key_reaches_the_labeler_before_the_decision(test: Test):
    mine = test.next("ada")
    test.submit("ada", mine)
    assert test.world.ada.get(f"{API}/assignments/{mine['id']}/feedback").status_code == 404
    own = test.own("ada")
    assert set(own) == {"stage", "parts", "topics", "complete", "decision"}
    assert all(set(part) == {"part", "done", "skipped", "total"} for part in own["parts"])
    for path in ("screenings", "screening/demonstrations", "keys", "checks"):
        assert test.world.ada.get(test.url(path)).status_code == 403
    assert b"gold" not in test.world.ada.get(f"{API}/projects/{test.project.pk}").content


def test_researchers_see_codes_and_no_names(test: Test):
    test.take_test("ada")
    test.take_test("ben")
    results = test.world.eva.get(test.url("screenings"))
    demonstrations = test.world.eva.get(test.url("screening/demonstrations"))
    batches = test.world.eva.get(f"{API}/batches?project={test.project.pk}").json()["results"]
    items = [
        test.world.eva.get(f"{API}/batches/{batch['id']}/items") for batch in batches if batch["purpose"] == "screening"
    ]
    assert len(items) == 3
    secrets = [test.world.users[name] for name in ("ada", "ben")]
    hidden = [*(user.username for user in secrets), *(str(user.pk) for user in secrets)]
    hidden += Membership.objects.filter(user__in=secrets).values_list("pseudonym", flat=True)
    for answer in (results, demonstrations, *items):
        assert not [secret for secret in hidden if f'"{secret}"' in answer.content.decode()]
    codes = [result["id"] for result in results.json()["results"]]
    assert codes == sorted(codes), "in the order of random codes"
    assert not any(code in demonstrations.content.decode() for code in codes)
    assert not Event.objects.filter(object_id__in=codes).exists(), "the log does not tie code and name"


def test_demonstrations_are_rated_once_by_each_and_averaged(test: Test):
    test.take_test("ada")
    (waiting,) = test.to_rate()
    assert set(waiting) == {"judgment", "messages", "response"}
    assert test.rate(waiting["judgment"], 7).status_code == 200
    assert test.to_rate() == []
    assert len(test.to_rate("gil")) == 1, "others rate without seeing eva's"
    assert test.rate(waiting["judgment"], 7).status_code == 200
    other = test.rate(waiting["judgment"], 3)
    assert (other.status_code, other.json()["code"]) == (409, "already_rated")
    assert test.rate(waiting["judgment"], 4, "gil").status_code == 200
    assert test.results()[0]["scores"]["demonstrations"]["value"] == 5.5
    assert test.rate(waiting["judgment"], 8).status_code == 400
    assert test.rate(waiting["judgment"], 5, "finn").status_code == 404
    assert test.rate(waiting["judgment"], 5, "ada").status_code == 403


def test_a_decision_is_made_once_and_not_too_soon(test: Test):
    test.next("ada")
    code = str(Screening.objects.get().pk)
    assert test.decide(code).json()["code"] == "not_complete"
    assert test.decide(code, reason=" ").status_code == 400
    test.take_test("ada")
    assert test.decide(code).json()["code"] == "not_rated"
    judgment = test.to_rate()[0]["judgment"]
    test.rate(judgment, 7)
    assert test.decide(code, name="finn").status_code == 404
    assert test.decide(code, name="ada").status_code == 403
    assert test.decide(code).status_code == 200
    twice = test.decide(code, qualified=False)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_decided")
    late = test.rate(judgment, 1, "gil")
    assert late.status_code == 404
    assert test.results()[0]["scores"]["demonstrations"]["value"] == 7
    assert test.own("ada")["decision"]["qualified"]


def test_a_skipped_item_counts_as_done_and_lowers_n(test: Test):
    mine = test.next("ada")
    assert test.post("ada", mine, "skip", {"reason": "harmful"}).status_code == 200
    test.submit("ada", test.next("ada"))
    test.submit("ada", test.next("ada"))
    test.tell("ada")
    assert test.own("ada")["complete"]
    (result,) = test.results()
    assert result["parts"][0] == {"part": "flagging", "done": 0, "skipped": 1, "total": 1}
    assert result["scores"]["flagging"]["value"] is None
    assert test.next("ben")["id"], "a skip holds no item of a test that everybody takes"
    assert test.own("ben")["parts"][0]["total"] == 1


def test_screening_batches_are_parts(test: Test):
    publish = lambda **body: test.world.eva.post(  # noqa: E731
        test.url("batches"), {"prompts": {}, **body}, format="json"
    )
    assert "part" in publish(kind="comparison", purpose="screening").json()["errors"]
    assert "part" in publish(kind="demonstration", purpose="screening", part="ranking").json()["errors"]
    assert "part" in publish(kind="comparison", purpose="gold", part="ranking").json()["errors"]
