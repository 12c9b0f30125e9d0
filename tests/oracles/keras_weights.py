"""Writes tests/fixtures/model/keras_*: small networks saved by Keras 2 and Keras 3, random weights.

The network is that of Keras' cifar10_resnet example, as in the original notebook, at depth 11 (9n+2, n=1), with
2 first filters in place of 16 to keep the files small; and a network within a network. keras_weights.json lists what each file has to give:
[layer, weight, shape, first element, last element, mean], in the order of the network's layers.

    pip install tensorflow-cpu==2.21.0 tf_keras==2.21.0 && python tests/oracles/keras_weights.py
"""

import json
import os
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras as keras3
import numpy as np
import tf_keras as keras2

FIXTURES = Path(__file__).parent.parent / "fixtures" / "model"
LABELS = 14


def resnet_v2(keras, depth, first_filters):
    """Keras' examples/cifar10_resnet.py, resnet_v2, with a sigmoid for each label."""
    layers = keras.layers

    def unit(x, filters, kernel=1, strides=1, activation=True, normalise=True):
        if normalise:
            x = layers.BatchNormalization()(x)
        if activation:
            x = layers.Activation("relu")(x)
        return layers.Conv2D(filters, kernel, strides, "same", kernel_initializer="he_normal")(x)

    filters_in = first_filters
    inputs = keras.Input((16, 16, 1))
    x = layers.Conv2D(filters_in, 3, padding="same")(inputs)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    for stage in range(3):
        filters_out = filters_in * (4 if stage == 0 else 2)
        for block in range((depth - 2) // 9):
            first = stage == 0 and block == 0
            strides = 2 if stage > 0 and block == 0 else 1
            y = unit(x, filters_in, strides=strides, activation=not first, normalise=not first)
            y = unit(y, filters_in, kernel=3)
            y = unit(y, filters_out)
            if block == 0:
                x = unit(x, filters_out, strides=strides, activation=False, normalise=False)
            x = layers.add([x, y])
        filters_in = filters_out
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.Flatten()(layers.AveragePooling2D(4)(x))
    return keras.Model(inputs, layers.Dense(LABELS, activation="sigmoid")(x))


def nested(keras):
    """A network with a layer that is a network, as transfer learning makes them, and a layer of random numbers.

    Keras 2 allows slashes in names, and its DenseNet has them.
    """
    layers = keras.layers
    stem, top = ("stem/conv", "top/dense") if keras is keras2 else ("stem", "top")
    inputs = keras.Input((4, 4, 1))
    x = layers.Conv2D(3, 2, name=stem, use_bias=False)(inputs)
    x = layers.Dropout(0.1)(layers.BatchNormalization()(x))
    base = keras.Model(inputs, layers.Conv2D(2, 2)(x))
    base.trainable = False
    return keras.Sequential([keras.Input((4, 4, 1)), base, layers.Flatten(), layers.Dense(2, name=top)])


def randomise(model, rng):
    model.set_weights([rng.normal(size=w.shape).astype(np.float32) for w in model.get_weights()])


def rows(layers):
    """The weights by layer, those within networks too: [layer, weight, shape, first, last, mean]."""
    for layer in layers:
        if hasattr(layer, "layers"):
            yield from rows(layer.layers)
            continue
        for variable in layer.weights:
            values = np.asarray(variable)
            name = variable.name.split("/")[-1].split(":")[0]
            mean = float(values.mean(dtype=np.float64))
            yield [layer.name, name, list(values.shape), float(values.flat[0]), float(values.flat[-1]), mean]


def main():
    rng = np.random.default_rng(7)
    FIXTURES.mkdir(parents=True, exist_ok=True)
    expected = {}

    def save(save_as, model, name):
        randomise(model, rng)
        save_as(FIXTURES / name)
        expected[name] = list(rows(model.layers))

    for number, keras in [(2, keras2), (3, keras3)]:
        keras.backend.clear_session()
        model = resnet_v2(keras, 11, 2)
        save(model.save_weights, model, {2: "keras_2_resnet.h5", 3: "keras_3_resnet.weights.h5"}[number])
        model = nested(keras)
        save(model.save, model, f"keras_{number}_nested.h5")
        save(model.save_weights, model, f"keras_{number}_nested.weights.h5")
    text = ",\n".join(json.dumps(name) + ": [\n" + ",\n".join(map(json.dumps, r)) + "\n]" for name, r in expected.items())
    (FIXTURES / "keras_weights.json").write_text("{\n" + text + "\n}\n")


if __name__ == "__main__":
    main()
