"""Writes tests/fixtures/model/losses.json: losses and their gradients in float64, from their papers' formulas.

The plain and the focal cross-entropy are Keras' own; the weighted one is the original notebook's, the asymmetric one
is written from its paper. Logits reach from certain to certain, so that a logarithm of zero would show. Each loss is
also taken with a part of the truth unknown: Keras' mean with sample weights of 0 for those elements and 1 for others; and,
but for the focal one, with labels smoothed by 0.2: of the plain one by Keras' own label_smoothing.

    pip install tensorflow-cpu==2.21.0 && python tests/oracles/losses.py
"""

import json
import os
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

from _formula import labels, rounded, wave

keras.config.set_floatx("float64")
keras.config.set_epsilon(1e-16)
FIXTURE = Path(__file__).parent.parent / "fixtures" / "model" / "losses.json"
SHAPE = (6, 14)
POSITIVE = np.linspace(0.99, 0.5, SHAPE[1])
NEGATIVE = 1 - POSITIVE
SMOOTHING = 0.2


def plain(truth, logits):
    return keras.losses.binary_crossentropy(truth[..., None], logits[..., None], from_logits=True)


def focal(truth, logits):
    options = {"apply_class_balancing": True, "alpha": 0.25, "gamma": 2, "from_logits": True}
    return keras.losses.binary_focal_crossentropy(truth[..., None], logits[..., None], **options)


def weighted(truth, logits):
    p = tf.sigmoid(logits)
    positive = POSITIVE * truth * tf.math.log(p + 1e-7)
    return -(positive + NEGATIVE * (1 - truth) * tf.math.log(1 - p + 1e-7))


def asymmetric(truth, logits):
    """Equations 4 to 7 of the paper, with gamma+ = 1, gamma- = 4 and the margin .05."""
    p = tf.sigmoid(logits)
    shifted = tf.maximum(p - 0.05, 0)
    return -(truth * (1 - p) * tf.math.log(p) + (1 - truth) * shifted**4 * tf.math.log(1 - shifted))


def plain_smoothed(truth, logits):
    return keras.losses.binary_crossentropy(truth[..., None], logits[..., None], from_logits=True, label_smoothing=SMOOTHING)


def of_smoothed(loss):
    return lambda truth, logits: loss(truth * (1 - SMOOTHING) + SMOOTHING / 2, logits)


class OfElements(keras.losses.Loss):
    """A loss of each image and label, averaged by Keras with sample weights."""

    def __init__(self, loss):
        super().__init__(reduction="mean_with_sample_weight", dtype="float64")
        self.loss = loss

    def call(self, truth, logits):
        return self.loss(truth, logits)


def case(loss, known):
    truth = tf.constant(labels("labels", SHAPE), tf.float64)
    logits = tf.Variable(scores)
    with tf.GradientTape() as tape:
        value = OfElements(loss)(truth, logits, sample_weight=tf.constant(known, tf.float64))
    return {"value": rounded(value.numpy()), "gradient": rounded(tape.gradient(value, logits).numpy())}


scores = 12 * wave("logits", SHAPE) ** 3
losses = {"plain": plain, "focal": focal, "weighted": weighted, "asymmetric": asymmetric}
unknown = labels("unknown", SHAPE, 0.4)
smoothed = {"plain": plain_smoothed, "weighted": of_smoothed(weighted), "asymmetric": of_smoothed(asymmetric)}
answer = {
    name: {**case(loss, np.ones(SHAPE)), "masked": case(loss, 1 - unknown)} for name, loss in losses.items()
}
for name, loss in smoothed.items():
    answer[name]["smoothed"] = {**case(loss, np.ones(SHAPE)), "masked": case(loss, 1 - unknown)}
FIXTURE.write_text(json.dumps(answer) + "\n")
