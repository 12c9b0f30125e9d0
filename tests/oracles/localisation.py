"""Writes tests/fixtures/evaluation/localisation.json: maps against boxes by numpy, regions by scipy.ndimage.

    pip install numpy scipy && python tests/oracles/localisation.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import ndimage

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "localisation.json"
rng = np.random.default_rng(7)


def regions(mask):
    labelled, _ = ndimage.label(mask, structure=np.ones((3, 3)))
    return [
        {"x": x.start, "y": y.start, "width": x.stop - x.start, "height": y.stop - y.start}
        for y, x in ndimage.find_objects(labelled)
    ]


def overlap(a, b):
    width = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    height = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    shared = max(width, 0) * max(height, 0)
    size = lambda r: r["width"] * r["height"]
    return shared / (size(a) + size(b) - shared), shared / size(a)


def score(values, boxes):
    height, width = values.shape
    scaled = [
        {k: v * (width if k in ("x", "width") else height) / 1024 for k, v in box.items()} for box in boxes
    ]
    grey = (values - values.min()) / (values.max() - values.min()) * 255
    found = [r for threshold in (60, 180) for r in regions(grey >= threshold)]
    y, x = np.unravel_index(values.argmax(), values.shape)
    inside = any(
        b["x"] <= x + 0.5 < b["x"] + b["width"] and b["y"] <= y + 0.5 < b["y"] + b["height"] for b in scaled
    )
    return {
        "pointsInside": bool(inside),
        "iou": max(overlap(f, b)[0] for f in found for b in scaled),
        "iobb": [max(overlap(f, b)[1] for b in scaled) for f in found],
    }


def case(height, width, smooth, count):
    values = np.round(ndimage.gaussian_filter(rng.normal(size=(height, width)), smooth), 6)
    boxes = []
    for _ in range(count):
        w, h = (round(float(v), 2) for v in rng.uniform(60, 500, 2))
        x, y = (round(float(rng.uniform(0, 1024 - side)), 2) for side in (w, h))
        boxes.append({"x": x, "y": y, "width": w, "height": h})
    return {
        "map": {"values": values.ravel().tolist(), "width": width, "height": height},
        "boxes": boxes,
        "score": score(values, boxes),
    }


masks = [rng.random((9, 13)) < share for share in (0, 0.2, 0.35, 0.5, 0.8, 1)]
FIXTURE.write_text(json.dumps({
    "masks": [{"mask": m.ravel().tolist(), "width": 13, "regions": regions(m)} for m in masks],
    "maps": [case(*c) for c in [(8, 8, 0.5, 1), (16, 16, 1.5, 1), (12, 20, 1, 2), (4, 4, 0.1, 1), (20, 12, 3, 3)] * 3],
}, separators=(",", ":")) + "\n")
