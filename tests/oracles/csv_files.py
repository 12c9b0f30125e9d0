"""Writes tests/fixtures/support/csv.json: what pandas reads from small CSV files with all kinds of line ends and quotes.

    pip install pandas==3.1.1
    python tests/oracles/csv_files.py
"""

import io
import itertools
import json
from pathlib import Path

import pandas as pd

FIXTURE = Path(__file__).parent.parent / "fixtures" / "support" / "csv.json"

ENDS = ["\n", "\r\n", "\r"]
texts = [
    # Every way to end three rows, the last of which may end with the file.
    *(f"image,Mass{a}a.png,0.4{b}b.png,0.2{c}" for a, b, c in itertools.product(ENDS, ENDS, [*ENDS, ""])),
    # The same ends inside of quotes are part of the cell.
    *(f'"image","Mass"{a}"a{b}.png","0.4"{a}' for a, b in itertools.product(ENDS, ENDS)),
    # Blank rows, as files that were converted twice have them.
    "image,Mass\r\r\na.png,0.4\r\r\nb.png,0.2\r\r\n",
    "\n\nimage,Mass\n\na.png,0.4\n\n\n",
    # Blanks behind commas, before quotes too.
    'image, Mass\na.png, 0.4\n',
    'image, "Mass"\n"a,b.png", "0.4"\n',
    'image,note\na.png, "x, ""y"""\r\nb.png,"p\nq"\r',
    # A quote within a cell opens nothing.
    'image,note\r\na.png,5" tall\rb.png,7" tall\n',
    '"image","note"\r"a.png",""\r"b.png",""""\r',
]


def read(text):
    rows = pd.read_csv(io.StringIO(text, newline=""), dtype=str, keep_default_na=False, skipinitialspace=True)
    return [list(rows.columns), *rows.to_numpy().tolist()]


FIXTURE.parent.mkdir(exist_ok=True)
FIXTURE.write_text(json.dumps([{"text": text, "rows": read(text)} for text in texts], indent=1) + "\n")
