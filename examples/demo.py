"""The main job on one portrait: leaves original, sent and final pictures in a folder, and side by side.

    python examples/demo.py [PHOTO] --preset backdrop-navy --out demo

Without PHOTO it takes the portrait of astronaut Eileen Collins (NASA, public domain) that scikit-image ships.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import privateedit

CAPTION = 34
SIDE = 720


def main() -> int:
    arguments = parse()
    try:
        run(arguments.photo, arguments.preset, arguments.out)
    except privateedit.PrivateEditError as error:
        print(f"demo: {error.sentence}", file=sys.stderr)
        return error.exit_code
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Edit a portrait without the editor seeing the face.")
    parser.add_argument("photo", nargs="?", type=Path)
    parser.add_argument("--preset", default="backdrop-navy")
    parser.add_argument("--out", type=Path, default=Path("demo"))
    return parser.parse_args()


def run(source: Path | None, preset: str, out: Path) -> None:
    photo = privateedit.open(source) if source else portrait()
    started = time.perf_counter()
    done = privateedit.edit(photo, preset=preset)
    seconds = time.perf_counter() - started

    out.mkdir(exist_ok=True)
    payload = done.prepared.payload
    privateedit.save(photo, out / "original.png")
    (out / "sent.png").write_bytes(payload.data)
    privateedit.save(done.restored, out / "final.png")
    pictures = [photo.pixels, privateedit.open(payload.data).pixels, done.restored.pixels]
    captions = ["original", "what left the device", f"final ({preset})"]
    side_by_side(pictures, captions).save(out / "side-by-side.png")

    print(done.restored.report.text())
    print(f"The editor got {len(payload)} bytes, sealed, sha256 {payload.sha256[:16]}…")
    print(f"{seconds:.1f} s. Look at {out / 'side-by-side.png'}.")


def portrait() -> privateedit.Photo:
    from skimage import data

    return privateedit.Photo(np.ascontiguousarray(data.astronaut()))


def side_by_side(pictures: list[np.ndarray], captions: list[str]) -> Image.Image:
    tiles = [tile(pixels, caption) for pixels, caption in zip(pictures, captions, strict=True)]
    gap = 8
    width = sum(each.width for each in tiles) + gap * (len(tiles) - 1)
    sheet = Image.new("RGB", (width, tiles[0].height), "white")
    left = 0
    for each in tiles:
        sheet.paste(each, (left, 0))
        left += each.width + gap
    return sheet


def tile(pixels: np.ndarray, caption: str) -> Image.Image:
    picture = Image.fromarray(pixels)
    height = min(SIDE, max(each for each in (picture.height, 512)))
    picture = picture.resize(
        (round(picture.width * height / picture.height), height), Image.Resampling.LANCZOS
    )
    labeled = Image.new("RGB", (picture.width, height + CAPTION), "white")
    labeled.paste(picture, (0, 0))
    font = ImageFont.load_default(20)
    ImageDraw.Draw(labeled).text(
        (picture.width / 2, height + CAPTION / 2), caption, fill="black", font=font, anchor="mm"
    )
    return labeled


if __name__ == "__main__":
    sys.exit(main())
