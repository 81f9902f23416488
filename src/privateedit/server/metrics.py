"""Counts and timings for Prometheus; nothing of any picture, prompt, name or key."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)


class Metrics:
    """What one server counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.answers = Counter(
            "privateedit_answers", "Answers to edits by status.", ["status"], registry=self._registry
        )
        self.failures = Counter(
            "privateedit_failures", "Edits that failed, by kind of error.", ["kind"], registry=self._registry
        )
        self.faces = Counter("privateedit_faces_hidden", "Faces hidden.", registry=self._registry)
        self.results = Counter("privateedit_results", "Pictures restored.", registry=self._registry)
        self.inside = Gauge("privateedit_requests_inside", "Edits under way.", registry=self._registry)
        self._seconds = Histogram(
            "privateedit_seconds", "Seconds by stage.", ["stage"], buckets=_SECONDS, registry=self._registry
        )

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Count how long the block takes."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds.labels(stage).observe(time.perf_counter() - start)

    def text(self) -> bytes:
        """Return all of it in Prometheus' text format."""
        return generate_latest(self._registry)
