"""
papermill for notebooks in TypeScript: its own command line, which knows no parameters of this language by itself.

    .venv/bin/python lib/notebook/papermill_typescript.py IN.ipynb OUT.ipynb -k deno -p count 3

Parameters are declared with `let` below the cell that is tagged `parameters`; the kernel lets a name be declared anew.
"""

import json
import sys

from papermill.cli import papermill
from papermill.translators import Translator, papermill_translators


class TypeScript(Translator):
    """Writes parameters as TypeScript; what JSON can say is TypeScript already."""

    @classmethod
    def translate(cls, value):
        return json.dumps(value)

    @classmethod
    def comment(cls, text):
        return f"// {text}".strip()

    @classmethod
    def assign(cls, name, text):
        return f"let {name} = {text};"


papermill_translators.register("typescript", TypeScript)

if __name__ == "__main__":
    sys.exit(papermill())
