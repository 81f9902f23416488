"""What is told of each photo of a batch: plain values, the same whenever the same is done."""

from __future__ import annotations

from typing import Any

from privateedit.core.prepared import Prepared
from privateedit.core.restored import Restored


def masked_facts(prepared: Prepared) -> dict[str, Any]:
    """Return what a masked picture is and what it hides."""
    payload, concealed = prepared.payload, prepared.concealed
    return {
        "masked": {
            "sha256": payload.sha256,
            "bytes": len(payload),
            "sealed": payload.sealed,
            "width": payload.width,
            "height": payload.height,
            "faces": len(concealed.hidden_faces),
            "kept_from_earlier": concealed.kept > 0,
            "hidden_fraction": round(concealed.masked.concealed.fraction, 6),
        }
    }


def restored_facts(restored: Restored) -> dict[str, Any]:
    """Return what a restored picture is, and how each face was put back."""
    return {
        "restored": {
            "width": restored.width,
            "height": restored.height,
            "faces": [
                {"regime": str(each.regime), "residual": round(each.residual, 5)}
                for each in restored.report.placements
                if each.id is not None
            ],
        }
    }
