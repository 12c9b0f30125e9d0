"""Writes tests/fixtures/dataset/data_sets.json: what torchxrayvision makes of the tables in its own wheel.

Counts by finding (negatives, positives; the rest is unknown), of frontal images of all patients. torch and torchvision are
imported by it and not used for tables, so mocks stand in for them. torchxrayvision counts rows for SIIM-ACR, which has
several for some images; those are grouped here by pandas.

    pip install numpy pandas scikit-image tqdm requests && pip install --no-deps torchxrayvision==1.5.7
    python tests/oracles/data_sets.py
"""

import json
import sys
import tempfile
from pathlib import Path
from unittest.mock import MagicMock

for name in ["torch", "torch.nn", "torch.nn.functional", "torch.utils", "torch.utils.data", "torchvision"]:
    sys.modules[name] = MagicMock()
for name in ["models", "baseline_models", "autoencoders"]:
    sys.modules[f"torchxrayvision.{name}"] = MagicMock()

import numpy as np
import torchxrayvision as xrv

sys.modules.pop("torch")  # SciPy looks whether it is there.

FIXTURE = Path(__file__).parent.parent / "fixtures" / "dataset" / "data_sets.json"
ANYWHERE = tempfile.mkdtemp()


def counts(data):
    """Images, and for each finding its negatives and positives."""
    labels = data.labels
    return {
        "images": len(labels),
        "findings": {
            name: [int((column == 0).sum()), int((column == 1).sum())]
            for name, column in zip(data.pathologies, labels.T)
        },
    }


def patients(data):
    return {"patients": int(data.csv["patientid"].nunique())}


chexpert = xrv.datasets.CheX_Dataset(ANYWHERE, views=["PA", "AP"], unique_patients=False)
padchest = xrv.datasets.PC_Dataset(ANYWHERE, views=["PA", "AP", "AP Supine"], unique_patients=False)
rsna = xrv.datasets.RSNA_Pneumonia_Dataset(ANYWHERE, views=["*"])
vindr = xrv.datasets.VinDr_Dataset(ANYWHERE)
siim = xrv.datasets.SIIM_Pneumothorax_Dataset(ANYWHERE)
nih = xrv.datasets.NIH_Dataset(ANYWHERE, views=["*"], unique_patients=False)

rows = counts(siim)
masked = siim.csv[" EncodedPixels"] != "-1"
by_image = masked.groupby(siim.csv["ImageId"]).any()
rows["byImage"] = [int((~by_image).sum()), int(by_image.sum())]


def mask_bounds():
    """The bounds of every mask as torchxrayvision decodes it: their number, sums of left, top, width and height."""
    bounds = []
    for index in np.flatnonzero(masked)[:200]:
        alone = siim.csv.iloc[[index]].reset_index(drop=True)
        siim.csv, whole = alone, siim.csv
        mask = siim.get_pathology_mask_dict(alone.ImageId[0], 1024)[0][0]
        siim.csv = whole
        ys, xs = np.nonzero(mask)
        bounds.append([xs.min(), ys.min(), xs.max() - xs.min() + 1, ys.max() - ys.min() + 1])
    return np.sum(bounds, axis=0).tolist()


rows["firstMasks"] = mask_bounds()

answer = {
    "nih": {**counts(nih), **patients(nih)},
    "chexpert": {**counts(chexpert), **patients(chexpert)},
    "padchest": {**counts(padchest), **patients(padchest)},
    "rsna": {
        **counts(rsna),
        "boxes": int(rsna.raw_csv["x"].notna().sum()),
        "views": {view: int(n) for view, n in rsna.csv["view"].value_counts().items()},
    },
    "vindr": {**counts(vindr), "boxes": int(vindr.rawcsv["x_min"].notna().sum())},
    "siim": rows,
}
FIXTURE.write_text(json.dumps(answer, indent=1) + "\n")
