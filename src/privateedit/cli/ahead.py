"""What a command does at once at its start: read the photo, and load what comes next."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
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
def reading(source: str, *, recorded: bool = False, networks: bool = True) -> Iterator[Callable[[], Opened]]:
    """Read a photo in a thread of its own, load what hiding needs, and give what returns the photo.

    What is wrong with the photo is raised by that, what is wrong with a network where it is used, and neither
    sooner. Standard input and pipes are read when asked for: nobody knows when they end. The `networks` that
    find faces are loaded by a further thread; who needs one waits for it. Both have ended when the block is
    left.

    A photo that is `recorded` is looked up in the records as soon as it is read. No thread imports anything:
    an interrupt of somebody who imports could leave it waiting for ever.
    """
    with nothing_is_garbage():
        from privateedit import codec  # noqa: F401 (before there is a thread, which would load it as well)

    reader = _Reader(source)
    with reader.running(), _loading() if networks else nullcontext():
        with nothing_is_garbage():
            from privateedit import api, pipeline, wiring  # noqa: F401 (what the commands name as well)

            if recorded:
                reader.then(wiring.look_up)
        yield reader.opened


def _loading() -> AbstractContextManager[None]:
    with nothing_is_garbage():
        from privateedit.vision import models

        models.prepare()
    return _Thread("loading networks").doing(models.shared().get_ready)


def _ends(source: str) -> bool:
    """Whether it is an ordinary file; what cannot be told is found when it is read."""
    try:
        return source != files.STREAM and Path(source).is_file()
    except OSError:  # a name too long, a folder that may not be entered
        return False


class _Thread:
    """Work that is done beside a block and has ended when the block is left; its errors are nobody's.

    `ending` is called when it has to come to its end.
    """

    def __init__(self, name: str, ending: Callable[[], None] | None = None) -> None:
        self._name, self._ending = name, ending
        self.runs = False
        """Whether the system had a thread to give."""

    @contextmanager
    def doing(self, work: Callable[[], None]) -> Iterator[None]:
        # The work is not kept: what it holds goes when nobody else holds it.
        thread = threading.Thread(target=_quietly, args=(work,), name=self._name, daemon=True)
        try:
            with suppress(RuntimeError):  # the system has no thread to give
                thread.start()
                self.runs = True
            yield
        finally:
            if self._ending is not None:
                self._ending()
            if thread.ident is not None:
                thread.join()


def _quietly(work: Callable[[], None]) -> None:
    with suppress(Exception):
        work()


class _Reader:
    """Reads one photo: in a thread while it is `running`, or else when it is asked for."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._come, self._told = threading.Event(), threading.Event()
        self._next: Callable[[Photo], None] | None = None
        self._opened: Opened | None = None
        self._error: BaseException | None = None
        self._thread = _Thread("reading a photo", self._told.set)

    def running(self) -> AbstractContextManager[None]:
        return self._thread.doing(self._read) if _ends(self._source) else nullcontext()

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
            self._next(self._opened.photo)  # whoever asks the records is told of trouble with them

    def opened(self) -> Opened:
        if self._thread.runs:
            self._come.wait()
        if self._error is not None:
            raise self._error
        if self._opened is None:
            self._opened = files.read(self._source)
        return self._opened
