"""`privateedit serve`: an endpoint in OpenAI's shape, for any app that edits images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from privateedit.cli import options
from privateedit.cli.concealing import Hiding, with_policy
from privateedit.cli.edit import Model, ServiceOption, named
from privateedit.cli.progress import say
from privateedit.errors import ExtraMissing, InputError

if TYPE_CHECKING:
    from privateedit.choices import Finishes
    from privateedit.server.serving import PageAddress, Wanted

Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")]
Name = Annotated[
    list[str] | None,
    typer.Option("--name", metavar="HOST", help="A name that clients know this machine by. May be repeated."),
]
Upstream = Annotated[
    str | None,
    typer.Option("--upstream", metavar="NAME", help="Who edits (privateedit providers). Default: openai."),
]
Alias = Annotated[
    list[str] | None,
    typer.Option("--alias", metavar="NAME=MODEL", help="What a client's name of a model stands for."),
]
NoFace = Annotated[
    str,
    typer.Option("--no-face", metavar="refuse|allow", help="What happens to a photo without a face."),
]
FixedPolicy = Annotated[
    bool, typer.Option("--fixed-policy", help="Requests cannot change how faces are hidden.")
]
Workers = Annotated[int, typer.Option("--workers", min=1, max=64, help="Pictures worked on at once.")]
Requests = Annotated[
    int,
    typer.Option("--max-requests", min=1, max=1000, help="Requests at once; more are asked to come back."),
]
ShowToken = Annotated[bool, typer.Option("--show-token", help="Print the local token, and stop.")]
OpenPage = Annotated[bool, typer.Option("--open", help="Open the page in the browser.")]


@with_policy
def serve(
    how: Hiding,
    host: Host = "127.0.0.1",
    port: Port = 8787,
    name: Name = None,
    upstream: Upstream = None,
    model: Model = None,
    option: ServiceOption = None,
    alias: Alias = None,
    size: options.Size = None,
    harmonize: options.Harmonize = None,
    style_match: options.StyleMatch = None,
    blend: options.Blend = None,
    no_face: NoFace = "refuse",
    fixed_policy: FixedPolicy = False,
    workers: Workers = 2,
    max_requests: Requests = 16,
    open_page: OpenPage = False,
    show_token: ShowToken = False,
    debug: options.Debug = False,
) -> None:
    """Serve OpenAI's image edits on this machine: every photo is masked, sent and restored."""
    require_server()
    from privateedit.server import serving
    from privateedit.server.limits import ServerLimits
    from privateedit.server.wishes import Policy

    if show_token:
        typer.echo(serving.token().text)
        return
    if no_face not in ("refuse", "allow"):
        raise InputError("--no-face takes refuse or allow.")
    finishes: Finishes = {
        "size": size,
        "harmonize": harmonize,
        "style_match": style_match,
        "blend": blend,
    }
    wanted = serving.Wanted(
        host=host,
        port=port,
        policy=Policy(how.choices, finishes, fixed_policy, no_face == "allow"),
        names=tuple(name or ()),
        upstream=upstream or "openai",
        model=model or "",
        options=named(option),
        aliases=named(alias, "An alias of a model is written NAME=MODEL."),
        limits=ServerLimits(workers=workers, waiting=max_requests),
        page=open_page,
    )
    run(wanted)


def run(wanted: Wanted, *, announced: bool = True) -> None:
    """Serve until somebody stops it, and open the page if that is wanted.

    Args:
        wanted: what is served.
        announced: whether apps' settings are told.
    """
    from privateedit.server import serving

    guardian = serving.guardian_of(wanted)
    serving.warm()
    server = serving.server_of(guardian, wanted.host, wanted.port)

    def listening(port: int) -> None:
        if announced:
            say(serving.how_to_use(wanted, port))
        if wanted.page:
            _open(serving.page_for(guardian, wanted, port))

    server.listening = listening
    try:
        server.run()
    except KeyboardInterrupt:  # how people stop a server
        say("Stopped.")


def _open(page: PageAddress) -> None:
    """Point the browser at the page, and say what to do where there is none."""
    typer.launch(str(page.way_in))
    say(
        f"The page is at {page.root}/\n"
        f"If no browser opens, open {page.way_in} with one, or go to that address and paste the token "
        "(privateedit serve --show-token). Stop it with Ctrl-C."
    )


def require_server() -> None:
    """Refuse to serve where the extra is not installed.

    Raises:
        ExtraMissing: it is not.
    """
    try:
        import fastapi  # noqa: F401
        import prometheus_client  # noqa: F401
        import python_multipart  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        raise ExtraMissing("The server needs the extra: pip install 'privateedit[server]'.") from None
