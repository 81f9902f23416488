"""`python -m privateedit` and the `privateedit` command."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Else OpenBLAS's idle threads keep a core busy, for 0.05 s from the start on. Results are the same.
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")  # noqa: TID251 (no setting: read by a library)
    # Nobody's plugin has to see what is checked here, and to look for some takes 0.01 s.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # noqa: TID251 (as above)
    from privateedit import memory  # noqa: PLC0415 (keeps this module's import free)
    from privateedit.cli import streams  # noqa: PLC0415 (as above)
    from privateedit.cli.ahead import nothing_is_garbage  # noqa: PLC0415 (as above)

    streams.settle()
    memory.keep_together()
    gc.freeze()  # what is loaded stays for good: the collector need not look at it again and again
    with nothing_is_garbage():
        from privateedit.cli.app import run  # noqa: PLC0415 (as above)

    code = run(sys.argv[1:])
    streams.end()
    gc.freeze()  # the system takes everything back at once; to look for garbage in it takes 0.05 s
    sys.exit(code)


if __name__ == "__main__":
    main()
