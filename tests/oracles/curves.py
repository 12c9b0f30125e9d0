"""Writes tests/fixtures/evaluation/curves.json: ROC, precision-recall and their areas by scikit-learn.

    pip install numpy scikit-learn && python tests/oracles/curves.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "curves.json"
rng = np.random.default_rng(6)


def case(name, truth, scores):
    truth, scores = np.asarray(truth, int), np.asarray(scores, float)
    both = 0 < truth.sum() < len(truth)
    answer = {"name": name, "truth": truth.tolist(), "scores": scores.tolist()}
    answer["auc"] = roc_auc_score(truth, scores) if both else None
    answer["averagePrecision"] = average_precision_score(truth, scores) if truth.any() else None
    answer["roc"] = answer["precisionRecall"] = None
    if both:
        fpr, tpr, thresholds = roc_curve(truth, scores, drop_intermediate=False)
        answer["roc"] = {"fpr": fpr.tolist(), "tpr": tpr.tolist(), "thresholds": thresholds[1:].tolist()}
    if truth.any():
        precision, recall, thresholds = precision_recall_curve(truth, scores)
        answer["precisionRecall"] = {
            "precision": precision[-2::-1].tolist(),
            "recall": recall[-2::-1].tolist(),
            "thresholds": thresholds[::-1].tolist(),
        }
    return answer


def drawn(n, prevalence, shift):
    truth = rng.random(n) < prevalence
    truth[:1], truth[1:2] = True, False
    return truth, rng.normal(size=n) + shift * truth


cases = []
for n, prevalence, shift in [(2, 0.5, 0), (40, 0.5, 1), (200, 0.1, 0.7), (150, 0.02, 2), (60, 0.9, -0.5)]:
    truth, scores = drawn(n, prevalence, shift)
    cases.append(case(f"{n} images, prevalence {prevalence}", truth, scores))
    cases.append(case(f"the same with ties", truth, np.round(scores)))
truth, scores = drawn(50, 0.3, 1)
cases.append(case("sigmoid in float32, some of them 0 and 1", truth, np.float32(1 / (1 + np.exp(-40 * scores)))))
cases.append(case("all scores equal", truth, np.full(50, 0.5)))
cases.append(case("no positives", np.zeros(9), np.arange(9)))
cases.append(case("no negatives", np.ones(9), np.arange(9)))
cases.append(case("perfectly separated", np.arange(9) > 5, np.arange(9)))
cases.append(case("perfectly wrong", np.arange(9) < 3, np.arange(9)))
cases.append(case("one positive, tied with half of the negatives", [1, 0, 0, 0, 0], [2, 2, 2, 1, 1]))

FIXTURE.parent.mkdir(parents=True, exist_ok=True)
FIXTURE.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
