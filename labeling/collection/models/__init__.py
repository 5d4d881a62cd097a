"""The domain of collecting: prompts and candidates, batches and tasks, holds on them, and what people judged."""

from labeling.collection.models.judgments import Action, Comparison, Demonstration, Judgment, Rating
from labeling.collection.models.prompts import Candidate, Prompt, PromptImport, Split, UseCase
from labeling.collection.models.questions import Question, QuestionMessage
from labeling.collection.models.tasks import (
    LIVE_STATES,
    Assignment,
    AssignmentState,
    Batch,
    BatchStatus,
    BlindCandidate,
    SkipReason,
    Slot,
    SlotState,
    Task,
    TaskCandidate,
    TaskPurpose,
    TaskStatus,
)

__all__ = [
    "LIVE_STATES",
    "Action",
    "Assignment",
    "AssignmentState",
    "Batch",
    "BatchStatus",
    "BlindCandidate",
    "Candidate",
    "Comparison",
    "Demonstration",
    "Judgment",
    "Prompt",
    "PromptImport",
    "Question",
    "QuestionMessage",
    "Rating",
    "SkipReason",
    "Slot",
    "SlotState",
    "Split",
    "Task",
    "TaskCandidate",
    "TaskPurpose",
    "TaskStatus",
    "UseCase",
]
