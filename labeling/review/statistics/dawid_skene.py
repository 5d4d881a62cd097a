"""Dawid and Skene's model: what is true of each item, and how each labeler errs, from their answers alone.

Dawid and Skene (1979), Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied Statistics
28. Each item has one true answer; each labeler gives each answer with a probability that depends on the true one only,
and independently of the others. EM from the shares of the answers finds a maximum of the likelihood.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from labeling.review.statistics.arrays import Floats, Ints


@dataclass(frozen=True)
class DawidSkene:
    """What EM found."""

    prevalence_K: Floats
    """How frequent each true answer is."""
    errors_LKK: Floats
    """Of each labeler: the probability of the answer l (columns) where k is true (rows)."""
    truth_MK: Floats
    """Of each item: how probable each answer is to be true."""
    log_likelihood: float
    steps: int
    converged: bool

    @property
    def accuracy(self) -> Floats:
        """(L,) how probable each labeler's answer is to be the true one, over items as frequent as they are."""
        return np.asarray(np.einsum("k,lkk->l", self.prevalence_K, self.errors_LKK))

    @property
    def worth(self) -> Floats:
        """(L,) how much each labeler's answers tell of the truth, as a share of all there is to tell.

        The mutual information of answer and truth over the truth's entropy: 1 for who always tells it apart (also
        where they call it by another name), 0 for who answers without looking.
        """
        joint = self.prevalence_K[None, :, None] * self.errors_LKK
        answers = joint.sum(axis=1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = joint * np.log(joint / (self.prevalence_K[None, :, None] * answers))
            entropy = -np.nansum(self.prevalence_K * np.log(self.prevalence_K))
        told = np.nansum(terms, axis=(1, 2))
        return np.clip(told / entropy, 0, 1) if entropy > 0 else np.zeros(len(told))

    @property
    def bias(self) -> Floats:
        """(L, K) how much oftener than is true each labeler gives each answer: positive is too often; sums to 0."""
        return np.einsum("k,lkj->lj", self.prevalence_K, self.errors_LKK) - self.prevalence_K


def fit_dawid_skene(
    items: Ints,
    labelers: Ints,
    answers: Ints,
    categories: int,
    *,
    smoothing: float = 0.0,
    tolerance: float = 1e-8,
    most_steps: int = 1_000,
) -> DawidSkene:
    """The model of answers given as columns: item 0 to M - 1, labeler 0 to L - 1, answer 0 to K - 1.

    A labeler may answer an item more than once. `smoothing` adds so many answers to each cell of each labeler's table
    (a Dirichlet prior), which keeps labelers of few answers from looking perfect; 0 is the paper's maximum likelihood.
    Ends when the log-likelihood (with the prior) rises by less than `tolerance`. Raises ValueError without answers.
    """
    if not len(items):
        raise ValueError("There is no answer to model.")
    size, people = int(items.max()) + 1, int(labelers.max()) + 1
    # Which answers an item has, by labeler and answer (M, L * K): sums over answers are products with it.
    cells = labelers * categories + answers
    given = csr_array((np.ones(len(items)), (items, cells)), shape=(size, people * categories))
    given_turned = given.T.tocsr()
    votes_MK = np.bincount(items * categories + answers, minlength=size * categories).reshape(size, categories)
    truth_MK: Floats = votes_MK / np.maximum(votes_MK.sum(axis=1, keepdims=True), 1)
    before, steps, converged = -np.inf, 0, False
    while True:
        steps += 1
        prevalence_K = truth_MK.mean(axis=0)
        errors = (given_turned @ truth_MK).reshape(people, categories, categories).transpose(0, 2, 1) + smoothing
        told = errors.sum(axis=2, keepdims=True)
        errors_LKK = np.where(told > 0, errors / np.where(told > 0, told, 1), 1 / categories)

        with np.errstate(divide="ignore"):
            logs_LKK, log_prevalence_K = np.log(errors_LKK), np.log(prevalence_K)
        of_cells = logs_LKK.transpose(0, 2, 1).reshape(people * categories, categories)
        joint_KM = np.ascontiguousarray((given @ of_cells + log_prevalence_K).T)  # few long rows are quicker
        top_M = joint_KM.max(axis=0)
        shares_KM = np.exp(joint_KM - top_M)
        totals_M = shares_KM.sum(axis=0)
        truth_MK = np.ascontiguousarray((shares_KM / totals_M).T)
        likelihood = float((np.log(totals_M) + top_M).sum())
        prior = smoothing * float(logs_LKK.sum()) if smoothing else 0.0
        if likelihood + prior - before < tolerance or steps == most_steps:
            converged = steps < most_steps
            return DawidSkene(prevalence_K, errors_LKK, truth_MK, likelihood, steps, converged)
        before = likelihood + prior
