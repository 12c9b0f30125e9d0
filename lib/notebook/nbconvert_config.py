"""
How nbconvert writes notebooks as pages whose figures stay interactive and that ask the network for nothing:

    .venv/bin/jupyter nbconvert --config lib/notebook/nbconvert_config.py --to html NOTEBOOK.ipynb

plotly.js, of the version that JupyterLab draws with, is written into the page, once. `--to webpdf` (which needs
`pip install playwright`) prints the figures' stored pictures, by playwright's own Chromium or, where that was not
downloaded, by the one of this machine.
"""

import json
import os
import shutil
from pathlib import Path

from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_markdown_cell
from plotly.offline import get_plotlyjs

PLOTLY = "application/vnd.plotly.v1+json"


class Figures(Preprocessor):
    """Puts in the place of each figure what draws it in a page."""

    def preprocess(self, notebook, resources):
        drawn = 0
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if PLOTLY not in data:
                    continue
                script = f"<script>{get_plotlyjs()}</script>" if drawn == 0 else ""
                figure = data[PLOTLY]
                texts = (json.dumps(figure.get(part, kind())) for part, kind in (("data", list), ("layout", dict)))
                parts = ", ".join(text.replace("</", "<\\/") for text in texts)
                name = f"thorax-figure-{drawn}"
                draw = f'Plotly.newPlot("{name}", {parts}, {{ responsive: true }});'
                output["data"] = {"text/html": f'{script}<div id="{name}"></div><script>{draw}</script>'}
                drawn += 1
        return notebook, resources


ON_PAPER = """<style>
  div.jp-CodeCell pre, div.jp-OutputArea pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  div.jp-OutputArea-output svg, div.jp-OutputArea-output img { max-width: 100%; height: auto; }
</style>"""
"""Long lines are wrapped and wide pictures made narrower: nobody can scroll on paper."""


class Pictures(Preprocessor):
    """Leaves of each figure its picture: what is on paper needs no plotly.js."""

    def preprocess(self, notebook, resources):
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if "image/svg+xml" in output.get("data", {}):
                    output["data"].pop(PLOTLY, None)
        notebook.cells.insert(0, new_markdown_cell(ON_PAPER))
        return notebook, resources


def print_with_installed_chromium():
    """Has playwright start the Chromium of this machine where its own is not there; nbconvert has no option for it."""
    try:
        from playwright.async_api import BrowserType
    except ModuleNotFoundError:
        return  # nbconvert says what is missing.
    launch = BrowserType.launch
    installed = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

    async def launch_what_is_there(self, **options):
        if installed is not None and not Path(self.executable_path).exists():
            options["executable_path"] = installed
        return await launch(self, **options)

    BrowserType.launch = launch_what_is_there


c = get_config()  # noqa: F821: nbconvert's own
for exporter in ("HTMLExporter", "SlidesExporter", "WebPDFExporter"):
    c[exporter].preprocessors = [Pictures if exporter == "WebPDFExporter" else Figures]
    c[exporter].mathjax_url = c[exporter].jquery_url = c[exporter].require_js_url = ""
c.WebPDFExporter.disable_sandbox = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium starts for root only so.
print_with_installed_chromium()
