"""Keras' side of models of layers: the networks of stock_layers.mjs, a training step at a time."""

import time

from commands import answer_commands

import keras
import numpy as np
from keras import layers
from keras_resnet import resnet

state = {}


def cnn():
    convolve = lambda filters: layers.Conv2D(filters, 5, activation="relu")
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            convolve(8),
            layers.MaxPooling2D(2),
            convolve(16),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, "softmax"),
        ]
    )


def lstm():
    return keras.Sequential([layers.Input((40, 40)), layers.LSTM(64), layers.Dense(40, "softmax")])


def mlp():
    sigmoid = lambda: layers.Dense(50, "sigmoid")
    return keras.Sequential([layers.Input((12,)), sigmoid(), sigmoid(), layers.Dense(1)])


MODELS = {
    "resnet": (lambda: resnet(56, 32), lambda: keras.optimizers.Adam(1e-3), "binary_crossentropy"),
    "cnn": (cnn, lambda: keras.optimizers.Adam(1e-3), "categorical_crossentropy"),
    "lstm": (lstm, lambda: keras.optimizers.RMSprop(1e-2), "categorical_crossentropy"),
    "mlp": (mlp, lambda: keras.optimizers.SGD(1e-2), "mean_squared_error"),
}


def open_model(model, batch):
    make, optimizer, loss = MODELS[model]
    network = make()
    network.compile(optimizer=optimizer(), loss=loss)
    rng = np.random.default_rng(1)
    outputs = network.output_shape[1]
    labels = np.eye(outputs)[rng.integers(0, outputs, batch)] if loss[0] == "c" else rng.random((batch, outputs)) < 0.1
    state["data"] = rng.random((batch, *network.input_shape[1:]), "float32"), labels.astype("float32")
    state["model"] = network
    return network.count_params()


def steps(count):
    before, start = time.process_time(), time.perf_counter()
    for _ in range(count):
        state["model"].train_on_batch(*state["data"])
    return {"processor": (time.process_time() - before) / count, "wall": (time.perf_counter() - start) / count}


answer_commands(openModel=open_model, steps=steps, version=lambda: keras.__version__)
