"""Evidence as a test wants it."""

from __future__ import annotations

from dataclasses import replace

from privateedit.core.register_surroundings import Surroundings


def limit_what_a_person_shows(monkeypatch, evidence: float) -> None:
    """Let a visible person who is surely there, by more than is asked, show just this much `evidence`."""
    for name in ("sighted", "sighted_nearby"):
        real = getattr(Surroundings, name)

        def seen(self, edited, guess, real=real):
            found = real(self, edited, guess)
            sure = self.person is not None and found.evidence > 0.91
            return replace(found, agreement=evidence, margin=0.0) if sure else found

        monkeypatch.setattr(Surroundings, name, seen)
