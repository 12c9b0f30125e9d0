"""Writes tests/fixtures/evaluation/conformal.json: crepes' Mondrian conformal classifiers, and their coverage.

P-values and sets of stored inputs, one image a patient; and how often sets have the true answer over 1,000 resampled
splits of stored images into calibration and test, of patients with one image, and of patients with several of which
crepes is given one each.

    pip install numpy scikit-learn crepes && python tests/oracles/conformal.py
"""

import json
from pathlib import Path

import numpy as np
from crepes import WrapClassifier
from sklearn.base import BaseEstimator, ClassifierMixin

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "conformal.json"
rng = np.random.default_rng(3)
LEVELS = [0.7, 0.8, 0.9]
SPLITS = 1000


class Scores(ClassifierMixin, BaseEstimator):
    """A classifier whose inputs are its probabilities."""

    classes_ = np.array([0, 1])

    def fit(self, x, y):
        return self

    def predict_proba(self, x):
        return np.column_stack([1 - x[:, 0], x[:, 0]])


def classifier(scores, truth):
    wrapped = WrapClassifier(Scores())
    wrapped.calibrate(scores[:, None], truth, class_cond=True)
    return wrapped


def sets(fitted, test, confidence):
    found = fitted.predict_set(test[:, None], confidence=confidence, smoothing=False)
    return [[int(0 in answers), int(1 in answers)] for answers in found]


def drawn(patients, visits, prevalence):
    patient = np.repeat(np.arange(patients), visits if np.isscalar(visits) else rng.choice(visits, patients))
    shift = rng.normal(size=patients)[patient]
    truth = (rng.random(len(patient)) < 1 / (1 + np.exp(-(shift * 1.5 + np.log(prevalence / (1 - prevalence)))))).astype(int)
    scores = 1 / (1 + np.exp(2 - 1.5 * truth - 0.7 * shift - rng.normal(size=len(patient))))
    return patient, truth, np.round(scores, 3)


def coverage(patient, truth, scores):
    """Of images of test patients, one each, by class: how many sets have the true answer."""
    names = np.unique(patient)
    held = np.zeros((len(LEVELS), 2))
    counted = np.zeros(2)
    for _ in range(SPLITS):
        order = rng.permutation(len(patient))
        # one random image of each patient and class
        _, first = np.unique(patient[order] * 2 + truth[order], return_index=True)
        chosen = order[first]
        calibrating = set(rng.permutation(names)[: len(names) // 2])
        inside = np.array([p in calibrating for p in patient[chosen]])
        cal, test = chosen[inside], chosen[~inside]
        p = classifier(scores[cal], truth[cal]).predict_p(scores[test][:, None], smoothing=False)
        own = p[np.arange(len(test)), truth[test]]
        for i, level in enumerate(LEVELS):
            for kind in (0, 1):
                held[i, kind] += np.sum(own[truth[test] == kind] > 1 - level + 1e-9)
        counted += np.bincount(truth[test], minlength=2)
    return (held / counted).tolist()


_, truth, scores = drawn(150, 1, 0.25)
_, _, test = drawn(60, 1, 0.25)
fitted = classifier(scores, truth)
reference = {
    "levels": LEVELS,
    "one": {
        "truth": truth.tolist(), "scores": scores.tolist(), "test": test.tolist(),
        "p": fitted.predict_p(test[:, None], smoothing=False).tolist(),
        # crepes keeps an answer whose p-value equals 1 - level; no p-value here does
        "sets": [sets(fitted, test, c) for c in (0.71, 0.83, 0.93)],
        "setLevels": [0.71, 0.83, 0.93],
    },
    "pools": [
        dict(zip(("patient", "truth", "scores"), (x.tolist() for x in pool)), coverage=coverage(*pool))
        for pool in (drawn(240, 1, 0.3), drawn(160, [1, 1, 2, 3, 8], 0.3))
    ],
}
FIXTURE.write_text(json.dumps(reference) + "\n")
