"""Dawid and Skene's model on their own data, and on made-up labelers whose errors are known."""

from itertools import pairwise

import numpy as np
import pytest

from labeling.review.statistics.dawid_skene import fit_dawid_skene

# Dawid and Skene (1979), table 1: forty-five patients; the first anaesthetist judged each three times, the others once.
PATIENTS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 2223212 1211111
1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121
1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""


def fit_patients(**options):
    rows = [(patient, max(0, place - 2), int(answer) - 1)
            for patient, answers in enumerate(PATIENTS.split()) for place, answer in enumerate(answers)]  # fmt: skip
    return fit_dawid_skene(*np.array(rows).T, 4, **options)


def test_the_marginals_and_error_rates_are_those_of_the_paper():
    """Table 2 of the paper: prevalence .40, .42, .11, .07; observer 1 calls 1 what is 1 in .89, 2 what is 2 in .88."""
    model = fit_patients()
    assert model.converged
    assert np.round(model.prevalence_K, 2).tolist() == [0.40, 0.42, 0.11, 0.07]
    assert np.round(model.errors_LKK[0, 0], 2).tolist() == [0.89, 0.11, 0, 0]
    assert np.round(model.errors_LKK[0, 1, :3], 2).tolist() == [0.07, 0.88, 0.05]


def test_the_likelihood_never_falls():
    likelihoods = [fit_patients(most_steps=steps).log_likelihood for steps in range(1, 15)]
    assert all(after >= before - 1e-9 for before, after in pairwise(likelihoods))


def made_up(people=6, items=3000, seed=0):
    generator = np.random.default_rng(seed)
    truth = generator.choice(3, size=items, p=[0.5, 0.2, 0.3])
    skill = np.array([0.95, 0.9, 0.8, 0.7, 0.6, 1 / 3])[:people]
    answers = np.where(
        generator.random((items, people)) < skill, truth[:, None], generator.integers(0, 3, (items, people))
    )
    where = np.indices(answers.shape).reshape(2, -1)
    return truth, skill + (1 - skill) / 3, where[0], where[1], answers.ravel()


def test_it_finds_how_good_made_up_labelers_are():
    truth, accuracy, *columns = made_up()
    model = fit_dawid_skene(*columns, 3)
    assert np.allclose(model.accuracy, accuracy, atol=0.03)
    assert (np.diff(model.worth) < 0).all()
    votes = np.stack([np.bincount(columns[0], weights=columns[2] == k) for k in range(3)], axis=1)
    right, majority = (model.truth_MK.argmax(axis=1) == truth).mean(), (votes.argmax(axis=1) == truth).mean()
    assert right > majority


def test_who_sees_it_but_calls_it_otherwise_tells_as_much():
    _, _, items, labelers, answers = made_up(people=3)
    turned = np.where(labelers == 2, (answers + 1) % 3, answers)
    straight, crooked = fit_dawid_skene(items, labelers, answers, 3), fit_dawid_skene(items, labelers, turned, 3)
    assert crooked.worth[2] == pytest.approx(straight.worth[2], abs=0.05)
    assert crooked.accuracy[2] < 0.2 < 0.8 < straight.accuracy[2]


def test_bias_says_who_gives_an_answer_too_often():
    _, _, items, labelers, answers = made_up(people=4)
    answers = np.where((labelers == 3) & (items % 2 == 0), 1, answers)
    bias = fit_dawid_skene(items, labelers, answers, 3).bias
    assert bias[3, 1] > 0.3
    assert np.allclose(bias.sum(axis=1), 0, atol=1e-9)
    assert abs(bias[0]).max() < 0.05


def test_names_and_order_change_nothing():
    _, _, items, labelers, answers = made_up(items=200)
    order = np.random.default_rng(1).permutation(len(items))
    renamed = np.array([3, 1, 5, 0, 2, 4])
    one = fit_dawid_skene(items, labelers, answers, 3)
    other = fit_dawid_skene(199 - items[order], renamed[labelers[order]], answers[order], 3)
    assert np.allclose(other.accuracy[renamed], one.accuracy, atol=1e-6)
    assert np.allclose(other.truth_MK[::-1], one.truth_MK, atol=1e-6)


def test_smoothing_keeps_a_labeler_of_one_answer_from_looking_perfect():
    _, _, items, labelers, answers = made_up(people=3, items=100)
    items, labelers, answers = np.r_[items, 0], np.r_[labelers, 3], np.r_[answers, answers[0]]
    bare, smooth = (fit_dawid_skene(items, labelers, answers, 3, smoothing=s).errors_LKK[3].max() for s in (0, 1.0))
    assert bare == pytest.approx(1)
    assert smooth < 0.6


def test_no_answers_are_refused():
    none = np.empty(0, dtype=int)
    with pytest.raises(ValueError, match="no answer"):
        fit_dawid_skene(none, none, none, 3)
