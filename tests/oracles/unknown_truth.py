"""Writes tests/fixtures/evaluation/unknown_truth.json: figures by scikit-learn of those images whose truth is known.

    pip install numpy scikit-learn && python tests/oracles/unknown_truth.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, confusion_matrix, roc_auc_score

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "unknown_truth.json"
IMAGES, LABELS = 120, 4
rng = np.random.default_rng(13)

present = rng.random((IMAGES, LABELS)) < [0.3, 0.5, 0.2, 0.4]
scores = 1 / (1 + np.exp(-(rng.normal(size=present.shape) + 2 * present - 1)))
unknown = rng.random(present.shape) < [0.4, 0.1, 0.0, 1.0]
truth = np.where(unknown, None, present.astype(int))


def figures(label):
    known = ~unknown[:, label]
    t, s = present[known, label], scores[known, label]
    counts = {"positives": int(t.sum()), "negatives": int((~t).sum()), "unknown": int((~known).sum())}
    if not known.any():
        return {**counts, "auc": None}
    (tn, fp), (fn, tp) = confusion_matrix(t, s >= 0.5)
    return {
        **counts,
        "auc": roc_auc_score(t, s),
        "averagePrecision": average_precision_score(t, s),
        "brier": brier_score_loss(t, s),
        "confusion": [int(tp), int(fp), int(tn), int(fn)],
    }


def temperature():
    known = ~unknown.ravel()
    logits = np.log(scores.ravel()[known] / (1 - scores.ravel()[known]))[:, None]
    fit = LogisticRegression(C=1e12, fit_intercept=False, tol=1e-12, max_iter=10_000, solver="newton-cg")
    return 1 / fit.fit(logits, present.ravel()[known]).coef_[0, 0]


FIXTURE.write_text(
    json.dumps(
        {
            "truth": truth.tolist(),
            "scores": scores.tolist(),
            "labels": [figures(label) for label in range(LABELS)],
            "temperature": temperature(),
        }
    )
    + "\n"
)
