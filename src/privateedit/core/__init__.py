"""The pure heart: types with their invariants and the arithmetic between them.

Nothing here touches a file, a socket, the clock, the environment or a log. What a stage needs from the
outside (a detector, an encoder, randomness) is a port in :mod:`privateedit.core.ports`.
"""
