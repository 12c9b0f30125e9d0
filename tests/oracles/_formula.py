"""Weights, images and labels that the oracles and the tests (tests/model/_formula.ts) both compute from formulas."""

import numpy as np


def _phase(name):
    phase = 0
    for character in name:
        phase = (31 * phase + ord(character)) % 1000003
    return phase


def wave(name, shape):
    """Values in -1..1 that look random: sin(0.37 i^2 + phase of the name), i counting in row-major order."""
    i = np.arange(np.prod(shape, dtype=int), dtype=np.float64)
    return np.sin(0.37 * i * i + _phase(name)).reshape(shape)


def weight(name, shape):
    """A network's weight by its name (`layer/weight`): kernels as He et al. scale them, the rest off 0 and 1."""
    kind = name.split("/")[-1]
    v = wave(name, shape)
    if kind == "kernel":
        return 2 / np.sqrt(np.prod(shape[:-1])) * v
    if kind == "gamma":
        return 0.5 + 0.1 * v
    if kind == "moving_variance":
        return 1 + 0.3 * v
    if kind == "depthwise_kernel":
        return 2 / np.sqrt(np.prod(shape[:2])) * v
    if kind in ("bias", "beta", "moving_mean"):
        return 0.1 * v
    raise ValueError(name)


def images(name, shape):
    """Images [n, height, width, c] in 0..1."""
    return (0.5 + 0.5 * wave(name, shape)).astype(np.float32)


def labels(name, shape, prevalence=0.3):
    """Labels [n, outputs], 0 or 1."""
    return (np.abs(wave(name, shape)) < np.sin(np.pi / 2 * prevalence)).astype(np.float32)


def lively(name, shape):
    """The same, with larger gammas: in deep networks different images keep different outputs."""
    return weight(name, shape) + (0.3 if name.endswith("/gamma") else 0)


def kinkless(name, shape):
    """The same, but rectifiers are nearly all on or off for a whole channel, so that rounding decides none of them."""
    v = wave(name, shape)
    if name.endswith("/gamma"):
        return 0.1 + 0.02 * v
    if name.endswith("/beta"):
        return 0.7 * np.sign(v)
    return weight(name, shape)


def set_weights(model, weight=weight):
    """Gives every weight of a Keras model its value by the formula."""
    for layer in model.layers:
        prefix = "depthwise_" if type(layer).__name__ == "DepthwiseConv2D" else ""
        for variable in layer.weights:
            value = weight(f"{layer.name}/{prefix}{variable.name}", tuple(variable.shape))
            variable.assign(value.astype(np.float32))


def rounded(array):
    """Nested lists of numbers with nine digits, which hold a float32 exactly."""
    if isinstance(array, (list, tuple)):
        return [rounded(value) for value in array]
    values = np.asarray(array)
    if values.ndim == 0:
        return float(f"{values:.9g}")
    return [rounded(value) for value in values]
