"""Keras' side of the first answer: all that comes before what a network with stored weights says of one image."""

from commands import answer_commands

import numpy as np
from keras_resnet import resnet
from PIL import Image


def answer(weights, image, depth, size):
    model = resnet(depth, size)
    model.load_weights(weights)
    small = Image.open(image).convert("L").resize((size, size), Image.Resampling.BOX)
    pixels = np.asarray(small, "float32")[None, :, :, None] / 255
    return [float(score) for score in np.asarray(model(pixels, training=False))[0]]


def save(weights, depth, size):
    resnet(depth, size).save_weights(weights)


answer_commands(answer=answer, save=save)
