"""Writes tests/fixtures/model/losses.json: losses and their gradients in float64, from their papers' formulas.

The plain and the focal cross-entropy are Keras' own; the weighted one is the original notebook's, the asymmetric one
is written from its paper. Logits reach from certain to certain, so that a logarithm of zero would show.

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


def plain(truth, logits):
    return tf.reduce_mean(keras.losses.binary_crossentropy(truth, logits, from_logits=True))


def focal(truth, logits):
    loss = keras.losses.BinaryFocalCrossentropy(True, alpha=0.25, gamma=2, from_logits=True)
    return loss(truth, logits)


def weighted(truth, logits):
    p = tf.sigmoid(logits)
    positive = POSITIVE * truth * tf.math.log(p + 1e-7)
    return -tf.reduce_mean(positive + NEGATIVE * (1 - truth) * tf.math.log(1 - p + 1e-7))


def asymmetric(truth, logits):
    """Equations 4 to 7 of the paper, with gamma+ = 1, gamma- = 4 and the margin .05."""
    p = tf.sigmoid(logits)
    shifted = tf.maximum(p - 0.05, 0)
    return -tf.reduce_mean(truth * (1 - p) * tf.math.log(p) + (1 - truth) * shifted**4 * tf.math.log(1 - shifted))


def case(loss):
    truth = tf.constant(labels("labels", SHAPE), tf.float64)
    logits = tf.Variable(scores)
    with tf.GradientTape() as tape:
        value = loss(truth, logits)
    return {"value": rounded(value.numpy()), "gradient": rounded(tape.gradient(value, logits).numpy())}


scores = 12 * wave("logits", SHAPE) ** 3
answer = {name: case(loss) for name, loss in [("plain", plain), ("focal", focal), ("weighted", weighted), ("asymmetric", asymmetric)]}
FIXTURE.write_text(json.dumps(answer) + "\n")
