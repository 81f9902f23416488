"""One ASGI app on the user's machine: an OpenAI-compatible endpoint that masks, sends and restores."""
