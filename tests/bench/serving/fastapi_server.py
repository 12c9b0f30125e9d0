"""The same network behind FastAPI, as its documentation has it: PyTorch in a plain endpoint, run by uvicorn.

    python fastapi_server.py NETWORK.safetensors MODULE.py PORT SIZE

The two files are what `deno task export --format torch` writes for a ResNet v2."""

import importlib.util
import io
import sys

import numpy as np
import torch
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from PIL import Image

weights, module, port, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
spec = importlib.util.spec_from_file_location("network", module)
network = importlib.util.module_from_spec(spec)
spec.loader.exec_module(network)
model = network.load(weights)[0].to(memory_format=torch.channels_last)
app = FastAPI()


def predict(body):
    try:
        image = Image.open(io.BytesIO(body)).convert("L").resize((size, size), Image.Resampling.BOX)
    except Exception as error:
        raise HTTPException(422, str(error)) from error
    pixels = torch.from_numpy(np.asarray(image, "float32") / 255)[None, None]
    with torch.inference_mode():
        return torch.sigmoid(model(pixels))[0].tolist()


@app.post("/predict")
async def answer(request: Request):
    return {"scores": await run_in_threadpool(predict, await request.body())}


print("ready", flush=True)
uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
