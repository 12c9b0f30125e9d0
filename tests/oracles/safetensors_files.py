"""Writes tests/fixtures/model/python.safetensors with Python's own package, one tensor of each element type.

    pip install numpy safetensors==0.8.0 && python tests/oracles/safetensors_files.py
"""

from pathlib import Path

import numpy as np
from safetensors import TensorSpec, serialize_file

FIXTURE = Path(__file__).parent.parent / "fixtures" / "model" / "python.safetensors"


def write():
    arrays = {
        "dense/kernel": ("float32", np.arange(6, dtype=np.float32).reshape(2, 3) / 4),
        "dense/bias": ("float32", np.array([-1.5, np.inf, 2.0**-149], np.float32)),
        "half": ("float16", np.array([1, -2, 65504], np.float16)),
        "brain": ("bfloat16", np.array([0x3F80, 0xC000, 0x7F80], np.uint16)),
        "double": ("float64", np.array([0.1, -1e300])),
        "step": ("int64", np.array(2**53 + 1, np.int64)),
        "seed": ("uint64", np.array([2**64 - 1], np.uint64)),
        "int": ("int32", np.array([[-5], [7]], np.int32)),
        "uint": ("uint32", np.array([2**32 - 1], np.uint32)),
        "short": ("int16", np.array([-300, 300], np.int16)),
        "ushort": ("uint16", np.array([65535], np.uint16)),
        "byte": ("uint8", np.array([0, 255], np.uint8)),
        "sbyte": ("int8", np.array([-128, 127], np.int8)),
        "mask": ("bool", np.array([True, False, True])),
        "empty": ("float32", np.zeros((0, 4), np.float32)),
        "größe": ("float32", np.array([3], np.float32)),
    }
    tensors = {
        name: TensorSpec(dtype=dtype, shape=array.shape, data_ptr=array.ctypes.data, data_len=array.nbytes)
        for name, (dtype, array) in arrays.items()
    }
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    serialize_file(tensors, FIXTURE, {"network": 'resnet11v2 "test"'})


if __name__ == "__main__":
    write()
