"""`OpenPhoto`: one photo that a person works on, its reduced view, and how far the work is."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import anyio

from privateedit.audit.photo_audit import scaled
from privateedit.codec.decode import Opened
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.face import Face
from privateedit.core.finish import Finish
from privateedit.core.mask import Hidden, Mask
from privateedit.core.names import Names
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo, Pixels
from privateedit.core.prepared import Prepared
from privateedit.core.restored import Restored
from privateedit.core.scale import reduced, reduced_mask
from privateedit.errors import NotServed, Refused, Sent
from privateedit.server.presence import Presence

VIEW = 1024
"""The longest side, in pixels, of what is masked while settings move; what is sent is masked at full size."""


_Whose = tuple[tuple[int, ...] | None, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class KnownFaces:
    """A detector that was told what there is, and finds nothing more when it searches a masked picture."""

    faces: Sequence[Face]

    def detect(self, pixels: Pixels) -> Sequence[Face]:
        """Return the faces."""
        return self.faces

    def search(self, pixels: Pixels, hidden: Hidden) -> Sequence[Face]:
        """Return nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class ReducedLedger:
    """What earlier uploads of the photo hid, at the size of a view, from which nothing can be sent."""

    earlier: Mask | None

    def name(self, photo: Photo) -> str:
        """Return a digest that stands for no photo."""
        return "0" * 64

    def recognize(self, photo: Photo, *, ahead: bool = False) -> None:
        """Do nothing: no name is needed."""

    def protected(self, photo: Photo) -> Mask | None:
        """Return what is to stay hidden."""
        return self.earlier

    def reveal(self, photo: Photo, hidden: Hidden, *, smaller: bool = False) -> None:
        """Refuse.

        Raises:
            Refused: always.
        """
        raise Refused("Nothing leaves while it is looked at.")


@dataclass(frozen=True, eq=False, slots=True)
class View:
    """The photo and its faces at a reduced size, and parts that know them already.

    Attributes:
        photo: the reduced photo.
        ratio: pixels of it in one of the photo.
        parts: the concrete parts, for this size.
        backgrounds: what is background, by the faces that are hidden and those that are not.
    """

    photo: Photo
    ratio: float
    parts: Parts
    backgrounds: dict[_Whose, Mask] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, eq=False, slots=True)
class Sealed:
    """What was shown as leaving, and for whom."""

    prepared: Prepared
    service: str
    model: str
    local: bool

    @property
    def digest(self) -> str:
        """SHA-256 of the payload, in hexadecimal."""
        return self.prepared.payload.sha256


@dataclass(eq=False, slots=True)
class Job:
    """An edit that was asked for. It begins when its events are listened to, once."""

    sealed: Sealed
    instruction: Instruction
    finish: Finish
    id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    presence: Presence | None = None
    listened: bool = False
    cancelled: bool = False

    def cancel(self) -> None:
        """Stop it; one that has not begun never begins."""
        self.cancelled = True
        if self.presence is not None:
            self.presence.left.set()


@dataclass(frozen=True, eq=False, slots=True)
class Returned:
    """What came back of what was sealed; `job` is empty where another app edited it."""

    job: str
    sealed: Sealed
    picture: EditResult

    @property
    def left(self) -> Sent:
        """Whether the masked picture left the device for it."""
        return Sent.NO if self.sealed.local and self.job else Sent.YES


@dataclass(eq=False)
class OpenPhoto:
    """A photo in memory.

    Attributes:
        opened: the photo and its metadata.
        faces: those that were found, from left to right; late finds come after the others.
        names: what must not stand in an instruction.
        parts: the concrete parts.
        sealed: what was last shown as leaving.
        handed: what was last given to a person who takes it elsewhere.
        job: the last edit.
        returned: what came back.
        result: the same with the faces in it; None where they did not fit.
    """

    opened: Opened
    faces: tuple[Face, ...]
    names: Names
    parts: Parts
    id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    sealed: Sealed | None = None
    handed: Sealed | None = None
    job: Job | None = None
    returned: Returned | None = None
    result: Restored | None = None
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    _views: dict[int, View] = field(default_factory=dict, repr=False)

    @property
    def photo(self) -> Photo:
        """The pixels."""
        return self.opened.photo

    @property
    def busy(self) -> bool:
        """Whether an edit is under way: somebody listens to it, and its turn has come or will."""
        return self.job is not None and self.job.listened

    @property
    def left(self) -> Sent:
        """Whether a masked picture of it has left this device, as far as is known here."""
        if self.busy:
            return Sent.UNKNOWN
        return Sent.NO if self.returned is None else self.returned.left

    def require_idle(self) -> None:
        """Refuse to change what an edit under way works on.

        Raises:
            NotServed: 409, one is.
        """
        if self.busy:
            raise NotServed("An edit of this photo is under way.", status=409, code="under_way")

    @property
    def masking(self) -> Parts:
        """The parts, with a detector that need not look again; what is masked is searched all the same."""
        return replace(self.parts, detector=KnownFaces(self.faces))

    def view(self, longest: int = VIEW) -> View:
        """Return the photo at a reduced size, made once for each."""
        if longest not in self._views:
            self._views[longest] = self._view(longest)
        return self._views[longest]

    def _view(self, longest: int) -> View:
        pixels = reduced(self.photo.pixels, longest)
        height, width = pixels.shape[:2]
        ratio = (width / self.photo.width, height / self.photo.height)
        known = KnownFaces(tuple(scaled(face, ratio) for face in self.faces))
        earlier = self.parts.ledger.protected(self.photo)
        smaller = None if earlier is None else Mask(reduced_mask(earlier.hidden, longest))
        parts = replace(self.parts, detector=known, searcher=known, ledger=ReducedLedger(smaller))
        return View(Photo(pixels), ratio[0], parts)

    def found(self, faces: tuple[Face, ...]) -> None:
        """Take over faces that were found later."""
        if len(faces) > len(self.faces):
            self.faces = faces
            self.forget_views()

    def forget_views(self) -> None:
        """Make the views anew: what earlier uploads hid has grown."""
        self._views = {}

    def close(self) -> None:
        """Stop what is under way, and drop what is held."""
        if self.job is not None:
            self.job.cancel()
        self.sealed = self.handed = self.returned = self.result = None
