"""Writes tests/fixtures/evaluation/label_audit.json: what scikit-learn and statsmodels make of labels and radiologists.

Of the NIH's own tables, which set-up puts into data/nih, and of made-up judgements of patients with several images, whose
standard errors are statsmodels' (one image a patient), an infinitesimal jackknife by numerical derivatives of
scikit-learn's weighted kappa, and 20,000 resamples of patients.

    pip install numpy pandas scikit-learn statsmodels && python tests/oracles/label_audit.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score, precision_score, recall_score, roc_auc_score
from statsmodels.stats.inter_rater import cohens_kappa, to_table

ROOT = Path(__file__).parent.parent.parent
MAPPING = {
    "Pneumothorax": ["Pneumothorax"],
    "Nodule or mass": ["Nodule", "Mass"],
    "Airspace opacity": ["Atelectasis", "Consolidation", "Edema", "Infiltration", "Pneumonia"],
}
rng = np.random.default_rng(20)

nih = pd.read_csv(ROOT / "data/nih/Data_Entry_2017_v2020.csv.gz", index_col="Image Index")
google = pd.read_csv(ROOT / "data/nih/google2019_nih-chest-xray-labels.csv.gz", index_col="Image Index")
joined = google.join(nih["Finding Labels"], rsuffix=" of the NIH", how="inner")
real = {}
for name, ids in {"test": ["test"], "validation": ["val"], "all": ["test", "val"]}.items():
    rows = joined[joined["Set Id"].isin(ids)]
    real[name] = {}
    for finding, labels in MAPPING.items():
        seen = (rows[finding] == "YES").to_numpy().astype(int)
        has = rows["Finding Labels of the NIH"].str.split("|").apply(lambda x: bool(set(x) & set(labels)))
        labelled = has.to_numpy().astype(int)
        real[name][finding] = {
            "images": len(rows), "byRadiologists": int(seen.sum()), "byLabels": int(labelled.sum()),
            "predictiveValue": precision_score(seen, labelled), "sensitivity": recall_score(seen, labelled),
            "specificity": recall_score(1 - seen, 1 - labelled), "kappa": cohen_kappa_score(seen, labelled),
        }

patients = np.sort(rng.integers(0, 90, 240))
shift = rng.normal(size=90)[patients]
seen = (shift + rng.normal(size=240) > 0.7).astype(int)
labelled = np.where(rng.random(240) < 0.2, 1 - seen, seen)
scores = np.round(seen + 0.4 * labelled + shift / 2 + rng.normal(size=240), 2)


def kappa(weights):
    return cohen_kappa_score(seen, labelled, sample_weight=weights)


def jackknife(step=1e-4):
    squares = 0
    for patient in np.unique(patients):
        up, down = (1 + sign * step * (patients == patient) for sign in (1, -1))
        squares += ((kappa(up) - kappa(down)) / (2 * step)) ** 2
    count = len(np.unique(patients))
    return np.sqrt(squares * count / (count - 1))


def resampled(count=20_000):
    names, index = np.unique(patients, return_inverse=True)
    values = []
    for _ in range(count):
        weight = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))[index]
        rows = np.repeat(np.arange(len(index)), weight)
        by = []
        for truth in (seen, labelled):
            order = np.argsort(scores[rows], kind="stable")
            # an AUC by ranks, mean ranks for ties; scikit-learn's checks are too slow here
            s = scores[rows][order]
            ranks = np.empty(len(s))
            starts = np.r_[True, s[1:] != s[:-1]]
            group = np.cumsum(starts) - 1
            sizes = np.bincount(group)
            ends = np.cumsum(sizes)
            ranks = (ends - (sizes - 1) / 2)[group]
            y = truth[rows][order]
            p = y.sum()
            by.append((ranks[y == 1].sum() - p * (p + 1) / 2) / (p * (len(y) - p)))
            if len(values) < 3:
                assert np.isclose(by[-1], roc_auc_score(truth[rows], scores[rows]), atol=1e-12)
        values.append(by[0] - by[1])
    return np.std(values)


made = {
    "patients": patients.tolist(), "seen": seen.tolist(), "labelled": labelled.tolist(), "scores": scores.tolist(),
    "kappa": kappa(np.ones(240)), "errorByImage": cohens_kappa(to_table(np.c_[seen, labelled])[0]).std_kappa,
    "errorByPatient": jackknife(),
    "auc": {"seen": roc_auc_score(seen, scores), "labelled": roc_auc_score(labelled, scores)},
    "differenceError": resampled(),
}
path = ROOT / "tests/fixtures/evaluation/label_audit.json"
path.write_text(json.dumps({"real": real, "made": made}, indent=1) + "\n")
