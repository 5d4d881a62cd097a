"""Judgments of units from the public data beside the checkout; run as a module, prints the tables of docs/agreement.md.

python -m tests.review.public_data
"""

import csv
import gzip
import json
import time
from itertools import zip_longest
from pathlib import Path

import numpy as np

from labeling.review.statistics.agreement import agreement
from labeling.review.statistics.groups import agreement_by
from labeling.review.statistics.judgments import Judgments, pairs_of_ranking

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "prefs"


def lines(name):
    with gzip.open(FOLDER / name, "rt", encoding="utf-8", newline="") as file:
        yield from file


def pandalm():
    values = {0: 0, 1: -1, 2: 1}
    for line in lines("pandalm_testset.jsonl.gz"):
        row = json.loads(line)
        for annotator in (1, 2, 3):
            prompt = (row["instruction"], row["input"])
            yield prompt, row["idx"], annotator, values[row[f"annotator{annotator}"]]


def ukp_votes():
    titles = {row["pair_id"]: row["title"] for row in csv.DictReader(lines("ukpconvarg1_pairs.csv.gz"))}
    values = {"a1": -1, "equal": 0, "a2": 1}
    for row in csv.DictReader(lines("ukpconvarg1_votes.csv.gz")):
        yield titles[row["pair_id"]], row["pair_id"], row["worker"], values[row["vote"]]


def rankme():
    """Three systems' outputs a meaning, scored by three workers: pairs of systems, ranked by score."""
    for row in csv.DictReader(lines("rankme_rankings_k3.csv.gz")):
        scores = {row[f"team{i}"]: float(row[f"score{i}"]) for i in (1, 2, 3)}
        teams = sorted(scores)
        ranks = [1 + sum(other > scores[team] for other in scores.values()) for team in teams]
        for unit, value in pairs_of_ranking(teams, ranks):
            yield row["mr_id"], unit, row["worker"], value


SETS = {
    "PandaLM": (pandalm, (0.9199, 0.9473, 0.8642, 0.8775, 0.8642)),
    "UKPConvArg1": (ukp_votes, (0.5085, 0.7186, 0.2471, 0.3448, 0.2470)),
    "RankME": (rankme, (0.6844, 0.9788, 0.5175, 0.7015, 0.5169)),
}
"""Each set's rows (prompt, unit, labeler, value), and its five values in the shared data's README."""


def made_up(prompts, units, labelers=200, overlap=3):
    """Judgments of made-up units, `overlap` of them by different labelers each, to measure time on."""
    generator = np.random.default_rng(0)
    total = prompts * units
    first = generator.integers(0, labelers, (total, 1))
    people = (first + np.arange(overlap)) % labelers
    truth = generator.integers(-1, 2, (total, 1))
    values = np.where(generator.random((total, overlap)) < 0.6, truth, generator.integers(-1, 2, (total, overlap)))
    unit = np.repeat(np.arange(total), overlap)
    return Judgments(unit // units, unit, people.ravel(), values.ravel(), tuple(range(labelers)))


def main():
    for name, (rows, reference) in SETS.items():
        judgments = Judgments.from_rows(rows())
        print(f"{name}, {judgments.clusters.max() + 1} prompts, {len(judgments.names)} labelers")
        for (statistic, found), expected in zip_longest(agreement(judgments).items(), reference):
            value, low, high = (f"{found[key]:.4f}".lstrip("0") for key in ("value", "low", "high"))
            known = "" if expected is None else f"{expected:.4f}".lstrip("0")
            print(f"| {statistic} | {value} [{low}, {high}] | {known} | {found['n']:,} |")
    apart = agreement(Judgments.from_rows((unit, unit, who, value) for _, unit, who, value in ukp_votes()))["pairwise"]
    print(f"UKPConvArg1, each pair a prompt: pairwise [{apart['low']:.4f}, {apart['high']:.4f}]")
    for prompts, units in ((100_000, 1), (16_667, 6), (6_667, 15)):
        judgments = made_up(prompts, units)
        start = time.perf_counter()
        agreement(judgments)
        middle = time.perf_counter()
        agreement_by(judgments, "labeler")
        end = time.perf_counter()
        print(f"| {prompts:,} x {units} | {middle - start:.2f} s | {end - middle:.1f} s |")


if __name__ == "__main__":
    main()
