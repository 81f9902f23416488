"""Answers in OpenAI's shape: JSON, or events."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping

from privateedit.server.asked import SUFFIXES, Asked
from privateedit.server.story import Finished, Ready
from privateedit.server.upstream import Chosen

_FORMATS = {suffix: name for name, suffix in SUFFIXES.items()}


def facts_before(ready: Ready, chosen: Chosen) -> dict[str, str]:
    """Return, as headers, what is known once everything is sealed.

    Counts, digests and the server's own words only: nothing that a header could be broken with.
    """
    payloads = [each.payload for each in ready.all]
    faces = [len(each.concealed.hidden_faces) for each in ready.all]
    facts = {
        "x-privateedit-faces": str(sum(faces)),
        "x-privateedit-sealed": "yes" if all(each.sealed for each in payloads) else "no",
        "x-privateedit-digest": ", ".join(f"sha256:{each.sha256}" for each in payloads),
        "x-privateedit-provider": chosen.editor.name,
    }
    if _plain(chosen.model):
        facts["x-privateedit-model"] = chosen.model
    warnings = [f"the prompt may name somebody ({ready.findings})"] if ready.findings else []
    if not all(each.concealment.coverage.hides_identity for each in ready.all):
        warnings.append("coverage eyes hides nobody")
    if warnings:
        facts["x-privateedit-warning"] = "; ".join(warnings)
    if ready.dropped:
        facts["x-privateedit-dropped"] = ", ".join(dict.fromkeys(ready.dropped))
    return facts


def facts_after(finished: Finished, chosen: Chosen) -> dict[str, str]:
    """Return, as headers, what came of it."""
    placements = [each for result in finished.restored for each in result.report.placements]
    regimes = ["gone" if each.gone else str(each.regime) for each in placements]
    facts = {
        "x-privateedit-regime": ", ".join(regimes) or "none",
        "x-privateedit-sent": "no" if chosen.editor.local else "yes",
    }
    if finished.withheld:
        facts["x-privateedit-withheld"] = str(finished.withheld)
    if guessed := sum(each.guessed for each in placements):
        facts["x-privateedit-guessed"] = str(guessed)
    return facts


def _plain(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable()


def json_answer(finished: Finished, asked: Asked, now: int) -> bytes:
    """Return the body of an answer that comes at once."""
    said = {
        "created": now,
        "data": [{"b64_json": each} for each in _base64(finished)],
        **_described(finished, asked),
    }
    return json.dumps(said).encode()


def event_answer(finished: Finished, asked: Asked, now: int, facts: Mapping[str, str]) -> bytes:
    """Return the events of an answer that comes as events: each result is completed at once.

    What the service drew on the way is withheld: it shows a stranger where the face belongs.
    """
    described = _described(finished, asked)
    pieces = (
        {"type": "image_edit.completed", "b64_json": each, "created_at": now, **described}
        for each in _base64(finished)
    )
    told = {name.removeprefix("x-privateedit-"): value for name, value in facts.items()}
    return b"".join(event("image_edit.completed", {**each, "privateedit": told}) for each in pieces)


def event(name: str, said: object) -> bytes:
    """Return one server-sent event."""
    return f"event: {name}\ndata: {json.dumps(said)}\n\n".encode()


def _base64(finished: Finished) -> Iterator[str]:
    return (base64.b64encode(each).decode("ascii") for each in finished.files)


def _described(finished: Finished, asked: Asked) -> dict[str, str]:
    first = finished.restored[0]
    return {
        "background": "opaque",
        "output_format": _FORMATS[asked.suffix],
        "quality": asked.options.get("quality", "auto"),
        "size": f"{first.width}x{first.height}",
    }
