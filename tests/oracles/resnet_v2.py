"""Writes tests/fixtures/model/resnet_v2.json: outputs, losses, gradients and training steps of Keras' ResNet v2.

The network is resnet_v2 of Keras' examples/cifar10_resnet.py, as the original notebook has it. Weights, images
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
from keras import layers

from _formula import images, kinkless, labels, rounded, set_weights, wave, weight

keras.config.set_floatx("float64")
FIXTURE = Path(__file__).parent.parent / "fixtures" / "model" / "resnet_v2.json"
OUTPUTS = 14
POSITIVE = np.linspace(0.99, 0.5, OUTPUTS)
NEGATIVE = 1 - POSITIVE


def resnet_v2(depth, size, filters):
    keras.backend.clear_session()
    filters_in = filters

    def resnet_layer(x, filters, kernel=3, strides=1, activation=True, normalise=True, first=True):
        convolve = layers.Conv2D(
            filters, kernel, strides, "same", kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L2(1e-4)
        )
        if first:
            x = convolve(x)
        if normalise:
            x = layers.BatchNormalization()(x)
        if activation:
            x = layers.Activation("relu")(x)
        return x if first else convolve(x)

    inputs = keras.Input((size, size, 1))
    x = resnet_layer(inputs, filters_in)
    for stage in range(3):
        for block in range((depth - 2) // 9):
            activation = normalise = not (stage == 0 and block == 0)
            strides = 2 if stage > 0 and block == 0 else 1
            filters_out = filters_in * (4 if stage == 0 else 2)
            y = resnet_layer(x, filters_in, 1, strides, activation, normalise, first=False)
            y = resnet_layer(y, filters_in, first=False)
            y = resnet_layer(y, filters_out, 1, first=False)
            if block == 0:
                x = resnet_layer(x, filters_out, 1, strides, activation=False, normalise=False)
            x = layers.add([x, y])
        filters_in = filters_out
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.Flatten()(layers.AveragePooling2D(8)(x))
    return keras.Model(inputs, layers.Dense(OUTPUTS, activation="sigmoid", kernel_initializer="he_normal")(x))


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
