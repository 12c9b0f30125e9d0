"""PyTorch's side of training and inference: the same ResNet v2, channels last, on random images, a step at a time."""

from commands import answer_commands, latencies_of, rate_of

import torch
from torch import nn

OUTPUTS = 14
state = {}


class Block(nn.Module):
    def __init__(self, channels, inner, outer, strides, first, activated):
        super().__init__()
        before = [] if activated else [nn.BatchNorm2d(channels), nn.ReLU()]
        self.inside = nn.Sequential(
            *before, nn.Conv2d(channels, inner, 1, strides),
            nn.BatchNorm2d(inner), nn.ReLU(), nn.Conv2d(inner, inner, 3, 1, 1),
            nn.BatchNorm2d(inner), nn.ReLU(), nn.Conv2d(inner, outer, 1),
        )
        self.beside = nn.Conv2d(channels, outer, 1, strides) if first else nn.Identity()

    def forward(self, x):
        return self.beside(x) + self.inside(x)


def resnet(depth, size):
    modules = [nn.Conv2d(1, 16, 3, 1, 1), nn.BatchNorm2d(16), nn.ReLU()]
    channels = inner = 16
    for stage in range(3):
        outer = inner * (2 if stage else 4)
        for block in range((depth - 2) // 9):
            strides = 2 if stage and block == 0 else 1
            modules.append(Block(channels, inner, outer, strides, block == 0, stage == 0 and block == 0))
            channels = outer
        inner = outer
    features = channels * (size // 32) ** 2
    modules += [nn.BatchNorm2d(channels), nn.ReLU(), nn.AvgPool2d(8), nn.Flatten(), nn.Linear(features, OUTPUTS)]
    return nn.Sequential(*modules)


def open(depth, size, batch, precision, compile):
    torch.manual_seed(1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = resnet(depth, size).to(device, memory_format=torch.channels_last)
    decayed = [module.weight for module in model.modules() if isinstance(module, nn.Conv2d)]
    adam = torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7)
    images = torch.rand(batch, 1, size, size).to(device, memory_format=torch.channels_last)
    truth = (torch.rand(batch, OUTPUTS) < 0.1).float().to(device)
    mixed = lambda: torch.autocast(device, torch.bfloat16, precision == "bfloat16")
    run = torch.compile(model) if compile else model

    def train():
        model.train()
        adam.zero_grad()
        with mixed():
            logits = run(images)
        p = torch.sigmoid(logits.float())
        positives = 0.9 * truth * torch.log(p + 1e-7)
        negatives = 0.1 * (1 - truth) * torch.log(1 - p + 1e-7)
        loss = -(positives + negatives).mean() + 1e-4 * sum(weight.square().sum() for weight in decayed)
        loss.backward()
        adam.step()
        return loss.item()

    def infer():
        model.eval()
        with torch.inference_mode(), mixed():
            return run(images).cpu()

    state.update(train=train, infer=infer, batch=batch)


def train(seconds):
    return state["batch"] * rate_of(state["train"], seconds)


def infer(seconds):
    return state["batch"] * rate_of(state["infer"], seconds)


def latency(seconds):
    return latencies_of(state["infer"], seconds)


answer_commands(open=open, train=train, infer=infer, latency=latency, version=lambda: torch.__version__)
