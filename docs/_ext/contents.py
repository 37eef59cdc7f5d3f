"""What the reference and the tour of the code hold, and in which order: as contents.toml says.

A new public name needs a place there, or else a test fails; its page makes itself. Where a group lists no names, it holds
all of its module.
"""

from __future__ import annotations

import builtins
import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import autograd
import nn

ROOT = Path(__file__).resolve().parents[2]
CONTENTS = tomllib.loads(Path(__file__).with_name("contents.toml").read_text(encoding="utf-8"))
ENGINE = next(iter(CONTENTS["reading"]))  # the heading of its files


class Group(NamedTuple):
    """Some public names, on one page: its title, what it says above them, and the names in full.

    choice: rows that tell like names apart: what is written, what it is asked of, what it gives, and what that is for an
        example
    """

    page: str
    title: str
    about: str
    module: str
    names: list[str]
    choice: list[list[str]]


@functools.cache
def public_names() -> dict[str, Any]:
    """Every public name in full, with what it names."""
    hidden = [name for name in dir(autograd) if hasattr(builtins, name) and name[0] != "_"]  # sum, abs, compile
    names = {f"autograd.{name}": getattr(autograd, name) for name in [*autograd.__all__, *hidden]}
    names |= {f"nn.{name}": getattr(nn, name) for name in nn.__all__ if not isinstance(getattr(nn, name), ModuleType)}
    for module in (nn.losses, nn.optim, nn.data, nn.metrics):
        for name, thing in vars(module).items():  # without what it imports from elsewhere
            own = getattr(thing, "__qualname__", None) == name and thing.__module__.startswith(module.__name__)
            if own and name[0] != "_":
                names[f"{module.__name__}.{name}"] = thing
    return names


def groups() -> Iterator[Group]:
    """The groups of public names, in order."""
    for page, group in CONTENTS["groups"].items():
        within = f"{group['module']}."
        listed = [within + name for name in group.get("names", "").split()]
        names = listed or [name for name in public_names() if name.startswith(within)]
        yield Group(page, group["title"], group["about"], group["module"], names, group.get("choice", []))


def files() -> Iterator[tuple[str, list[str]]]:
    """Headings, and the modules below each, as dotted names."""
    seen: set[Path] = set()
    for heading, patterns in CONTENTS["reading"].items():
        paths = [path for pattern in patterns.split() for path in sorted(ROOT.glob(f"{pattern}.py"))]
        found = [path for path in dict.fromkeys(paths) if path not in seen and not path.stem.startswith("__")]
        seen.update(found)
        yield heading, [path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in found]
