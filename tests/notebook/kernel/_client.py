"""
A Jupyter client that a test tells what to do: a JSON object a line on standard input, an answer a line on standard output.

    python _client.py FOLDER [NAME=VALUE ...]

    {"execute": "1 + 1", "interrupt": 0.5}   the cell's outputs and reply; it is interrupted so many seconds after it
                                             has begun, or, with "interruptAt", when it has printed a text;
                                             with "then", later outputs are waited for so many seconds,
                                             with "until", until a text is among the outputs
    {"kill": "while (true) {}"}              the kernel is killed after the cell has begun
    {"complete": "entries[0].", "cursor": 11}, {"inspect": "f(", "cursor": 2}
"""

import asyncio
import json
import os
import sys

from jupyter_client.manager import AsyncKernelManager


async def main(folder, *variables):
    env = {**os.environ, **dict(variable.split("=", 1) for variable in variables)}
    manager = AsyncKernelManager(kernel_name="deno")
    await manager.start_kernel(cwd=folder, env=env)
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(120)
    print(json.dumps({"ready": True}), flush=True)
    loop = asyncio.get_running_loop()
    try:
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            asked = json.loads(line)
            if "execute" in asked:
                answer = await execute(manager, client, asked)
            elif "kill" in asked:
                client.execute(asked["kill"])
                while (await asyncio.wait_for(client.get_iopub_msg(), 120))["msg_type"] != "execute_input":
                    pass
                await manager.provisioner.kill()
                answer = {}
            else:
                kind = "complete" if "complete" in asked else "inspect"
                content = {"code": asked[kind], "cursor_pos": asked["cursor"], "detail_level": 0}
                request = client.session.msg(f"{kind}_request", content)
                client.shell_channel.send(request)
                answer = (await reply_to(client, request["header"]["msg_id"]))["content"]
            print(json.dumps(answer), flush=True)
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def execute(manager, client, asked):
    metadata = {"cellId": asked["cell"]} if "cell" in asked else {}
    content = {"code": asked["execute"], "silent": False, "store_history": True, "user_expressions": {}}
    request = client.session.msg("execute_request", {**content, "allow_stdin": False, "stop_on_error": True}, metadata=metadata)
    client.shell_channel.send(request)
    message_id = request["header"]["msg_id"]
    interrupt = lambda: asyncio.ensure_future(manager.interrupt_kernel())  # noqa: E731
    outputs = []
    idle = False
    while not idle:
        message = await asyncio.wait_for(client.get_iopub_msg(), 120)
        kind, content = message["msg_type"], message["content"]
        own = message["parent_header"].get("msg_id") == message_id
        if kind == "status":
            idle = own and content["execution_state"] == "idle"
        elif kind == "execute_input":
            if own and "interrupt" in asked:
                asyncio.get_running_loop().call_later(asked["interrupt"], interrupt)
        else:
            if kind == "stream" and asked.get("interruptAt", "\0") in content["text"]:
                interrupt()
            outputs.append({"kind": kind, "own": own, **content})
    reply = await reply_to(client, message_id)
    late = []
    until = asked.get("until")
    patience = 30 if until else asked.get("then", 0)
    while patience > 0 and not (until and until in json.dumps([outputs, late])):
        try:
            message = await asyncio.wait_for(client.get_iopub_msg(), patience)
        except asyncio.TimeoutError:
            break
        if message["msg_type"] != "status":
            late.append({"kind": message["msg_type"], **message["content"]})
            patience = patience if until else min(patience, 0.5)
    return {"outputs": outputs, "late": late, "reply": reply["content"], "alive": await manager.is_alive()}


async def reply_to(client, message_id):
    while True:
        message = await asyncio.wait_for(client.get_shell_msg(), 120)
        if message["parent_header"].get("msg_id") == message_id:
            return message


asyncio.run(main(*sys.argv[1:]))
