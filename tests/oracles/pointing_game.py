"""Writes tests/fixtures/evaluation/pointing_game.json: prior maps of boxes by scipy, and hit rates by size of box by pandas.

    pip install numpy scipy pandas && python tests/oracles/pointing_game.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

FIXTURE = Path(__file__).parent.parent / "fixtures" / "evaluation" / "pointing_game.json"
rng = np.random.default_rng(5)
SIZE, WHOLE = 32, 1024


def boxes(count):
    sides = np.exp(rng.uniform(np.log(20), np.log(500), (count, 2)))
    corners = rng.uniform(-10, WHOLE - 60, (count, 2))
    return [dict(zip(("x", "y", "width", "height"), np.round([*c, *s], 1).tolist())) for c, s in zip(corners, sides)]


def covered(box):
    """Of each cell, the fraction that a box covers: along each side by itself."""
    edges = np.arange(SIZE + 1) * WHOLE / SIZE
    along = lambda start, length: np.clip(
        np.minimum(edges[1:], start + length) - np.maximum(edges[:-1], start), 0, None
    ) * SIZE / WHOLE
    return np.outer(along(box["y"], box["height"]), along(box["x"], box["width"]))


own = boxes(7)
prior = gaussian_filter(np.mean([covered(b) for b in own], axis=0), SIZE / 16, mode="constant", truncate=3)

maps = []
for i in range(60):
    found = boxes(int(rng.integers(1, 3)))
    maps.append({"patient": str(i // 2), "boxes": found, "hit": bool(rng.random() < 0.5), "priorHit": bool(rng.random() < 0.3)})
frame = pd.DataFrame({
    "side": [np.sqrt(max(b["width"] * b["height"] for b in m["boxes"])) / WHOLE for m in maps],
    "hit": [m["hit"] for m in maps], "prior": [m["priorHit"] for m in maps], "patient": [m["patient"] for m in maps],
})
groups = frame.groupby(pd.cut(frame.side, [0, 1 / 16, 1 / 8, 1 / 4, 1.01], right=False), observed=True)
sizes = [
    {"maps": len(g), "patients": g.patient.nunique(), "hit": g.hit.mean(), "prior": g.prior.mean(),
     "difference": g.hit.mean() - g.prior.mean()}
    for _, g in groups
]
FIXTURE.write_text(json.dumps({"size": SIZE, "boxes": own, "prior": prior.ravel().tolist(), "maps": maps, "sizes": sizes}) + "\n")
