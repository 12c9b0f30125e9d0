"""Writes tests/fixtures/training/learning_rate.json: learning rates of 2e-3 at most, step by step.

The cosine is Keras' CosineDecay. One cycle is PyTorch's OneCycleLR with its defaults (pct_start 0.3, cosine, div_factor 25,
final_div_factor 1e4), written after torch/optim/lr_scheduler.py, version 2.9.

    pip install keras tensorflow && python tests/oracles/learning_rate.py
"""

import json
import math
from pathlib import Path

from keras.optimizers.schedules import CosineDecay

FIXTURE = Path(__file__).parent.parent / "fixtures" / "training" / "learning_rate.json"
RATE = 2e-3


def one_cycle(total_steps, max_lr, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    initial_lr = max_lr / div_factor
    min_lr = initial_lr / final_div_factor
    phases = [
        {"end_step": float(pct_start * total_steps) - 1, "start_lr": initial_lr, "end_lr": max_lr},
        {"end_step": total_steps - 1, "start_lr": max_lr, "end_lr": min_lr},
    ]
    rates = []
    for step in range(total_steps):
        start_step = 0.0
        for i, phase in enumerate(phases):
            end_step = phase["end_step"]
            if step <= end_step or i == len(phases) - 1:
                pct = (step - start_step) / (end_step - start_step)
                start, end = phase["start_lr"], phase["end_lr"]
                rates.append(end + (start - end) / 2.0 * (math.cos(math.pi * pct) + 1))
                break
            start_step = phase["end_step"]
    return rates


def cosine(steps):
    schedule = CosineDecay(RATE, decay_steps=steps)
    return [float(schedule(step)) for step in range(steps)]


FIXTURE.parent.mkdir(exist_ok=True)
FIXTURE.write_text(json.dumps({
    "cosine": [{"steps": steps, "rates": cosine(steps)} for steps in (1, 10, 37)],
    "oneCycle": [{"steps": steps, "rates": one_cycle(steps, RATE)} for steps in (1, 2, 3, 4, 10, 100)],
}))
