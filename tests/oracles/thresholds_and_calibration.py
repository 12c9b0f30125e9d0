"""Writes tests/fixtures/evaluation/thresholds.json and calibration.json: scikit-learn, scipy and statsmodels.

    pip install numpy scipy scikit-learn statsmodels
    python tests/oracles/thresholds_and_calibration.py
"""

import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.calibration import _sigmoid_calibration
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, confusion_matrix, f1_score, roc_curve
from statsmodels.stats.proportion import proportion_confint

FIXTURES = Path(__file__).parent.parent / "fixtures" / "evaluation"
BINS = 15
rng = np.random.default_rng(666)


def drawn(n, prevalence, shift, digits):
    truth = (rng.random(n) < prevalence).astype(int)
    truth[:2] = [0, 1]
    return truth, np.round(expit(rng.normal(size=n) * 1.5 + shift * truth - shift), digits)


def proportion(part, whole):
    if whole == 0:
        return None
    low, high = proportion_confint(part, whole, method="beta")
    return {
        "value": part / whole, "low": 0 if part == 0 else low, "high": 1 if part == whole else high,
    }


def confusion(truth, scores, threshold):
    called = scores >= threshold
    tn, fp, fn, tp = (int(x) for x in confusion_matrix(truth, called, labels=[0, 1]).ravel())
    return {
        "truePositives": tp, "falsePositives": fp, "trueNegatives": tn, "falseNegatives": fn,
        "sensitivity": proportion(tp, tp + fn), "specificity": proportion(tn, tn + fp),
        "precision": proportion(tp, tp + fp),
        "f1": f1_score(truth, called) if tp + fp + fn else None,
    }


def thresholds(truth, scores):
    fpr, tpr, candidates = roc_curve(truth, scores, drop_intermediate=False)
    positives, negatives = truth.sum(), (1 - truth).sum()
    f1 = [f1_score(truth, scores >= t, zero_division=0) for t in candidates]
    cost = lambda ratio: np.round(ratio * (1 - tpr) * positives + fpr * negatives, 9)
    chosen = [
        [{"rule": "youden"}, candidates[np.argmax(np.round(tpr - fpr, 12))]],
        [{"rule": "f1"}, candidates[np.argmax(np.round(f1, 12))]],
        [{"rule": "sensitivity", "sensitivity": 0.9}, candidates[np.argmax(tpr >= 0.9)]],
        [{"rule": "sensitivity", "sensitivity": 1}, candidates[np.argmax(tpr >= 1)]],
        [{"rule": "cost", "costRatio": 10}, candidates[np.argmin(cost(10))]],
        [{"rule": "cost", "costRatio": 0.1}, candidates[np.argmin(cost(0.1))]],
    ]
    return {
        "truth": truth.tolist(), "scores": scores.tolist(),
        "chosen": [[rule, "Infinity" if np.isinf(t) else t, confusion(truth, scores, t)] for rule, t in chosen],
    }


def safe_logit(scores):
    return logit(np.clip(scores, 1e-7, 1 - 1e-7))


def platt(truth, scores):
    positives, negatives = truth.sum(), (1 - truth).sum()
    targets = np.where(truth, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    x = safe_logit(scores)
    fit = sm.GLM(targets, sm.add_constant(x), family=sm.families.Binomial()).fit(tol=1e-15, maxiter=200)
    slope, intercept = fit.params[1], fit.params[0]
    a, b = _sigmoid_calibration(x, truth)  # the same by a quasi-Newton method, so only roughly
    assert np.allclose([slope, intercept], [-a, -b], atol=1e-3), (slope, a, intercept, b)
    return {"slope": slope, "intercept": intercept}


def temperature(truth, scores):
    x = safe_logit(scores)
    return 1 / brentq(lambda slope: np.sum((expit(slope * x) - truth) * x), 1e-3, 1e3, xtol=1e-15, rtol=1e-15)


def isotonic(truth, scores, at):
    return IsotonicRegression(out_of_bounds="clip").fit(scores, truth).predict(at).tolist()


def calibration(truth, scores):
    bins = np.minimum(BINS - 1, np.floor(scores * BINS)).astype(int)
    inside = [bins == b for b in range(BINS)]
    at = np.linspace(0, 1, 41)
    return {
        "truth": truth.tolist(), "scores": scores.tolist(),
        "calibration": {
            "brier": brier_score_loss(truth, scores),
            "expectedCalibrationError": sum(
                m.mean() * abs(scores[m].mean() - truth[m].mean()) for m in inside if m.any()
            ),
            "reliability": [{
                "from": b / BINS, "to": (b + 1) / BINS, "images": int(m.sum()),
                "score": scores[m].mean() if m.any() else None,
                "frequency": proportion(int(truth[m].sum()), int(m.sum())),
            } for b, m in enumerate(inside)],
        },
        "platt": platt(truth, scores),
        "temperature": temperature(truth, scores),
        "isotonic": {"at": at.tolist(), "probabilities": isotonic(truth, scores, at)},
    }


def regression(n, ridge):
    x = rng.normal(size=(n, 3)) * [1, 5, 0.2] + [0, 10, 0]
    truth = (rng.random(n) < expit(x @ [1, -0.3, 2] + 2)).astype(int)
    C = np.inf if ridge == 0 else 1 / ridge
    fit = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-15, max_iter=1000).fit(x, truth)
    weights, intercept = fit.coef_[0], fit.intercept_[0]
    if ridge == 0:
        exact = sm.Logit(truth, sm.add_constant(x)).fit(disp=0, tol=1e-15, maxiter=200).params
        assert np.allclose(np.r_[intercept, weights], exact, atol=1e-9)
        weights, intercept = exact[1:], exact[0]
    gradient = (expit(x @ weights + intercept) - truth) @ np.c_[np.ones(n), x] + np.r_[0, ridge * weights]
    assert np.abs(gradient).max() < 1e-9, gradient
    return {
        "features": x.ravel().tolist(), "targets": truth.tolist(), "ridge": ridge,
        "weights": weights.tolist(), "intercept": intercept,
    }


sets = [drawn(*c) for c in [(60, 0.4, 2, 6), (200, 0.1, 2, 2), (40, 0.2, 0, 1), (300, 0.3, 3, 8), (25, 0.5, -1, 3)]]
truth, scores = drawn(80, 0.3, 4, 3)
ends = (truth, np.where(scores < 0.2, 0, np.where(scores > 0.8, 1, scores)))
(FIXTURES / "thresholds.json").write_text(
    json.dumps([thresholds(*s) for s in sets], separators=(",", ":")) + "\n"
)
(FIXTURES / "calibration.json").write_text(
    json.dumps({
        "labels": [calibration(*s) for s in [*sets[:4], ends]],
        "regressions": [regression(80, 0), regression(80, 0.5), regression(400, 10)],
    }, separators=(",", ":")) + "\n"
)
