"""Writes tests/fixtures/evaluation/subgroup_rates.json: fairlearn's rates by group, statsmodels' errors of their gaps.

Patients have several images; a gap is the slope of a linear model of the decision on the group, with errors clustered by
patient, which some patients have images on both sides of (view). Calibration in the large is a mean by group.

    pip install numpy pandas fairlearn statsmodels && python tests/oracles/subgroup_rates.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from fairlearn.metrics import MetricFrame, count, false_negative_rate, true_negative_rate, true_positive_rate

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "subgroup_rates.json"
rng = np.random.default_rng(14)
N, PATIENTS, THRESHOLD = 900, 300, 0.35

patient = np.sort(rng.integers(0, PATIENTS, N))
sex = np.where(rng.random(PATIENTS) < 0.45, "F", "M")[patient]
age = np.where(rng.random(PATIENTS) < 0.6, 50, 70)[patient]
view = np.where(rng.random(N) < 0.6, "PA", "AP")
shift = 0.8 * rng.normal(size=PATIENTS)[patient] + 0.6 * (view == "AP")
truth = (rng.random(N) < 1 / (1 + np.exp(1.2 - shift))).astype(int)
scores = np.round(1 / (1 + np.exp(1.2 - shift - 1.2 * truth + 0.5 * (sex == "F") + rng.normal(size=N))), 3)
called = (scores >= THRESHOLD).astype(int)


def rates(group):
    frame = MetricFrame(
        metrics={
            "images": count, "sensitivity": true_positive_rate, "specificity": true_negative_rate,
            "falseNegativeRate": false_negative_rate,
        },
        y_true=truth, y_pred=called, sensitive_features=group,
    ).by_group
    found = frame.to_dict(orient="index")
    for name in found:
        found[name]["calibration"] = float(np.mean((truth - scores)[group == name]))
        found[name] = {key: float(value) for key, value in found[name].items()}
    return found


def gap(outcome, chosen, group):
    """The group's mean less the others', and its error clustered by patient, without corrections for small samples."""
    fitted = sm.OLS(outcome[chosen], sm.add_constant(group[chosen].astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": patient[chosen], "use_correction": False},
    )
    return {"difference": float(fitted.params[1]), "error": float(fitted.bse[1])}


def gaps(group):
    return {
        "sensitivity": gap(called.astype(float), truth == 1, group),
        "specificity": gap(1 - called.astype(float), truth == 0, group),
        "calibration": gap(truth - scores, np.ones(N, bool), group),
    }


both = np.char.add(np.char.add(sex, " "), view)
FIXTURE.write_text(json.dumps({
    "threshold": THRESHOLD, "patient": patient.tolist(), "sex": sex.tolist(), "age": age.tolist(), "view": view.tolist(),
    "truth": truth.tolist(), "scores": scores.tolist(),
    "rates": {"sex": rates(sex), "view": rates(view)}, "intersection": rates(both),
    "gaps": {"F": gaps(sex == "F"), "AP": gaps(view == "AP")},
}) + "\n")
