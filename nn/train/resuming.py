"""A training that goes on where it stopped: what is kept of it, and whether it is the one that is asked to go on.

All that the next step depends on is kept: the parameters, what the optimiser and the schedule remember, the state of the
random numbers that shuffle, the epochs so far and the batches of the one that was begun. Then the numbers that follow are
those of a training that was never interrupted, bit for bit. They would be others with another batch size or other rows, so
what a training was called with is kept too, and compared.
"""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Iterable, Mapping
from typing import Any

from nn.module import Module, read_content

FORMAT = {"format": "chalkgrad training", "version": 1}
PARTS: dict[str, Any] = {
    "settings": dict,
    "parameters": list,
    "gradients": list,
    "optimizer": dict,
    "scheduler": (dict, type(None)),
    "best": dict,
    "random": (list, type(None)),
    "batches": list,
    "history": dict,
}


def read_state(source: Any) -> Mapping[str, Any]:
    """The state of a training, from a History, a file that its save wrote, or what its state_dict gave.

    Raises ValueError for a file that is no such file and a state that lacks a part, OSError for one that is not there.
    """
    if hasattr(source, "state_dict"):
        source = source.state_dict()
    elif isinstance(source, (str, os.PathLike)):
        source = read_content(source, FORMAT, "of a training")
    if not isinstance(source, Mapping):
        raise TypeError(f"fit resumes a History, the path of a file that it saved, or its state_dict, not {source!r}")
    missing = [part for part, kind in PARTS.items() if part not in source or not isinstance(source[part], kind)]
    if missing:
        raise ValueError(f"this is not what the state_dict() of a History gave: it lacks {', '.join(missing)}")
    return source


def names_of(model: Any) -> list[str]:
    """What the parameters of a model are called; for what is no Module, their numbers."""
    if isinstance(model, Module):
        return [name for name, _ in model.named_parameters()]
    return [str(i) for i, _ in enumerate(model.parameters(), start=1)]


def described(model: Any) -> str:
    """A model in words that are the same in every process, and that do not change while it learns."""
    ours = type(model).__module__.partition(".")[0] == "nn"
    return repr(model) if ours else type(model).__name__


def fingerprint(rows: Iterable[tuple[list[float], Any]]) -> str:
    """A text that differs as soon as a number in the rows does."""
    found = hashlib.sha256()
    for x, target in rows:
        found.update(array("d", x).tobytes())
        found.update(repr(target).encode())
    return found.hexdigest()[:16]


def arguments_of(schedule: Any) -> dict[str, Any]:
    """The plain arguments of a schedule, which are not part of its state."""
    moving = schedule.state_dict() if hasattr(schedule, "state_dict") else {}
    return {
        name: list(x) if isinstance(x, tuple) else x
        for name, x in vars(schedule).items()
        if name[0] != "_" and name not in moving and isinstance(x, (int, float, str, list, tuple))
    }


def check_settings(was: Mapping[str, Any], now: Mapping[str, Any], hyperparameters: Mapping[str, Any]) -> None:
    """Raise ValueError unless a training was called with what it is to go on with.

    was: what it was called with
    now: what it is called with now
    hyperparameters: those that the optimiser had at the end; it may still have them, or those of the beginning again
    """
    was = json.loads(json.dumps(was))
    now = json.loads(json.dumps(now))
    hyperparameters = json.loads(json.dumps(hyperparameters))
    differences = [
        f"{name} {'held other numbers' if name.startswith('numbers') else f'was {_said(was.get(name))} and is {_said(x)}'}"
        for name, x in now.items()
        if name != "hyperparameters" and was.get(name) != x
    ]
    if was.get("optimizer") == now["optimizer"]:
        began = was["hyperparameters"]
        differences += [
            f"{name} of {now['optimizer']} was {_said(began.get(name))} and is {_said(x)}"
            for name, x in now["hyperparameters"].items()
            if x not in (began.get(name), hyperparameters.get(name))
        ]
    if differences:
        raise ValueError(
            f"this training cannot be resumed as another one: {'; '.join(differences)}. Call fit with what it was begun"
            " with, or leave out resume: then a new training begins with the parameters that the model has"
        )


def _said(x: Any) -> str:
    return "not given" if x is None else x if isinstance(x, str) else json.dumps(x)
