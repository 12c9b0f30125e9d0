"""Writes tests/fixtures/evaluation/intervals.json: normal distribution, percentiles, bootstrap, Holm.

The bootstrap's percentiles are those of 200,000 resamples of patients, with their Monte-Carlo error.

    pip install numpy scipy scikit-learn statsmodels && python tests/oracles/intervals.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score
from statsmodels.stats.multitest import multipletests

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "intervals.json"
rng = np.random.default_rng(66)


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
    "percentiles": {"values": values.tolist(), **{
        str(level): np.quantile(values, [(1 - level) / 2, (1 + level) / 2]).tolist() for level in (0.5, 0.9, 0.95)
    }},
    "bootstrap": bootstrap(),
    "holm": [[p, multipletests(p, method="holm")[1].tolist()] for p in HOLM],
}
FIXTURE.write_text(json.dumps(reference, separators=(",", ":")) + "\n")
