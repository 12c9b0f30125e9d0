"""
Asks notebook kernels the same things, as any Jupyter client does, and prints a table of what they answered.

    python tests/oracles/notebook_environments.py FOLDER_OF_THE_PROJECT

It needs the kernels `python3` (pip install ipykernel), `tslab` (npm install tslab; tslab install) and `deno` (this
project's, made ready by `deno task lab`) where `jupyter kernelspec list` finds them; those that are missing are left out.
"""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

PATIENCE = 40
"""Seconds after which a kernel is taken not to answer."""

PYTHON = {
    "syntax": "x = (",
    "type": "print('ran')\nn: int = 'one'",
    "value": "class Entry:\n    def __init__(self):\n        self.patient = '7'\nentries = [Entry()]\nkept = 41",
    "member": "entries[0].pat",
    "tooltip": ("import json", "json.dumps"),
    "busy": "while True: pass",
    "await": "import asyncio\nawait asyncio.sleep(1000)",
    "kept": "kept + 1",
    "late": "import asyncio\nasync def fail():\n    await asyncio.sleep(0.2)\n    raise ValueError('late error')\nasyncio.create_task(fail())\n1",
    "module": ("edited.py", "version = {}"),
    "import": "import edited\nedited.version",
}
TYPESCRIPT = {
    "syntax": "const x = {",
    "type": "console.log('ran');\nconst n: number = 'one';",
    "value": "class Entry { patient = '7' }\nconst entries = [new Entry()];\nconst kept = 41;",
    "member": "entries[0].pat",
    "tooltip": ("", "JSON.stringify"),
    "busy": "while (true) {}",
    "await": "await new Promise(() => setTimeout(() => {}, 1e6))",
    "kept": "kept + 1",
    "late": "setTimeout(() => { throw new Error('late error'); }, 200);\n1",
    "module": ("edited.ts", "export const version = {};"),
    "import": "import { version } from './edited.ts';\nversion",
}
KERNELS = {"python3": PYTHON, "tslab": {**TYPESCRIPT, "import": "import { version } from './edited';\nversion"}, "deno": TYPESCRIPT}


class Asked:
    """A kernel, started anew for each question, so that one that died answers the next."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder

    async def __aenter__(self):
        self.manager = AsyncKernelManager(kernel_name=self.name)
        await self.manager.start_kernel(cwd=self.folder, env={**os.environ, "THORAX_TYPES_WAIT": "60"})
        self.client = self.manager.client()
        self.client.start_channels()
        await self.client.wait_for_ready(120)
        return self

    async def __aexit__(self, *_):
        self.client.stop_channels()
        await self.manager.shutdown_kernel(now=True)

    async def run(self, code, interrupt=False, late=0):
        """What a cell showed, and how it ended: "ok", "error" or "no answer"."""
        request = self.client.execute(code)
        shown, ended, over = [], "no answer", False
        try:
            while not over:
                message = await asyncio.wait_for(self.client.get_iopub_msg(), PATIENCE)
                kind, content = message["msg_type"], message["content"]
                if kind == "execute_input" and interrupt:
                    asyncio.get_running_loop().call_later(
                        1, lambda: asyncio.ensure_future(self.manager.interrupt_kernel())
                    )
                shown.append(text_of(kind, content))
                over = kind == "status" and content["execution_state"] == "idle" and own(message, request)
            while message := await asyncio.wait_for(self.client.get_shell_msg(), PATIENCE):
                if own(message, request):
                    ended = message["content"]["status"]
                    break
            while late > 0:
                message = await asyncio.wait_for(self.client.get_iopub_msg(), late)
                shown.append(text_of(message["msg_type"], message["content"]))
        except asyncio.TimeoutError:
            pass
        return re.sub(r"\x1b\[[0-9;]*m", "", "".join(shown)), ended

    async def ask(self, kind, code):
        content = {"code": code, "cursor_pos": len(code), "detail_level": 0}
        request = self.client.session.msg(f"{kind}_request", content)
        self.client.shell_channel.send(request)
        try:
            while message := await asyncio.wait_for(self.client.get_shell_msg(), PATIENCE):
                if own(message, request["header"]["msg_id"]):
                    return message["content"]
        except asyncio.TimeoutError:
            return {}


def own(message, request):
    return message["parent_header"].get("msg_id") == request


def text_of(kind, content):
    if kind == "stream":
        return content["text"]
    if kind == "error":
        return "\n".join([content["evalue"], *content["traceback"]])
    return content["data"].get("text/plain", "") if kind == "execute_result" else ""


async def asked(name, ask, folder):
    """Yields each question and its answer."""
    async with Asked(name, folder) as kernel:
        text, ended = await kernel.run(ask["syntax"])
        yield "a syntax error is shown", f"yes: {first_line(text)}" if text.strip() else f"no ({ended})"
        text, ended = await kernel.run(ask["type"], late=1)
        told = re.search(r".*(not assignable|[Ii]ncompatible).*", text)
        yield "a type error is shown", f"yes, cell {'runs' if 'ran' in text.split() else 'does not run'}" if told else "no"
        await kernel.run(ask["value"])
        matches = (await kernel.ask("complete", ask["member"])).get("matches", [])
        yield "entries[0].pat is completed", "yes" if any(match.endswith("patient") for match in matches) else "no"
        await kernel.run(ask["tooltip"][0])
        found = (await kernel.ask("inspect", ask["tooltip"][1])).get("data", {}).get("text/plain", "")
        yield "a tooltip has signature and doc", "yes" if "(" in found and len(found.split("\n")) > 1 else "no"
    for what, question in (("busy", "a stopped busy loop"), ("await", "a stopped await")):
        async with Asked(name, folder) as kernel:
            await kernel.run(ask["value"])
            _, ended = await kernel.run(ask[what], interrupt=True)
            text, _ = await kernel.run(ask["kept"])
            alive = await kernel.manager.is_alive()
            kept = "variables alive" if "42" in text else "no answer after" if alive else "kernel dead"
            yield question, f"{'ended' if ended == 'error' else f'not ended in {PATIENCE} s'}, {kept}"
    async with Asked(name, folder) as kernel:
        text, _ = await kernel.run(ask["late"], late=3)
        text += (await kernel.run("1"))[0]
        alive = await kernel.manager.is_alive()
        yield "an error in a timer or task", ("shown" if "late error" in text else "not shown") + ("" if alive else ", kernel dead")
    async with Asked(name, folder) as kernel:
        file, module = ask["module"]
        values = []
        for version in (1, 2):
            Path(folder, file).write_text(module.format(version) + "\n" * version)
            text, _ = await kernel.run(ask["import"])
            values.append(text.strip().split("\n")[-1])
        yield "an edited module is imported anew", "yes" if values == ["1", "2"] else f"no ({values[0]}, then {values[1]})"


def first_line(text):
    return next((line.strip() for line in text.split("\n") if line.strip()), "")[:70]


async def main():
    specs = KernelSpecManager().find_kernel_specs()
    for name, ask in KERNELS.items():
        if name not in specs:
            print(f"{name}: not installed", flush=True)
            continue
        with tempfile.TemporaryDirectory() as folder:
            async for question, answer in asked(name, ask, folder):
                print(f"{name} | {question} | {answer}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
