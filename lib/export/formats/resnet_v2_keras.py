"""ResNet v2 of Thorax in Keras 3, for the .weights.h5 and .json files beside this one.

    from MODULE import load
    model, metadata = load("FILE.weights.h5")
    logits = model.predict(images)  # [n, height, width, 1], grey, 0 (black) to 1 (white)

Findings are `json.loads(metadata["findings"])`, in the order of the logits.
"""

import json
import re
from pathlib import Path

from keras import Input, Model, layers

STAGES = 3
POOL = 8


def resnet_v2(depth, image_size, outputs, pooling="flatten", filters=16):
    """Pre-activation bottleneck blocks in three stages (He et al., 2016; Keras' example cifar10_resnet)."""

    def normalize(x):
        return layers.ReLU()(layers.BatchNormalization()(x))

    def convolve(x, filters, size=1, strides=1):
        return layers.Conv2D(filters, size, strides, padding="same")(x)

    images = Input((image_size, image_size, 1))
    x = normalize(convolve(images, filters, 3))
    inner = filters
    for stage in range(STAGES):
        outer = inner * (2 if stage else 4)
        for block in range((depth - 2) // 9):
            strides = 2 if stage and block == 0 else 1
            y = normalize(x) if stage or block else x
            y = normalize(convolve(y, inner, strides=strides))
            y = normalize(convolve(y, inner, 3))
            y = convolve(y, outer)
            if block == 0:
                x = convolve(x, outer, strides=strides)
            x = layers.add([x, y])
        inner = outer
    x = normalize(x)
    if pooling == "global":
        x = layers.GlobalAveragePooling2D()(x)
    else:
        x = layers.Flatten()(layers.AveragePooling2D(POOL)(x))
    return Model(images, layers.Dense(outputs)(x))


def load(file):
    """The network of a file with its weights, and what the file with `.json` in place of `.weights.h5` says of it."""
    metadata = json.loads(Path(re.sub(r"\.weights\.h5$", ".json", str(file))).read_text())
    depth = int(re.fullmatch(r"resnet(\d+)v2", metadata["network"])[1])
    outputs = len(json.loads(metadata["findings"]))
    model = resnet_v2(depth, int(metadata["image_size"]), outputs, metadata["pooling"], int(metadata["filters"]))
    model.load_weights(file)
    return model, metadata
