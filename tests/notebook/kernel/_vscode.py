"""
Speaks to the kernel as VS Code's Jupyter extension does, which starts it by its kernelspec's argv, without a Jupyter server.
What it asked and what was answered is written as one JSON object a line.

    python _vscode.py KERNEL_JSON FOLDER

As its sources have it (microsoft/vscode-jupyter, src/kernels/raw: kernelProcess, rawSocket, rawKernelConnection): one
identity for shell, control and stdin; an interrupt by message goes through the *shell*; nothing asks the kernel to shut
down, but its descendants and then itself are ended by SIGTERM; a restart is a new process with new ports.
"""

import json
import os
import socket
import subprocess
import sys
import time
import uuid

import psutil
import zmq
from jupyter_client.session import Session

PATIENCE = 120
CHANNELS = ("shell", "control", "stdin", "iopub", "hb")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_until_used(port):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"nothing listens at port {port}")


class RawKernel:
    started = []

    def __init__(self, spec, folder):
        self.connection = {
            **{f"{channel}_port": port for channel, port in zip(CHANNELS, free_ports(len(CHANNELS)), strict=True)},
            **{"ip": "127.0.0.1", "transport": "tcp", "signature_scheme": "hmac-sha256"},
            **{"key": str(uuid.uuid4()), "kernel_name": "deno"},
        }
        file = os.path.join(folder, f"kernel-v2-{uuid.uuid4()}.json")
        with open(file, "w", encoding="utf-8") as out:
            json.dump(self.connection, out)
        argv = [part.replace("{connection_file}", file) for part in spec["argv"]]
        env = {**os.environ, **spec.get("env", {}), "THORAX_TYPES_WAIT": "60"}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(argv, cwd=folder, env=env, **quiet)
        self.started.append(self.process)
        for channel in ("shell", "iopub"):
            wait_until_used(self.connection[f"{channel}_port"])
        self.session = Session(key=self.connection["key"].encode(), username="vscode")
        self.context, identity = zmq.Context(), str(uuid.uuid4()).encode()
        self.sockets = {channel: self.connect(channel, identity) for channel in CHANNELS[:-1]}
        time.sleep(0.5)  # So that the subscription is heard of.

    def connect(self, channel, identity):
        one = self.context.socket(zmq.SUB if channel == "iopub" else zmq.DEALER)
        one.linger = 0
        if channel == "iopub":
            one.subscribe(b"")
        else:
            one.identity = identity
        one.connect(f"tcp://127.0.0.1:{self.connection[f'{channel}_port']}")
        return one

    def send(self, channel, kind, content, metadata=None):
        return self.session.send(self.sockets[channel], kind, content, metadata=metadata)["header"]["msg_id"]

    def request(self, kind, content, *, channel="shell", metadata=None, interrupt=False, answer=None):
        """The reply to a request and what was published for it, up to "idle"."""
        asked = self.send(channel, kind, content, metadata)
        reply, outputs, interrupted, idle = None, [], None, False
        deadline = time.monotonic() + PATIENCE
        while reply is None or not idle:
            for name, one in self.sockets.items():
                if not one.poll(20):
                    continue
                _, message = self.session.recv(one, mode=0)
                type_, own = message["header"]["msg_type"], message["parent_header"].get("msg_id") == asked
                if name == "stdin":
                    self.session.send(one, "input_reply", {"value": answer}, parent=message)
                elif own and name == channel:
                    reply = message["content"]
                elif type_ == "interrupt_reply":
                    interrupted = message["content"]
                elif own and type_ == "status":
                    idle = message["content"]["execution_state"] == "idle"
                elif own and type_ == "execute_input":
                    if interrupt:
                        time.sleep(0.5)
                        self.send("shell", "interrupt_request", {})
                elif own:
                    outputs.append({"kind": type_, **message["content"]})
            if time.monotonic() > deadline:
                raise TimeoutError(f"{kind}: reply {reply}, idle {idle}, {outputs}")
        return {"reply": reply, "outputs": outputs, "interrupted": interrupted}

    def execute(self, code, *, silent=False, store_history=True, **more):
        flags = {"silent": silent, "store_history": store_history, "allow_stdin": True, "stop_on_error": False}
        content = {"code": code, "user_expressions": {}, **flags}
        metadata = {"cellId": f"vscode-notebook-cell:{hash(code)}"}
        return self.request("execute_request", content, metadata=metadata, **more)

    def dispose(self):
        """Ends it as the extension does; returns how many of its processes are left after ten seconds."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        for child in family:
            try:
                child.terminate()
            except psutil.NoSuchProcess:
                pass
        self.process.terminate()
        self.process.wait(10)
        self.context.destroy(linger=0)
        return len(psutil.wait_procs(family, timeout=10)[1])


def say(**told):
    print(json.dumps(told), flush=True)


def main(file, folder):
    with open(file, encoding="utf-8") as text:
        spec = json.load(text)
    one, two = RawKernel(spec, folder), RawKernel(spec, folder)
    say(info=one.request("kernel_info_request", {})["reply"], interrupt_mode=spec["interrupt_mode"])
    say(silent=one.execute("globalThis.hidden = 41; 1", silent=True, store_history=False))
    say(helper=one.execute("globalThis.hidden", store_history=False))
    say(cell=one.execute("const kept = 41;\nconsole.log('one');\nkept + 1"))
    say(wrong=one.execute("const word = 'a';\nword.lenght"))
    say(syntax=one.execute("const x = {"))
    code = "kept.toFi"
    say(complete=one.request("complete_request", {"code": code, "cursor_pos": len(code)})["reply"])
    code = "JSON.stringify"
    inspect = {"code": code, "cursor_pos": len(code), "detail_level": 0}
    say(inspect=one.request("inspect_request", inspect)["reply"])
    say(input=one.execute("prompt('Name?')", answer="Ada"))
    for code in ("await new Promise(() => {})", "while (true) {}"):
        say(stopped=one.execute(code, interrupt=True), then=one.execute("kept + 1"))
    say(idle=one.request("interrupt_request", {}), then=one.execute("kept + 2"))
    say(other=two.execute("typeof kept"))
    say(left=one.dispose())
    three = RawKernel(spec, folder)
    say(restarted=three.execute("typeof kept"), other=two.execute("6 * 7"))
    say(left=two.dispose() + three.dispose())


try:
    main(*sys.argv[1:])
finally:
    for process in RawKernel.started:
        process.kill()  # Where an answer did not come; what a kernel has started ends with it.
