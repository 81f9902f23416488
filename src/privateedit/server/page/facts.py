"""What the page is told, as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from privateedit.core.conceal import RGB, Fill
from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage, Shape, outline
from privateedit.core.face import Face
from privateedit.core.finish import Finish
from privateedit.core.guide import TONES
from privateedit.core.restored import Restored
from privateedit.core.trust import BUNDLES, Trust
from privateedit.providers.service import Standing
from privateedit.providers.studio import PRESETS
from privateedit.server.asked import SUFFIXES
from privateedit.server.page.bodies import Finishing, Look
from privateedit.server.page.looks import concealment_in, finish_in
from privateedit.server.page.open_photo import OpenPhoto, Returned, Sealed
from privateedit.server.page.photo_story import SHOWN
from privateedit.server.page.sketches import Leaks
from privateedit.server.wishes import Policy
from privateedit.settings import Settings

Facts = dict[str, Any]

_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
_EVERY = 2  # points of an outline are told
_FILLS = ("black", "grey", "white", "noise")


def choices_facts(
    standings: Iterable[Standing], usual: str, policy: Policy, settings: Settings, largest: int
) -> Facts:
    """Return everything there is to choose from, and what holds when nothing is chosen."""
    look = concealment_in(Look.model_validate({}), 1, 1, policy, settings)
    finish = finish_in(Finishing(), policy, settings)
    return {
        "trusts": [_trust(each) for each in Trust],
        "trust": str(look.trust),
        "look": _look(look),
        "finish": _finish(finish),
        "coverages": [{"name": str(each), "hides_identity": each.hides_identity} for each in Coverage],
        "shapes": [str(each) for each in Shape],
        "fills": list(_FILLS),
        "tones": list(TONES),
        "presets": [{"name": name, "explanation": each.description} for name, each in PRESETS.items()],
        "services": [_service(each) for each in standings],
        "service": usual,
        "formats": [
            {"name": name, "suffix": suffix, "type": _TYPES[name]} for name, suffix in SUFFIXES.items()
        ],
        "largest_file": largest,
        "fixed_policy": policy.fixed,
    }


def _look(look: Concealment) -> Facts:
    return {
        "trust": str(look.trust),
        "coverage": str(look.coverage),
        "grow": look.grow,
        "shape": str(look.shape),
        "fill": look.fill.text,
        "opacity": look.opacity,
        "tone": look.tone,
        "backdrop": _backdrop(look.backdrop),
    }


def _finish(finish: Finish) -> Facts:
    size = finish.size
    return {
        "harmonize": "auto" if finish.harmonize is None else finish.harmonize,
        "style_match": "auto" if finish.style_match else "off",
        "blend": "auto" if finish.blend is None else finish.blend,
        "size": f"{size.width}x{size.height}" if size.kind == "exact" else size.kind,
    }


def _backdrop(color: RGB | None) -> str:
    return "keep" if color is None else Fill(color).text


def _trust(trust: Trust) -> Facts:
    bundle = BUNDLES[trust]
    return {
        "name": str(trust),
        "explanation": bundle.explanation,
        "coverage": str(bundle.coverage),
        "grow": bundle.grow,
        "shape": str(bundle.shape),
        "fill": bundle.fill.text,
        "opacity": bundle.opacity,
        "backdrop": _backdrop(bundle.backdrop),
    }


def _service(standing: Standing) -> Facts:
    profile = standing.profile
    return {
        "name": profile.name,
        "title": profile.title,
        "local": standing.local,
        "ready": standing.ready,
        "missing": standing.missing or None,
        "keeps": profile.retention or None,
        "redraws": str(profile.redraws),
        "mask": str(profile.mask),
        "models": list(profile.models),
        "open_models": profile.open_models,
    }


def photo_facts(photo: OpenPhoto) -> Facts:
    """Return what is known of a photo that was opened."""
    view = photo.view().photo
    return {
        "id": photo.id,
        "width": photo.photo.width,
        "height": photo.photo.height,
        "view": {"width": view.width, "height": view.height},
        "faces": faces_facts(photo.faces),
        "several": photo.opened.several,
        "transparent": photo.opened.transparent,
        "metadata": bool(photo.opened.metadata.exif or photo.opened.metadata.icc),
    }


def faces_facts(faces: Iterable[Face]) -> list[Facts]:
    """Return where faces are, in pixels of the upright photo; the outline is that of coverage `face`."""
    return [
        {
            "id": face.id,
            "box": [round(float(side), 1) for side in face.box],
            "outline": [
                [round(float(x), 1), round(float(y), 1)]
                for x, y in outline(face, Coverage.FACE).boundary()[::_EVERY]
            ],
        }
        for face in faces
    ]


def sealed_facts(sealed: Sealed) -> Facts:
    """Return what would leave."""
    prepared = sealed.prepared
    payload, concealed = prepared.payload, prepared.concealed
    return {
        "digest": payload.sha256,
        "bytes": len(payload),
        "width": payload.width,
        "height": payload.height,
        "format": prepared.concealment.framing.image_format,
        "sealed": payload.sealed,
        "hidden": [face.id for face in concealed.hidden_faces],
        "shown": [face.id for face in concealed.visible_faces],
        "faces": faces_facts(concealed.faces),
        "kept": concealed.kept,
        "hides_identity": prepared.concealment.coverage.hides_identity,
        "service": sealed.service,
        "model": sealed.model,
        "local": sealed.local,
    }


def leaks_facts(leaks: Leaks) -> Facts:
    """Return what a masked picture tells."""
    return {
        "recognizer": leaks.recognizer,
        "tells": leaks.tells,
        "found": leaks.found,
        "faces": [
            {
                "id": face.id,
                "hidden": face.hidden,
                "told": face.told,
                "attacks": [
                    {
                        "name": each.name,
                        "explanation": each.explanation,
                        "told": each.told,
                        "distance": None if each.distance is None else round(each.distance, 4),
                        "threshold": None if face.threshold is None else round(face.threshold, 4),
                        "psnr": round(each.psnr, 1),
                    }
                    for each in face.attempts
                ],
            }
            for face in leaks.faces
        ],
    }


def result_facts(returned: Returned, restored: Restored) -> Facts:
    """Return what came of an edit."""
    return {
        "job": returned.job,
        "width": restored.width,
        "height": restored.height,
        "shown": SHOWN,
        "sent": str(returned.left),
        "text": restored.report.text(),
        "report": [
            {
                "id": each.id,
                "sentence": each.sentence(),
                "regime": str(each.regime),
                "harmonized": round(each.harmonized, 3),
                "style": each.style,
                "seam": _rounded(each.seam),
                "seam_before": _rounded(each.seam_before),
                "distance_before": _rounded(each.distance_before),
                "distance_after": _rounded(each.distance_after),
                "guessed": each.guessed,
                "gone": each.gone,
            }
            for each in restored.report.placements
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
