"""Writes tests/fixtures/evaluation/shortcuts.json: AUCs of images with covered regions, by numpy and scikit-learn.

The images are a formula (_formula.py); the scores are mean brightnesses of parts of them, which the test computes too.

    pip install numpy scikit-learn && python tests/oracles/shortcuts.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from _formula import images, labels

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "shortcuts.json"
SIZE, COUNT = 20, 80
centre = (np.arange(SIZE) + 0.5) / SIZE
y, x = np.meshgrid(centre, centre, indexing="ij")
border = np.minimum.reduce([x, y, 1 - x, 1 - y]) < 0.1
corners = (np.minimum(x, 1 - x) < 0.2) & (np.minimum(y, 1 - y) < 0.2)
lungs = (((x - 0.3) / 0.2) ** 2 + ((y - 0.46) / 0.36) ** 2 < 1) | (((x - 0.7) / 0.2) ** 2 + ((y - 0.46) / 0.36) ** 2 < 1)
regions = {"corners": corners, "border": border, "all-but-border": ~border, "lungs": lungs, "all-but-lungs": ~lungs}

pixels = np.round(255 * images("shortcuts", (COUNT, SIZE, SIZE))).astype(np.uint8)
truth = labels("truth", (COUNT, 2)).astype(int)
# The first finding darkens the upper left corner, the second the left lung.
pixels[truth[:, 0] == 1, :4, :4] //= 3
for i in np.flatnonzero(truth[:, 1]):
    pixels[i][lungs & (x < 0.5)] //= 2


def scores(of):
    return np.c_[-of[:, :4, :4].mean((1, 2)) / 255, -of[:, 4:16, 3:9].mean((1, 2)) / 255]


def aucs(of):
    return [float(roc_auc_score(truth[:, i], scores(of)[:, i])) for i in range(2)]


whole = aucs(pixels)
found = {}
for name, region in regions.items():
    covered = pixels.copy()
    for i in range(COUNT):
        # JavaScript rounds halves up.
        covered[i][region] = int(np.floor(pixels[i][~region].mean() + 0.5))
    own = aucs(covered)
    found[name] = {"covered": float(region.mean()), "aucs": own, "mean": float(np.mean(own)),
                   "difference": float(np.mean(own) - np.mean(whole))}
FIXTURE.write_text(json.dumps({"size": SIZE, "count": COUNT, "whole": whole, "regions": found}) + "\n")
