"""
The kernel `deno` as Jupyter's clients see it: relays between a client and Deno's own kernel, and fills its holes.

    python kernel.py CONNECTION_FILE DENO

Every message goes through untouched, but for these: a cell is first shown to `cells.ts`, which knows its syntax and
types; Tab and Shift+Tab are answered by it; what the user does to a control is handed to `comms.ts` in a cell of its own; an error that Deno's kernel keeps to itself is shown; "idle" waits for
the outputs that belong before it; an interrupt is carried out in the way that the cell allows.
"""

import asyncio
import json
import os
import re
import signal
import sys
import tempfile
import traceback
from pathlib import Path

import zmq
import zmq.asyncio
from jupyter_client.connect import write_connection_file
from jupyter_client.session import Session

HERE = Path(__file__).resolve().parent
DELIMITER = b"<IDS|MSG>"
SETTLED = 0.02
"""Seconds in which outputs may still come after Deno's kernel has said that it is idle."""
LIVELY = 0.25
"""Seconds in which a cell that waits answers to a signal; one that does not is busy."""
WAIT = "THORAX_TYPES_WAIT"
"""The variable that says how many seconds a cell waits for its types before it runs."""
SLOW = 1.0
"""Seconds after which the user is told why an interrupted cell has not ended."""
CONTROLS = "thorax-controls-"
"""How the ids of the requests begin by which the kernel is told what the user does to controls."""
BUSY_CELL = "The cell is inside a call that cannot be interrupted, such as a TensorFlow operation: it ends when that returns.\n"
INTERRUPTED = "the cell was stopped while it computed. Variables keep their values; what it had started may go on."


def seconds_to_wait(value):
    """What the variable says; 0.9 where it says nothing that can be waited for."""
    try:
        return min(max(float(value), 0), 600)
    except (TypeError, ValueError):
        return 0.9


TYPES_WAIT = seconds_to_wait(os.environ.get(WAIT))
PATIENCE = TYPES_WAIT + 0.6
"""Seconds that a cell waits for what is said of it."""


class Cells:
    """The program that knows TypeScript; without it cells run as they are."""

    def __init__(self, deno):
        self.deno = deno
        self.process = None
        self.waiting = {}
        self.count = 0
        self.on_late = None

    async def start(self, kernel, folder):
        """Starts it; when it hears no more of this program, it ends the kernel with this id and removes the folder."""
        command = [self.deno, "run", "--allow-all", "--no-lock", "--config", str(HERE.parents[2] / "deno.json")]
        self.process = await asyncio.create_subprocess_exec(
            *command,
            str(HERE / "cells.ts"),
            str(kernel),
            folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            limit=2**26,
            env={**os.environ, WAIT: str(TYPES_WAIT)},
        )
        asyncio.ensure_future(self.listen(self.process))

    async def listen(self, process):
        async for line in process.stdout:
            answer = json.loads(line)
            if "late" in answer:
                if self.on_late:
                    self.on_late(answer["run"], answer["late"], answer["types"])
            elif (future := self.waiting.pop(answer["id"], None)) and not future.done():
                future.set_result(answer)
        for future in self.waiting.values():
            if not future.done():
                future.set_result(None)
        self.waiting.clear()

    def tell(self, **told):
        """Says something at once, before whatever is asked later; returns the future of its answer, or None."""
        if self.process is None or self.process.returncode is not None:
            return None
        self.count += 1
        future = self.waiting[self.count] = asyncio.get_running_loop().create_future()
        try:
            self.process.stdin.write((json.dumps({"id": self.count, **told}) + "\n").encode())
        except OSError:
            return None
        return future

    async def ask(self, seconds, **question):
        """The answer to a question; None where there is none in time."""
        future = self.tell(**question)
        if future is None:
            return None
        try:
            answer = await asyncio.wait_for(future, seconds)
        except (asyncio.TimeoutError, OSError):
            return None
        return None if answer is None or "error" in answer else answer

    def stop(self):
        if self.process is not None and self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)


class Kernel:
    def __init__(self, connection_file, deno):
        self.deno = deno
        self.outer = json.loads(Path(connection_file).read_text())
        key = self.outer["key"].encode()
        self.session = Session(key=key, signature_scheme=self.outer["signature_scheme"], username="kernel")
        self.context = zmq.asyncio.Context()
        self.cells = Cells(deno)
        self.cells.on_late = self.tell_late_types
        self.senders = {}
        """Whom the reply to a request goes to: Deno's kernel does not give back all of a message's identities."""
        self.requests = {}
        """Of every execute_request under way: its header, its code and what has been seen of it."""
        self.cell_headers = {}
        self.last_header = None
        self.count = 0
        self.alive_signal = None
        self.comms = {}
        """The comms that are open, by their ids: the name of what each is for, and the header of the cell that opened it."""
        self.queue = asyncio.Queue()

    # Sockets

    def bind(self, kind, channel):
        socket = self.context.socket(kind)
        socket.linger = 1000
        transport, ip, port = self.outer["transport"], self.outer["ip"], self.outer[f"{channel}_port"]
        socket.bind(f"{transport}://{ip}:{port}" if transport == "tcp" else f"{transport}://{ip}-{port}")
        return socket

    def connect(self, kind, channel):
        socket = self.context.socket(kind)
        socket.linger = 0
        if kind == zmq.DEALER:
            # Deno asks for input at the identity that a cell came from, so all three are one.
            socket.identity = b"thorax"
        if kind == zmq.SUB:
            socket.subscribe(b"")
        socket.connect(f"tcp://127.0.0.1:{self.inner[f'{channel}_port']}")
        return socket

    async def start(self):
        self.folder = tempfile.mkdtemp(prefix="thorax-kernel-")
        file = os.path.join(self.folder, "connection.json")
        _, self.inner = write_connection_file(file, key=self.outer["key"].encode(), ip="127.0.0.1")
        self.process = await asyncio.create_subprocess_exec(
            self.deno, "jupyter", "--kernel", "--conn", file, start_new_session=True
        )
        self.shell, self.control, self.stdin = (
            self.bind(zmq.ROUTER, channel) for channel in ("shell", "control", "stdin")
        )
        self.iopub, self.heartbeat = self.bind(zmq.PUB, "iopub"), self.bind(zmq.REP, "hb")
        self.inner_shell, self.inner_control, self.inner_stdin = (
            self.connect(zmq.DEALER, channel) for channel in ("shell", "control", "stdin")
        )
        self.inner_iopub = self.connect(zmq.SUB, "iopub")
        await self.cells.start(self.process.pid, self.folder)

    # Messages

    def read(self, frames):
        """Identities and message of the frames of one; its buffers are left out."""
        identities, rest = self.session.feed_identities(frames)
        return identities, self.session.deserialize(rest)

    def frames_of(self, identities, message):
        return [*identities, DELIMITER, *self.session.serialize(message)[1:]]

    async def publish(self, kind, content, parent):
        message = self.session.msg(kind, content, parent={"header": parent} if parent else None)
        await self.iopub.send_multipart(self.frames_of([kind.encode()], message))

    async def tell(self, text, parent):
        await self.publish("stream", {"name": "stderr", "text": text}, parent)

    def tell_late_types(self, run, key, types):
        """Shows what is known late of a cell, unless the cell has been run again since: then that run is told of."""
        header = self.cell_headers.get(key)
        if header is not None and header["msg_id"] == run:
            asyncio.ensure_future(self.tell(types + "\n", header))

    async def forward(self, socket, identities, message):
        """Sends a client's request on to Deno's kernel."""
        self.senders[message["header"]["msg_id"]] = identities
        await socket.send_multipart(self.frames_of([], message))

    # From the client

    async def from_shell(self):
        while True:
            identities, message = self.read(await self.shell.recv_multipart())
            if message["header"]["msg_type"] == "interrupt_request":
                # VS Code asks for it here, where it would have to wait for the cell that it is to end.
                await self.take_interrupt(self.shell, identities, message)
            else:
                await self.queue.put((identities, message))

    async def serve_shell(self):
        """Cells are looked at one after the other, in their order; help does not wait for them."""
        while True:
            identities, message = await self.queue.get()
            kind = message["header"]["msg_type"]
            if kind == "execute_request":
                await self.execute(identities, message)
            elif kind in ("complete_request", "inspect_request"):
                asyncio.ensure_future(self.help(identities, message, kind))
            elif kind in ("comm_open", "comm_msg", "comm_close", "comm_info_request"):
                await self.comm(identities, message, kind)
            else:
                await self.forward(self.inner_shell, identities, message)

    async def execute(self, identities, message):
        header, content = message["header"], message["content"]
        code = content["code"]
        if content.get("silent") or code.strip() == "":
            return await self.forward(self.inner_shell, identities, message)
        key = message["metadata"].get("cellId") or message["metadata"].get("cell_id") or header["msg_id"]
        self.last_header = self.cell_headers[key] = header
        seen = self.requests[header["msg_id"]] = self.unseen(header)
        answer = await self.cells.ask(PATIENCE, **{"do": "execute"}, run=header["msg_id"], key=key, code=code)
        if seen["interrupted"]:
            return await self.refuse(identities, message, "Interrupted", "the cell was stopped before it began")
        if answer is None:
            self.cells.tell(**{"do": "ran"}, key=key, code=code)
            return await self.forward(self.inner_shell, identities, message)
        seen["syntax"] = answer["syntax"]
        if answer["refuse"]:
            return await self.refuse(identities, message, "TypeError", answer["types"])
        if told := answer["edited"] + answer["types"]:
            await self.tell(told.rstrip() + "\n", header)
        content["code"] = answer["code"]
        if not answer["syntax"]:
            self.cells.tell(**{"do": "ran"}, key=key, code=code)
        await self.forward(self.inner_shell, identities, message)

    async def refuse(self, identities, message, name, text):
        """Ends a cell that is not to run."""
        header = message["header"]
        self.requests.pop(header["msg_id"], None)
        await self.publish("status", {"execution_state": "busy"}, header)
        failure = {"ename": name, "evalue": text.split("\n")[0], "traceback": f"{name}: {text}".split("\n")}
        await self.publish("error", failure, header)
        reply = {"status": "error", "execution_count": self.count, **failure}
        answer = self.session.msg("execute_reply", reply, parent={"header": header})
        await self.shell.send_multipart(self.frames_of(identities, answer))
        await self.publish("status", {"execution_state": "idle"}, header)

    async def help(self, identities, message, kind):
        header, content = message["header"], message["content"]
        what = kind.removesuffix("_request")
        answer = await self.cells.ask(
            5, **{"do": what}, key="", code=content["code"], cursor=content["cursor_pos"]
        )
        if answer is None or what == "complete" and not answer["matches"]:
            return await self.forward(self.inner_shell, identities, message)
        await self.publish("status", {"execution_state": "busy"}, header)
        if what == "complete":
            matches = answer["matches"]
            reply = {
                "status": "ok",
                "matches": [match["text"] for match in matches],
                "cursor_start": answer["start"],
                "cursor_end": content["cursor_pos"],
                "metadata": {
                    "_jupyter_types_experimental": [
                        {**match, "start": answer["start"], "end": content["cursor_pos"]} for match in matches
                    ]
                },
            }
        else:
            text = answer["markdown"]
            plain = None if text is None else re.sub(r"^```\w*\n|\n```$", "", text, flags=re.MULTILINE)
            reply = {
                "status": "ok",
                "found": text is not None,
                "data": {} if text is None else {"text/markdown": text, "text/plain": plain},
                "metadata": {},
            }
        answer = self.session.msg(f"{what}_reply", reply, parent={"header": header})
        await self.shell.send_multipart(self.frames_of(identities, answer))
        await self.publish("status", {"execution_state": "idle"}, header)

    async def comm(self, identities, message, kind):
        """Comms between the browser's controls and the kernel; Deno's own kernel knows none that a browser speaks to."""
        header, content = message["header"], message["content"]
        if kind == "comm_msg" and content["comm_id"] in self.comms:
            return await self.tell_control(header, content, message["buffers"])
        await self.publish("status", {"execution_state": "busy"}, header)
        if kind == "comm_info_request":
            wanted = content.get("target_name")
            names = {comm: target for comm, (target, _) in self.comms.items() if wanted in (None, target)}
            comms = {comm: {"target_name": target} for comm, target in names.items()}
            reply = self.session.msg("comm_info_reply", {"status": "ok", "comms": comms}, parent={"header": header})
            await self.shell.send_multipart(self.frames_of(identities, reply))
        elif kind == "comm_close":
            self.comms.pop(content["comm_id"], None)
        else:
            await self.publish("comm_close", {"comm_id": content["comm_id"], "data": {}}, header)
        await self.publish("status", {"execution_state": "idle"}, header)

    async def tell_control(self, header, content, buffers):
        """Hands on what a control sends; its client sends the next only after it has heard that the kernel is idle."""
        files = []
        for buffer in buffers:
            file, name = tempfile.mkstemp(dir=self.folder)
            with os.fdopen(file, "wb") as out:
                out.write(buffer)
            files.append(name)
        received = json.dumps({"id": content["comm_id"], "data": content["data"], "files": files})
        code = f'await globalThis[Symbol.for("thorax.until")](globalThis[Symbol.for("thorax.comms")].receive({received}))'
        told = {"code": code, "silent": True, "store_history": False, "user_expressions": {}}
        message = self.session.msg("execute_request", {**told, "allow_stdin": False, "stop_on_error": False})
        message["msg_id"] = message["header"]["msg_id"] = CONTROLS + message["msg_id"]
        _, opener = self.comms[content["comm_id"]]
        seen = self.requests[message["msg_id"]] = self.unseen(opener or self.last_header)
        seen["begun"].set()
        await self.publish("status", {"execution_state": "busy"}, header)
        await self.inner_shell.send_multipart(self.frames_of([], message))
        asyncio.ensure_future(self.end_control(message["msg_id"], seen, header))

    async def end_control(self, request, seen, header):
        await seen["replied"].wait()
        await asyncio.sleep(SETTLED)
        self.requests.pop(request, None)
        await self.publish("status", {"execution_state": "idle"}, header)

    @staticmethod
    def unseen(header):
        """What is known at first of a request that is sent to Deno's kernel."""
        return {
            "header": header,
            "begun": asyncio.Event(),
            "replied": asyncio.Event(),
            "error": False,
            "syntax": "",
            "interrupted": False,
        }

    async def from_control(self):
        while True:
            identities, message = self.read(await self.control.recv_multipart())
            if message["header"]["msg_type"] == "interrupt_request":
                await self.take_interrupt(self.control, identities, message)
            else:
                await self.forward(self.inner_control, identities, message)

    async def take_interrupt(self, socket, identities, message):
        header = message["header"]
        asyncio.ensure_future(self.interrupt())
        reply = self.session.msg("interrupt_reply", {"status": "ok"}, parent={"header": header})
        await socket.send_multipart(self.frames_of(identities, reply))
        if socket is self.shell:
            await self.publish("status", {"execution_state": "idle"}, header)

    async def interrupt(self):
        """
        Ends what runs. A cell that waits hears a signal and ends itself; one that computes does not hear it and
        is ended by V8; a call into a library ends when it returns.
        """
        under_way = list(self.requests.values())
        for seen in under_way:
            seen["interrupted"] = True
        if not under_way:
            return
        try:
            await asyncio.wait_for(under_way[0]["begun"].wait(), 2 * PATIENCE)
            await asyncio.sleep(SETTLED)
        except asyncio.TimeoutError:
            return
        self.alive_signal = asyncio.Event()
        self.process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(self.alive_signal.wait(), LIVELY)
        except asyncio.TimeoutError:
            ask = self.session.msg("interrupt_request", {})
            await self.inner_control.send_multipart(self.frames_of([], ask))
        try:
            await asyncio.wait_for(under_way[0]["replied"].wait(), SLOW - LIVELY)
        except asyncio.TimeoutError:
            if not self.alive_signal.is_set():
                await self.tell(BUSY_CELL, under_way[0]["header"])

    # From Deno's kernel

    async def replies(self, source, target):
        """Takes replies (and questions to the user) back to where their requests came from."""
        while True:
            _, message = self.read(await source.recv_multipart())
            parent = message["parent_header"].get("msg_id")
            seen = self.requests.get(parent) if source is self.inner_shell else None
            if seen is not None:
                await self.complete_reply(seen, message)
            sender = self.senders.get(parent)
            if sender is None:
                if seen is not None:
                    seen["replied"].set()
                continue
            if source is not self.inner_stdin:
                del self.senders[parent]
            await target.send_multipart(self.frames_of(sender, message))
            if seen is not None:
                seen["replied"].set()

    async def answers(self):
        """Takes what the user types to Deno's kernel."""
        while True:
            _, message = self.read(await self.stdin.recv_multipart())
            await self.inner_stdin.send_multipart(self.frames_of([], message))

    async def complete_reply(self, seen, message):
        """Where a cell failed and nothing was said of it, that is made good."""
        content = message["content"]
        self.count = content.get("execution_count", self.count)
        if content.get("status") != "error":
            return
        if not seen["error"]:
            await asyncio.sleep(SETTLED)
        if seen["error"]:
            return
        if seen["interrupted"]:
            name, text, more = "Interrupted", INTERRUPTED, []
        else:
            name, text = "SyntaxError", seen["syntax"] or "the cell could not be parsed"
            more = ["Nothing of the cell was run."]
        failure = {"ename": name, "evalue": text.split("\n")[0], "traceback": [f"{name}: {text}", *more]}
        await self.publish("error", failure, seen["header"])
        content.update(failure)

    async def from_inner_iopub(self):
        while True:
            frames = await self.inner_iopub.recv_multipart()
            topic, message = self.read(frames)
            kind, content = message["header"]["msg_type"], message["content"]
            parent = message["parent_header"].get("msg_id")
            seen = self.requests.get(parent)
            if kind == "thorax_interrupt_heard":
                if self.alive_signal is not None:
                    self.alive_signal.set()
                continue
            if kind == "comm_open":
                self.comms[content["comm_id"]] = (content["target_name"], message["parent_header"])
            elif kind == "comm_close":
                self.comms.pop(content["comm_id"], None)
            if parent is not None and parent.startswith(CONTROLS):
                if kind in ("status", "execute_input"):
                    continue
                # What a control's function prints stands below the cell that the control is in.
                message["parent_header"] = seen["header"] if seen is not None else self.last_header or {}
                frames = self.frames_of(topic, message)
            if seen is not None and kind == "status" and content["execution_state"] == "idle":
                asyncio.ensure_future(self.idle(seen, parent, frames))
                continue
            if kind == "execute_input" and seen is not None:
                seen["begun"].set()
            if kind == "error" and seen is not None:
                seen["error"] = True
                frames = await self.folded(topic, message, frames)
            await self.iopub.send_multipart(frames)

    async def idle(self, seen, parent, frames):
        """Says that a cell has ended once its reply and its last outputs are on their way."""
        await seen["replied"].wait()
        await asyncio.sleep(SETTLED)
        self.requests.pop(parent, None)
        await self.iopub.send_multipart(frames)

    async def folded(self, topic, message, frames):
        trace = "\n".join(message["content"].get("traceback", []))
        answer = await self.cells.ask(1, **{"do": "fold"}, trace=trace)
        if answer is None or answer["trace"] == trace:
            return frames
        message["content"]["traceback"] = answer["trace"].split("\n")
        return self.frames_of(topic, message)

    async def beat(self):
        while True:
            await self.heartbeat.send(await self.heartbeat.recv())

    async def run(self):
        await self.start()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, lambda: asyncio.ensure_future(self.interrupt()))
        loop.add_signal_handler(signal.SIGTERM, self.process.terminate)
        work = [
            self.from_shell(),
            self.serve_shell(),
            self.from_control(),
            self.answers(),
            self.replies(self.inner_stdin, self.stdin),
            self.replies(self.inner_control, self.control),
            self.replies(self.inner_shell, self.shell),
            self.from_inner_iopub(),
            self.beat(),
        ]
        tasks = [asyncio.ensure_future(part) for part in work]
        ended = asyncio.ensure_future(self.process.wait())
        await self.prepare()
        done, _ = await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
        if ended not in done:
            self.process.kill()
        code = await ended
        for task in tasks:
            task.cancel()
        self.cells.stop()
        for task in done - {ended}:
            traceback.print_exception(task.exception())
        self.context.destroy(linger=500)
        for name in os.listdir(self.folder):
            os.remove(os.path.join(self.folder, name))
        os.rmdir(self.folder)
        return code

    async def prepare(self):
        """Has Deno's kernel import what stands by in it, before any cell."""
        code = f"await import({json.dumps((HERE / 'prelude.ts').as_uri())})"
        content = {"code": code, "silent": True, "store_history": False, "user_expressions": {}}
        message = self.session.msg("execute_request", {**content, "allow_stdin": False, "stop_on_error": False})
        await self.inner_shell.send_multipart(self.frames_of([], message))


if __name__ == "__main__":
    sys.exit(asyncio.run(Kernel(sys.argv[1], sys.argv[2]).run()))
