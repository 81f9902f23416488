"""What a person names as input becomes a stream of photos: folders, files, patterns, lists and addresses."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TextIO

from privateedit.batch import storage
from privateedit.batch.naming import HOME, SHEETS, is_photo, is_there, made_inside
from privateedit.errors import InputError

_STREAM = Path("-")  # standard input


class Found(NamedTuple):
    """A photo that was found.

    Attributes:
        root: the number of the place that it lies in.
        path: where it lies there.
        prefix: what stands before that in its name, to tell apart the photos of several folders.
        alias: what it is called, where its path leads out of the place; it is named and never opened.
    """

    root: int
    path: str
    prefix: str = ""
    alias: str = ""

    @property
    def name(self) -> str:
        """What it is called, with `/` between the parts."""
        inside = self.alias or self.path
        return f"{self.prefix}/{inside}" if self.prefix else inside


@dataclass(frozen=True, slots=True)
class Root:
    """A place that names are relative to.

    Attributes:
        locator: an absolute folder, or an address of fsspec; `repr` does not show it.
        remote: whether it is an address.
    """

    locator: str = field(repr=False)
    remote: bool = False

    def place(self, path: str) -> str:
        """Return where a photo lies, the same for every root that it is found through."""
        return f"{self.locator.rstrip('/')}/{path}" if self.remote else str(Path(self.locator, path))

    def real(self, path: str) -> str | None:
        """Return where links lead from a photo's place; None where there are none, or they lead nowhere."""
        if self.remote:
            return None
        place = self.place(path)
        real = os.path.realpath(place)
        return real if real != place and is_there(Path(real)) else None


class Sources:
    """The photos of a batch; names stream, and only the places they are relative to are kept in memory."""

    def __init__(
        self, inputs: Sequence[str], listed: Path | None, outputs: Path, edited: Path | None = None
    ) -> None:
        """Take what was typed.

        Args:
            inputs: folders, files, patterns or addresses.
            listed: a file with one name a line, relative to the current folder; a pipe, too, as the shell's
                ``<(…)`` makes it, which can be read once; ``-`` is standard input.
            outputs: the folder of the outputs, which is never searched.
            edited: the folder of pictures that came back, which is searched only where it is named itself.

        Raises:
            InputError: one of them does not exist, the outputs would lie among the inputs, or an input lies
                among the outputs.
        """
        self.roots: list[Root] = []
        self._inputs, self._listed = tuple(inputs), listed
        self._outputs = outputs.resolve()
        self._apart = {self._outputs} if edited is None else {self._outputs, edited.resolve()}
        self._numbers: dict[Root, int] = {}
        for each in self._inputs:
            self._require(each)
        if listed is None or listed == _STREAM:
            return
        if not is_there(listed):
            raise InputError(f"The list {listed.name} does not exist.")
        if listed.is_dir():
            raise InputError(f"The list {listed.name} is a folder.")

    def _require(self, text: str) -> None:
        if storage.is_address(text):
            return
        path = Path(text)
        if not is_there(path):
            if glob.has_magic(text) or _is_closed(path):
                return
            raise InputError(f"{path.name or text} does not exist.")
        if path.is_dir() and path.resolve() == self._outputs:
            raise InputError("The outputs need a folder of their own, not that of the photos.")
        if self._is_below_outputs(path):
            raise InputError(f"{path.name} lies in the outputs' folder; take another one for the outputs.")

    def __iter__(self) -> Iterator[Found]:
        """Yield every photo, in any order; one that is found twice comes twice. The list is read once.

        Raises:
            InputError, ExtraMissing: the list or a storage cannot be read.
        """
        for text in self._inputs:
            path = Path(text)
            if storage.is_address(text):
                yield from self._stored(text)
            elif is_there(path) and path.is_dir():
                prefix = path.resolve().name if len(self._inputs) > 1 or self._listed is not None else ""
                yield from self._below(path, prefix)
            elif glob.has_magic(text) and not is_there(path):
                yield from self._fitting(text)
            else:  # one that is gone by now, or lies where nobody may look, is named and counted
                yield self._file(path)
        if self._listed is not None:
            yield from self._lines(self._listed)

    def _root(self, root: Root) -> int:
        if root not in self._numbers:
            self._numbers[root] = len(self.roots)
            self.roots.append(root)
        return self._numbers[root]

    def _file(self, path: Path) -> Found:
        return Found(self._root(Root(str(_resolved(path.parent)))), path.name)

    def _below(self, top: Path, prefix: str) -> Iterator[Found]:
        root = self._root(Root(str(top.resolve())))
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            try:
                for entry in os.scandir(top / folder):
                    name = f"{folder}/{entry.name}" if folder else entry.name
                    if _is_folder(entry):
                        if not entry.name.startswith(".") and not self._is_output(top / name):
                            waiting.append(name)
                    elif is_photo(entry.name) and _may_be_file(entry):
                        yield Found(root, name, prefix)
            except OSError:
                # As a photo that cannot be opened, it is named and counted, and the rest is done.
                yield Found(root, folder or ".", prefix)

    def _is_output(self, folder: Path) -> bool:
        """Whether what it holds are no photos: edited pictures, outputs of a batch, or its contact sheet."""
        if any(folder.name == each.name for each in self._apart) and folder.resolve() in self._apart:
            return True
        return is_there(folder / HOME) or (folder.name == SHEETS and is_there(folder.parent / HOME))

    def _fitting(self, pattern: str) -> Iterator[Found]:
        parts = Path(pattern).parts
        first = next(number for number, part in enumerate(parts) if glob.has_magic(part))
        base = Path(*parts[:first])
        root = self._root(Root(str(base.resolve())))
        outputs: dict[Path, bool] = {}
        for path in base.glob("/".join(parts[first:])):
            name = path.relative_to(base).as_posix()
            hidden = any(part.startswith(".") for part in name.split("/"))
            if hidden or not is_photo(name) or not path.is_file() or self._is_below_outputs(path):
                continue
            above = [each for each in path.parents if base in each.parents]
            if not any(_kept(outputs, each, self._is_output) for each in above):
                yield Found(root, name)

    def _is_below_outputs(self, path: Path) -> bool:
        return self._outputs in _resolved(path).parents

    def _stored(self, address: str) -> Iterator[Found]:
        below = storage.names_below(address)
        root = self._root(Root(below.base, remote=True))
        for name in below.names:
            if below.chosen or is_photo(name):
                # An archive says itself what its members are called.
                safe = made_inside(name)
                yield Found(root, name, alias="" if safe == name else safe)

    def _lines(self, listed: Path) -> Iterator[Found]:
        here = self._root(Root(str(Path.cwd().resolve())))
        try:
            with _opened(listed) as lines:
                for line in lines:
                    text = line.rstrip("\r\n")
                    if not text.strip():
                        continue
                    parts = PurePosixPath(Path(text).as_posix()).parts
                    if Path(text).is_absolute() or ".." in parts or "\0" in text:
                        yield self._file(Path(text.replace("\0", "?")))
                    else:
                        yield Found(here, "/".join(parts))
        except OSError as error:
            raise InputError(f"The list {listed.name} cannot be read.") from error


def _opened(listed: Path) -> TextIO:
    """Open a list; what some editors put before its first line is no part of a name."""
    place = 0 if listed == _STREAM else listed
    return open(place, encoding="utf-8-sig", errors="surrogateescape", newline="\n", closefd=place != 0)


def _is_closed(path: Path) -> bool:
    """Whether a folder above it may not be entered, so that nobody can say whether it is there."""
    try:
        path.stat()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return False


def _kept(known: dict[Path, bool], folder: Path, ask: Callable[[Path], bool]) -> bool:
    if folder not in known:
        known[folder] = ask(folder)
    return known[folder]


def _resolved(path: Path) -> Path:
    """Return where a path leads; of links in a ring, the path itself, so that only it fails."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _may_be_file(entry: os.DirEntry[str]) -> bool:
    """A link that leads nowhere counts, so that it is named; a pipe does not, for it would be waited for."""
    try:
        return entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists())
    except OSError:
        return True  # links in a ring, for one: the others in the folder are none of its business


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
