"""Writes tests/fixtures/model/keras_networks.json: outputs of keras.applications' networks on weights by formula.

Images are formulas too, grey ones repeated to three channels and scaled by Keras' own preprocess_input. With a folder
as argument, each network's weights are also saved there as Keras saves them: with and without the last layer, in its
older and its newer format (250 MB; tests/model/keras_networks_test.ts reads them where KERAS_WEIGHTS names the folder).

    pip install tensorflow-cpu==2.21.0 && python tests/oracles/keras_networks.py [FOLDER]
"""

import json
import os
import sys
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

from _formula import images, lively, rounded, set_weights

FIXTURE = Path(__file__).parent.parent / "fixtures" / "model" / "keras_networks.json"
OUTPUTS = 14
SIZE = 64
NETWORKS = {
    "densenet121": (keras.applications.DenseNet121, keras.applications.densenet),
    "resnet50v2": (keras.applications.ResNet50V2, keras.applications.resnet_v2),
}


def case(name, make, module):
    shape = (SIZE, SIZE, 3)
    model = make(weights=None, input_shape=shape, classes=OUTPUTS, classifier_activation=None)
    set_weights(model, lively)
    grey = 255 * images("images", (4, SIZE, SIZE, 1))
    x = module.preprocess_input(np.repeat(grey, 3, axis=3))
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        model.save_weights(folder / f"{name}.weights.h5")
        model.save(folder / f"{name}.h5")
        body = make(weights=None, input_shape=shape, include_top=False)
        set_weights(body, lively)
        body.save(folder / f"{name}_notop.h5")
    return {
        "parameters": model.count_params(),
        "inference": rounded(model(x, training=False).numpy()),
        "training": rounded(model(x, training=True).numpy()),
    }


answer = {name: case(name, *network) for name, network in NETWORKS.items()}
FIXTURE.write_text(json.dumps(answer) + "\n")
