"""Keras' ResNet v2 (examples/cifar10_resnet.py), as the original notebook has it, for the oracles that need one."""

import keras
from keras import layers


def resnet_v2(depth, size, filters, outputs=14):
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
    return keras.Model(inputs, layers.Dense(outputs, activation="sigmoid", kernel_initializer="he_normal")(x))
