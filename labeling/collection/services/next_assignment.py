"""Which task a labeler gets next."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Assignment, AssignmentState, Slot, SlotState, Task, TaskPurpose
from labeling.collection.selectors.queue import open_to
from labeling.collection.selectors.stages import Stage, next_of_set, purposes_of, stage_of
from labeling.collection.services.blind import draw_blind_candidates, new_order_seed
from labeling.collection.services.checks import check_in_place_of
from labeling.collection.services.leases import HOLDING, expire_leases_of, lease_end
from labeling.collection.services.locks import lock_one_free_slot
from labeling.collection.services.reserve import reserve_slot
from labeling.collection.services.screening import begin_screening
from labeling.collection.services.skip import LEFT
from labeling.collection.services.take_slot import lock_next_slot
from labeling.collection.services.task_mix import lock_slot_of_mix
from labeling.collection.services.undo import make_room
from labeling.errors import ConflictError, ForbiddenError, InvalidError
from labeling.prepared import Prepared, insert, update
from labeling.projects.models import GuidelineAcknowledgement, Membership, Pool, Project, TaskKind
from labeling.projects.selectors import current_texts, project_for


def next_assignment(*, user: User, project_id: UUID, kind: str | None = None, ahead: bool = False) -> Assignment | None:
    """The user's current assignment, or the one held ahead; made where none is held. None when no task is left.

    Without `ahead`: what is current; else returned work, own work whose lease ran out, the one held ahead, a new
    task, and last what the user released. With `ahead`: what is held ahead, else a new or released task, so that
    the page can load it while the current one is worked on.

    `kind` narrows what is newly given; without it the project's mix says, or the oldest batch. What is current is
    answered whatever its kind, for there is one at a time.
    Raises ForbiddenError without a membership, Http404 where the user may not even see the project, ConflictError
    where the guideline waits to be acknowledged.
    """
    expire_leases_of(project_id)
    with transaction.atomic():
        place = _PLACE.first(user=user.pk, project=project_id)
        if place is None:
            project_for(user, project_id)
            raise ForbiddenError("You are not a member of this project, so it has no tasks for you.")
        return _Picker(user, place, kind).pick(ahead=ahead)


@transaction.atomic
def answer_for_key(*, user: User, project: Project, task: Task) -> Assignment:
    """A researcher's own assignment on a task that is no work, made current: what was current is held ahead.

    Sent again, it answers with the same one, also when it is submitted. Raises ForbiddenError without a place in
    the project, InvalidError for a task of work, which its queue gives out.
    """
    membership = _PLACE.first(user=user.pk, project=project.pk)
    if membership is None or membership.pool != Pool.RESEARCHER:
        raise ForbiddenError("Only researchers who are members of the project write keys.")
    if task.purpose == TaskPurpose.WORK:
        raise InvalidError("This task is work: it has no key, and its queue gives it out.", code="not_a_check")
    if task.repeat_of_id is not None:
        raise InvalidError("This is one labeler's repeat of a constant. Answer the constant.", code="not_a_check")
    return _Picker(user, membership, None).take_for_key(task)


def _place(user: UUID, project: UUID) -> QuerySet[Membership]:
    """The membership, to be locked, with the time and with what may wait besides new tasks.

    Where this had to wait for another deed of the same labeler, `returned` and `left` may be of the time before.
    """
    own = Assignment.objects.filter(labeler=OuterRef("user"), project=OuterRef("project"))
    free = Slot.objects.filter(task=OuterRef("task"), state=SlotState.FREE)
    return (
        Membership.objects.select_for_update(no_key=True, of=("self",))
        .select_related("project", "user")
        .filter(user=user, project=project)
        .annotate(
            now=Now(),
            returned=Exists(own.filter(state=AssignmentState.RETURNED)),
            left=Exists(own.filter(Exists(free), state__in=LEFT)),
        )
    )


_PLACE = Prepared(_place, user=UUID, project=UUID)
_HELD = Prepared(
    lambda user, project: (
        Assignment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("task")
        .filter(labeler=user, project=project, state__in=HOLDING)
        .order_by("pk")
    ),
    user=UUID,
    project=UUID,
)


class _Picker:
    """One labeler's pick, under the lock of their membership, which comes of _PLACE."""

    def __init__(self, user: User, membership: Any, kind: str | None) -> None:
        self.user = user
        self.project: Project = membership.project
        self.membership: Membership = membership
        self.kind = kind
        self.stage = Stage.WORK
        self.now: datetime = membership.now
        self.may_be_returned: bool = membership.returned
        self.may_be_left: bool = membership.left
        self.own = Assignment.objects.filter(labeler=user, project=self.project)

    @property
    def own_of_kind(self) -> QuerySet[Assignment]:
        own = self.own.filter(task__purpose__in=purposes_of(self.stage))
        return own.filter(task__kind=self.kind) if self.kind else own

    def pick(self, *, ahead: bool) -> Assignment | None:
        state = AssignmentState.AHEAD if ahead else AssignmentState.CURRENT
        held = {assignment.state: assignment for assignment in _HELD(user=self.user.pk, project=self.project.pk)}
        if state in held:
            return self._hold(held[state], state)
        stage = None if self.project.paused else stage_of(self.membership)
        if stage is None:
            return None
        self.stage = stage
        was_ahead = None if ahead else held.get(AssignmentState.AHEAD)
        picked = self._pick(state, was_ahead)
        if picked is None and not (self.may_be_returned and self.may_be_left):
            # Nobody is sent away for what was true before this waited for the lock.
            self.may_be_returned = self.may_be_left = True
            picked = self._pick(state, was_ahead)
        return picked

    def _pick(self, state: AssignmentState, was_ahead: Assignment | None) -> Assignment | None:
        if state == AssignmentState.AHEAD:
            return (
                self._take_new(state)
                or self._take_up(AssignmentState.EXPIRED, state)
                or self._take_up(AssignmentState.RELEASED, state)
            )
        return (
            self._hold_returned()
            or self._take_up(AssignmentState.EXPIRED, state)
            or self._hold_ahead(was_ahead)
            or self._take_new(state)
            or self._take_up(AssignmentState.RELEASED, state)
        )

    def _lock(self, assignments: QuerySet[Assignment]) -> Assignment | None:
        return assignments.select_for_update(no_key=True, of=("self",)).first()

    def _hold(self, assignment: Assignment, state: AssignmentState) -> Assignment:
        """Hold this locked assignment in this state, with a fresh lease."""
        assignment.state = state
        assignment.taken_back = ""
        assignment.lease_expires_at = lease_end(self.project, self.now)
        if state == AssignmentState.CURRENT and assignment.started_at is None:
            assignment.started_at = self.now
        update(assignment, "state", "slot", "taken_back", "lease_expires_at", "started_at", "updated_at")
        return assignment

    def _hold_returned(self) -> Assignment | None:
        """Make returned work current, which keeps its slot: the oldest first."""
        if not self.may_be_returned:
            return None
        returned = self._lock(self.own_of_kind.filter(state=AssignmentState.RETURNED).order_by("returned_at", "pk"))
        return self._hold(returned, AssignmentState.CURRENT) if returned else None

    def _hold_ahead(self, was_ahead: Assignment | None) -> Assignment | None:
        """Make current what was held ahead, where it is what is asked for."""
        if was_ahead is None or was_ahead.task.purpose not in purposes_of(self.stage):
            return None
        if self.kind and was_ahead.task.kind != self.kind:
            return None
        return self._hold(was_ahead, AssignmentState.CURRENT)

    def _take_up(self, left: AssignmentState, state: AssignmentState) -> Assignment | None:
        """Take up own expired or released work again, with its draft, where its task still has a free slot."""
        if not self.may_be_left:
            return None
        free = Slot.objects.filter(open_to(self.user), state=SlotState.FREE, pools__contains=[self.membership.pool])
        free = free.exclude(sensitive__overlap=self.membership.opted_out)
        left_behind = self.own_of_kind.filter(Exists(free.filter(task=OuterRef("task"))), state=left)
        for assignment in left_behind.order_by(F("started_at").desc(nulls_last=True), "pk"):
            slot = lock_one_free_slot(free.filter(task=assignment.task_id).order_by("number"))
            if slot is not None:
                self._occupy(slot)
                assignment.slot = slot
                record_event(self.user, "assignment.taken_up", assignment)
                return self._hold(assignment, state)
        return None

    def _take_new(self, state: AssignmentState) -> Assignment | None:
        if self.stage != Stage.WORK:
            return self._take_from_set(state)
        if self.kind is None and self.project.mix:
            slot = lock_slot_of_mix(self.membership)
        else:
            kinds = [self.kind] if self.kind else TaskKind.values
            slot = lock_next_slot(membership=self.membership, kinds=kinds)
        return self._make(check_in_place_of(self.membership, slot) or slot, state) if slot is not None else None

    def _take_from_set(self, state: AssignmentState) -> Assignment | None:
        """The next task of the screening or the calibration, on a slot of one's own."""
        task = next_of_set(self.membership, self.stage, self.kind)
        if task is None:
            return None
        if self.stage == Stage.SCREENING:
            begin_screening(self.membership)
        return self._make(reserve_slot(task=task, user=self.user), state)

    def take_for_key(self, task: Task) -> Assignment:
        """Make this task current, whatever the queue says: a researcher answers it for its key."""
        own = self._lock(self.own.filter(task=task))
        if own is not None and own.state not in (AssignmentState.EXPIRED, AssignmentState.RELEASED):
            return own
        make_room(self.user, self.project)
        if own is None:
            return self._make(reserve_slot(task=task, user=self.user), AssignmentState.CURRENT)
        slot = Slot.objects.select_for_update(no_key=True).get(pk=own.slot_id)
        self._occupy(slot)
        return self._hold(own, AssignmentState.CURRENT)

    def _make(self, slot: Slot, state: AssignmentState) -> Assignment:
        guideline, rubric = current_texts(self.project, slot.kind)
        if guideline is not None and self.project.require_acknowledgement:
            read = GuidelineAcknowledgement.objects.filter(guideline=guideline, user=self.user)
            if not read.exists():
                raise ConflictError(
                    "Read the guideline of this kind of task and acknowledge it first.",
                    code="guideline_not_acknowledged",
                    extra={"guideline": str(guideline.pk)},
                )
        self._occupy(slot)
        assignment = Assignment(
            slot=slot,
            task_id=slot.task_id,
            project=self.project,
            labeler=self.user,
            state=state,
            guideline=guideline,
            rubric=rubric,
            order_seed=new_order_seed(),
            lease_expires_at=lease_end(self.project, self.now),
            started_at=self._started(state),
        )
        insert(assignment)
        draw_blind_candidates(assignment)
        record_event(self.user, "assignment.taken", assignment, task=str(slot.task_id))
        return assignment

    def _started(self, state: AssignmentState) -> datetime | None:
        return self.now if state == AssignmentState.CURRENT else None

    def _occupy(self, slot: Slot) -> None:
        slot.state = SlotState.HELD
        update(slot, "state")
