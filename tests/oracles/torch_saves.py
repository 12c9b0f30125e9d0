"""Writes tests/fixtures/model/torch: one small DenseNet saved by PyTorch in the ways in which people save networks.

Its weights are formulas of PyTorch's names and shapes, as in torch_networks.py. outputs.json has torchxrayvision's logits
for two images, and the first values that the state dicts of half precision have.

    pip install torch torchvision torchxrayvision && python tests/oracles/torch_saves.py
"""

import collections
import json
import re
from pathlib import Path

import numpy as np
import torch
import torchvision
import torchxrayvision

from _formula import images, rounded, wave

FOLDER = Path(__file__).parent.parent / "fixtures" / "model" / "torch"
LABELS = (
    "Atelectasis Cardiomegaly Consolidation Edema Effusion Emphysema Fibrosis Hernia Infiltration Mass Nodule "
    "Pleural_Thickening Pneumonia Pneumothorax"
).split()
SIZE = 64
SMALL = dict(growth_rate=2, block_config=(1, 1, 2, 1), num_init_features=4, num_classes=len(LABELS))


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


def with_formula(model):
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                value.copy_(torch.from_numpy(weight(name, tuple(value.shape))))
    return model.eval()


def densenet():
    return with_formula(torchvision.models.DenseNet(**SMALL))


def xrv():
    model = with_formula(torchxrayvision.models.DenseNet(**SMALL, in_channels=1))
    # What torchxrayvision's own files have where weights were trained.
    model.pathologies = LABELS
    return model


def trained(model):
    """An optimizer with a state, as after a step."""
    optimizer = torch.optim.Adam(model.parameters())
    for parameter in list(model.parameters())[:3]:
        optimizer.state[parameter] = dict(
            step=torch.tensor(1.0), exp_avg=torch.zeros_like(parameter), exp_avg_sq=torch.zeros_like(parameter)
        )
    return optimizer


def prefixed(prefix, state):
    return collections.OrderedDict((prefix + name, value) for name, value in state.items())


def old_names(state):
    """Those of torchvision before 0.2.2: norm.1 for norm1, and the last layer before a sigmoid."""
    renamed = collections.OrderedDict()
    for name, value in state.items():
        name = re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", name)
        renamed[re.sub(r"^classifier\.", "classifier.0.", name)] = value
    return renamed


class Chest(torch.nn.Module):
    """A network within a network, with a last layer behind dropout."""

    def __init__(self):
        super().__init__()
        self.backbone = densenet()
        self.backbone.classifier = torch.nn.Sequential(torch.nn.Dropout(0.2), self.backbone.classifier)
        self.loss = torch.nn.BCEWithLogitsLoss(pos_weight=torch.ones(14))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    # The legacy form of a whole module has the source text of its classes, which is others' and is not needed.
    torch.serialization.get_source_lines_and_file = lambda module: (["# left out\n"], 0, "left_out.py")
    model = densenet()
    state = model.state_dict()

    def save(name, value, legacy=False):
        torch.save(value, FOLDER / name, _use_new_zipfile_serialization=not legacy)

    save("bare.pth", state)
    save("bare_legacy.pth", state, legacy=True)
    save("state_dict.pt", dict(state_dict=state, epoch=3, best=0.5))
    save("data_parallel.bin", prefixed("module.", state))
    save(
        "chexnet.pth.tar",
        dict(
            epoch=3,
            state_dict=prefixed("module.densenet121.", old_names(state)),
            best_loss=0.5,
            optimizer=trained(model).state_dict(),
        ),
        legacy=True,
    )
    save(
        "with_optimizer.tar",
        dict(model_state_dict=state, optimizer_state_dict=trained(model).state_dict(), ema_state_dict=state.copy()),
    )
    save(
        "lightning.ckpt",
        {
            "epoch": 3,
            "state_dict": {**prefixed("model.", state), "criterion.pos_weight": torch.ones(14)},
            "optimizer_states": [trained(model).state_dict()],
            "hyper_parameters": {"class_names": [label.replace("_", " ") for label in LABELS], "lr": 1e-3},
        },
    )
    save("half.pth", model.half().state_dict())
    model = densenet()
    save("bfloat16.pth", model.bfloat16().state_dict())
    save("double.pth", densenet().double().state_dict())
    save("channels_last.pth", densenet().to(memory_format=torch.channels_last).state_dict())
    save("whole.pt", densenet())
    save("whole_legacy.pt", torch.nn.DataParallel(densenet()), legacy=True)
    save("whole_nested.pt", dict(net=Chest(), epoch=1))
    save("torchxrayvision.pt", xrv())
    save("torchxrayvision_legacy.pt", xrv(), legacy=True)
    save("torchxrayvision_state.pt", xrv().state_dict())

    grey = torch.from_numpy(images("images", (2, 1, SIZE, SIZE)).astype(np.float64))
    with torch.no_grad():
        logits = xrv().double()(2048 * grey - 1024).numpy()
    name = "features.conv0.weight"
    rounding = {kind: torch.from_numpy(weight(name, tuple(state[name].shape))).float().to(getattr(torch, kind)).float() for kind in ("half", "bfloat16")}
    answer = dict(torchxrayvision=rounded(logits), **{kind: rounded(value.flatten()[:20].numpy()) for kind, value in rounding.items()})
    (FOLDER / "outputs.json").write_text(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
