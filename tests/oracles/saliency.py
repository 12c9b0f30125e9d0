"""Writes tests/fixtures/explanation/saliency.json: saliency maps of two small networks, made with Keras and numpy.

Feature maps and gradients come from Keras' GradientTape, in float64; the maps from them by numpy, each as its paper
writes it. Weights and images are formulas (_formula.py), which the test computes too. The gradients are those of the
score, not of the logit, except where a paper wants the logit's.

- "resnet": ResNet v2 of depth 11 at 64x64, its last feature map: 16x16, averaged over squares of 8x8.
- "plain": two convolutions; "early" is looked at before its rectifier, with values below zero and layers behind it.

    pip install tensorflow-cpu==2.21.0 && python tests/oracles/saliency.py
"""

import json
import os
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from _formula import images, rounded, set_weights
from _resnet_v2 import resnet_v2

keras.config.set_floatx("float64")
FIXTURE = Path(__file__).parent.parent / "fixtures" / "explanation" / "saliency.json"
OUTPUTS = 5
LABELS = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]]


def plain(size):
    keras.backend.clear_session()
    inputs = keras.Input((size, size, 1))
    x = early = layers.Conv2D(4, 3, 2, "same", name="conv2d")(inputs)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(6, 3, padding="same", name="conv2d_1")(x)
    x = layers.Activation("relu")(layers.BatchNormalization(name="batch_normalization")(x))
    x = layers.Dense(OUTPUTS, activation="sigmoid", name="dense")(layers.Flatten()(x))
    return keras.Model(inputs, x), early


def grad_cam(a, g, score):
    """a [height, width, channels], g the gradient of the score with respect to it."""
    weights = g.sum((0, 1)) / (a.shape[0] * a.shape[1])
    return np.maximum(sum(weight * a[:, :, c] for c, weight in enumerate(weights)), 0)


def grad_cam_plus_plus(a, g, score):
    g = g / (score * (1 - score))  # the gradient of the logit S
    y = score / (1 - score)  # Y = exp(S), whose derivatives are exp(S) g, exp(S) g^2, exp(S) g^3
    second, third = y * g**2, y * g**3
    below = 2 * second + a.sum((0, 1)) * third
    alpha = np.where(second == 0, 0, second / np.where(below == 0, 1, below))
    weights = (alpha * np.maximum(y * g, 0)).sum((0, 1))
    return np.maximum(sum(weight * a[:, :, c] for c, weight in enumerate(weights)), 0)


def hires_cam(a, g, score):
    return np.maximum((a * g).sum(-1), 0)


def occlusion(model, image, label):
    def logit(x):
        score = model(x[None], training=False).numpy()[0, label]
        return np.log(score / (1 - score))

    size = image.shape[0]
    patch, stride = 3 * size // 16, size // 8
    side = size // stride
    fall = np.zeros((side, side))
    for row in range(side):
        for column in range(side):
            covered = image.copy()
            top, left = ((place * stride + (stride - patch) // 2) for place in (row, column))
            covered[max(0, top) : top + patch, max(0, left) : left + patch] = image.mean()
            fall[row, column] = logit(image) - logit(covered)
    return np.maximum(fall, 0)


def over_maximum(heat):
    return heat / heat.max() if heat.max() > 0 else heat


def case(model, features, size):
    set_weights(model)
    x = images("images", (len(LABELS), size, size, 1)).astype(np.float64)
    both = keras.Model(model.inputs, [features, model.outputs[0]])
    answer = {"grad-cam": [], "grad-cam++": [], "hirescam": [], "occlusion": []}
    for image, labels in zip(x, LABELS):
        for method in answer.values():
            method.append([])
        for label in labels:
            with tf.GradientTape() as tape:
                a, scores = both([image[None]], training=False)
                score = scores[0, label]
            g = tape.gradient(score, a)[0].numpy()
            for name, method in (("grad-cam", grad_cam), ("grad-cam++", grad_cam_plus_plus), ("hirescam", hires_cam)):
                answer[name][-1].append(rounded(over_maximum(method(a[0].numpy(), g, score.numpy()))))
            answer["occlusion"][-1].append(rounded(over_maximum(occlusion(model, image, label))))
    return {"size": size, "maps": answer}


resnet = resnet_v2(11, 64, 4, OUTPUTS)
last = [layer for layer in resnet.layers if isinstance(layer, layers.Activation)][-1]
small, early = plain(16)
FIXTURE.parent.mkdir(exist_ok=True)
FIXTURE.write_text(
    json.dumps(
        {
            "outputs": OUTPUTS,
            "labels": LABELS,
            "resnet": case(resnet, last.output, 64),
            "plain": case(small, early, 16),
        }
    )
    + "\n"
)
