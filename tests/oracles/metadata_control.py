"""Writes tests/fixtures/evaluation/metadata_control.json: scikit-learn's prediction from view, sex, age and visit.

    pip install numpy scikit-learn && python tests/oracles/metadata_control.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "metadata_control.json"
rng = np.random.default_rng(8)


def entries(count):
    drawn = []
    for i in range(count):
        view, sex, age = rng.choice(["AP", "PA"]), rng.choice(["F", "M"]), int(rng.integers(1, 95))
        odds = {"Edema": -1 + 2 * (view == "AP"), "Hernia": (age - 70) / 15, "Mass": -0.5}
        labels = [name for name, value in odds.items() if rng.random() < 1 / (1 + np.exp(-value))]
        drawn.append({
            "image": f"{i}.png", "labels": labels, "followUp": None if i % 23 == 0 else int(rng.integers(6)), "patient": i // 2,
            "age": None if i % 29 == 0 else age, "sex": str(sex), "view": str(view),
        })
    return drawn


def features(rows):
    main = np.c_[
        [e["view"] == "AP" for e in rows], [e["sex"] == "M" for e in rows],
        [0 if e["age"] is None else (e["age"] - 50) / 10 for e in rows],
        [0 if e["followUp"] is None else np.log2(1 + e["followUp"]) for e in rows],
    ].astype(float)
    pairs = PolynomialFeatures(degree=2, interaction_only=True, include_bias=False).fit_transform(main)
    return np.c_[pairs, main[:, 2]**2, [e["age"] is None for e in rows], [e["followUp"] is None for e in rows]].astype(float)


training, test = entries(200), entries(60)
scores = []
for name in ["Edema", "Hernia", "Mass"]:
    truth = np.array([name in e["labels"] for e in training])
    fit = LogisticRegression(C=1, solver="newton-cholesky", tol=1e-14, max_iter=1000).fit(features(training), truth)
    scores.append(fit.predict_proba(features(test))[:, 1])
FIXTURE.write_text(json.dumps(
    {"training": training, "test": test, "scores": np.stack(scores, 1).ravel().tolist()}, separators=(",", ":"),
) + "\n")
