"""`privateedit app`: the page, in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from privateedit.cli import options
from privateedit.cli.serve import require_server, run

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")]


def app(port: Port = 0, debug: options.Debug = False) -> None:
    """Open PrivateEdit's page in the browser: see what leaves, choose what hides, get the picture back."""
    require_server()
    from privateedit import wiring
    from privateedit.server import serving
    from privateedit.server.wishes import Policy

    wanted = serving.Wanted(
        host="127.0.0.1", port=port, policy=Policy({}, {}), upstream=wiring.default_provider(), page=True
    )
    run(wanted, announced=False)
