"""Writes tests/fixtures/dataset/centre_crop.json and tests/fixtures/model/torch/published.pt with published.json.

centre_crop.json: what torchxrayvision's normalize, XRayCenterCrop and XRayResizer make of images by formula. published.pt:
a small network of torchxrayvision's own class, pickled whole, as its published files are: 18 outputs, four without a name,
and operating points. published.json: its scores of two of the images, prepared by torchxrayvision, before and after its
op_norm; and the findings and operating points that the package lists for each of its published files.

    pip install torch torchvision torchxrayvision && python tests/oracles/published_weights.py
"""

import json
from pathlib import Path

import numpy as np
import torch
import torchxrayvision as xrv

from _formula import rounded
from torch_saves import with_formula

FIXTURES = Path(__file__).parent.parent / "fixtures"
SIZE = 64
CASES = [(64, 64, 255), (150, 131, 255), (37, 52, 255), (256, 256, 65535), (200, 333, 65535), (64, 90, 255)]
NAMES = (
    "Atelectasis Consolidation Infiltration Pneumothorax Edema Emphysema Fibrosis Effusion Pneumonia Pleural_Thickening "
    "Cardiomegaly Nodule Mass Hernia"
).split()
LABELS = NAMES + [""] * 4
THRESHOLDS = [0.02 + 0.05 * i for i in range(14)] + [float("nan")] * 4


def image(height, width, white):
    y, x = np.mgrid[0:height, 0:width]
    return (31 * x * x + 17 * y * y + 7 * x * y) % (white + 1)


def prepared(height, width, white):
    values = xrv.utils.normalize(image(height, width, white), white)[None]
    cropped = xrv.datasets.XRayCenterCrop()(values)
    return xrv.datasets.XRayResizer(SIZE)(cropped)


def bright(white=255):
    """No middle grey in it, so that clipping matters."""
    values = xrv.utils.normalize(200 + image(90, 90, 55), white)[None]
    return xrv.datasets.XRayResizer(SIZE)(values)


def known():
    urls = xrv.models.model_urls
    files = {}
    for entry in urls.values():
        if "densenet121" not in entry["weights_url"] or entry["input_resolution"] != 224:
            continue
        name = entry["weights_url"].rsplit("/", 1)[1]
        files[name] = {
            "labels": entry["labels"],
            "thresholds": [None if np.isnan(value) else value for value in entry["op_threshs"]],
        }
    return files


def main():
    cases = [{"height": h, "width": w, "white": m, "values": rounded(prepared(h, w, m)[0, ::7, ::5])} for h, w, m in CASES]
    cases.append({"height": 90, "width": 90, "white": 255, "bright": True, "values": rounded(bright()[0, ::7, ::5])})
    (FIXTURES / "dataset" / "centre_crop.json").write_text(json.dumps({"size": SIZE, "cases": cases}) + "\n")

    small = dict(growth_rate=2, block_config=(1, 1, 2, 1), num_init_features=4, num_classes=18)
    model = with_formula(xrv.models.DenseNet(**small, in_channels=1))
    model.targets = LABELS
    folder = FIXTURES / "model" / "torch"
    torch.save(model, folder / "published.pt")
    thresholds = torch.tensor(THRESHOLDS)
    # At 64x64 fix_resolution would enlarge the images, as published networks take 224x224.
    inputs = torch.from_numpy(np.stack([prepared(*CASES[1]), prepared(*CASES[4])])).double()
    model = model.double()
    with torch.no_grad():
        logits = model.classifier(model.features2(inputs))
        scores = torch.sigmoid(logits)
        normed = xrv.models.op_norm(scores.float(), thresholds)
    answer = {
        "labels": LABELS,
        "thresholds": [None if np.isnan(value) else round(value, 4) for value in THRESHOLDS],
        "logits": rounded(logits.numpy()),
        "normed": rounded(normed.numpy()),
        "files": known(),
    }
    (folder / "published.json").write_text(json.dumps(answer) + "\n")


main()
