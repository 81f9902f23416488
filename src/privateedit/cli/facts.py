"""What scripts and people are told of a masked picture: the same facts in every command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from privateedit.core.ports import Editor
    from privateedit.core.prepared import Prepared


def masked_facts(prepared: Prepared) -> dict[str, Any]:
    """Return what a payload is and what it hides, for JSON."""
    payload, concealed = prepared.payload, prepared.concealed
    return {
        "sha256": payload.sha256,
        "bytes": len(payload),
        "sealed": payload.sealed,
        "exposed_psnr": prepared.exposed_psnr,
        "faces": len(concealed.hidden_faces),
        "faces_left_visible": [face.id for face in concealed.visible_faces],
        "kept_from_earlier": concealed.kept > 0,
        "smaller_than_earlier": concealed.shown > 0,
        "width": payload.width,
        "height": payload.height,
        "hidden_fraction": round(concealed.masked.concealed.fraction, 6),
        "settings": prepared.settings,
    }


def sent_facts(prepared: Prepared, editor: Editor) -> dict[str, Any]:
    """Return the same beside who gets it, for JSON."""
    return {"provider": editor.name, "local": editor.local, **masked_facts(prepared)}


def masked_sentence(prepared: Prepared) -> str:
    """Say in a line or two what is hidden, and whether the picture is sealed or exposed."""
    payload, concealed = prepared.payload, prepared.concealed
    count = len(concealed.hidden_faces)
    share = concealed.masked.concealed.fraction
    noun = "face" if count == 1 else "faces"
    said = (
        f"{count} {noun} hidden, {share:.1%} of the picture; {seal_words(prepared)}, "
        f"{len(payload)} bytes, sha256 {payload.sha256[:16]}…"
    )
    if concealed.visible_faces:
        ids = ", ".join(str(face.id) for face in concealed.visible_faces)
        said += f"\nLeft visible because you chose so: face {ids}."
    if concealed.kept:
        said += (
            "\nMore is hidden than you chose, because an earlier upload of this photo hid it "
            "(--allow-smaller-mask shows it)."
        )
    if concealed.shown:
        said += "\nThis shows what an earlier upload of this photo hid."
    return said


def seal_words(prepared: Prepared) -> str:
    """Say ``sealed``, or that the picture is exposed and how well the face comes back."""
    if prepared.exposed_psnr is None:
        return "sealed"
    return f"EXPOSED: whoever has it gets the face back at {prepared.exposed_psnr:.1f} dB"
