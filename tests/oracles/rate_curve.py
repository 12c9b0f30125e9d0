"""Writes tests/fixtures/training/rate_curve.json: losses of made-up range tests, with what pandas and NumPy make of them.

    pip install pandas==3.1.1
    python tests/oracles/rate_curve.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

FIXTURE = Path(__file__).parent.parent / "fixtures" / "training" / "rate_curve.json"
ALPHA = 0.1
SKIPPED = 0.1


def curve(steps: int, *, best: float, noise: float, seed: int) -> dict:
    """A loss that falls around a hundredth of the best rate, and grows beyond it."""
    rates = np.geomspace(1e-6, 1, steps)
    at = np.log10(rates)
    losses = 1 - 0.6 / (1 + np.exp(-3 * (at - np.log10(best) + 2))) + 0.2 * np.maximum(at - np.log10(best), 0) ** 2
    losses = losses + noise * np.random.default_rng(seed).normal(size=steps)
    smoothed = pd.Series(losses).ewm(alpha=ALPHA).mean().to_numpy()
    slopes = np.gradient(smoothed, np.log(rates))
    first = int(np.ceil(SKIPPED * steps))
    lowest = first + int(np.argmin(smoothed[first:]))
    steepest = first + int(np.argmin(slopes[first : lowest + 1]))
    return {
        "rates": rates.tolist(),
        "losses": losses.tolist(),
        "smoothed": smoothed.tolist(),
        "lowest": float(rates[lowest]),
        "steepest": float(rates[steepest]),
    }


FIXTURE.write_text(json.dumps([
    curve(100, best=1e-2, noise=0, seed=0),
    curve(60, best=1e-1, noise=0.02, seed=1),
    curve(35, best=1e-3, noise=0.05, seed=2),
]) + "\n")
