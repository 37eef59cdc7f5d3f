"""What the README says, happens."""

import pathlib
import re

README = pathlib.Path(__file__).parent.parent / "README.md"


def test_the_examples_print_what_stands_below_them(capsys):
    """Run one after the other, as a reader would; a block of output follows each."""
    text = README.read_text(encoding="utf-8")
    names = {}
    for code, output in re.findall(r"```python\n(.*?)```\n\n((?:    [^\n]*\n|\n(?=    ))+)", text, re.DOTALL):
        exec(code, names)
        printed = capsys.readouterr().out
        assert printed.splitlines() == [line.removeprefix("    ") for line in output.splitlines()]


def test_every_name_in_the_table_of_features_is_there():
    """`nn.draw(loss)` and the like name things that can be imported."""
    import autograd
    import nn

    table = README.read_text(encoding="utf-8").partition("## What is there")[2].partition("##")[0]
    named = {
        name for cell in re.findall(r"^\| (.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(?:nn\.)?(\w+)", cell)
    }
    assert {name for name in named if not (hasattr(autograd, name) or hasattr(nn, name))} <= {"backward", "chalkgrad"}
