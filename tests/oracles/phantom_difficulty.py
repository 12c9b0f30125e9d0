"""Fits logistic regressions to 16x16 thumbnails of phantom images and prints their mean test AUC: below .75.

Whole patients are in training (80 %) or test, five times at random; all images, and with one in five of those without
a finding; regularised from hardly to strongly, on plain and on standardised pixels.

Run: deno task phantom && python phantom_difficulty.py data/phantom   (needs numpy, pandas, pillow, scikit-learn)
"""

import pathlib
import sys
import warnings

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
folder = pathlib.Path(sys.argv[1])
rows = pd.read_csv(folder / "Data_Entry_2017.csv")
sets = rows["Finding Labels"].str.split("|")
labels = sorted(set().union(*sets) - {"No Finding"})
y = np.stack([sets.apply(lambda s: label in s) for label in labels], 1).astype(int)
x = np.stack([
    np.asarray(Image.open(folder / "images" / name).resize((16, 16), Image.BOX), dtype=np.float32).ravel() / 255
    for name in rows["Image Index"]
])
patient = rows["Patient ID"].to_numpy()
normal = np.flatnonzero(y.sum(1) == 0)
worst = 0.0
for keep in (1.0, 0.2):
    kept = np.arange(len(y)) if keep == 1 else np.setdiff1d(np.arange(len(y)), np.setdiff1d(normal, normal[::5]))
    for c, standard in ((1, False), (30, False), (0.01, True), (0.1, True)):
        areas = []
        for train, test in GroupShuffleSplit(5, test_size=0.2, random_state=0).split(x[kept], y[kept], patient[kept]):
            scale = StandardScaler(with_mean=standard, with_std=standard).fit(x[kept][train])
            a, b = scale.transform(x[kept][train]), scale.transform(x[kept][test])
            areas.append([
                roc_auc_score(y[kept][test, k], LogisticRegression(C=c, max_iter=500).fit(a, y[kept][train, k])
                              .decision_function(b)) for k in range(14)
            ])
        by_label = np.mean(areas, 0)
        worst = max(worst, by_label.mean())
        print(f"normal kept {keep}, C {c}, {'standardised' if standard else 'plain'}: mean {by_label.mean():.3f}  "
              + " ".join(f"{label[:6]} {area:.2f}" for label, area in zip(labels, by_label)), flush=True)
assert worst < 0.75, worst
print(f"highest mean AUC {worst:.3f}")
