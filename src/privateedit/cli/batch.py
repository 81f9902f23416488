"""`privateedit batch`: many photos, resumable."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from privateedit.cli import options
from privateedit.cli.batch_told import Watching, tell
from privateedit.cli.concealing import Hiding, with_policy
from privateedit.cli.edit import Model, Preset, Prompt, Provider, ServiceOption, named
from privateedit.cli.progress import say, working_through
from privateedit.errors import Cancelled, InputError, Sent

if TYPE_CHECKING:
    from privateedit.batch.limits import Limits
    from privateedit.batch.order import Order
    from privateedit.batch.running import Wanted
    from privateedit.choices import Choices, Finishes

Inputs = Annotated[
    list[str] | None,
    typer.Argument(metavar="INPUT", help="Folders, files, patterns in quotes, addresses like s3://…"),
]
Outputs = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The outputs' own folder.")]
Listed = Annotated[
    Path | None,
    typer.Option("--list", metavar="FILE", help="Also take the files named here, one a line; - is stdin."),
]
MaskOnly = Annotated[bool, typer.Option("--mask-only", help="Write the masked pictures, to be sent by hand.")]
RestoreFrom = Annotated[
    Path | None,
    typer.Option(
        "--restore-from", metavar="DIR", help="Put the faces back into the pictures here, paired by name."
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="ENDING", help="Of the outputs. Default: png for masks, else each photo's."
    ),
]
AtMost = Annotated[
    int | None,
    typer.Option("--at-most", metavar="N", help="Let no more pictures leave, over all runs of the batch."),
]
PerMinute = Annotated[
    int | None, typer.Option("--per-minute", metavar="N", help="Let no more pictures leave in any minute.")
]
Failures = Annotated[
    int | None,
    typer.Option(
        "--stop-after-failures",
        metavar="N",
        help="Stop when the service failed this often in a row; 0 never does. Default: 10.",
    ),
]
ResendUnknown = Annotated[
    bool,
    typer.Option("--resend-unknown", help="Send again what may have been sent when a run was stopped."),
]
Engine = Annotated[
    str, typer.Option("--engine", metavar="local|ray", help="Work on this machine, or on a Ray cluster.")
]
Address = Annotated[
    str | None,
    typer.Option("--address", metavar="HOST:PORT", help="Of the cluster. Default: this machine's own."),
]
Store = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="ADDRESS", help="Write the outputs to storage, like s3://…; DIR keeps the rest."
    ),
]
ResendFailed = Annotated[bool, typer.Option("--resend-failed", help="Send again what was sent for nothing.")]


@with_policy
def batch(
    inputs: Inputs = None,
    *,
    out: Outputs,
    how: Hiding,
    listed: Listed = None,
    mask_only: MaskOnly = False,
    restore_from: RestoreFrom = None,
    prompt: Prompt = None,
    preset: Preset = None,
    provider: Provider = None,
    model: Model = None,
    option: ServiceOption = None,
    max_side: options.MaxSide = None,
    canvas: options.Canvas = None,
    ending: Format = None,
    size: options.Size = None,
    harmonize: options.Harmonize = None,
    style_match: options.StyleMatch = None,
    keep_metadata: options.KeepMetadata = False,
    workers: options.Workers = None,
    at_most: AtMost = None,
    per_minute: PerMinute = None,
    stop_after_failures: Failures = None,
    resend_unknown: ResendUnknown = False,
    resend_failed: ResendFailed = False,
    engine: Engine = "local",
    address: Address = None,
    store: Store = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Mask, restore or edit many photos; the same command goes on where a run was stopped."""
    from privateedit.batch.running import Wanted

    if not inputs and listed is None:
        raise InputError("Name photos: folders, files, patterns, or a list of names with --list.")
    editing = {"--prompt": prompt, "--preset": preset, "--provider": provider, "--model": model}
    kinds = _Kinds(mask_only, restore_from, editing | {"--option": option})
    finishes: Finishes = {"size": size, "harmonize": harmonize, "style_match": style_match}
    framing = {"max_side": max_side, "canvas": canvas}
    order = _order(how, kinds, framing, finishes, ending=ending or "", keep_metadata=keep_metadata)
    order = replace(order, store=_stored(store))
    cluster = _cluster(engine, address, order)
    count = None if cluster is not None and workers is None else options.worker_count(workers)
    _require_sends(order, {"--resend-unknown": resend_unknown, "--resend-failed": resend_failed})
    limits = _limits(order, at_most, per_minute, stop_after_failures)
    wanted = Wanted(inputs or (), listed, out, count, limits, resend_unknown, resend_failed, cluster)
    _work(order, wanted, json)


def _work(order: Order, wanted: Wanted, as_json: bool) -> None:
    """Run the batch, tell how it ended, and leave with its exit code."""
    from privateedit.batch.running import run_batch

    with working_through("Photos") as bar:
        summary = run_batch(order, wanted, Watching(bar), os.cpu_count() or 1)
    tell(summary, wanted.folder, as_json)
    if summary.interrupted:
        # A masked picture that was written may have been sent by hand.
        sent = Sent.UNKNOWN if order.kind == "mask" and summary.done else summary.sent
        raise Cancelled("Interrupted; the same command goes on.", sent=sent)
    if summary.code:
        raise typer.Exit(summary.code)


def _limits(order: Order, at_most: int | None, per_minute: int | None, failures: int | None) -> Limits:
    from privateedit.batch.limits import Limits

    named = {"--at-most": at_most, "--per-minute": per_minute, "--stop-after-failures": failures}
    typed = {name: value for name, value in named.items() if value is not None}
    _require_sends(order, dict.fromkeys(typed, True))
    usual = Limits(at_most, per_minute)
    return usual if failures is None else replace(usual, failures=failures)


def _require_sends(order: Order, typed: dict[str, bool]) -> None:
    """Refuse options about sends where nothing is sent: whoever counts on one would be let down."""
    found = next((name for name, given in typed.items() if given), None)
    if found is not None and not order.sends:
        raise InputError(f"{found} is about what is sent to a service, and this batch sends nothing.")


def _stored(address: str | None) -> str:
    from privateedit.batch import storage

    if address and not storage.is_address(address):
        raise InputError("--store takes an address, like s3://bucket/outputs.")
    return (address or "").rstrip("/")


def _cluster(engine: str, address: str | None, order: Order) -> str | None:
    """Return the cluster's address, empty for this machine's own, or None to work here."""
    if engine not in {"local", "ray"}:
        raise InputError("--engine is local or ray.")
    if engine == "local":
        if address is not None:
            raise InputError("--address belongs to --engine ray.")
        return None
    if order.kind == "restore" and order.recalling:
        raise InputError(
            "On a cluster, repeat the options about hiding that the pictures were masked with (at least"
            " --coverage): no node knows what another one remembers."
        )
    return address or ""


class _Kinds:
    """Which of the three kinds was asked for, and the options that belong to one of them alone."""

    def __init__(self, mask_only: bool, restore_from: Path | None, editing: dict[str, Any]) -> None:
        asked = [mask_only, restore_from is not None, any(editing[each] for each in ("--prompt", "--preset"))]
        if sum(asked) != 1:
            raise InputError(
                "Say what to do: --mask-only, --restore-from DIR, or an edit by --prompt or --preset."
            )
        if not asked[2] and (misplaced := [name for name, value in editing.items() if value]):
            raise InputError(f"{misplaced[0]} belongs to an edit.")
        if restore_from is not None and not restore_from.is_dir():
            raise InputError(f"{restore_from.name} is not a folder.")
        self.mask_only, self.restore_from, self.editing = mask_only, restore_from, editing


def _order(
    how: Hiding,
    kinds: _Kinds,
    framing: dict[str, Any],
    finishes: Finishes,
    *,
    ending: str,
    keep_metadata: bool,
) -> Order:
    from privateedit import api
    from privateedit.batch.order import Kind, Order

    ending = f".{ending.lower().lstrip('.')}" if ending else ""
    if kinds.mask_only:
        if keep_metadata or any(value is not None for value in finishes.values()):
            raise InputError("A masked picture has no metadata and no finish; leave these options out.")
        kind, packed = Kind.MASK, Order.format_of(ending)
    else:
        kind, packed = (Kind.RESTORE if kinds.restore_from else Kind.EDIT), "png"
        if kind is Kind.EDIT and framing["canvas"] is not None:
            raise InputError(
                "With a service, the canvas is its own; --canvas belongs to pictures sent by hand."
            )
    choices: Choices = {**how.choices, "image_format": packed, **framing}  # type: ignore[typeddict-item]
    chosen = api.concealment_from(**choices)
    if chosen.coverage == "eyes":
        say("Note: coverage eyes does not hide identity; a recognizer still knows most people.")
    finish = api.finish_from(**finishes)
    if kind is not Kind.EDIT:
        recalling = not (how.any_typed or any(value is not None for value in framing.values()))
        return Order(kind, chosen, finish, ending, keep_metadata, recalling, kinds.restore_from)
    return _edit(Order(kind, chosen, finish, ending, keep_metadata), kinds.editing)


def _edit(order: Order, said: dict[str, Any]) -> Order:
    """Return an order that tells who edits, and by which words."""
    from privateedit import wiring
    from privateedit.core.edit import Instruction

    provider, chosen = said["--provider"] or wiring.default_provider(), named(said["--option"])
    model = said["--model"] or ""
    editor = wiring.editor(provider, model=model, options=chosen)
    words = Instruction(said["--prompt"], said["--preset"])
    return replace(
        order, instruction=words, provider=provider, model=model, options=chosen, sends=not editor.local
    )
