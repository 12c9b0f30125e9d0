"""Writes tests/fixtures/dataset/original_split.json: the original notebook's own sets, made again by scikit-learn.

The original's code (github.com/jain-abhinav02/chest-xray-disease-classification) keeps every fifth image with no finding
in the order of the NIH's first table, which is that of the images' names, takes scikit-learn's train_test_split with
random_state=2020, and leaves the first 6 % of the others to Keras' validation_split. Given the file of test images
that it published (test_df.csv), the sets are compared with it; the frequencies are those that its notebook printed for
the training set.

    pip install pandas scikit-learn
    python tests/oracles/original_split.py data/nih [test_df.csv]
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

FIXTURE = Path(__file__).parent.parent / "fixtures" / "dataset" / "original_split.json"
PRINTED = [
    0.1816435, 0.04266583, 0.07350836, 0.03658752, 0.20778024, 0.04013647, 0.02625439, 0.00358816, 0.31268014,
    0.09101782, 0.09888041, 0.05297935, 0.02225447, 0.08274348,
]


def described(rows):
    found = rows["Finding Labels"].str.get_dummies("|").drop(columns="No Finding")
    names = "\n".join(sorted(rows["Image Index"]))
    return {
        "images": len(rows),
        "hash": hashlib.sha256(names.encode()).hexdigest(),
        "positives": found.to_numpy().sum(0).tolist(),
    }, found.to_numpy().mean(0)


rows = pd.read_csv(Path(sys.argv[1]) / "Data_Entry_2017_v2020.csv.gz").sort_values("Image Index", kind="stable")
normal = (rows["Finding Labels"] == "No Finding").to_numpy()
kept = rows[~normal | (np.cumsum(normal) % 5 == 0)]
others, test = train_test_split(kept, test_size=0.15, random_state=2020)
first = int(0.06 * len(others))
validation, training = others[:first], others[first:]
if len(sys.argv) > 2:
    assert list(pd.read_csv(sys.argv[2])["Image Index"]) == list(test["Image Index"])
assert np.allclose(described(training)[1], PRINTED, atol=1e-8, rtol=0), described(training)[1] - PRINTED
FIXTURE.write_text(
    json.dumps(
        {
            "sets": {
                name: described(part)[0]
                for name, part in (("training", training), ("validation", validation), ("test", test))
            },
            "permutations": [
                {"length": n, "seed": seed, "order": np.random.RandomState(seed).permutation(n).tolist()}
                for n, seed in ((1, 0), (2, 1), (20, 2020), (33, 4_000_000_000), (257, 7))
            ],
        }
    )
    + "\n"
)
