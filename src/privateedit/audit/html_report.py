"""An audit as one HTML page for a layman: what was sent, what each attacker got, and how close that comes.

The page is strict: no script, nothing from outside, every text escaped, and a policy that lets the browser
load nothing but the pictures inside.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape

import cv2
import numpy as np

from privateedit.audit.attacks import ATTACKS
from privateedit.audit.photo_audit import SEARCH, SEARCH_EXPLANATION, FaceAudit, Outcome, PhotoAudit
from privateedit.core.photo import Pixels
from privateedit.core.ports import Encoder
from privateedit.core.scale import reduced

EXPLANATIONS: Mapping[str, str] = {SEARCH: SEARCH_EXPLANATION} | {
    name: attack.explanation for name, attack in ATTACKS.items()
}
"""What each attack does, in a layman's words."""

_PICTURE_SIDE = 900
_FACE_SIDE = 220
_FAR = 1.2  # the distance at the end of a bar
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; --good: #1a7f37; --bad: #b42318; --soft: #8884; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
.warning { border-left: .4rem solid #d9a400; padding: .4rem 1rem; background: #d9a40022; }
.verdict { font-size: 1.15rem; border-left: .4rem solid var(--good); padding: .4rem 1rem; }
.verdict.told { border-color: var(--bad); }
.pair, .attacks { display: grid; gap: 1.2rem; }
.pair { grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); }
.attacks { grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); }
figure { margin: 0; } figure img { width: 100%; border-radius: .4rem; display: block; }
figcaption { font-size: .9rem; margin-top: .4rem; }
.bar { position: relative; height: .8rem; background: var(--soft); border-radius: .4rem; margin: .5rem 0; }
.bar .fill { position: absolute; inset: 0 auto 0 0; border-radius: .4rem; background: var(--good); }
.bar .fill.told { background: var(--bad); }
.bar .limit { position: absolute; top: -.25rem; bottom: -.25rem; width: .15rem; background: currentColor; }
.told-word { color: var(--bad); font-weight: 600; } .safe-word { color: var(--good); font-weight: 600; }
"""


def html_report(audit: PhotoAudit, settings: Mapping[str, object], sealed: bool, encoder: Encoder) -> str:
    """Return the whole page. It holds the face, and says so.

    Args:
        audit: what was measured.
        settings: how the picture was masked, by name.
        sealed: whether the payload was proven to hold nothing of the hidden pixels.
        encoder: packs the pictures.
    """
    faces = "\n".join(_face_section(face, encoder) for face in audit.faces)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What this masked picture tells</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>What this masked picture tells</h1>
<p class="warning"><strong>This report holds the face.</strong>
Keep it to yourself, and delete it when you are done.</p>
{_verdict(audit)}
<div class="pair">
{_figure(reduced(audit.original, _PICTURE_SIDE), "The original.", encoder)}
{_figure(reduced(audit.sent, _PICTURE_SIDE), "What would be sent.", encoder)}
</div>
<p>{_how(settings, sealed)}</p>
{_HOW_TO_READ}
{_unhidden(audit)}
{faces}
</body>
</html>
"""


_HOW_TO_READ = """<h2>How to read this</h2>
<p>Each attack tries to get a face out of the picture that would be sent. A face recognition program then says
how far what it got is from the real face. The longer the bar, the farther away. Up to the black line, the
program takes the two for the same person. The attackers here know where the eyes and the nose were, which is
more than a real one knows.</p>
<p>No match means that this program does not know the face. Hair, clothes, place and writing in the
picture can still tell people who somebody is.</p>"""


def _verdict(audit: PhotoAudit) -> str:
    if not audit.tells:
        return '<p class="verdict">No attack got a face that was recognized.</p>'
    told = [f"face {face.id}" for face in audit.faces if face.matched]
    parts = [f"This picture tells who {_joined(told)} is."] if told else []
    if audit.unhidden:
        parts.append("A face that was not hidden was found in it.")
    return f'<p class="verdict told">{escape(" ".join(parts))}</p>'


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _how(settings: Mapping[str, object], sealed: bool) -> str:
    proof = (
        "Sealed: it was proven that no hidden pixel influences what would be sent."
        if sealed
        else "Exposed: the face shows through the mask."
    )
    shown = {name: value for name, value in settings.items() if value is not None and value is not False}
    chosen = ", ".join(f"{name} {value}" for name, value in shown.items())
    return f"{escape(proof)} Settings: {escape(chosen)}."


def _unhidden(audit: PhotoAudit) -> str:
    if not audit.unhidden:
        return ""
    boxes = "; ".join(
        f"{face.box.x0:.0f},{face.box.y0:.0f} to {face.box.x1:.0f},{face.box.y1:.0f}"
        for face in audit.unhidden
    )
    return f"<h2>Faces that were not hidden</h2>\n<p>A detector sees a face at {escape(boxes)} (pixels).</p>"


def _face_section(face: FaceAudit, encoder: Encoder) -> str:
    figures = "\n".join(_attack_figure(outcome, face, encoder) for outcome in face.outcomes)
    kind = "" if face.hidden else " (left visible because you chose so)"
    note = (
        ""
        if face.recognizable
        else "<p>The recognition program can hardly tell this face from an empty picture: it is small, "
        "turned or blurred. So only what comes much closer counts as a match.</p>"
    )
    return f"""<h2>Face {face.id}{kind}</h2>
{note}
<div class="attacks">
{_figure(_sized(face.original), "The original face.", encoder)}
{figures}
</div>"""


def _attack_figure(outcome: Outcome, face: FaceAudit, encoder: Encoder) -> str:
    if outcome.distance is None:
        words = '<span class="safe-word">Found no face</span>'
        bar = "<br>"
    else:
        told = " told" if outcome.matched else ""
        word = "told" if outcome.matched else "safe"
        verdict = "The same person" if outcome.matched else "Not recognized"
        words = (
            f'<span class="{word}-word">{verdict}</span>: distance {outcome.distance:.2f}, '
            f"the same person below {face.threshold:.2f}"
        )
        bar = (
            f'<div class="bar"><div class="fill{told}" style="width:{_share(outcome.distance):.1f}%"></div>'
            f'<div class="limit" style="left:{_share(face.threshold):.1f}%"></div></div>'
        )
    caption = (
        f"<strong>{escape(outcome.attack)}</strong>. {escape(EXPLANATIONS[outcome.attack])}{bar}{words}. "
        f"Pixels came back at {outcome.psnr:.0f} dB."
    )
    return _figure_of(_sized(outcome.picture), caption, f"What {outcome.attack} got", encoder)


def _share(distance: float) -> float:
    return min(100.0, 100.0 * distance / _FAR)


def _figure(pixels: Pixels, text: str, encoder: Encoder) -> str:
    return _figure_of(pixels, escape(text), text, encoder)


def _figure_of(pixels: Pixels, caption: str, alternative: str, encoder: Encoder) -> str:
    data = base64.b64encode(encoder.encode(pixels, "jpeg")).decode("ascii")
    return (
        f'<figure><img alt="{escape(alternative, quote=True)}" src="data:image/jpeg;base64,{data}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _sized(pixels: Pixels) -> Pixels:
    """Return a face's picture at one size, tiny faces enlarged."""
    ratio = _FACE_SIDE / max(pixels.shape[:2])
    size = (max(1, round(pixels.shape[1] * ratio)), max(1, round(pixels.shape[0] * ratio)))
    way = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
