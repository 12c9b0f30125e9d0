"""Runs an exported network in the runtimes that it is for, and prints how far each output is from what Thorax says.

    python tests/oracles/exported_networks.py expected.safetensors model.onnx saved-model ...

`expected.safetensors` is what tests/oracles/exported_networks.ts writes beside the exports. It needs numpy and, for the
formats that are given, onnx, onnxruntime, openvino, tensorflow, keras or torch. Ends with status 1 where a difference is
above its bound: a share of the largest value of that output.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np

TYPES = {"U8": "u1", "F32": "<f4", "I32": "<i4"}


def read_safetensors(file):
    data = Path(file).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + at for at in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors, metadata


def sigmoid(x):
    return 1 / (1 + np.exp(-x.astype("float64")))


def calibrated(logits, metadata):
    calibration = json.loads(metadata["calibration"])
    limit = np.log((1 - 1e-7) / 1e-7)
    terms = np.array([[np.nan, np.nan] if c is None else [c["slope"], c["intercept"]] for c in calibration])
    return sigmoid(np.clip(logits.astype("float64"), -limit, limit) * terms[:, 0] + terms[:, 1])


def difference(found, expected):
    if not np.array_equal(np.isnan(found), np.isnan(expected)):
        return np.inf
    return float(np.nanmax(np.abs(found - expected)) / max(1, np.nanmax(np.abs(expected))))


def scaled(maps):
    """Divided by their maximum, as Thorax' maps are."""
    largest = maps.max((2, 3), keepdims=True)
    return np.divide(maps, largest, out=np.zeros_like(maps), where=largest > 0)


failures = 0


def judge(runtime, outputs, expected, metadata, bound):
    """Outputs with channels last."""
    global failures
    wanted = {
        "logits": expected["logits"],
        "scores": sigmoid(expected["logits"]),
        "probabilities": calibrated(expected["logits"], metadata),
        "features": expected["features"],
        "grad_cam": expected["maps"],
    }
    if "grad_cam" in outputs:
        outputs["grad_cam"] = scaled(np.moveaxis(outputs["grad_cam"], 3, 1))
    differences = {name: difference(value, wanted[name]) for name, value in outputs.items()}
    print(runtime, *(f"{name} {value:.1e}" for name, value in differences.items()))
    # Maps are shares of their own maximum, which may be little more than rounding.
    bounds = {"grad_cam": max(bound, 1e-4)}
    failures += sum(not value <= bounds.get(name, bound) for name, value in differences.items())


def check_onnx(file, expected):
    import onnx
    import onnxruntime
    import openvino

    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    names = [output.name for output in model.graph.output]
    images = expected["pixels"][:, None]
    channels_last = lambda values: [np.moveaxis(v, 1, -1) if v.ndim == 4 else v for v in values]
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    for count in (1, len(images)):
        first = {name: value[:count] for name, value in expected.items()}
        values = session.run(None, {"images": images[:count]})
        judge(f"ONNX Runtime {count}", dict(zip(names, channels_last(values))), first, metadata, 1e-4)
    compiled = openvino.compile_model(openvino.Core().read_model(file), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    values = compiled({"images": images})
    found = dict(zip(names, channels_last([values[name] for name in names])))
    judge("OpenVINO", found, expected, metadata, 1e-4)


def check_saved_model(folder, expected):
    import tensorflow as tf

    metadata = json.loads((Path(folder) / "metadata.json").read_text())
    serve = tf.saved_model.load(str(folder)).signatures["serving_default"]
    images = expected["pixels"][..., None]
    for count in (1, len(images)):
        first = {name: value[:count] for name, value in expected.items()}
        values = serve(images=tf.constant(images[:count]))
        judge(f"TensorFlow {tf.__version__} {count}", {k: v.numpy() for k, v in values.items()}, first, metadata, 1e-5)


def module_beside(file, ending):
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("exported", str(file)[: -len(ending)] + ".py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_torch(file, expected):
    import torch

    model, metadata = module_beside(file, ".safetensors").load(str(file))
    with torch.no_grad():
        images = torch.from_numpy(expected["pixels"][:, None] / np.float32(255))
        features = np.moveaxis(model.features(images).numpy(), 1, -1)
        judge(f"PyTorch {torch.__version__}", {"logits": model(images).numpy(), "features": features}, expected, metadata, 1e-5)


def check_keras(file, expected):
    import keras

    model, metadata = module_beside(file, ".weights.h5").load(str(file))
    logits = model.predict(expected["pixels"][..., None] / np.float32(255), verbose=0)
    judge(f"Keras {keras.__version__}", {"logits": logits}, expected, metadata, 1e-5)


def main(expected, *models):
    expected, _ = read_safetensors(expected)
    for model in models:
        print(model)
        checks = {".onnx": check_onnx, "saved-model": check_saved_model, ".safetensors": check_torch, ".h5": check_keras}
        checks[Path(model).suffix or Path(model).name](model, expected)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
