"""What the tests of commands share."""

import io
import json

import pytest

import nn
from nn.cli.main import main


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """run(arguments, stdin="") in a folder of its own gives the exit code, what was printed, and standard error."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        try:
            code = main(arguments)
        except SystemExit as end:
            code = end.code
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return code, printed.out, printed.err

    return command


@pytest.fixture
def run_json(run):
    """run_json(arguments) gives what a command prints as JSON, which is all that it prints, and strict."""

    def command(*arguments, stdin=""):
        code, out, _ = run(*arguments, "--json", stdin=stdin)
        assert code == 0
        return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))

    return command


@pytest.fixture
def refused(run):
    """refused(arguments, words): exit code 1, and an error in which these words stand; gives what is printed, and that."""

    def command(arguments, words):
        code, out, err = run(*arguments)
        assert code == 1
        assert err.startswith("chalkgrad: ")
        assert [word for word in words if word not in err] == []
        return out, err

    return command


@pytest.fixture
def interrupted(monkeypatch):
    """Ctrl-C comes after the third epoch of any training."""
    fit = nn.fit

    def stop(history):
        if len(history) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(nn, "fit", lambda *given, callbacks=(), **how: fit(*given, **how, callbacks=[*callbacks, stop]))
