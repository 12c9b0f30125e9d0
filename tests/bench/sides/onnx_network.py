"""ONNX Runtime's and OpenVINO's side of inference: the same ResNet v2 on random images, a batch at a time."""

from commands import answer_commands, latencies_of, rate_of

import numpy as np
from onnx_resnet import resnet_onnx

state = {}


def open(depth, size, batch, engine, precision):
    images = np.random.default_rng(1).random((batch, 1, size, size), "float32")
    model = resnet_onnx(depth, size)
    score = {"onnxruntime": on_onnx_runtime, "openvino": on_openvino}[engine](model, images.shape, precision)
    state.update(infer=lambda: score(images), batch=batch)


def on_onnx_runtime(model, shape, precision):
    import onnxruntime

    state["version"] = onnxruntime.__version__
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return lambda images: session.run(None, {"images": images})[0]


def on_openvino(model, shape, precision):
    import openvino

    state["version"] = openvino.__version__.split("-")[0]
    network = openvino.Core().read_model(model)
    network.reshape(list(shape))
    hint = {"float32": "f32", "bfloat16": "bf16"}[precision]
    request = openvino.compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": hint}).create_infer_request()
    return lambda images: request.infer({0: images})[0]


def infer(seconds):
    return state["batch"] * rate_of(state["infer"], seconds)


def latency(seconds):
    return latencies_of(state["infer"], seconds)


answer_commands(open=open, infer=infer, latency=latency, version=lambda: state["version"])
