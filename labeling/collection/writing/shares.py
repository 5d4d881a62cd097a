"""What a project's prompts lack beside the distribution of the paper's API prompts."""

from collections.abc import Mapping

from labeling.collection.models import UseCase

# Table 1, percent. They add up to 99.9.
PAPER_SHARES: dict[str, float] = {
    UseCase.GENERATION: 45.6,
    UseCase.OPEN_QA: 12.4,
    UseCase.BRAINSTORMING: 11.2,
    UseCase.CHAT: 8.4,
    UseCase.REWRITE: 6.6,
    UseCase.SUMMARIZATION: 4.2,
    UseCase.CLASSIFICATION: 3.5,
    UseCase.OTHER: 3.5,
    UseCase.CLOSED_QA: 2.6,
    UseCase.EXTRACT: 1.9,
}


def lacking(have: Mapping[str, int], count: int) -> dict[str, int]:
    """How to divide `count` new prompts among the use cases so that all together come nearest to the paper's shares.

    One after the other goes where most is lacking; `have` counts what stands and what is asked for already.
    """
    whole = sum(PAPER_SHARES.values())
    total = sum(have.get(use_case, 0) for use_case in PAPER_SHARES) + count
    short = {use_case: share / whole * total - have.get(use_case, 0) for use_case, share in PAPER_SHARES.items()}
    given = dict.fromkeys(PAPER_SHARES, 0)
    for _ in range(count):
        most = max(short, key=lambda use_case: short[use_case])
        short[most] -= 1
        given[most] += 1
    return given
