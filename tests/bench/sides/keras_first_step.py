"""Keras' side of the first step: all that comes before its end, from images in the cache."""

from commands import answer_commands

import numpy as np
from cached_images import cached_images
from keras_resnet import compiled


def step(cache, depth, batch):
    images, truth = cached_images(cache)
    order = np.random.default_rng(1).permutation(cache["training"])[:batch]
    model = compiled(depth, cache["size"])
    return float(model.train_on_batch(images[order].astype("float32") / 255, truth[order]))


answer_commands(step=step)
