"""`privateedit bench faces`: are all faces found and hidden?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from privateedit.cli import files, options
from privateedit.cli.progress import counting, say
from privateedit.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from privateedit.audit.face_summary import FaceSummary, SizeClass
    from privateedit.audit.face_workers import Skipped

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of photos with a boxes.json.")]
Faceless = Annotated[
    list[Path] | None,
    typer.Option("--faceless", metavar="DIR", help="Photos that show no face; may be given again."),
]
NoResidual = Annotated[
    bool, typer.Option("--no-residual", help="Leave out dlib's search, the slow part (extra 'audit').")
]
StateFile = Annotated[
    Path | None,
    typer.Option("--state", metavar="FILE.jsonl", help="Keep what was measured here and go on from it."),
]


def faces(
    folder: Folder,
    faceless: Faceless = None,
    no_residual: NoResidual = False,
    state: StateFile = None,
    workers: options.Workers = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Mask the photos in DIR by default and measure which marked faces stay visible."""
    from privateedit import wiring
    from privateedit.audit import ground_truth
    from privateedit.audit.face_bench import MeasuredPhoto
    from privateedit.audit.face_records import FaceRecords
    from privateedit.audit.face_summary import summarized
    from privateedit.audit.face_workers import Skipped, measure_all

    photos = ground_truth.annotated(folder)
    for other in faceless or ():
        photos += ground_truth.faceless(other)
    results = []
    with counting("Photos", len(photos)) as tell:
        for result in measure_all(
            photos,
            wiring.face_instruments if no_residual else wiring.judged_face_instruments,
            versions=f"{wiring.audit_versions()}, residual {not no_residual}",
            records=None if state is None else FaceRecords(state),
            workers=options.worker_count(workers),
        ):
            results.append(result)
            tell(len(results))
    measured = [each for each in results if isinstance(each, MeasuredPhoto)]
    skipped = [each for each in results if isinstance(each, Skipped)]
    _tell(summarized(measured), skipped, json)


def _tell(found: FaceSummary, skipped: list[Skipped], as_json: bool) -> None:
    """Print the result; files that were skipped end the command with an error after that."""
    if as_json:
        files.print_json(_facts(found, skipped))
    else:
        _print(found)
    for each in skipped:
        say(f"Skipped {each.name}: {each.reason}")
    if skipped:
        count = len(skipped)
        raise InputError(f"{count} {'file was' if count == 1 else 'files were'} skipped.")


def _facts(found: FaceSummary, skipped: list[Skipped]) -> dict[str, Any]:
    return {
        "photos": found.photos,
        "sizes": [_class_facts(each) for each in found.sizes],
        "complete": _class_facts(found.complete),
        "counted": found.counted,
        "counts_reached": found.counts_reached,
        "residual_before": found.residual_before,
        "residual_after": found.residual_after,
        "faceless": found.faceless,
        "alarms": list(found.alarms),
        "late": found.late,
        "seconds_per_megapixel": _number(found.seconds_per_megapixel),
        "skipped": [asdict(each) for each in skipped],
    }


def _class_facts(group: SizeClass) -> dict[str, Any]:
    return {name: _number(value) for name, value in asdict(group).items()}


def _number(value: Any) -> Any:  # noqa: ANN401 (texts and whole numbers pass)
    if not isinstance(value, float):
        return value
    return None if value != value else round(value, 6)  # noqa: PLR0124 (JSON has no NaN)


def _print(found: FaceSummary) -> None:
    from rich.console import Console

    console = Console()
    console.print(_table(found))
    lines = [
        f"Photos with a head count: {found.counted}, at least so many faces found in {found.counts_reached}",
        f"Photos without a face: {found.faceless}, false alarms in {len(found.alarms)}",
        f"Found only by the second search: {found.late}",
        f"Time: {found.seconds_per_megapixel:.3f} s a megapixel",
    ]
    if found.residual_before is not None:
        lines.insert(
            0, f"Faces found by dlib: {found.residual_before}, after masking: {found.residual_after}"
        )
    for line in lines:
        console.print(line, highlight=False)


def _table(found: FaceSummary) -> Table:
    from rich.table import Table

    table = Table("face size (pixels)", "faces", "found", "area hidden", "inner face fully hidden")
    for group in (*found.sizes, found.complete):
        shares = (group.found, group.hidden, group.inner_hidden)
        shown = ("" if share != share else f"{share:.1%}" for share in shares)  # noqa: PLR0124 (no face)
        table.add_row(group.name, str(group.faces), *shown)
    return table
