"""Benches: where experiments on an engine run. In a process of its own, for a file; here, for a class.

A process that loops is ended after some seconds and started anew, without the experiment that it was at. What it prints goes
nowhere but into a count, and input() finds nobody who answers.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograd.display.files import read_json
from autograd.judge import bench
from autograd.judge.bench import EngineError

MOST_STARTS = 8  # of one file that loops or ends
RENEWING = 10.0  # seconds for starting anew after errors
MEMORY = 4 << 30  # bytes that it may ask for
Steps = Sequence[Sequence[Any]]


class Here:
    """A bench for a class, in this process, without limits on time."""

    def __init__(self, cls: type, names: Sequence[str]) -> None:
        module = vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}
        self.engine = bench.spelling(cls, module if module.get(cls.__name__) is cls else {}, *names)
        self.name, self.place = cls.__name__, ""
        self.printed, self.forks, self.only_definitions = "", 0, ""

    def run(self, steps: Steps) -> dict[str, Any]:
        """What an experiment gives."""
        return bench.experiment(self.engine, steps)

    def has(self, names: Sequence[str]) -> list[str]:
        """Which operations there are."""
        return self.engine.has(names)


class Apart:
    """A bench for a file, in a process of its own.

    path: the file; name: of its class; names: of number, slope and backward, each empty where they are to be found
    seconds: that an experiment, and the loading of the file, may take
    """

    def __init__(self, path: Path, name: str, names: Sequence[str], seconds: float) -> None:
        self.path, self.spelled, self.seconds = path, [name, *names], seconds
        self.starts, self.spent = 0, 0.0
        self.process: subprocess.Popen[str] | None = None
        self.folder = tempfile.TemporaryDirectory(prefix="chalkgrad-judge-", ignore_cleanup_errors=True)
        self.printed, self.forks, self.only_definitions = "", 0, ""
        try:
            self._load()
        except BaseException:
            self.close()
            raise

    def _load(self) -> None:
        """Start, with the whole file, and where that does not work with its definitions alone."""
        answer = self._start()
        if "engine" not in answer and answer["failed"] != "engine":
            why = say_failure(answer["failed"], answer["text"], self.seconds)
            self.only_definitions = why
            second = self._start()
            answer = second if "engine" in second or second["failed"] == "engine" else answer
        if "engine" not in answer:
            reason = answer["text"] if answer["failed"] == "engine" else self.only_definitions
            raise EngineError(f"{self.path.name}: {reason}")
        self.name, self.place = answer["engine"][0], self.path.name
        self.backward: str = answer["engine"][3]

    def _start(self) -> dict[str, Any]:
        self._end()
        self.starts += 1
        asked = {
            "path": str(self.path.resolve()),
            "definitions": bool(self.only_definitions),
            "memory": MEMORY,
            "spelled": self.spelled,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-P", bench.__file__, json.dumps(asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            cwd=self.folder.name,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "Agg", "PYTHONUTF8": "1"},
            start_new_session=True,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_read, args=(self.process, self.lines), daemon=True).start()
        began = time.monotonic()
        answer = self._answer(2.0 * self.seconds)
        self.spent += time.monotonic() - began
        return answer

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        if self.process is None:
            if self.starts >= MOST_STARTS:
                return {"failed": "given up", "text": ""}
            if "engine" not in (answer := self._start()):
                return answer
        assert self.process is not None
        assert self.process.stdin is not None
        with suppress(OSError):  # where it has ended, there is no answer
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
        return self._answer(self.seconds)

    def _answer(self, seconds: float) -> dict[str, Any]:
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            self._end()
            return {"failed": "time", "text": ""}
        try:
            answer: dict[str, Any] = read_json(line)
            self.printed = self.printed or answer["printed"]
            self.forks = max(self.forks, answer["forks"])
        except (ValueError, KeyError, TypeError):
            self._end()
            return {"failed": "end", "text": ""}
        return answer

    def run(self, steps: Steps) -> dict[str, Any]:
        """What an experiment gives; a process that loops or ends gives an error."""
        answer = self._ask({"steps": steps})
        if "failed" in answer:
            error = {"step": -1, "kind": answer["failed"], "text": answer["text"]}
            return {"reads": [], "calls": [], "visits": 0, "error": error}
        if (error := answer["error"]) and steps[error["step"]][0] == "backward":
            self._renew()
        return answer

    def _renew(self) -> None:
        """Begin anew: what it keeps, such as a tape, may be broken, and would be in the way of all that follows."""
        if self.spent < RENEWING:
            self._end()
            self.starts -= 1

    def has(self, names: Sequence[str]) -> list[str]:
        """Which operations there are."""
        found: list[str] = self._ask({"has": list(names)}).get("has", [])
        self._renew()  # functions were tried
        return found

    def _end(self) -> None:
        """End the process, and whatever it has started."""
        if self.process is None:
            return
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError, ValueError):
                if pipe is not None:
                    pipe.close()
        self.process = None

    def close(self) -> None:
        """End what still runs."""
        self._end()
        self.folder.cleanup()


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    with suppress(OSError, ValueError):
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)
    lines.put("")


def say_failure(kind: str, text: str, seconds: float) -> str:
    """What happened instead of an answer, in words."""
    said = {
        "time": f"it does not end within {seconds:g} seconds",
        "end": "it ends the whole of Python",
        "SystemExit": "it leaves Python (SystemExit)",
        "EOFError": "it asks for input(), and nobody answers here",
        "MemoryError": "it needs too much memory",
        "RecursionError": "it goes deeper than Python's recursion does (RecursionError)",
        "given up": "it was not tried any more, after it had failed too often",
    }
    return said.get(kind) or f"it raises {kind}{': ' + text if text else ''}"
