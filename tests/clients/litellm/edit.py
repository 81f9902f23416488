"""Edits by LiteLLM, in an environment of its own: one for each line of JSON that comes in.

Address and key are given as its users give them.
"""

import asyncio
import contextlib
import json
import sys
from pathlib import Path

import litellm

PROMPT = "a warmer evening, same pose and framing"


def edited(way: str, address: str, key: str, photos: list[str]) -> object:
    """Ask the proxy, with LiteLLM's function, its async one, or its router, which tries again by itself."""
    where = {"model": "openai/gpt-image-2", "api_base": address, "api_key": key}
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(Path(each).open("rb")) for each in photos]
        asked = {"image": files, "prompt": PROMPT}
        if way == "router":
            named = {"model_name": "edits", "litellm_params": where}
            router = litellm.Router(model_list=[named], num_retries=2, retry_after=0)
            return asyncio.run(router.aimage_edit(model="edits", **asked))
        if way == "async":
            return asyncio.run(litellm.aimage_edit(**where, **asked))
        return litellm.image_edit(**where, **asked)


def answer(asked: dict) -> dict:
    """Return what came back, or how it failed."""
    try:
        found = edited(**asked)
    except Exception as error:  # noqa: BLE001 (what is told is the kind)
        status = getattr(error, "status_code", None)
        return {"failed": type(error).__name__, "status": status, "message": str(error)}
    return {"pictures": [each.b64_json for each in found.data]}


def main() -> None:
    """Answer every line by a line; nothing else is printed there."""
    printed, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        printed.write(json.dumps(answer(json.loads(line))) + "\n")
        printed.flush()


main()
