"""The same ResNet v2 as an ONNX graph for inference: batch normalisation is part of the convolution before it, where
there is one, as the runtimes make it themselves. The weights are random."""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

OUTPUTS = 14


class Graph:
    def __init__(self):
        self.rng = np.random.default_rng(1)
        self.nodes, self.weights = [], []

    def weight(self, *shape, deviation=0.1, mean=0.0):
        name = f"weight_{len(self.weights)}"
        values = (mean + deviation * self.rng.standard_normal(shape)).astype("float32")
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def add(self, kind, *inputs, **attributes):
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def convolve(self, x, channels, filters, size=1, strides=1):
        kernel = self.weight(filters, channels, size, size, deviation=(2 / (channels * size**2)) ** 0.5)
        # Only 1x1 convolutions have strides, so that "same" padding is even.
        pads = [size // 2] * 4
        return self.add("Conv", x, kernel, self.weight(filters), strides=[strides] * 2, pads=pads)

    def normalize(self, x, channels):
        gamma, variance = (self.weight(channels, deviation=0, mean=1) for _ in range(2))
        beta, mean = (self.weight(channels) for _ in range(2))
        return self.relu(self.add("BatchNormalization", x, gamma, beta, mean, variance, epsilon=1e-3))

    def relu(self, x):
        return self.add("Relu", x)


def resnet_onnx(depth, size):
    """The model as bytes: images [n, 1, size, size] to logits [n, 14]."""
    graph = Graph()
    x = graph.relu(graph.convolve("images", 1, 16, 3))
    channels = inner = 16
    for stage in range(3):
        outer = inner * (2 if stage else 4)
        for block in range((depth - 2) // 9):
            first = block == 0
            strides = 2 if stage and first else 1
            y = x if first and stage == 0 else graph.normalize(x, channels)
            y = graph.relu(graph.convolve(y, channels, inner, strides=strides))
            y = graph.relu(graph.convolve(y, inner, inner, 3))
            y = graph.convolve(y, inner, outer)
            x = graph.add("Add", graph.convolve(x, channels, outer, strides=strides) if first else x, y)
            channels = outer
        inner = outer
    pooled = graph.add("AveragePool", graph.normalize(x, channels), kernel_shape=[8, 8], strides=[8, 8])
    features = channels * (size // 32) ** 2
    dense = [graph.weight(features, OUTPUTS, deviation=(2 / features) ** 0.5), graph.weight(OUTPUTS)]
    graph.nodes.append(helper.make_node("Gemm", [graph.add("Flatten", pooled), *dense], ["logits"]))
    value = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    made = helper.make_graph(
        graph.nodes, "resnet", [value("images", "n", 1, size, size)], [value("logits", "n", OUTPUTS)], graph.weights
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model.SerializeToString()
