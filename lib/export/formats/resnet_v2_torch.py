"""ResNet v2 of Thorax in PyTorch, for the safetensors file beside this one.

    from MODULE import load
    model, metadata = load("FILE.safetensors")
    logits = model(images)  # float32 [n, 1, height, width], grey, 0 (black) to 1 (white)

It needs torch and safetensors. Findings are `json.loads(metadata["findings"])`, in the order of the logits.
"""

import re

import torch
from torch import nn

STAGES = 3
POOL = 8


class ResNetV2(nn.Module):
    """Pre-activation bottleneck blocks in three stages (He et al., 2016), with modules named as in Keras."""

    def __init__(self, depth, image_size, outputs, pooling="flatten", filters=16):
        super().__init__()
        self.blocks = (depth - 2) // 9
        self.pooling = pooling
        self.counts = {"conv2d": 0, "batch_normalization": 0}
        self.convolve(1, filters, 3)
        self.normalize(filters)
        channels = inner = filters
        for stage in range(STAGES):
            outer = inner * (2 if stage else 4)
            for block in range(self.blocks):
                if stage or block:
                    self.normalize(channels)
                self.convolve(channels, inner, strides=2 if stage and block == 0 else 1)
                self.normalize(inner)
                self.convolve(inner, inner, 3)
                self.normalize(inner)
                self.convolve(inner, outer)
                if block == 0:
                    self.convolve(channels, outer, strides=2 if stage else 1)
                channels = outer
            inner = outer
        self.normalize(channels)
        places = 1 if pooling == "global" else (image_size // 4 // POOL) ** 2
        self.dense = nn.Linear(channels * places, outputs)

    def add(self, kind, module):
        count = self.counts[kind]
        self.counts[kind] += 1
        self.add_module(f"{kind}_{count}" if count else kind, module)

    def convolve(self, channels, filters, size=1, strides=1):
        self.add("conv2d", nn.Conv2d(channels, filters, size, strides, size // 2))

    def normalize(self, channels):
        self.add("batch_normalization", nn.BatchNorm2d(channels, eps=1e-3))

    def features(self, images):
        """The last feature map, [n, channels, height / 4, width / 4]."""
        used = dict.fromkeys(self.counts, 0)

        def following(kind):
            count = used[kind]
            used[kind] += 1
            return getattr(self, f"{kind}_{count}" if count else kind)

        convolve = lambda x: following("conv2d")(x)
        normalize = lambda x: torch.relu(following("batch_normalization")(x))
        x = normalize(convolve(images))
        for stage in range(STAGES):
            for block in range(self.blocks):
                y = normalize(x) if stage or block else x
                y = normalize(convolve(y))
                y = normalize(convolve(y))
                y = convolve(y)
                x = (convolve(x) if block == 0 else x) + y
        return normalize(x)

    def forward(self, images):
        x = self.features(images)
        if self.pooling == "global":
            return self.dense(x.mean((2, 3)))
        # Row by row with channels last, as TensorFlow flattens.
        return self.dense(nn.functional.avg_pool2d(x, POOL).permute(0, 2, 3, 1).flatten(1))


def load(file):
    """The network of a file with its weights, ready for inference, and the file's metadata (texts by name)."""
    from safetensors import safe_open

    with safe_open(file, "pt") as opened:
        metadata = opened.metadata()
        weights = {name: opened.get_tensor(name) for name in opened.keys()}
    depth = int(re.fullmatch(r"resnet(\d+)v2", metadata["network"])[1])
    outputs, width = weights["dense.weight"].shape
    filters = len(weights["conv2d.weight"])
    pooling = "global" if width == 16 * filters else "flatten"
    model = ResNetV2(depth, int(metadata["image_size"]), outputs, pooling, filters)
    # What counts the batches of a training is not in the file.
    missing = model.load_state_dict(weights, strict=False)
    unknown = [name for name in missing.missing_keys if not name.endswith("num_batches_tracked")]
    if unknown or missing.unexpected_keys:
        raise ValueError(f"{file}: not the weights of this network: {unknown + missing.unexpected_keys}")
    return model.eval(), metadata
