"""What a command does at once at its start: read the photo, and load what comes next."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from privateedit.cli import files

if TYPE_CHECKING:
    from privateedit.codec import Opened
    from privateedit.core.photo import Photo


@contextmanager
def nothing_is_garbage() -> Iterator[None]:
    """Let the collector rest while the block loads modules, which stay for good.

    In a process that has set aside what stays, as a command's own does, they are set aside as well.
    """
    resting = not gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_freeze_count():
            gc.freeze()
        if not resting:
            gc.enable()


@contextmanager
def reading(source: str, *, recorded: bool = False) -> Iterator[Callable[[], Opened]]:
    """Read a photo in a thread of its own, load what hiding needs, and give what returns the photo.

    What is wrong with the photo is raised by that, what is wrong with a network where it is used, and neither
    sooner. Standard input and pipes are read when asked for: nobody knows when they end. The thread has ended
    when the block is left.

    A photo that is `recorded` is looked up in the records as soon as it is read. The thread imports nothing:
    an interrupt of somebody who imports could leave it waiting for ever.
    """
    with nothing_is_garbage():
        from privateedit import codec  # noqa: F401 (before there is a thread, which would load it as well)

    reader = _Reader(source)
    try:
        reader.begin()
        with nothing_is_garbage():
            from privateedit import api, pipeline, wiring  # noqa: F401 (what the commands name as well)

            if recorded:
                reader.then(wiring.look_up)
            wiring.get_ready()
        yield reader.opened
    finally:
        reader.end()


def _ends(source: str) -> bool:
    """Whether it is an ordinary file; what cannot be told is found when it is read."""
    try:
        return source != files.STREAM and Path(source).is_file()
    except OSError:  # a name too long, a folder that may not be entered
        return False


class _Reader:
    """Reads one photo, from `begin` on if it is an ordinary file."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._come, self._told = threading.Event(), threading.Event()
        self._next: Callable[[Photo], None] | None = None
        self._opened: Opened | None = None
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        if not _ends(self._source):
            return
        self._thread = threading.Thread(target=self._read, name="reading a photo", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # the system has no thread to give
            self._thread = None

    def then(self, work: Callable[[Photo], None]) -> None:
        """Have done in the thread, when the photo is there, what needs no module that is not loaded yet."""
        self._next = work
        self._told.set()

    def _read(self) -> None:
        try:
            self._opened = files.read(self._source)
        except BaseException as error:  # noqa: BLE001 (raised where the photo is asked for)
            self._error = error
        finally:
            self._come.set()
        self._told.wait()
        if self._opened is not None and self._next is not None:
            with suppress(Exception):  # whoever asks the records is told
                self._next(self._opened.photo)

    def end(self) -> None:
        self._told.set()
        if self._thread is not None and self._thread.ident is not None:
            self._thread.join()

    def opened(self) -> Opened:
        if self._thread is not None:
            self._come.wait()
        if self._error is not None:
            raise self._error
        if self._opened is None:
            self._opened = files.read(self._source)
        return self._opened
