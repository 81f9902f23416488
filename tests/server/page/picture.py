"""Draws docs/images/page.png: the page with NASA's portrait of Eileen Collins, which is in the public domain.

Run as `python -m tests.server.page.picture`. It needs Debian's chromium, as the tests of the page do.
"""

import io
import os
import tempfile
from pathlib import Path

import skimage.data
from PIL import Image

PICTURE = Path(__file__).parents[3] / "docs" / "images" / "page.png"
LARGEST = 400_000  # bytes


def drawn(size=(1440, 900)):
    """Return the page as PNG: the masked photo, and what it still tells."""
    from tests.server.conftest import file_of, running
    from tests.server.page.browser.screen import Screen, chromium

    with running(upstream="studio") as server, chromium() as browser:
        screen = Screen(browser, server, size=size, measured=True).enter()
        screen.pick(file_of(skimage.data.astronaut()), "portrait.png")
        screen.page.locator("#meter .verdict.good").wait_for()
        screen.page.locator("#stage-spinner").wait_for(state="hidden")
        screen.page.evaluate("document.activeElement.blur()")
        screen.page.wait_for_timeout(300)
        picture = screen.page.screenshot()
        screen.close()
    return picture


def small(picture):
    """Return the picture as PNG with a palette: what a README loads."""
    shown = Image.open(io.BytesIO(picture)).convert("RGB")
    reduced = shown.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)
    written = io.BytesIO()
    reduced.save(written, "PNG", optimize=True)
    return written.getvalue()


def main():
    """Draw it and write it."""
    os.environ["PRIVATEEDIT_STATE_DIR"] = tempfile.mkdtemp()
    data = small(drawn())
    assert len(data) < LARGEST, len(data)
    PICTURE.write_bytes(data)


if __name__ == "__main__":
    main()
