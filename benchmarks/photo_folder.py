"""Mask every photo of a folder and look for anything but pixels: `python -m benchmarks.photo_folder DIR…`.

Prints a line a photo: opened or why not, faces, sealed, and what an independent reader (Pillow) and a scan of
the bytes find in the payload.
"""

from __future__ import annotations

import io
import sys
from collections import Counter
from pathlib import Path

from PIL import Image

import privateedit

MARKS = (
    b"Exif",
    b"http://ns.adobe",
    b"ICC_PROFILE",
    b"iCCP",
    b"tEXt",
    b"iTXt",
    b"zTXt",
    b"eXIf",
    b"JFXX",
    b"8BIM",
)


def main() -> int:
    tally: Counter[str] = Counter()
    for folder in sys.argv[1:]:
        for path in sorted(each for each in Path(folder).iterdir() if each.is_file()):
            verdict = judged(path)
            tally[verdict.split(":")[0]] += 1
            print(f"{path.name:60} {verdict}")
    print(dict(tally))
    return 0


def judged(path: Path) -> str:
    try:
        photo = privateedit.open(path)
    except privateedit.InputError as error:
        return f"refused: {error.message}"
    try:
        prepared = privateedit.mask(photo)
    except privateedit.NoFaceFound:
        return f"no face: {photo.width}×{photo.height}"
    payload = prepared.payload
    found = [mark.decode() for mark in MARKS if mark in header_and_tail(payload.data)]
    with Image.open(io.BytesIO(payload.data)) as again:
        again.load()
        found += [f"info {name}" for name in again.info] + (["exif"] if again.getexif() else [])
    if found or not payload.sealed:
        return f"LEAK: {found}"
    return f"sealed: {len(prepared.concealed.faces)} faces, {len(payload)} bytes"


def header_and_tail(data: bytes) -> bytes:
    """Return everything of a PNG but its compressed pixels, where any four bytes may occur by chance."""
    kept, position = [data[:8]], 8
    while position < len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        kind = data[position + 4 : position + 8]
        kept.append(data[position : position + 8])
        if kind != b"IDAT":
            kept.append(data[position + 8 : position + 8 + length])
        position += 12 + length
    return b"".join(kept)


if __name__ == "__main__":
    sys.exit(main())
