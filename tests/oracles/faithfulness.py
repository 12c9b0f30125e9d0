"""Writes tests/fixtures/explanation/faithfulness.json: how faithful maps are, by quantus and pytorch-grad-cam.

Weights, images and maps are formulas (_formula.py), which the tests compute too; the network is the plain one of
tests/explanation/_plain_network.ts in PyTorch.

- "similarity": quantus' Spearman correlation and structural similarity of pairs of maps, some with many equal cells.
- "maps" and "cascade": pytorch-grad-cam's maps, with the network's own weights and as its last layers get the initial ones
  that tests/oracles/faithfulness.ts prints, and quantus' similarity of the latter to the former.
- "deletion" and "insertion": quantus' PixelFlipping towards and from the image's mean grey.
- "imputed", "withoutMost", "withoutLeast": pytorch-grad-cam's ROAD without its noise.

    pip install torch quantus==0.6.0 grad-cam==1.5.7 "numpy<2.3"    # without TensorFlow beside them
    deno run -A tests/oracles/faithfulness.ts | python tests/oracles/faithfulness.py
"""

import json
import sys
from pathlib import Path

import numpy as np
import quantus
import torch
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, HiResCAM
from pytorch_grad_cam.metrics.perturbation_confidence import (
    PerturbationConfidenceMetric,
    RemoveLeastRelevantFirst,
    RemoveMostRelevantFirst,
)
from pytorch_grad_cam.metrics.road import NoisyLinearImputer
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from quantus.functions.similarity_func import correlation_spearman, ssim

from _formula import images, rounded, wave, weight

FIXTURE = Path(__file__).parent.parent / "fixtures" / "explanation" / "faithfulness.json"
SIZE, OUTPUTS, STEPS = 16, 5, 8
REMOVED = [0.2, 0.5, 0.8]
SHAPES = {
    "conv2d/kernel": (3, 3, 1, 4), "conv2d/bias": (4,),
    "conv2d_1/kernel": (3, 3, 4, 6), "conv2d_1/bias": (6,),
    "batch_normalization/gamma": (6,), "batch_normalization/beta": (6,),
    "batch_normalization/moving_mean": (6,), "batch_normalization/moving_variance": (6,),
    "dense/kernel": (6 * 64, OUTPUTS), "dense/bias": (OUTPUTS,),
}
LAYERS = ["dense", "batch_normalization", "conv2d_1", "conv2d"]


class Plain(torch.nn.Module):
    """Keras' "same" convolutions, and a flattening with channels last."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(1, 4, 3, stride=2)
        self.second = torch.nn.Conv2d(4, 6, 3, padding=1)
        self.norm = torch.nn.BatchNorm2d(6, eps=1e-3)
        self.late = torch.nn.ReLU()
        self.dense = torch.nn.Linear(6 * 64, OUTPUTS)

    def forward(self, x):
        x = torch.relu(self.first(torch.nn.functional.pad(x, (0, 1, 0, 1))))
        x = self.late(self.norm(self.second(x)))
        return self.dense(x.permute(0, 2, 3, 1).flatten(1))

    def load(self, of):
        def put(parameter, name, *order):
            value = np.asarray(of(name), dtype=np.float32)
            parameter.data = torch.tensor(value.transpose(*order) if order else value)

        put(self.first.weight, "conv2d/kernel", 3, 2, 0, 1)
        put(self.first.bias, "conv2d/bias")
        put(self.second.weight, "conv2d_1/kernel", 3, 2, 0, 1)
        put(self.second.bias, "conv2d_1/bias")
        put(self.norm.weight, "batch_normalization/gamma")
        put(self.norm.bias, "batch_normalization/beta")
        put(self.norm.running_mean, "batch_normalization/moving_mean")
        put(self.norm.running_var, "batch_normalization/moving_variance")
        put(self.dense.weight, "dense/kernel", 1, 0)
        put(self.dense.bias, "dense/bias")
        return self.eval()


class Scored(torch.nn.Module):
    """The network with the sigmoid of its outputs."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return torch.sigmoid(self.network(x))


def maps_of(network, image, label):
    """Maps of pytorch-grad-cam before it scales them, positive parts over their maximum."""
    answer = {}
    for name, method in (("grad-cam", GradCAM), ("grad-cam++", GradCAMPlusPlus), ("hirescam", HiResCAM)):
        cam = method(model=network, target_layers=[network.late])
        target = [ClassifierOutputTarget(label)]
        cam(input_tensor=image, targets=target)
        found = cam.activations_and_grads
        raw = cam.get_cam_image(
            image, network.late, target, found.activations[0].numpy(), found.gradients[0].numpy(), False
        )[0]
        positive = np.maximum(raw, 0)
        answer[name] = positive / positive.max() if positive.max() > 0 else positive
    return answer


def similarity(a, b):
    constant = a.min() == a.max() or b.min() == b.max()
    rank = None if constant else float(correlation_spearman(a.ravel(), b.ravel()))
    return {"spearman": rank, "ssim": float(ssim(a, b))}


initial = json.load(sys.stdin)
x = images("images", (2, SIZE, SIZE, 1)).transpose(0, 3, 1, 2)
network = Plain().load(lambda name: weight(name, SHAPES[name]))

pairs = []
for name, size in (("first", 12), ("second", 20), ("third", 64)):
    a, b = wave(f"{name} a", (size, size)), wave(f"{name} b", (size, size))
    smooth = np.add.accumulate(a, 0)
    pairs.append({"name": name, "size": size, "plain": similarity(a, b),
                  "cut": similarity(np.maximum(smooth, 0), np.maximum(smooth + 0.3 * b, 0))})

LABELS = [1, 3]
trained = [maps_of(network, torch.tensor(x[i : i + 1]), label) for i, label in enumerate(LABELS)]
cascade = []
for stage in range(1, len(LAYERS) + 1):
    chosen = LAYERS[:stage]
    changed = Plain().load(
        lambda name: np.reshape(initial[name]["values"], SHAPES[name])
        if name.split("/")[0] in chosen else weight(name, SHAPES[name])
    )
    found = [maps_of(changed, torch.tensor(x[i : i + 1]), label) for i, label in enumerate(LABELS)]
    cascade.append([
        {name: {"map": rounded(own[name]), **similarity(before[name], own[name])} for name in own}
        for before, own in zip(trained, found)
    ])

scored = Scored(network).eval()
order_map = wave("order", (SIZE, SIZE)).astype(np.float32)
curves = []
for i, label in enumerate(LABELS):
    image = x[i : i + 1]
    grey = float(image.mean())
    common = dict(features_in_step=SIZE * SIZE // STEPS, abs=False, normalise=False, disable_warnings=True)
    call = dict(model=scored, y_batch=np.array([label]), a_batch=order_map[None, None], softmax=False,
                channel_first=True, device="cpu")
    deletion = quantus.PixelFlipping(perturb_baseline=grey, **common)(x_batch=image, **call)[0]
    area = quantus.PixelFlipping(perturb_baseline=grey, return_auc_per_sample=True, **common)(x_batch=image, **call)[0]

    def give_back(arr, indices, original=image.reshape(1, -1), **_):
        changed = arr.copy()
        changed[np.arange(len(arr))[:, None], indices] = original[np.arange(len(arr))[:, None], indices]
        return changed

    blank = np.full_like(image, grey)
    insertion = quantus.PixelFlipping(perturb_func=give_back, **common)(x_batch=blank, **call)[0]
    road = {"withoutMost": RemoveMostRelevantFirst, "withoutLeast": RemoveLeastRelevantFirst}
    target = [ClassifierOutputTarget(label)]
    entry = {
        "label": label,
        "deletion": [float(v) for v in deletion],
        "deletionArea": float(area),
        "insertion": [float(v) for v in insertion],
    }
    for name, remover in road.items():
        entry[name] = [
            float(PerturbationConfidenceMetric(remover(100 * (1 - fraction), NoisyLinearImputer(noise=0)))(
                torch.tensor(image), order_map[None], target, scored, return_diff=False)[0])
            for fraction in REMOVED
        ]
    curves.append(entry)

hole = np.ones((SIZE, SIZE), dtype=np.float32)
hole[3:9, 0:7] = 0
hole[12:, 10:] = 0
imputed = NoisyLinearImputer(noise=0)(torch.tensor(x[0]), torch.tensor(hole)).numpy()[0]

FIXTURE.write_text(json.dumps({
    "similarity": pairs, "labels": LABELS, "maps": [{n: rounded(m) for n, m in own.items()} for own in trained],
    "cascade": cascade, "steps": STEPS, "removed": REMOVED, "curves": curves, "imputed": rounded(imputed),
}) + "\n")
