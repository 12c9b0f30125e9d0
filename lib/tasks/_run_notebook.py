"""Runs a notebook in a fresh kernel with nbclient and writes it with its outputs; called by _run_notebook.ts.

    python _run_notebook.py IN.ipynb OUT.ipynb FOLDER [CELLS]

The kernel works in FOLDER. Of the notebook's cells only the first CELLS are run and kept, where that is
given. Each line on standard output is a JSON object: {"done": 3} after every code cell,
{"failed": 4, "error": "..."} for the cell (by its place in the notebook) that ended the run.
"""

import asyncio
import json
import sys
import tempfile
from queue import Empty

import nbformat
from jupyter_client.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError

CELL_SECONDS = 900
LATE_SECONDS = 0.05


class PatientClient(NotebookClient):
    """
    Keeps outputs that come late. The Deno kernel sends some after it has said that it is idle, and those that it
    prints go to the next cell if that has been asked for by then.
    """

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.asked = {}

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        self.asked[parent_msg_id] = (cell, cell_index)
        while await self.take_message() != parent_msg_id:
            pass
        try:
            while True:
                await self.take_message(LATE_SECONDS)
        except Empty:
            pass

    async def take_message(self, timeout=None):
        """Gives a message to the cell that it belongs to; returns the id of the request that it ends, if any."""
        message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=timeout))
        parent = message["parent_header"].get("msg_id")
        if parent in self.asked:
            try:
                self.process_message(message, *self.asked[parent])
            except CellExecutionComplete:
                return parent
        return None


def say(**event):
    print(json.dumps(event), flush=True)


async def run(notebook, folder, log):
    client = PatientClient(
        notebook,
        kernel_name="deno",
        timeout=CELL_SECONDS,
        record_timing=False,
        resources={"metadata": {"path": folder}},
    )
    done = 0
    async with client.async_setup_kernel(stdout=log, stderr=log):
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            try:
                await client.async_execute_cell(cell, index)
            except CellExecutionError as error:
                return say(failed=index, error=f"{error.ename}: {error.evalue}")
            except CellTimeoutError:
                return say(failed=index, error=f"The cell ran for more than {CELL_SECONDS} seconds")
            except DeadKernelError:
                log.seek(0)
                return say(failed=index, error=f"The kernel died. Its last words:\n{log.read()[-2000:]}")
            done += 1
            say(done=done)
        client.set_widgets_metadata()


if __name__ == "__main__":
    source, target, folder, *cells = sys.argv[1:]
    notebook = nbformat.read(source, as_version=4)
    if cells:
        notebook.cells = notebook.cells[: int(cells[0])]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryFile("w+") as log:
        asyncio.run(run(notebook, folder, log))
    with open(target, "w", encoding="utf-8") as file:
        nbformat.write(notebook, file)
