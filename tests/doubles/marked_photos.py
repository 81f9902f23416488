"""Photos of colored squares instead of faces, marked in a boxes.json, and detectors that see squares."""

from __future__ import annotations

import json

import numpy as np
from PIL import Image
from tests.doubles.ports import (
    NothingMissed,
    simple_parts,
)
from tests.doubles.scenes import box_face

from privateedit.audit.face_bench import FaceInstruments
from privateedit.codec import decode
from privateedit.core.face import in_order

RED, GREEN = (250, 10, 10), (10, 250, 10)


class SeesColor:
    """Finds squares of one color; each is a face."""

    def __init__(self, *colors):
        self.colors = colors

    def detect(self, pixels):
        found = []
        for color in self.colors:
            rows, columns = np.nonzero((pixels == color).all(-1))
            if rows.size:
                found.append(box_face(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
        return in_order(found)


class SearchesColor(SeesColor):
    def search(self, pixels, hidden):
        return self.detect(pixels)


def parts(searcher, detector=None):
    return simple_parts(detector=detector or SeesColor(RED), searcher=searcher)


def opened(data, name):
    return decode(data, name=name).photo


def careful():
    """The detector sees red, the second search green, and the judge both."""
    return FaceInstruments(parts(SearchesColor(GREEN)), SeesColor(RED, GREEN), opened)


def careless():
    """Green faces are missed, and nobody judges."""
    return FaceInstruments(parts(NothingMissed()), None, opened)


def careless_but_judged():
    return FaceInstruments(parts(NothingMissed()), SeesColor(RED, GREEN), opened)


def write_marked(folder):
    """Two photos of two faces and one without any; returns the folder."""
    folder.mkdir()
    entries = {}
    for name, grey in (("first.png", 90), ("second.png", 91)):
        pixels = np.full((120, 200, 3), grey, np.uint8)
        pixels[20:50, 30:60] = RED
        pixels[60:80, 140:160] = GREEN
        Image.fromarray(pixels).save(folder / name)
        entries[f"{folder.name}/{name}"] = {
            "boxes": [[30, 20, 60, 50], [140, 60, 160, 80]],
            "complete": True,
            "count": 2,
        }
    Image.fromarray(np.full((100, 100, 3), 90, np.uint8)).save(folder / "nobody.png")
    entries["nobody.png"] = {"w": 100, "h": 100, "count": 0}
    (folder / "boxes.json").write_text(json.dumps(entries))
    return folder
