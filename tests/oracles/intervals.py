"""Writes tests/fixtures/evaluation/intervals.json: normal distribution, Wilson, DeLong, percentiles, bootstrap, Holm.

DeLong's variance is computed from its definition (every positive against every negative), not by the fast way.
The bootstrap's percentiles are those of 200,000 resamples of patients, with their Monte-Carlo error.

    pip install numpy scipy scikit-learn statsmodels && python tests/oracles/intervals.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "intervals.json"
rng = np.random.default_rng(66)


def wilson(successes, trials, level):
    low, high = proportion_confint(successes, trials, alpha=1 - level, method="wilson")
    return {"successes": successes, "trials": trials, "level": level, "low": low, "high": high}


def components(truth, scores):
    positives, negatives = scores[truth == 1][:, None], scores[truth == 0][None, :]
    wins = (positives > negatives) + (positives == negatives) / 2
    return wins.mean(1), wins.mean(0)


def variance(truth, scores, others=None):
    v10, v01 = components(truth, scores)
    w10, w01 = (v10, v01) if others is None else components(truth, others)
    return np.cov(v10, w10)[0, 1] / len(v10) + np.cov(v01, w01)[0, 1] / len(v01)


def delong(truth, a, b, level):
    z = norm.ppf((1 + level) / 2)
    auc, var = roc_auc_score(truth, a), variance(truth, a)
    difference = auc - roc_auc_score(truth, b)
    var_difference = var + variance(truth, b) - 2 * variance(truth, a, b)
    half, half_difference = z * np.sqrt(var), z * np.sqrt(var_difference)
    return {
        "truth": truth.tolist(), "first": a.tolist(), "second": b.tolist(), "level": level,
        "deLong": {
            "auc": auc, "variance": var,
            "interval": {"low": max(0, auc - half), "high": min(1, auc + half)},
        },
        "difference": {
            "difference": difference, "variance": var_difference,
            "interval": {"low": difference - half_difference, "high": difference + half_difference},
            "pValue": 2 * norm.sf(abs(difference) / np.sqrt(var_difference)),
        },
    }


def drawn(n, prevalence, shift, digits):
    truth = (rng.random(n) < prevalence).astype(int)
    truth[:4] = [0, 1, 0, 1]
    both = rng.normal(size=n)
    return truth, *(np.round(both + rng.normal(size=n) + s * truth, digits) for s in (shift, shift / 2))


def bootstrap(resamples=200_000):
    patients = np.sort(rng.integers(0, 60, 150))
    truth = (rng.random(60) < 0.3).astype(int)[patients]
    truth[rng.random(150) < 0.2] ^= 1
    scores = np.round(truth + 0.5 * rng.normal(size=60)[patients] + rng.normal(size=150), 1)
    names, index = np.unique(patients, return_inverse=True)
    values = []
    for _ in range(resamples):
        weight = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))[index]
        kept = weight > 0
        # an area by weighted sums; scikit-learn's checks are too slow here
        y, s, w = truth[kept], scores[kept], weight[kept]
        order = np.argsort(-s, kind="stable")
        y, s, w = y[order], s[order], w[order]
        last = np.r_[s[1:] != s[:-1], True]
        tp, fp = np.cumsum(w * y)[last], np.cumsum(w * (1 - y))[last]
        auc = np.trapezoid(np.r_[0, tp], np.r_[0, fp]) / (tp[-1] * fp[-1])
        ap = np.sum(np.diff(np.r_[0, tp]) * tp / (tp + fp)) / tp[-1]
        values.append([auc, ap])
        if len(values) < 4:
            repeated = np.repeat(np.arange(len(y)), w)
            assert np.isclose(auc, roc_auc_score(y[repeated], s[repeated]), atol=1e-12)
            assert np.isclose(ap, average_precision_score(y[repeated], s[repeated]), atol=1e-12)
    auc, ap = np.quantile(values, [0.025, 0.975], axis=0).T
    return {
        "patients": patients.tolist(), "truth": truth.tolist(), "scores": scores.tolist(),
        "auc": auc.tolist(), "averagePrecision": ap.tolist(), "deviation": np.std(values, axis=0).tolist(),
    }


HOLM = [[0.03], [0.01, 0.04, 0.03, 0.005], [0.2, 1e-9, 0.2, 0.9, 1, 0.049, 0.0003], [0.6, 0.7, 0.5]]
ps = [1e-12, 1e-5, 0.005, 0.025, 0.2, 0.4999, 0.5, 0.6, 0.9, 0.95, 0.975, 0.995, 0.9999999]
zs = [-8, -3, -1.2, 0, 0.1, 1, 1.96, 2.4, 2.499999, 2.5, 2.6, 4, 8, 20, 36]
values = np.round(rng.normal(size=41), 3)
reference = {
    "quantiles": [[p, norm.ppf(p)] for p in ps],
    "tails": [[z, norm.sf(z)] for z in zs],
    "wilson": [wilson(*c) for c in [
        (0, 1, 0.95), (1, 1, 0.95), (0, 10, 0.95), (3, 10, 0.95), (81, 263, 0.95), (15, 148, 0.99), (25000, 25596, 0.9),
    ]],
    "delong": [delong(*drawn(*c), level) for c, level in [
        ((60, 0.4, 1, 6), 0.95), ((200, 0.1, 1, 1), 0.95), ((30, 0.2, 3, 0), 0.9), ((300, 0.5, 0, 3), 0.99),
    ]],
    "percentiles": {"values": values.tolist(), **{
        str(level): np.quantile(values, [(1 - level) / 2, (1 + level) / 2]).tolist() for level in (0.5, 0.9, 0.95)
    }},
    "bootstrap": bootstrap(),
    "holm": [[p, multipletests(p, method="holm")[1].tolist()] for p in HOLM],
}
FIXTURE.write_text(json.dumps(reference, separators=(",", ":")) + "\n")
