"""Writes tests/fixtures/tensorflow/keras_layers.json: what Keras' layers make of inputs and weights by formula.

Each case has a layer of TensorFlow.js by its name and settings, the shapes of its inputs, and the output of the layer of
Keras that its documentation names. Where defaults differ, settings say what is meant.

    pip install tensorflow-cpu==2.21.0 && python tests/oracles/keras_layers.py
"""

import json
import os
import re
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras import layers

FIXTURE = Path(__file__).parent.parent / "fixtures" / "tensorflow" / "keras_layers.json"


def values(shape, seed):
    """sin(seed + 0.7 i), row by row; tests/tensorflow/keras_layers_test.ts has the same."""
    return np.sin(seed + 0.7 * np.arange(np.prod(shape, dtype=int))).reshape(shape).astype("float32")


IMAGE, SOUND, VOLUME, TEXT, TABLE = [[2, 5, 4, 3]], [[2, 6, 3]], [[1, 4, 3, 4, 2]], [[2, 5, 3]], [[3, 4]]
RECURRENT = {"units": 3, "recurrentActivation": "sigmoid"}

# TensorFlow.js' name, its settings, its inputs' shapes, and Keras' class where it is not the same with a capital.
CASES = [
    ("activation", {"activation": "softplus"}, TABLE),
    ("add", {}, TABLE * 3),
    ("average", {}, TABLE * 3),
    ("averagePooling1d", {"poolSize": 2, "strides": 2, "padding": "same"}, SOUND, "AveragePooling1D"),
    ("averagePooling2d", {"poolSize": [2, 3], "strides": 1, "padding": "same"}, IMAGE, "AveragePooling2D"),
    ("averagePooling3d", {"poolSize": 2, "strides": 1}, VOLUME, "AveragePooling3D"),
    ("batchNormalization", {"epsilon": 0.01}, IMAGE),
    ("batchNormalization", {"axis": 1, "scale": False}, TEXT),
    ("concatenate", {"axis": 1}, [[2, 3, 2], [2, 1, 2]]),
    ("conv1d", {"filters": 2, "kernelSize": 3, "padding": "same", "dilationRate": 2}, SOUND, "Conv1D"),
    ("conv2d", {"filters": 4, "kernelSize": 3, "strides": 2, "padding": "same", "activation": "relu"}, IMAGE, "Conv2D"),
    ("conv2d", {"filters": 2, "kernelSize": [2, 1], "dilationRate": 2, "useBias": False}, IMAGE, "Conv2D"),
    ("conv2dTranspose", {"filters": 2, "kernelSize": 3, "strides": 2, "padding": "same"}, IMAGE, "Conv2DTranspose"),
    ("conv3d", {"filters": 2, "kernelSize": 2, "activation": "tanh"}, VOLUME, "Conv3D"),
    ("conv3dTranspose", {"filters": 2, "kernelSize": 2, "strides": 2}, VOLUME, "Conv3DTranspose"),
    ("convLstm2d", {"filters": 2, "kernelSize": 2, "recurrentActivation": "sigmoid"}, [[1, 3, 4, 4, 2]], "ConvLSTM2D"),
    ("cropping2D", {"cropping": [[1, 1], [0, 2]]}, IMAGE),
    ("dense", {"units": 3, "activation": "elu"}, TABLE),
    ("dense", {"units": 2}, TEXT),
    ("depthwiseConv2d", {"kernelSize": 2, "depthMultiplier": 2, "padding": "same"}, IMAGE, "DepthwiseConv2D"),
    ("dot", {"axes": 1}, [[2, 3], [2, 3]]),
    ("dot", {"axes": [2, 1], "normalize": True}, [[2, 3, 4], [2, 4, 2]]),
    ("dropout", {"rate": 0.5}, TABLE),
    ("elu", {}, TABLE, "ELU"),
    ("flatten", {}, IMAGE),
    ("gaussianDropout", {"rate": 0.3}, TABLE),
    ("gaussianNoise", {"stddev": 0.3}, TABLE),
    ("globalAveragePooling1d", {}, TEXT, "GlobalAveragePooling1D"),
    ("globalAveragePooling2d", {}, IMAGE, "GlobalAveragePooling2D"),
    ("globalMaxPooling1d", {}, TEXT, "GlobalMaxPooling1D"),
    ("globalMaxPooling2d", {}, IMAGE, "GlobalMaxPooling2D"),
    ("gru", {**RECURRENT, "resetAfter": False}, TEXT, "GRU"),
    ("gru", {**RECURRENT, "resetAfter": False, "returnSequences": True, "goBackwards": True}, TEXT, "GRU"),
    ("layerNormalization", {"epsilon": 0.001}, TEXT),
    ("leakyReLU", {"alpha": 0.2}, TABLE),
    ("lstm", RECURRENT, TEXT, "LSTM"),
    ("lstm", {**RECURRENT, "returnSequences": True, "unitForgetBias": False}, TEXT, "LSTM"),
    ("maxPooling1d", {"poolSize": 3, "strides": 2}, SOUND, "MaxPooling1D"),
    ("maxPooling2d", {"poolSize": 2, "padding": "same"}, IMAGE, "MaxPooling2D"),
    ("maxPooling3d", {"poolSize": 2, "strides": 2}, VOLUME, "MaxPooling3D"),
    ("maximum", {}, TABLE * 2),
    ("minimum", {}, TABLE * 2),
    ("multiply", {}, TABLE * 2),
    ("permute", {"dims": [2, 1]}, TEXT),
    ("prelu", {"sharedAxes": [1]}, TEXT, "PReLU"),
    ("reLU", {"maxValue": 0.5}, TABLE),
    ("repeatVector", {"n": 3}, TABLE),
    ("rescaling", {"scale": 0.5, "offset": 1}, IMAGE),
    ("reshape", {"targetShape": [2, -1]}, IMAGE),
    ("separableConv2d", {"filters": 4, "kernelSize": 3, "depthMultiplier": 2}, IMAGE, "SeparableConv2D"),
    ("simpleRNN", {"units": 3}, TEXT),
    ("simpleRNN", {"units": 2, "activation": "relu", "returnSequences": True}, TEXT),
    ("softmax", {"axis": -1}, TEXT),
    ("spatialDropout1d", {"rate": 0.5}, TEXT, "SpatialDropout1D"),
    ("upSampling2d", {"size": [2, 3], "interpolation": "nearest"}, IMAGE, "UpSampling2D"),
    ("zeroPadding2d", {"padding": [[1, 0], [2, 1]]}, IMAGE, "ZeroPadding2D"),
]



def setting(name):
    """Keras' name for a setting."""
    return "negative_slope" if name == "alpha" else re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def case(name, settings, shapes, keras_name=None):
    keras_class = getattr(layers, keras_name or name[0].upper() + name[1:])
    layer = keras_class(**{setting(key): value for key, value in settings.items()})
    inputs = [values(shape, 1 + i) for i, shape in enumerate(shapes)]
    given = inputs if len(inputs) > 1 else inputs[0]
    layer(given)
    # Variances have to be positive.
    layer.set_weights([np.abs(values(w.shape, 3 + i)) for i, w in enumerate(layer.get_weights())])
    return {"layer": name, "settings": settings, "inputs": shapes, **output_of(layer, given)}


def output_of(layer, given):
    output = np.asarray(layer(given))
    return {"shape": list(output.shape), "values": [float(f"{value:.6g}") for value in output.ravel()]}


def wrapped():
    """Layers around layers, and what works on whole numbers: their settings are not plain values."""
    x = values([2, 5, 3], 1)
    result = {}
    for name, layer, given in [
        ("bidirectional", layers.Bidirectional(layers.LSTM(2, return_sequences=True)), x),
        ("timeDistributed", layers.TimeDistributed(layers.Dense(2)), x),
        ("masking", keras.Sequential([layers.Masking(0), layers.LSTM(2)]), x * (np.arange(5) < 3)[None, :, None]),
        ("stackedRNNCells", layers.RNN([layers.LSTMCell(3), layers.SimpleRNNCell(2)]), x),
        ("embedding", layers.Embedding(7, 3), np.array([[0, 3, 6], [1, 1, 2]])),
    ]:
        layer(given)
        layer.set_weights([np.abs(values(w.shape, 3 + i)) for i, w in enumerate(layer.get_weights())])
        result[name] = output_of(layer, given)
    return result


result = {"keras": keras.__version__, "layers": [case(*each) for each in CASES], "wrapped": wrapped()}
lines = ",\n".join("  " + json.dumps(each, separators=(",", ":")) for each in result["layers"])
rest = json.dumps(result["wrapped"], separators=(",", ":"))
FIXTURE.write_text(f'{{"keras": "{result["keras"]}", "layers": [\n{lines}\n],\n"wrapped": {rest}}}\n')
