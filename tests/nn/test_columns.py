"""CSV files, and what is learned from them."""

import math

import pytest

import nn
from nn.columns import read_table


@pytest.fixture
def csv(tmp_path):
    """csv(content) writes a file and gives its path."""

    def write(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        ("a,b\n1,2\n", ["a", "b"], [(2, ["1", "2"])]),
        ("1,2\n3,4\n", ["x1", "x2"], [(1, ["1", "2"]), (2, ["3", "4"])]),
        ("5.1,red\n3,blue\n", ["x1", "x2"], [(1, ["5.1", "red"]), (2, ["3", "blue"])]),
        ("a;b\n1,5;2\n", ["a", "b"], [(2, ["1,5", "2"])]),
        ("a\tb\n1\t2\n", ["a", "b"], [(2, ["1", "2"])]),
        ('a,"b, c"\n\n1, 2\n , \n3,"4"\n', ["a", "b, c"], [(3, ["1", "2"]), (5, ["3", "4"])]),
        ("\ufeffa,b\r\n1,2\r\n", ["a", "b"], [(2, ["1", "2"])]),
        ("a\n1\n", ["a"], [(2, ["1"])]),
    ],
)
def test_tables(content, columns, rows, csv):
    """Separators, headers, quotes, blank lines, and the mark that some editors put in front."""
    table = read_table(csv(content))
    assert (table.columns, table.rows) == (columns, rows)
    assert table.named == (columns[0] != "x1")


def test_whether_there_is_a_header_can_be_said(csv):
    """Where its looks deceive."""
    assert read_table(csv("2019,2020\n1,2\n"), header=True).columns == ["2019", "2020"]
    assert len(read_table(csv("a,b\nc,d\n"), header=False).rows) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("a,b\n", "no rows below"),
        ("a,a\n1,2\n", "two columns are called 'a'"),
        ("a,b\n1,2\n1,2,3\n", "line 3: 3 cells, and the first row has 2"),
        ('a,b\n1,"2\n', "line 2"),
        (b"a,b\n\xff\xfe,2\n", "UTF-8"),
    ],
)
def test_what_is_no_table(content, words, csv):
    """The file, the line where there is one, and the reason."""
    with pytest.raises(ValueError, match=words) as error:
        read_table(csv(content))
    assert str(error.value).startswith("data.csv")


@pytest.mark.parametrize(
    ("cells", "task", "classes", "y"),
    [
        ("yes no yes no", "auto", ["no", "yes"], [1, 0, 1, 0]),
        ("1 0 1 0", "auto", ["0", "1"], [1, 0, 1, 0]),
        ("10 9.0 10 9", "auto", ["9", "10"], [1, 0, 1, 0]),
        ("2 b 10 b", "auto", ["2", "10", "b"], [0, 2, 1, 2]),
        ("1 2 3 4", "auto", [], [1.0, 2.0, 3.0, 4.0]),
        ("1.5 2 1.5 2", "auto", [], [1.5, 2.0, 1.5, 2.0]),
        ("1 2 3 4", "classification", ["1", "2", "3", "4"], [0, 1, 2, 3]),
        ("1 0 1 0", "regression", [], [1.0, 0.0, 1.0, 0.0]),
    ],
)
def test_classes_and_numbers_are_told_apart(cells, task, classes, y, csv):
    """By their looks, or as it is asked for; classes are in order, as numbers where they are some."""
    data = nn.data.from_csv(csv("a,y\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells.split()))), task=task)
    assert (data.classes, data.y, data.target) == (classes, y, "y")
    assert [type(t) for t in data.y] == [int if classes else float] * 4
    assert data.X == [[0.0], [1.0], [2.0], [3.0]]


def test_columns_are_chosen(csv):
    """The target by name, features by name and in their order, others left out."""
    path = csv("a,y,b,note\n1,u,2,x\n3,v,4,x\n")
    data = nn.data.from_csv(path, "y", drop=["note"])
    assert (data.features, data.X) == (["a", "b"], [[1.0, 2.0], [3.0, 4.0]])
    assert nn.data.from_csv(path, "y", features=["b", "a"]).X == [[2.0, 1.0], [4.0, 3.0]]


@pytest.mark.parametrize("hole", ["", "?", "NA", "nan", "x", "inf"])
def test_rows_with_holes(hole, csv):
    """They are named by their line, or left out if that is wanted."""
    path = csv(f"a,b,y\n1,2,u\n3,{hole},v\n5,6,v\n")
    with pytest.raises(ValueError, match=r"line 3 \(b is"):
        nn.data.from_csv(path)
    assert nn.data.from_csv(path, skip=True).X == [[1.0, 2.0], [5.0, 6.0]]


def test_texts_become_numbers(csv):
    """A feature for each text, 1 where it stands; too many different ones are refused, as is = in a name."""
    content = "colour,a,y\n" + "".join(f"{c},{i}.5,u\n{c},{i},v\n" for i, c in enumerate(["red", "blue", "red"]))
    data = nn.data.from_csv(csv(content))
    assert data.features == ["colour=blue", "colour=red", "a"]
    assert data.X == [[0, 1, 0.5], [0, 1, 0.0], [1, 0, 1.5], [1, 0, 1.0], [0, 1, 2.5], [0, 1, 2.0]]
    assert nn.data.from_csv(csv(content), features=["a", "colour"]).X[2] == [1.5, 1, 0]
    with pytest.raises(ValueError, match=r"line 2 \(colour is missing\)"):
        nn.data.from_csv(csv(content.replace("red", "", 1)))
    with pytest.raises(ValueError, match="name has 9 different texts in 9 rows"):
        nn.data.from_csv(csv("name,y\n" + "".join(f"n{i},{i % 2}\n" for i in range(9))))
    with pytest.raises(ValueError, match="has = in its name"):
        nn.data.from_csv(csv("a=b,y\n1,u\n2,v\n"))


def test_a_data_set_of_numbers(csv):
    """It is split and standardised as classes are, but for its target."""
    path = csv("a,price\n" + "".join(f"{i},{1000.5 + i}\n" for i in range(20)))
    data = nn.data.from_csv(path)
    assert repr(data) == "Dataset(data.csv: 20 rows of 1 features, the number price)"
    train, test = data.split(0.25, seed=1)
    assert sorted(train.y + test.y) == data.y
    assert (len(train), len(test)) == (15, 5)
    assert all(t == 1000.5 + x for (x,), t in zip(train.X, train.y))
    inner = train.standardized()
    assert math.fsum(x for (x,) in inner.X) == pytest.approx(0.0, abs=1e-12)
    assert (inner.y, inner.target) == (train.y, "price")
