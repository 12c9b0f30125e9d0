"""Writes tests/fixtures/dataset/*mnist.npz: archives in MedMNIST's form, with few and small images, and what is in them.

MedMNIST's own are made by numpy.savez_compressed: images of 8 bits, labels of 8 bits with a column a finding.

    pip install numpy && python tests/oracles/medmnist.py
"""

import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent.parent / "fixtures" / "dataset"
SIZES = {"train": 90, "val": 20, "test": 30}
rng = np.random.default_rng(28)


def write(name, columns, save=np.savez_compressed, dtype=np.uint8, size=8):
    arrays = {}
    for part, n in SIZES.items():
        labels = rng.random((n, columns)) < 0.3
        images = rng.integers(0, 120, (n, size, size)) + 100 * labels[:, :1, None]
        arrays[f"{part}_images"] = images.astype(np.uint8)
        arrays[f"{part}_labels"] = labels.astype(dtype)
    save(FOLDER / name, **arrays)
    return arrays


chest = write("chestmnist.npz", 14)
pneumonia = write("pneumoniamnist_stored.npz", 1, np.savez, np.int64, 4)
write("classes.npz", 1, dtype=np.float32, size=2)

answer = {
    "sums": {name: int(array.sum()) for name, array in chest.items()},
    "positives": sum(chest[f"{part}_labels"].astype(int).sum(axis=0) for part in SIZES).tolist(),
    "lastTest": chest["test_images"][-1].tolist(),
    "pneumonia": int(sum(pneumonia[f"{part}_labels"].sum() for part in SIZES)),
}
(FOLDER / "medmnist.json").write_text(json.dumps(answer) + "\n")
