"""Reference values of tests/dataset/augmentation_test.ts, by scipy.ndimage.affine_transform.

Run from the project's root: python3 tests/oracles/augmentation.py
Needs numpy and scipy. Writes tests/fixtures/dataset/augmentation.json.
"""

import json
from pathlib import Path

import numpy as np
from scipy.ndimage import affine_transform

SIZE = 11
CHANGES = [
    {"right": 1.25, "down": -2.5, "angle": 0, "zoom": 1, "brightness": 1, "flip": False},
    {"right": 0, "down": 0, "angle": 0.35, "zoom": 1, "brightness": 1, "flip": False},
    {"right": 0, "down": 0, "angle": 0, "zoom": 1.3, "brightness": 1, "flip": False},
    {"right": 0.7, "down": 1.9, "angle": -0.6, "zoom": 0.8, "brightness": 1.2, "flip": False},
    {"right": -3.2, "down": 0.4, "angle": 1.1, "zoom": 1.15, "brightness": 0.7, "flip": True},
]


def change(image, right, down, angle, zoom, brightness, flip):
    """Works in (row, column): the picture is flipped, enlarged, turned against the clock and shifted, in that order."""
    if flip:
        image = image[:, ::-1]
    centre = np.full(2, (SIZE - 1) / 2)
    # A turn against the clock on the screen, where rows count downwards: right (0, 1) becomes up (-1, 0).
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    forward = zoom * turn
    inverse = np.linalg.inv(forward)
    offset = centre - inverse @ (centre + np.array([down, right]))
    changed = affine_transform(image, inverse, offset, order=1, mode="nearest")
    return np.minimum(1, changed * brightness / 255)


image = np.random.default_rng(5).integers(0, 256, (SIZE, SIZE)).astype(float)
cases = [{"change": c, "expected": change(image, **c).ravel().tolist()} for c in CHANGES]
assert np.allclose(change(image, 0, 0, np.pi / 2, 1, 1, False), np.rot90(image) / 255)
Path("tests/fixtures/dataset/augmentation.json").write_text(
    json.dumps({"size": SIZE, "image": image.astype(int).ravel().tolist(), "cases": cases}) + "\n"
)
