"""Formulas of mathematics, set by pdflatex in one document that loads amsmath alone."""

import re


def errors_in(pdflatex, formulas):
    """What pdflatex stops at, and how far it got in that formula; nothing where all are set.

    pdflatex: the fixture of that name
    """
    lines = [rf"\(\displaystyle {formula}\)\par" for formula in formulas]
    head = [r"\documentclass{article}\usepackage{amsmath}\begin{document}"]
    status, said = pdflatex("\n".join([*head, *lines, r"\end{document}"]))
    found = re.findall(r"^!.*|^l\.\d+.*", said, re.MULTILINE)
    assert found or status == 0, said[-2000:]
    return found
