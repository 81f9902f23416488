"""What the pure core needs from outside; one method a port, but for those that keep records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from privateedit.core.edit import EditResult, Instruction
from privateedit.core.errand import Errand, Takes
from privateedit.core.face import Face, Points
from privateedit.core.framing import Framing, ImageFormat
from privateedit.core.handover import Handover
from privateedit.core.mask import Hidden, Mask
from privateedit.core.payload import Payload
from privateedit.core.photo import Photo, Pixels
from privateedit.core.record import Intent, Outcome

Entropy = Callable[[int], bytes]
"""Returns that many unpredictable bytes from the operating system's generator."""

Descriptor = NDArray[np.float64]
"""128 float64; the Euclidean distance of two tells whether they show one person."""


class FaceDetector(Protocol):
    """Finds faces."""

    def detect(self, pixels: Pixels) -> Sequence[Face]:
        """Return every face in an RGB picture, numbered left to right, in its pixel coordinates."""


@runtime_checkable
class Rests(Protocol):
    """Keeps memory for the next picture, and gives it back when told that there is none for a while."""

    def rest(self) -> None:
        """Give it back; the next picture takes it anew."""


def rest(part: object) -> None:
    """Let a part rest, where it can."""
    if isinstance(part, Rests):
        part.rest()


class PayloadSearcher(Protocol):
    """Looks once more at a picture that is about to leave."""

    def search(self, pixels: Pixels, hidden: Hidden) -> Sequence[Face]:
        """Return faces that can still be seen in a masked RGB picture.

        What lies mostly under `hidden` (H×W bool) is a mask or a guide and no face.
        """


class PersonSegmenter(Protocol):
    """Tells person from background."""

    def segment(self, pixels: Pixels) -> NDArray[np.float32]:
        """Return an H×W matte in [0, 1]: 1 where an RGB picture shows a person."""


class LandmarkFinder(Protocol):
    """Finds the landmarks that a recognizer aligns a face by."""

    def fit(self, pixels: Pixels, face: Face) -> Points:
        """Return the landmarks of `face` in an RGB picture, in its pixel coordinates."""


class Recognizer(Protocol):
    """Describes a face so that descriptions of one person lie close together."""

    def embed(self, pixels: Pixels, landmarks: Points) -> Descriptor:
        """Return 128 numbers for what an RGB picture shows where the landmarks say a face is."""


class Encoder(Protocol):
    """Turns pixels into bytes that hold those pixels and nothing else."""

    def encode(self, pixels: Pixels, image_format: ImageFormat) -> bytes:
        """Encode RGB pixels afresh, deterministically, without metadata."""


class Inspector(Protocol):
    """Re-reads encoded bytes with suspicion."""

    def inspect(self, data: bytes, width: int, height: int) -> None:
        """Raise `Refused` unless `data` is one picture of that size and holds nothing but pixels."""


class Editor(Protocol):
    """An image model, local or remote. It receives a payload and knows nothing else."""

    name: str
    local: bool
    """Whether it runs on this device, so that nothing is sent."""

    def edit(self, payload: Payload, instruction: Instruction) -> EditResult:
        """Return the edited picture.

        Raises:
            UnknownInstruction: this editor cannot do that.
            ProviderError: the service failed or answered nonsense.
        """


@runtime_checkable
class ChoosesFrame(Protocol):
    """An editor whose service takes certain sizes only."""

    def frame(self, width: int, height: int, wanted: Framing) -> Framing:
        """Return how a photo of that size is packed, within what a person wanted.

        Raises:
            InputError: it takes no picture of such proportions.
        """


@runtime_checkable
class RunsErrands(Protocol):
    """An editor that takes more than a picture and words: a region, further pictures, a number of results."""

    @property
    def takes(self) -> Takes:
        """How much of that it takes at once."""

    def run(self, errand: Errand) -> tuple[EditResult, ...]:
        """Return as many edited pictures as the errand asks for, in order.

        Raises:
            UnknownInstruction: this editor cannot do that.
            ProviderError: the service failed or answered nonsense, or the errand asks for more than it takes.
        """


@runtime_checkable
class PassesWords(Protocol):
    """An editor that passes on more of a person's words than the instruction."""

    @property
    def words(self) -> tuple[str, ...]:
        """Those words: names of models, options."""


class Journal(Protocol):
    """Writes down every send: before it starts, and how it ended."""

    def intend(self, intent: Intent) -> str:
        """Have `intent` on the disk before returning the id to conclude it with.

        Raises:
            JournalUnwritable: it could not be written, so nothing may be sent.
        """

    def conclude(self, identity: str, outcome: Outcome) -> None:
        """Have `outcome` on the disk, or raise an error that tells what was sent.

        Raises:
            JournalUnwritable: it could not be written; `sent` is the outcome's.
        """


class Ledger(Protocol):
    """Remembers what earlier uploads of a photo showed, so that its mask only grows."""

    def name(self, photo: Photo) -> str:
        """Return the photo's keyed digest: 64 hex digits that mean nothing without this device's key."""

    def recognize(self, photo: Photo, *, ahead: bool = False) -> None:
        """Work out what the others need of all the photo's pixels: if there are records, or `ahead` of them.

        Nothing is waited for, made or told: for a second core, which this takes a while.
        """

    def protected(self, photo: Photo) -> Mask | None:
        """Return what every earlier upload hid, or None for a photo never uploaded.

        Raises:
            Refused: the record cannot be trusted or read.
        """

    def reveal(self, photo: Photo, hidden: Hidden, *, smaller: bool = False) -> None:
        """Have it on the disk that everything outside `hidden` is about to be shown.

        Args:
            photo: the picture.
            hidden: H×W bool of its size, True where the upload hides it.
            smaller: the user allowed showing what earlier uploads hid.

        Raises:
            Refused: without `smaller`, `hidden` shows what an earlier upload hid, or it could not be written.
        """


class Handovers(Protocol):
    """Remembers how each photo was last handed over to a person, so that restoring asks for nothing else."""

    def remember(self, photo: Photo, handover: Handover) -> None:
        """Have it on the disk how the photo is about to be handed over; an earlier one is replaced.

        Raises:
            JournalUnwritable: it could not be written, so nothing may be handed over.
            Refused: the records cannot be trusted.
        """

    def recall(self, photo: Photo) -> Handover | None:
        """Return how the photo was last handed over, or None if it never was.

        Raises:
            Refused: the record cannot be trusted or read.
        """
