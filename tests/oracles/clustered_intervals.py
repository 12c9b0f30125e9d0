"""Writes tests/fixtures/evaluation/clustered_intervals.json: figures and variances of patients with several images.

Clustered DeLong is written out from Obuchowski (Biometrics 53, 1997), every positive against every negative, with sums over
patients; where each patient has one image it is asserted to be DeLong's. Weighted figures are scikit-learn's with
sample_weight; with weights, a placement value is a weighted mean and Obuchowski's sums are weighted. The variance of average
precision is that of numeric derivatives of scikit-learn's figure by the patients' weights. Proportions have the interval of
Clopper and Pearson by statsmodels.

    pip install numpy scipy scikit-learn statsmodels && python tests/oracles/clustered_intervals.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score, brier_score_loss, confusion_matrix, precision_recall_curve, roc_auc_score, roc_curve,
)
from statsmodels.stats.proportion import proportion_confint

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "clustered_intervals.json"
rng = np.random.default_rng(97)


def drawn(patients, images, shift, digits, weighted):
    patient = np.sort(rng.integers(0, patients, images))
    effect = rng.normal(size=patients)[patient]
    truth = (rng.random(images) < np.where(rng.random(patients) < 0.3, 0.7, 0.03)[patient]).astype(int)
    truth[:2], truth[-2:] = [0, 1], [1, 0]
    scores = np.round(1 / (1 + np.exp(-(effect + rng.normal(size=images) + shift * truth - 1))), digits)
    others = np.round(1 / (1 + np.exp(-(effect + rng.normal(size=images) + shift / 2 * truth - 1))), digits)
    weights = np.where((truth == 0) & (rng.random(images) < 0.5), 5.0, 1.0) if weighted else np.ones(images)
    return patient, truth, scores, others, weights


def placements(truth, scores, weights):
    x, y = scores[truth == 1], scores[truth == 0]
    wx, wy = weights[truth == 1], weights[truth == 0]
    wins = (x[:, None] > y[None, :]) + (x[:, None] == y[None, :]) / 2
    return wins @ wy / wy.sum(), wx @ wins / wx.sum()


def sums(patient, truth, scores, weights):
    """For each patient, the sums of X - theta over positives and of Y - theta over negatives, over all weight."""
    v10, v01 = placements(truth, scores, weights)
    wx, wy = weights[truth == 1], weights[truth == 0]
    theta = wx @ v10 / wx.sum()
    everyone = np.unique(patient)
    a = np.array([(wx * (v10 - theta))[patient[truth == 1] == p].sum() for p in everyone]) / wx.sum()
    b = np.array([(wy * (v01 - theta))[patient[truth == 0] == p].sum() for p in everyone]) / wy.sum()
    return theta, a, b


def obuchowski(patient, truth, first, weights, second=None):
    theta, a, b = sums(patient, truth, first, weights)
    other, c, d = sums(patient, truth, first if second is None else second, weights)
    i10, i01, i = (len(np.unique(patient[mask])) for mask in (truth == 1, truth == 0, truth >= 0))
    return theta, other, i10 / (i10 - 1) * a @ c + i01 / (i01 - 1) * b @ d + i / (i - 1) * (a @ d + b @ c)


def jackknife(patient, truth, scores, weights, step=1e-6):
    influence = []
    for p in np.unique(patient):
        moved = [
            average_precision_score(truth, scores, sample_weight=np.where(patient == p, weights * (1 + s), weights))
            for s in (step, -step)
        ]
        influence.append((moved[0] - moved[1]) / (2 * step))
    return influence


def clustered(patients, images, shift, digits, weighted=False):
    patient, truth, scores, others, weights = drawn(patients, images, shift, digits, weighted)
    auc, _, variance = obuchowski(patient, truth, scores, weights)
    _, _, covariance = obuchowski(patient, truth, scores, weights, others)
    other, _, variance_other = obuchowski(patient, truth, others, weights)
    assert np.isclose(auc, roc_auc_score(truth, scores, sample_weight=weights), atol=1e-12)
    if not weighted and len(np.unique(patient)) == images:
        v10, v01 = placements(truth, scores, weights)
        assert np.isclose(variance, v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01), atol=1e-15)
    influence = jackknife(patient, truth, scores, weights)
    return {
        "patients": patient.tolist(), "truth": truth.tolist(), "scores": scores.tolist(), "others": others.tolist(),
        "weights": weights.tolist() if weighted else None,
        "auc": auc, "aucOther": other, "variance": variance, "varianceOther": variance_other, "covariance": covariance,
        "averagePrecision": average_precision_score(truth, scores, sample_weight=weights),
        "precisionInfluence": influence,
    }


def one_each(images, shift):
    result = clustered(10 * images, images, shift, 2)
    result["patients"] = list(range(images))
    truth, scores = np.array(result["truth"]), np.array(result["scores"])
    for name, of in (("variance", "scores"), ("varianceOther", "others")):
        result[name] = obuchowski(np.arange(images), truth, np.array(result[of]), np.ones(images))[2]
    result["covariance"] = obuchowski(np.arange(images), truth, scores, np.ones(images), np.array(result["others"]))[2]
    result["precisionInfluence"] = jackknife(np.arange(images), truth, scores, np.ones(images))
    v10, v01 = placements(truth, scores, np.ones(images))
    assert np.isclose(result["variance"], v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01), atol=1e-15)
    return result


def weighted_figures():
    _, truth, scores, _, weights = drawn(40, 240, 1.2, 2, True)
    fpr, tpr, thresholds = roc_curve(truth, scores, sample_weight=weights, drop_intermediate=False)
    precision, recall, at = precision_recall_curve(truth, scores, sample_weight=weights)
    (tn, fp), (fn, tp) = confusion_matrix(truth, scores >= 0.4, sample_weight=weights)
    bins = np.minimum(14, (scores * 15).astype(int))
    gaps = [abs((weights * (scores - truth))[bins == b].sum()) for b in range(15)]
    logit = np.log(scores / (1 - scores)).reshape(-1, 1)
    positives, negatives = weights[truth == 1].sum(), weights[truth == 0].sum()
    high, low = (positives + 1) / (positives + 2), 1 / (negatives + 2)
    # Platt's drawn-in targets: each image once as a positive and once as a negative, with the target's weights
    target = np.where(truth == 1, high, low)
    platt = LogisticRegression(C=np.inf, tol=1e-13, max_iter=10_000).fit(
        np.vstack([logit, logit]), np.r_[np.ones(len(truth)), np.zeros(len(truth))],
        sample_weight=np.r_[weights * target, weights * (1 - target)],
    )
    temperature = LogisticRegression(C=np.inf, tol=1e-13, max_iter=10_000, fit_intercept=False).fit(
        logit, truth, sample_weight=weights
    )
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(scores, truth, sample_weight=weights)
    youden = thresholds[np.argmax(tpr - fpr)]
    grid = np.linspace(0.01, 0.99, 40)
    return {
        "truth": truth.tolist(), "scores": scores.tolist(), "weights": weights.tolist(),
        "auc": roc_auc_score(truth, scores, sample_weight=weights),
        "averagePrecision": average_precision_score(truth, scores, sample_weight=weights),
        "roc": {"falsePositiveRate": fpr.tolist(), "truePositiveRate": tpr.tolist()},
        "precisionRecall": {"precision": precision[:-1][::-1].tolist(), "recall": recall[:-1][::-1].tolist()},
        "brier": brier_score_loss(truth, scores, sample_weight=weights),
        "expectedCalibrationError": sum(gaps) / weights.sum(),
        "confusion": {"trueNegatives": tn, "falsePositives": fp, "falseNegatives": fn, "truePositives": tp},
        "youden": youden,
        "platt": {"slope": platt.coef_[0, 0], "intercept": platt.intercept_[0]},
        "temperature": 1 / temperature.coef_[0, 0],
        "isotonic": {"at": grid.tolist(), "probabilities": isotonic.predict(grid).tolist()},
    }


def proportion(successes, trials, level):
    low, high = proportion_confint(successes, trials, alpha=1 - level, method="beta")
    return {
        "successes": successes, "trials": trials, "level": level,
        "low": 0 if successes == 0 else low, "high": 1 if successes == trials else high,
    }


reference = {
    "studentTails": [[t, df, stats.t.sf(t, df)] for t, df in [
        (0, 5), (1, 1), (-2.3, 3), (12.7, 1), (2, 33), (1.96, 1000), (5, 40), (10, 200), (0.01, 7), (4, 49.5),
    ]],
    "studentQuantiles": [[p, df, stats.t.ppf(p, df)] for p, df in [
        (0.975, 2), (0.975, 9), (0.975, 33), (0.975, 1e5), (0.95, 4), (0.995, 12), (0.025, 50), (0.5, 3),
    ]],
    "betaQuantiles": [[p, a, b, stats.beta.ppf(p, a, b)] for p, a, b in [
        (0.025, 3, 10), (0.975, 15, 0.5), (0.025, 5.001, 1e5), (0.5, 2.5, 2.5), (0.975, 0.4, 30), (0.05, 25_000, 597),
    ]],
    "proportions": [proportion(*c) for c in [
        (0, 1, 0.95), (1, 1, 0.95), (0, 10, 0.95), (3, 10, 0.95), (81, 263, 0.95), (15, 148, 0.99), (25000, 25596, 0.9),
    ]],
    "clustered": [
        one_each(60, 1), clustered(25, 120, 1, 2), clustered(12, 90, 2, 1), clustered(40, 60, 0.5, 3),
        clustered(25, 120, 1, 2, weighted=True), clustered(30, 150, 1.5, 3, weighted=True),
    ],
    "weighted": weighted_figures(),
}
FIXTURE.write_text(json.dumps(reference, separators=(",", ":"), default=float) + "\n")
