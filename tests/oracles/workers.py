"""Writes tests/fixtures/training/workers.json: sums in bfloat16, and batch normalisation over the images of two workers.

The means of two vectors as bfloat16 has them, rounded after each operation (ml_dtypes), and NumPy's batch normalisation of
the whole batch in float64, with its gradients: channels far from zero, where a variance of squares is wrong in float32.

    pip install numpy ml_dtypes && python tests/oracles/workers.py
"""

import json
from pathlib import Path

import numpy as np
from ml_dtypes import bfloat16

from _formula import wave

FIXTURE = Path(__file__).parent.parent / "fixtures" / "training" / "workers.json"
EPSILON = 1e-3
SHAPE = (4, 3, 3, 2)


def rounded_mean():
    first, second = (wave(f"worker {index}", (8,)).astype(np.float32) for index in (0, 1))
    total = (first.astype(bfloat16) + second.astype(bfloat16)).astype(bfloat16)
    return (total / bfloat16(2)).astype(bfloat16).astype(np.float64).tolist()


def normalization():
    x = (np.array([1000.0, -3.0]) + wave("x", SHAPE)).astype(np.float32).astype(np.float64)
    dy = wave("dy", SHAPE).astype(np.float32).astype(np.float64)
    gamma, beta = np.array([0.5, 2.0]), np.array([0.25, -1.0])
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    deviation = np.sqrt(variance + EPSILON)
    normalized = (x - mean) / deviation
    dx = gamma / deviation * (dy - dy.mean((0, 1, 2)) - normalized * (dy * normalized).mean((0, 1, 2)))
    answers = {
        "y": gamma * normalized + beta,
        "mean": mean,
        "variance": variance,
        "dx": dx,
        "dGamma": (dy * normalized).sum((0, 1, 2)),
        "dBeta": dy.sum((0, 1, 2)),
    }
    return {name: np.round(np.ravel(value), 9).tolist() for name, value in answers.items()}


FIXTURE.write_text(json.dumps({"mean": rounded_mean(), "normalization": normalization()}) + "\n")
