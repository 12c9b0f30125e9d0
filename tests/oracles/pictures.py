"""Reference values of tests/plots: enlarged maps by tf.image.resize, text widths by FreeType, inferno by matplotlib.

Run from the project's root: python3 tests/oracles/pictures.py
Needs tensorflow, pillow and matplotlib. Writes tests/fixtures/plots/pictures.json.
"""

import json
from pathlib import Path

import numpy as np
import tensorflow as tf
from matplotlib import colormaps
from PIL import ImageFont

FONT = "node_modules/@expo-google-fonts/open-sans/400Regular/OpenSans_400Regular.ttf"
TEXTS = ["Pleural thickening 0.671", "1 - specificity", "Images by age, sex and view", "0.0 0.2 0.4 0.6 0.8 1.0"]

rng = np.random.default_rng(5)
maps = []
for side, size in [(1, 3), (2, 5), (4, 4), (7, 20), (8, 6)]:
    heat = rng.random((side, side)).astype(np.float32)
    large = tf.image.resize(heat[None, :, :, None], (size, size), method="bilinear", antialias=False)
    maps.append({"map": heat.ravel().tolist(), "size": size, "enlarged": np.ravel(large).tolist()})

font = ImageFont.truetype(FONT, 1000)
widths = [{"text": text, "width": font.getlength(text, features=["-kern"]) / 1000} for text in TEXTS]
inferno = [[round(255 * channel) for channel in colormaps["inferno"](i)[:3]] for i in range(256)]

Path("tests/fixtures/plots/pictures.json").write_text(
    json.dumps({"maps": maps, "widths": widths, "inferno": inferno}) + "\n"
)
