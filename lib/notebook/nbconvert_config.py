"""
How nbconvert writes notebooks as pages whose figures stay interactive and that ask the network for nothing:

    .venv/bin/jupyter nbconvert --config lib/notebook/nbconvert_config.py --to html NOTEBOOK.ipynb

plotly.js, of the version that JupyterLab draws with, is written into the page, once.
"""

import json

from nbconvert.preprocessors import Preprocessor
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


c = get_config()  # noqa: F821: nbconvert's own
for exporter in ("HTMLExporter", "SlidesExporter", "WebPDFExporter"):
    c[exporter].preprocessors = [Figures]
    c[exporter].mathjax_url = c[exporter].jquery_url = c[exporter].require_js_url = ""
