"""`anju procedures render FILE.yaml --svg OUT`: a flow chart as a picture."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from anju.engine.procedures.drawing import svg_of
from anju.engine.procedures.rules import read_procedure, walks
from anju.foundation.texts import BadText

EXIT_REFUSED = 1


def run_procedures(argv: Sequence[str]) -> int:
    """`anju procedures render FILE.yaml --svg OUT`."""
    parser = argparse.ArgumentParser(prog="anju procedures", description="flow charts from YAML")
    verbs = parser.add_subparsers(dest="verb", required=True)
    render = verbs.add_parser("render", help="draw the flow chart of a procedure")
    render.add_argument("file", type=Path, help="the procedure as YAML")
    render.add_argument("--svg", type=Path, required=True, help="where the picture is written")
    asked = parser.parse_args(argv)
    try:
        procedure = read_procedure(asked.file.read_bytes(), file=asked.file.name)
        asked.svg.write_text(svg_of(procedure), encoding="utf-8")
    except BadText as bad:
        print(bad, file=sys.stderr)
        return EXIT_REFUSED
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return EXIT_REFUSED
    said = {"n": len(procedure.steps), "walks": len(walks(procedure)), "file": asked.svg}
    print(_("%(n)s steps, %(walks)s walks through them. Written to %(file)s.") % said)
    return 0
