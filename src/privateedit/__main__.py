"""`python -m privateedit` and the `privateedit` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from privateedit.cli.app import run  # noqa: PLC0415 (keeps `import privateedit.__main__` free)

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
