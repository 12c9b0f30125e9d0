"""The network of lib/model/resnet_v2.ts in Keras, as its CIFAR-10 example has it, with the same loss and optimiser."""

import keras
from keras import layers, ops, regularizers

OUTPUTS = 14


def resnet(depth, size, filters=16):
    decay = regularizers.L2(1e-4)

    def convolve(x, filters, kernel=1, strides=1):
        return layers.Conv2D(
            filters, kernel, strides, "same", kernel_initializer="he_normal", kernel_regularizer=decay
        )(x)

    def normalize(x):
        return layers.Activation("relu")(layers.BatchNormalization()(x))

    images = layers.Input((size, size, 1))
    x = normalize(convolve(images, filters, 3))
    inner = filters
    for stage in range(3):
        outer = inner * (2 if stage else 4)
        for block in range((depth - 2) // 9):
            strides = 2 if stage and block == 0 else 1
            y = x if stage == 0 and block == 0 else normalize(x)
            y = convolve(y, inner, 1, strides)
            y = convolve(normalize(y), inner, 3)
            y = convolve(normalize(y), outer)
            x = layers.add([x if block else convolve(x, outer, 1, strides), y])
        inner = outer
    x = layers.Flatten()(layers.AveragePooling2D(8)(normalize(x)))
    scores = layers.Dense(OUTPUTS, "sigmoid", kernel_initializer="he_normal", dtype="float32")(x)
    return keras.Model(images, scores)


def weighted_cross_entropy(truth, p):
    positives = 0.9 * truth * ops.log(p + 1e-7)
    negatives = 0.1 * (1 - truth) * ops.log(1 - p + 1e-7)
    return -ops.mean(positives + negatives)


def compiled(depth, size):
    model = resnet(depth, size)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=weighted_cross_entropy)
    return model
