"""Letters and texts: tokens there and back, files of one's own, names made by rules, rows for nn.fit."""

import re

import pytest

import nn
from nn.data import Letters, Text


def test_letters_there_and_back():
    """Every text of these letters comes back; the end of a line is the first token."""
    letters = Letters(["häuser", "zoo"])
    assert letters.letters == "\nehorsuzä"
    assert letters.end == 0
    assert letters.decode(letters.encode("hä\nzoo")) == "hä\nzoo"
    assert letters.decode([1.0, 2.0]) == "eh"
    assert Letters("ab").letters == Letters(["a", "b", ""]).letters == "\nab"


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: Letters("ab").encode("abc"), ValueError, "'c' in 'abc' is no letter here"),
        (lambda: Letters("ab").decode([3]), IndexError, "no token 3: the letters are 3"),
        (lambda: Letters("ab").decode([-1]), IndexError, "no token -1"),
        (lambda: Letters("ab").decode([0.5]), IndexError, r"no token 0\.5"),
        (lambda: Letters([1, 2]), TypeError, "letters are those of texts, and 1 is none"),
        (lambda: Text(["", ""], "nothing"), ValueError, "nothing has no lines"),
        (lambda: Text(["ab"], "short").windows(4), ValueError, "short has 4 tokens, of which no row of 4"),
        (lambda: Text(["ab"], "short").windows(0), ValueError, "no row of 0"),
        (lambda: nn.data.names(0), ValueError, "makes 1 to 20,000 of them, not 0"),
    ],
)
def test_what_makes_no_sense_is_refused(call, error, said):
    """With what there is."""
    with pytest.raises(error, match=said):
        call()


def test_names_are_repeatable_and_different():
    """The same seed gives the same names, each once; they have all letters and a name's length."""
    names = nn.data.names(1000, seed=1)
    assert names.lines == nn.data.names(1000, seed=1).lines != nn.data.names(1000, seed=2).lines
    assert len(set(names)) == len(names) == 1000
    assert all(3 <= len(name) <= 12 for name in names)
    assert len(names.letters) == 27
    assert len(nn.data.names(20_000)) == 20_000


def test_a_file_of_ones_own(tmp_path):
    """Lines of any length and end, without the empty ones and the blanks around them; what is no text is refused."""
    path = tmp_path / "words.txt"
    path.write_bytes("\ufeffeins \r\n\r\nzwei\ndrei".encode())
    text = nn.data.text(path)
    assert (text.lines, text.name, len(text)) == (["eins", "zwei", "drei"], "words.txt", 3)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="no text in UTF-8"):
        nn.data.text(path)
    with pytest.raises(FileNotFoundError):
        nn.data.text(tmp_path / "nowhere.txt")


@pytest.mark.parametrize("positions", [1, 3, 8])
def test_rows_for_fit_are_the_text_itself(positions):
    """Put one behind the other the rows are the lines, and each target is the token after."""
    text = nn.data.names(30)
    X, y = text.windows(positions)
    whole = text.letters.decode(token for row in X for token in row)
    assert ("\n" + "\n".join(text) + "\n").startswith(whole)
    assert [token for row in X for token in row][1:] == [token for row in y for token in row][:-1]
    assert {len(row) for row in X + y} == {positions}
    assert text.tokens(0) == [0, *text.letters.encode(text.lines[0]), 0]


@pytest.mark.parametrize("positions", [3, 8, 40])
def test_rows_begin_where_lines_do(positions):
    """And again where a line is longer; each target is the token after; nothing is missing but what fills no row."""
    text = nn.data.names(60)
    X, y = text.rows(positions)
    whole = "\n" + "\n".join(text) + "\n"
    begins = [m.start() + k for m in re.finditer("\n[^\n]+", whole) for k in range(0, len(m[0]), positions)]
    starts = [i for i in begins if i + positions < len(whole)]
    assert [text.letters.decode(row) for row in X] == [whole[i : i + positions] for i in starts]
    assert [text.letters.decode(row) for row in y] == [whole[i + 1 : i + 1 + positions] for i in starts]


def test_lines_are_held_out():
    """Each line stands in one of the two, with the letters of all; another seed holds out others."""
    text = nn.data.names(50)
    train, test = text.split(0.2, seed=1)
    assert (len(train), len(test)) == (40, 10)
    assert sorted([*train, *test]) == sorted(text)
    assert train.letters is test.letters is text.letters
    assert text.split(0.2, seed=2)[1].lines != test.lines == text.split(0.2, seed=1)[1].lines


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, 0.01, 0.99])
def test_no_lines_to_hold_out_or_to_learn_from(share):
    """A ValueError with the share."""
    with pytest.raises(ValueError, match=str(share)):
        Text(["a", "b", "c"], "three").split(share)
