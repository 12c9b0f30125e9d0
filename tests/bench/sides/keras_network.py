"""Keras' side of training and inference: ResNet v2 on random images, a step at a time."""

from commands import answer_commands, latencies_of, peak_memory, rate_of

import keras
import numpy as np
from keras_resnet import OUTPUTS, compiled

PREDICTED_BATCHES = 8
state = {}


def open(depth, size, batch, precision):
    keras.mixed_precision.set_global_policy("mixed_bfloat16" if precision == "bfloat16" else precision)
    rng = np.random.default_rng(1)
    state["model"] = compiled(depth, size)
    state["images"] = rng.random((PREDICTED_BATCHES * batch, size, size, 1), "float32")
    state["truth"] = (rng.random((batch, OUTPUTS)) < 0.1).astype("float32")
    state["batch"] = batch


def batches_rate(work, seconds, batches=1):
    return state["batch"] * batches * rate_of(work, seconds)


def train(seconds):
    images = state["images"][: state["batch"]]
    return batches_rate(lambda: state["model"].train_on_batch(images, state["truth"]), seconds)


def infer(seconds):
    images = state["images"][: state["batch"]]
    return batches_rate(lambda: state["model"].predict_on_batch(images), seconds)


def latency(seconds):
    images = state["images"][: state["batch"]]
    return latencies_of(lambda: state["model"].predict_on_batch(images), seconds)


def predict(seconds):
    images, batch = state["images"], state["batch"]
    work = lambda: state["model"].predict(images, batch_size=batch, verbose=0)
    return batches_rate(work, seconds, PREDICTED_BATCHES)


answer_commands(
    open=open,
    train=train,
    infer=infer,
    latency=latency,
    predict=predict,
    memory=peak_memory,
    version=lambda: keras.__version__,
)
