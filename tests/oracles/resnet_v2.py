"""Writes tests/fixtures/model/resnet_v2.json: outputs, losses, gradients and training steps of Keras' ResNet v2.

The network is that of _resnet_v2.py. Weights, images
and labels are formulas (_formula.py), which the test computes too. Keras computes in float64 here: in float32 its
gradients, through a batch normalisation of many operations, are off by up to 3 %, where ours stay within 1e-4.

    pip install tensorflow-cpu==2.21.0 && python tests/oracles/resnet_v2.py
"""

import json
import os
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

from _formula import images, kinkless, labels, rounded, set_weights, wave, weight
from _resnet_v2 import resnet_v2

keras.config.set_floatx("float64")
FIXTURE = Path(__file__).parent.parent / "fixtures" / "model" / "resnet_v2.json"
OUTPUTS = 14
POSITIVE = np.linspace(0.99, 0.5, OUTPUTS)
NEGATIVE = 1 - POSITIVE


def weighted_loss(truth, scores):
    """The original's: the mean over labels of each label's weighted cross-entropy over the batch."""
    epsilon = 1e-7
    positive = POSITIVE * truth * tf.math.log(scores + epsilon)
    negative = NEGATIVE * (1 - truth) * tf.math.log(1 - scores + epsilon)
    return -tf.reduce_mean(tf.reduce_mean(positive + negative, axis=0))


def names(model, trainable):
    return [
        f"{layer.name}/{variable.name}"
        for layer in model.layers
        for variable in (layer.trainable_variables if trainable else layer.non_trainable_variables)
    ]


def summary(name, value):
    """What a weight's values are told by: their Euclidean norm, their sum weighted by a formula, and some of them."""
    value = np.asarray(value, np.float64)
    some = np.ravel(value)[:: max(1, value.size // 8)]
    return rounded([np.linalg.norm(value), np.sum(value * wave(name, value.shape)), *some])


def case(depth, size, filters, count, weight):
    model = resnet_v2(depth, size, filters)
    set_weights(model, weight)
    x, truth = images("images", (count, size, size, 1)), labels("labels", (count, OUTPUTS))
    answer = {"depth": depth, "imageSize": size, "filters": filters, "images": count, "parameters": model.count_params()}
    answer["inference"] = rounded(model(x, training=False).numpy())
    with tf.GradientTape() as tape:
        frozen = weighted_loss(truth, model(x, training=False))
    gradients = tape.gradient(frozen, model.trainable_variables)
    answer["frozen"] = {name: summary(name, value) for name, value in zip(names(model, True), gradients)}
    with tf.GradientTape() as tape:
        scores = model(x, training=True)
        loss = weighted_loss(truth, scores)
    gradients = tape.gradient(loss, model.trainable_variables)
    answer["training"] = rounded(scores.numpy())
    answer["loss"] = rounded(loss.numpy())
    answer["decay"] = rounded(sum(model.losses).numpy())
    answer["gradients"] = {name: summary(name, value) for name, value in zip(names(model, True), gradients)}
    averages = model.non_trainable_variables
    answer["moving"] = {name: summary(name, value) for name, value in zip(names(model, False), averages)}
    return answer


def steps(depth, size, filters, count, number):
    model = resnet_v2(depth, size, filters)
    set_weights(model)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=weighted_loss)
    losses = []
    for step in range(number):
        x = images(f"images {step % 4}", (count, size, size, 1))
        truth = labels(f"labels {step % 4}", (count, OUTPUTS))
        losses.append(float(model.train_on_batch(x, truth)))
    x = images("images 0", (count, size, size, 1))
    return {
        "depth": depth,
        "imageSize": size,
        "filters": filters,
        "images": count,
        "losses": rounded(losses),
        "inference": rounded(model(x, training=False).numpy()),
    }


answer = {
    "positive": rounded(POSITIVE),
    "negative": rounded(NEGATIVE),
    "parameters": {str(size): resnet_v2(56, size, 16).count_params() for size in (64, 128)},
    "small": case(11, 64, 4, 4, weight),
    "deep": case(56, 64, 16, 4, kinkless),
    "steps": steps(11, 64, 4, 8, 20),
}
FIXTURE.write_text(json.dumps(answer) + "\n")
