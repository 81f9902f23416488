"""`Policy`: what a person allows of connections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """What a person allows.

    Attributes:
        plain_http: hosts besides this device that may be spoken to without encryption.
        system_proxy: whether proxies that the system names are used.
        retries: how often a connection that could not be opened is tried again; a send never is.
        answer: seconds of silence after which an answer is given up; None waits until the deadline.
    """

    plain_http: frozenset[str] = frozenset()
    system_proxy: bool = False
    retries: int = 0
    answer: float | None = None
