"""`privateedit edit`: the whole job."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from privateedit.cli import ahead, files, options
from privateedit.cli.compare import side_by_side
from privateedit.cli.concealing import Hiding, with_concealment
from privateedit.cli.facts import seal_words, sent_facts
from privateedit.cli.progress import say, working
from privateedit.cli.restore import facts, final_bytes, lean, require_room, require_targets, telling_failure
from privateedit.errors import InputError, Sent

if TYPE_CHECKING:
    from privateedit.codec import Opened
    from privateedit.core.names import Finding, Names
    from privateedit.core.photo import Photo, Pixels
    from privateedit.core.ports import Editor
    from privateedit.core.prepared import Prepared
    from privateedit.pipeline import Edited

Prompt = Annotated[str | None, typer.Option("--prompt", metavar="TEXT", help="What to do, in words.")]
Preset = Annotated[
    str | None, typer.Option("--preset", metavar="NAME", help="What to do, by name (privateedit presets).")
]
Provider = Annotated[
    str | None,
    typer.Option("--provider", metavar="NAME", help="Who edits (privateedit providers). Default: studio."),
]
Model = Annotated[str | None, typer.Option("--model", metavar="NAME", help="Which of the provider's models.")]
ServiceOption = Annotated[
    list[str] | None,
    typer.Option("--option", metavar="NAME=VALUE", help="An option of the provider. May be repeated."),
]
OptionalOutput = Annotated[
    str | None,
    typer.Option(
        "--out", "-o", metavar="OUT", help="Where to write; - is standard output. Default: beside PHOTO."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Mask and seal, tell what would be sent, stop.")]


@with_concealment
def edit(
    photo: options.PhotoArgument,
    how: Hiding,
    prompt: Prompt = None,
    preset: Preset = None,
    provider: Provider = None,
    model: Model = None,
    option: ServiceOption = None,
    out: OptionalOutput = None,
    max_side: options.MaxSide = None,
    size: options.Size = None,
    harmonize: options.Harmonize = None,
    style_match: options.StyleMatch = None,
    blend: options.Blend = None,
    compare: options.Compare = None,
    keep_metadata: options.KeepMetadata = False,
    dry_run: DryRun = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Edit PHOTO without the editor seeing a face: mask, edit, put the faces back."""
    from privateedit import codec

    target = out or _beside(photo, tuple(codec.WRITABLE))
    files.require_separate_streams(json, target, compare)
    if dry_run and compare is not None:
        raise InputError("A dry run has nothing to compare; leave out --compare or --dry-run.")
    require_targets(target, compare, (photo, *how.inputs))
    with ahead.reading(photo, recorded=True) as coming:
        from privateedit import api, pipeline, wiring
        from privateedit.core.edit import Instruction

        finish = api.finish_from(size=size, harmonize=harmonize, style_match=style_match, blend=blend)
        instruction = Instruction(prompt, preset)
        editor = wiring.editor(provider, model=model or "", options=named(option))
        chosen = how.concealment("png", max_side)
        original = coming()
    require_room(target, finish.size, original.photo)
    known = _names(photo, original)
    warnings = _warned(pipeline.names_in(instruction, known, chosen.trust, pipeline.words_of(editor)))
    if dry_run:
        with working("Masking"):
            framed = pipeline.framed_for(editor, original.photo, chosen)
            prepared = pipeline.mask(original.photo, framed, wiring.parts())
        _tell_dry_run(prepared, editor, warnings, json)
        return
    with working("Editing"), telling_failure(json):
        done = pipeline.edit(original.photo, instruction, chosen, editor, lean(wiring.parts()), known, finish)
    with pipeline.telling_what_was_sent(Sent.NO if editor.local else Sent.YES):
        metadata = original.metadata if keep_metadata else None
        outputs = {target: final_bytes(done.restored.pixels, target, metadata)}
        if compare is not None:
            outputs[compare] = final_bytes(_compared(original.photo, done), compare, None)
        files.write(outputs)
        if json:
            sent = sent_facts(done.prepared, editor)
            files.print_json({"out": target, **facts(done.restored), "warnings": warnings, "sent": sent})
        else:
            say(f"{done.restored.report.text()}\nWritten to {target}.")


def _warned(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """Say what may name somebody, and return it for JSON."""
    warnings = []
    for finding in found:
        say(f"Warning: {finding.sentence} Whoever edits will read it.")
        warnings.append({"kind": str(finding.kind), "count": finding.count})
    return warnings


def named(
    options: list[str] | None, wrong: str = "An option of a provider is written NAME=VALUE."
) -> dict[str, str]:
    """Return options by name.

    Raises:
        InputError: one has no name.
    """
    pairs = [each.partition("=") for each in options or ()]
    if not all(name and gap for name, gap, _ in pairs):
        raise InputError(wrong)
    return {name.strip(): value for name, _, value in pairs}


def _compared(original: Photo, done: Edited) -> Pixels:
    """Return the stages side by side; what was sent is read from the very bytes."""
    from privateedit import codec

    sent = codec.decode(done.prepared.payload.data).photo.pixels
    return side_by_side(original, sent, done.returned, done.restored)


def _names(photo: str, original: Opened) -> Names:
    """Return what must not stand in an instruction: the file's name and the names in its metadata."""
    from privateedit.codec import owners_of
    from privateedit.core.names import Names

    said = owners_of(original.metadata)
    stem = "" if photo == files.STREAM else Path(photo).stem
    return Names.of(file_stem=stem, artists=said.artists, owners=said.owners, persons=said.persons)


def _beside(photo: str, writable: tuple[str, ...]) -> str:
    """Return a free name beside the photo; earlier results are kept."""
    if photo == files.STREAM:
        raise InputError("Reading from standard input needs an output: -o OUT.")
    path = Path(photo)
    suffix = path.suffix if path.suffix.lower() in writable else ".png"
    numbers = ("" if number == 1 else f"-{number}" for number in count(1))
    names = (path.with_name(f"{path.stem}-edited{number}{suffix}") for number in numbers)
    return str(next(name for name in names if not name.exists()))


def _tell_dry_run(prepared: Prepared, editor: Editor, warnings: list[dict[str, Any]], as_json: bool) -> None:
    payload = prepared.payload
    if as_json:
        ids = [{"id": face.id} for face in prepared.concealed.hidden_faces]
        sent = sent_facts(prepared, editor)
        files.print_json({"out": None, "dry_run": True, "faces": ids, "warnings": warnings, "sent": sent})
    else:
        say(
            f"Would give {editor.name} {len(payload)} bytes ({payload.width}×{payload.height}, "
            f"{seal_words(prepared)}, sha256 {payload.sha256[:16]}…). Nothing was sent."
        )
