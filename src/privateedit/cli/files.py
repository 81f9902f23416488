"""Reading photos and writing results: `-` for the standard streams, and never over an input."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from privateedit.errors import InputError, OutputError, Sent

if TYPE_CHECKING:
    from privateedit.codec import Opened

STREAM = "-"


def read(source: str) -> Opened:
    """Open a photo from a path, or from standard input for `-`.

    Raises:
        InputError: it cannot be read or is not a picture.
    """
    from privateedit import codec

    if source != STREAM:
        return codec.open_file(Path(source), pipes=True)
    data = sys.stdin.buffer.read(codec.DEFAULT_LIMITS.max_bytes + 1)
    return codec.decode(data, name="Standard input")


def check_target(target: str, inputs: tuple[str, ...], endings: tuple[str, ...]) -> None:
    """Refuse a place that cannot be written, before any work is done.

    Raises:
        InputError: the target is one of the inputs, or its ending is not among `endings`.
        OutputError: its folder does not exist.
    """
    if target == STREAM:
        return
    path = Path(target)
    if path.suffix.lower() not in endings:
        raise InputError(f"The ending of {path.name} must be one of: {', '.join(endings)}.")
    if path.is_dir():
        raise InputError(f"{path.name} is a folder.")
    if not path.parent.is_dir():
        raise OutputError(f"The folder of {path.name} does not exist.")
    for source in inputs:
        if source != STREAM and _same(path, Path(source)):
            raise InputError("The output would overwrite an input or another output; choose another name.")


def _same(first: Path, second: Path) -> bool:
    """Whether two paths name one file, through links as well, even before it exists."""
    if first.resolve() == second.resolve():
        return True
    return first.exists() and second.exists() and first.samefile(second)


def write(outputs: Mapping[str, bytes]) -> None:
    """Write every output, or none: what was created is removed again when a later one fails.

    Raises:
        OutputError: one could not be written.
    """
    from privateedit.codec import write_atomically

    created: list[Path] = []
    try:
        # A stream cannot be taken back, and a file cannot be given back: the stream goes first.
        for target, data in sorted(outputs.items(), key=lambda output: output[0] != STREAM):
            if target == STREAM:
                _to_stream(data)
                continue
            path = Path(target)
            new = not path.exists()
            write_atomically(path, data)
            created += [path] if new else []
    except BaseException:
        for path in created:
            with suppress(OSError):
                path.unlink()
        raise


def _to_stream(data: bytes) -> None:
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        # Part of it may have gone through.
        raise OutputError(f"Standard output could not be written ({reason}).", sent=Sent.UNKNOWN) from error


def print_json(facts: Mapping[str, object]) -> None:
    """Print one JSON object on standard output."""
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")


def require_separate_streams(as_json: bool, *targets: str | None) -> None:
    """Refuse two kinds of data on one standard output.

    Raises:
        InputError: more than one thing would go to standard output.
    """
    if [*targets, STREAM if as_json else None].count(STREAM) > 1:
        raise InputError("Only one thing can go to standard output.")


def require_one_reader(*sources: str) -> None:
    """Refuse to read two pictures from one standard input.

    Raises:
        InputError: more than one source is `-`.
    """
    if sources.count(STREAM) > 1:
        raise InputError("Only one picture can come from standard input.")
