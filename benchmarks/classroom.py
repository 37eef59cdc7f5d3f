"""How long a large class takes to mark: a thousand files, some of them meant to stop the marking.

    python benchmarks/classroom.py [--files N]

Everybody works out the same network: the students of marking.py, half of them with one mistake, in the formats that answers
come in. Every tenth file is hostile instead: whatever would exhaust time, memory or stack of who does not look first. The
command marks the folder, in a process of its own; its seconds and its largest memory are printed, and whether each honest
file was marked as it is when it is marked alone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from marking import PLANTED, draw_net, draw_student, fill, lines_of, plant_one
from measuring import environment, find_chalkgrad, table

HOSTILE = (  # how a file's name ends, and what it holds
    ("toml", f"{'a.' * 50_000}a = 1"),
    ("toml", f"z1 = {'[' * 100_000}"),
    ("json", '{"z1":' * 100_000),
    ("json", f'{{"z1": {"9" * 5_000}}}'),
    ("csv", ",".join(f"c{i}" for i in range(60_000))),
    ("txt", f"z1 = 1e{'9' * 5_000}\nh1 = {'9' * 5_000}"),
    ("txt", "z1 = 1.0" + "\n= 1.0" * 20_000),
    ("txt", f"z1 = {'(' * 4_000}1{')' * 4_000}"),
    ("txt", f"z1 = {'sin(' * 900}1{')' * 900}\nh1 = {'1+' * 3_000}1"),
    ("txt", "z1 = 1.0\n" * 200_000),
    ("txt", "z1 = <script>alert(1)</script>\nname = ]]><!--"),
    ("txt", "\0\x1b[31m\ufeff" * 300_000),
    ("pipe.txt", ""),
)
WRITTEN = {  # the formats of answers
    "txt": lambda claims: "\n".join(f"{name} = {text}" for name, text in claims.items()),
    "md": lambda claims: "\n".join(f"| {name} | {text} |" for name, text in claims.items() if name != "name"),
    "toml": lambda claims: "\n".join(f'{name} = "{text}"' for name, text in claims.items()),
    "json": json.dumps,
    "csv": lambda claims: "\n".join(map(",".join, zip(*claims.items()))),
}


def make_class(folder: Path, files: int) -> list[str]:
    """A worksheet, and a folder with so many answers; the names of the honest ones."""
    rng = random.Random(8)
    net = draw_net(rng)
    lines = lines_of(net)
    sheet = ["[given]", *(f"{name} = {x}" for name, x in net.given.items())]
    sheet += ["[lines]", *(f'{name} = "{formula}"' for name, formula, _ in lines)]
    (folder / "sheet.toml").write_text("\n".join(sheet), encoding="utf-8")
    answers, honest = folder / "answers", []
    answers.mkdir()
    for k in range(files):
        if k % 10 == 9:
            ending, content = HOSTILE[k // 10 % len(HOSTILE)]
            path = answers / f"hostile{k}.{ending}"
            if ending.startswith("pipe"):
                os.mkfifo(path)
            else:
                path.write_text(content, encoding="utf-8")
            continue
        student = draw_student(rng, lines)
        plant = plant_one(rng, PLANTED, lines, net.given, student) if k % 2 else None
        texts = fill(lines, net.given, student, plant)[0]
        ending = [*WRITTEN][k % len(WRITTEN)]
        claims = {"name": f"person{k}"} | {name: text for name, text in texts.items() if name not in student.blank}
        (answers / f"person{k}.{ending}").write_text(WRITTEN[ending](claims), encoding="utf-8")
        honest.append(f"person{k}")
    return honest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000, help="how many (%(default)s)")
    options = parser.parse_args()
    find_chalkgrad()
    from autograd import mark_files

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        honest = make_class(folder, options.files)
        command = [sys.executable, "-P", "-m", "nn", "mark", "sheet.toml", "answers", "--save", "class.html", "--json"]
        start = time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=environment(), stdout=subprocess.PIPE, check=False)
        seconds = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        scores = {who: marking["score"] for who, marking in json.loads(done.stdout)["people"].items()}
        alone = {path.stem: path for path in sorted((folder / "answers").glob("person*"))[:: max(1, options.files // 50)]}
        same = [scores.get(who) == mark_files(folder / "sheet.toml", [path])[who].score for who, path in alone.items()]
        rows = [
            ("seconds", f"{seconds:.1f}", "< 60"),
            ("seconds of the processor", f"{used.ru_utime + used.ru_stime:.1f}", ""),
            ("largest memory, MB", f"{used.ru_maxrss / 1024:.0f}", ""),
            ("honest files with marks", f"{sum(who in scores for who in honest)} of {len(honest)}", "all"),
            ("marked as they are alone, of a sample", f"{sum(same)} of {len(same)}", "all"),
            ("size of the report, MB", f"{(folder / 'class.html').stat().st_size / 1e6:.1f}", ""),
        ]
    print(table((f"{options.files:,} files, {options.files - len(honest)} of them hostile", "measured", "goal"), rows))


if __name__ == "__main__":
    main()
