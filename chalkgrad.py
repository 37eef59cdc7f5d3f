"""The program `chalkgrad`: outside of the packages, so that it can say what is wrong where they cannot be imported."""

from __future__ import annotations

import sys


def main() -> int:
    """Run `chalkgrad`; where another package called autograd took the place of ours, say so in one sentence."""
    try:
        from nn.cli.main import main as run
    except ImportError as error:
        print(f"chalkgrad: {error}", file=sys.stderr)
        return 1
    return run()


if __name__ == "__main__":
    sys.exit(main())
