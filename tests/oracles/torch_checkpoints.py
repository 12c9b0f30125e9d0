"""Writes tests/fixtures/model/torch_*.pth: small checkpoints as PyTorch's torch.save writes them, without PyTorch.

The pickles name torch's classes through modules that stand in for them here; the layout of both forms follows
torch/serialization.py (_legacy_save and _save) and torch/_tensor.py (__reduce_ex__) of PyTorch 2.

    pip install numpy && python tests/oracles/torch_checkpoints.py

With a legacy checkpoint's path, prints shape, strides and sum of its tensors, to compare with what we read:

    python tests/oracles/torch_checkpoints.py weights.pth
"""

import collections
import io
import pickle
import struct
import sys
import types
import zipfile
from pathlib import Path

import numpy as np

FIXTURES = Path(__file__).parent.parent / "fixtures" / "model"
SYSTEM = dict(protocol_version=1001, little_endian=True, type_sizes=dict(short=2, int=4, long=4))
MAGIC = 0x1950A86A20F9469CFC6C
DTYPES = {
    "BoolStorage": np.bool_,
    "ByteStorage": np.uint8,
    "CharStorage": np.int8,
    "ShortStorage": np.int16,
    "IntStorage": np.int32,
    "LongStorage": np.int64,
    "HalfStorage": np.float16,
    "BFloat16Storage": np.uint16,  # its bits
    "FloatStorage": np.float32,
    "DoubleStorage": np.float64,
}


def rebuild_tensor(storage, offset, shape, strides, requires_grad, hooks):
    elements = storage.elements[offset:]
    return np.lib.stride_tricks.as_strided(elements, shape, [stride * elements.itemsize for stride in strides])


def module(name, **names):
    sys.modules[name] = types.ModuleType(name)
    for key, value in names.items():
        value.__module__, value.__qualname__, value.__name__ = name, key, key
        setattr(sys.modules[name], key, value)
    return sys.modules[name]


utils = module("torch._utils", _rebuild_tensor_v2=rebuild_tensor, _rebuild_parameter=lambda data, grad, hooks: data)
torch = module("torch", **{name: type(name, (), {}) for name in DTYPES})
torch._utils = utils


class Storage:
    def __init__(self, kind, elements):
        self.kind, self.elements = kind, np.asarray(elements, DTYPES[kind])


class Tensor:
    def __init__(self, storage, shape, strides, offset=0):
        self.arguments = (storage, offset, shape, strides, False, collections.OrderedDict())

    def __reduce_ex__(self, protocol):
        return utils._rebuild_tensor_v2, self.arguments


class Parameter(Tensor):
    def __reduce_ex__(self, protocol):
        return utils._rebuild_parameter, (Tensor(*self.arguments[:1], *self.arguments[2:4]), True, collections.OrderedDict())


def dump(value, legacy, protocol=2):
    """The pickle, and the storages that it names by key."""
    keys, storages = {}, {}

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if not isinstance(value, Storage):
                return None
            key = keys.setdefault(id(value), str(len(keys)))
            storages[key] = value
            kind = getattr(torch, value.kind)
            return ("storage", kind, key, "cpu", len(value.elements)) + ((None,) if legacy else ())

    buffer = io.BytesIO()
    Pickler(buffer, protocol).dump(value)
    return buffer.getvalue(), storages


def save_legacy(name, value):
    pickled, storages = dump(value, legacy=True)
    with open(FIXTURES / name, "wb") as file:
        for part in (MAGIC, 1001, SYSTEM):
            pickle.dump(part, file, 2)
        file.write(pickled)
        pickle.dump(sorted(storages), file, 2)
        for key in sorted(storages):
            file.write(struct.pack("<q", len(storages[key].elements)) + storages[key].elements.tobytes())


def save_zip(name, value, protocol=2):
    pickled, storages = dump(value, legacy=False, protocol=protocol)
    parts = {"data.pkl": pickled, "byteorder": b"little"}
    parts |= {f"data/{key}": storage.elements.tobytes() for key, storage in storages.items()}
    parts["version"] = b"3\n"
    with zipfile.ZipFile(FIXTURES / name, "w", zipfile.ZIP_STORED) as file:
        for part, content in parts.items():
            file.writestr(zipfile.ZipInfo(f"{name.split('.')[0]}/{part}"), content)


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    every = collections.OrderedDict()
    for kind in DTYPES:
        elements = [1, 0, 1] if kind == "BoolStorage" else [1, 2, 3]
        every[kind] = Tensor(Storage(kind, elements), (3,), (1,))
    numbers = Storage("FloatStorage", np.arange(24))
    state = collections.OrderedDict()
    state["rows"] = Tensor(numbers, (2, 3, 4), (12, 4, 1))
    state["channels_last"] = Tensor(numbers, (2, 3, 4), (12, 1, 3))
    state["part"] = Parameter(Storage("FloatStorage", np.arange(4)), (2, 2), (1, 2))
    state["column"] = Tensor(numbers, (3,), (4,), offset=13)
    state["scalar"] = Tensor(Storage("LongStorage", [-(2**40)]), (), ())
    state["empty"] = Tensor(Storage("FloatStorage", []), (0, 5), (5, 1))
    state._metadata = collections.OrderedDict([("", dict(version=1))])
    save_legacy("torch_legacy.pth", state)
    save_zip("torch_zip.pth", state)
    save_zip("torch_every_type.pth", every)
    nested = dict(epoch=3, loss=0.25, name="größe", done=True, best=None, history=[1.5] * 300, state_dict=state, big=2**70)
    save_zip("torch_nested.pth", nested)
    save_zip("torch_protocol_4.pth", nested, protocol=4)


def show(path):
    class Unpickler(pickle.Unpickler):
        storages = {}

        def persistent_load(self, saved):
            _, kind, key, _, length, _ = saved
            return self.storages.setdefault(key, Storage(kind.__name__, np.zeros(length)))

    with open(path, "rb") as file:
        for _ in range(3):
            pickle.load(file)
        state = Unpickler(file).load()
        for key in pickle.load(file):
            elements = Unpickler.storages[key].elements
            assert struct.unpack("<q", file.read(8))[0] == len(elements)
            elements[:] = np.frombuffer(file.read(elements.nbytes), elements.dtype)
        assert not file.read()
    for name, array in state.items():
        weights = np.cos(np.arange(array.size))
        total = float((array.ravel().astype(np.float64) * weights).sum())
        print(name, list(array.shape), [stride // array.itemsize for stride in array.strides], total)


if __name__ == "__main__":
    show(sys.argv[1]) if len(sys.argv) > 1 else main()
