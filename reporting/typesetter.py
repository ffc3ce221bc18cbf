"""A process that sets one document and ends: order as JSON on standard input, PDF on standard output.

On its own because typst keeps what it computed for its last ten documents, and a server must not.
"""

import json
import sys
from importlib import resources

import typst


def main() -> None:
    """Read the order, write the PDF; an order that cannot be set ends with typst's message and exit code 1."""
    order = json.load(sys.stdin.buffer)
    source = (resources.files("reporting") / "templates" / order["template"]).read_bytes()
    try:
        made = typst.compile(
            source,
            ignore_system_fonts=True,
            sys_inputs=order["inputs"],
            format="pdf",
            pdf_standards=order["standard"],
            timestamp=order["timestamp"],
        )
    except typst.TypstError as error:
        sys.exit(error.diagnostic)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
