"""Writes tests/fixtures/evaluation/decision_curves.json: dcurves' net benefit, and the error of resampled patients.

    pip install numpy pandas dcurves && python tests/oracles/decision_curves.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from dcurves import dca

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "decision_curves.json"
rng = np.random.default_rng(26)
THRESHOLDS = [0.01, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8]

patients = np.sort(rng.integers(0, 120, 300))
shift = rng.normal(size=120)[patients]
chance = 1 / (1 + np.exp(1.8 - 1.2 * shift))
truth = (rng.random(300) < chance).astype(int)
scores = np.round(1 / (1 + np.exp(1.8 - shift + 0.7 * rng.normal(size=300))), 3)
own = truth.mean()


def curve(probabilities, prevalence=None):
    frame = pd.DataFrame({"truth": truth, "model": probabilities})
    found = dca(data=frame, outcome="truth", modelnames=["model"], thresholds=THRESHOLDS, prevalence=prevalence)
    of = lambda name: found[found["model"] == name].sort_values("threshold")["net_benefit"].tolist()
    return {"model": of("model"), "all": of("all"), "none": of("none")}


def moved(prevalence):
    odds = scores / (1 - scores) * (prevalence / (1 - prevalence)) / (own / (1 - own))
    return odds / (1 + odds)


def gain(weight, threshold):
    odds = threshold / (1 - threshold)
    value = lambda called: np.sum(weight * called * (truth - odds * (1 - truth))) / weight.sum()
    return value(scores >= threshold) - max(0, value(np.ones(300)))


names, index = np.unique(patients, return_inverse=True)
drawn = []
for _ in range(20_000):
    weight = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))[index]
    drawn.append([gain(weight, threshold) for threshold in THRESHOLDS])

FIXTURE.write_text(json.dumps({
    "patients": patients.tolist(), "truth": truth.tolist(), "scores": scores.tolist(), "thresholds": THRESHOLDS,
    "own": curve(scores), "moved": {str(p): curve(moved(p), p) for p in (0.02, 0.4)},
    "errors": np.std(drawn, axis=0).tolist(),
}, indent=1) + "\n")
