"""Whether the package autograd that Python finds is chalkgrad's; imported before all else of nn, and an error if it is not.

HIPS's package has the name, too, and pip lets both write into one folder. What is installed last wins, and uninstalling
either takes files of the other along, or leaves a folder without an __init__.py.
"""

from __future__ import annotations

CURE = (
    "pip uninstall autograd, then pip install --force-reinstall --no-deps chalkgrad; where both are needed, give each an"
    " environment of its own (python -m venv .venv)"
)

try:
    import autograd
except ImportError as error:  # the other one's, which needs NumPy
    raise ImportError(f"the package autograd that Python finds is not chalkgrad's, but HIPS's ({error}): {CURE}") from None

if not hasattr(autograd, "PRIMITIVES"):
    if getattr(autograd, "__file__", None):
        raise ImportError(
            f"the package autograd found at {autograd.__file__} is not chalkgrad's: another project of that name (HIPS"
            f" autograd) is installed beside it and the two overwrite each other: {CURE}"
        )
    raise ImportError(
        f"chalkgrad's autograd in {', '.join(autograd.__path__)} has lost its __init__.py: another project of that name"
        " (HIPS autograd) was uninstalled, and pip took it along:"
        " pip install --force-reinstall --no-deps chalkgrad brings it back"
    )
