"""Fits the model of label sets in lib/phantom/label_model.ts to the NIH's metadata and prints its tables.

The chance of a label set s (14 zeros and ones) is proportional to exp(sum of b_i s_i + sum of J_ij s_i s_j, i < j).
J comes from the NIH's 112,120 rows (pseudo-likelihood: one logistic regression a label, both estimates of a pair
averaged, rounded to 0.1); b is then solved over all 16,384 sets so that each label's prevalence is the NIH's, or FLOOR
where that is higher.

It writes tests/fixtures/dataset/phantom_label_model.json: what the model gives, and what the NIH's rows hold.

Run: python phantom_label_model.py Data_Entry_2017_v2020.csv.gz   (needs numpy, pandas, scikit-learn)
"""

import json
import pathlib
import sys

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

FLOOR = 0.045

rows = pd.read_csv(sys.argv[1])
labels = sorted(set("|".join(rows["Finding Labels"]).split("|")) - {"No Finding"})
sets = rows["Finding Labels"].str.split("|")
y = np.stack([sets.apply(lambda s: label in s) for label in labels], 1).astype(int)

couplings = np.zeros((14, 14))
for i in range(14):
    others = np.delete(np.arange(14), i)
    fit = LogisticRegression(C=10, max_iter=300).fit(y[:, others], y[:, i])
    couplings[i, others] = fit.coef_[0]
couplings = np.round((couplings + couplings.T) / 2, 1)

states = (np.arange(1 << 14)[:, None] >> np.arange(14)) & 1
pairs = np.einsum("ni,ij,nj->n", states, np.triu(couplings, 1), states)
target = np.maximum(y.mean(0), FLOOR)
biases = np.log(target / (1 - target))


def chances():
    energy = states @ biases + pairs
    weights = np.exp(energy - energy.max())
    return weights / weights.sum()


for _ in range(400):
    prevalence = chances() @ states
    biases += np.log(target / (1 - target)) - np.log(prevalence / (1 - prevalence))
biases = np.round(biases, 2)
probability = chances()
prevalence = probability @ states

ap = LogisticRegression(C=10, max_iter=300).fit(y, rows["View Position"] == "AP")
visits = np.bincount(rows.groupby("Patient ID").size().clip(upper=7))[1:]

joint = np.einsum("n,ni,nj->ij", probability, states, states)
print("BIASES", biases.tolist())
print("COUPLINGS (upper triangle, by row)")
for i in range(13):
    print(" ", couplings[i, i + 1 :].tolist(), labels[i])
print("AP_INTERCEPT", round(float(ap.intercept_[0]), 2), "AP_WEIGHTS", np.round(ap.coef_[0], 2).tolist())
print("VISITS (1 to 6, 7 and more)", np.round(visits / visits.sum(), 3).tolist())


def lift(of_pair, of_one):
    return np.round(of_pair / np.outer(of_one, of_one), 3).tolist()


fixture = {
    "labels": labels,
    "nih": {
        "prevalence": np.round(y.mean(0), 4).tolist(),
        "lift": lift(y.T @ y / len(y), y.mean(0)),
        "ap": [round(float((rows["View Position"][y[:, i] == 1] == "AP").mean()), 3) for i in range(14)],
        "visits": np.round(visits / visits.sum(), 4).tolist(),
    },
    "model": {
        "prevalence": np.round(prevalence, 4).tolist(),
        "lift": lift(joint, prevalence),
        "noFinding": round(float(probability[0]), 4),
    },
}
target_file = pathlib.Path(__file__).parent.parent / "fixtures" / "dataset" / "phantom_label_model.json"
target_file.write_text(json.dumps(fixture) + "\n")
