"""The page that the tour ends with: all that it made, with what each is, and where to go on."""

from __future__ import annotations

import html
from collections.abc import Collection
from typing import NamedTuple

from autograd.display.colours import PALETTE, css
from autograd.display.documents import html_page

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: file:"
STYLE = f"""
:root {{ color-scheme: light dark; {css("light")} }}
@media (prefers-color-scheme: dark) {{ :root {{ {css("dark")} }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: var(--paper); color: var(--ink);
  font: 17px/1.55 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }}
main {{ max-width: 1080px; margin: 0 auto; padding: 28px 24px 72px; }}
h1 {{ font-size: 1.9em; line-height: 1.2; margin: 0 0 .3em; }}
h2 {{ font-size: 1.3em; margin: 2em 0 .2em; padding-top: .9em; border-top: 1px solid var(--edge); }}
p {{ margin: .4em 0 .8em; max-width: 68ch; }}
.lead {{ color: var(--muted); font-size: 1.08em; }}
.cards {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr));
  gap: 18px; margin-top: 14px; }}
figure {{ margin: 0; display: flex; flex-direction: column; border: 1px solid var(--edge); border-radius: 10px;
  background: var(--part); overflow: hidden; }}
figure.wide {{ grid-column: 1 / -1; }}
figure a.picture {{ display: block; background: {PALETTE["light"]["paper"]}; }}
img {{ display: block; width: 100%; height: auto; max-height: 460px; object-fit: contain; }}
figcaption {{ padding: 12px 16px 14px; }}
figcaption b {{ display: block; }}
figcaption a.go {{ display: inline-block; margin-top: 6px; padding: 9px 16px; border-radius: 8px;
  background: var(--ink); color: var(--paper); text-decoration: none; font-weight: 600; }}
a {{ color: inherit; }}
a:focus-visible {{ outline: 3px solid var(--ink); outline-offset: 2px; }}
pre {{ background: var(--part); border: 1px solid var(--edge); border-radius: 8px; padding: 12px 16px;
  overflow-x: auto; font-size: .9em; }}
"""


class Card(NamedTuple):
    """file: what is shown, or opened; title, words: what it is; press: the words on its button; wide: a row of its own."""

    file: str
    title: str
    words: str
    press: str = ""
    wide: bool = False


CHAPTERS: list[tuple[str, str, list[Card]]] = [
    (
        "One step by hand",
        "Two inputs, two hidden neurons, one output: small enough to follow. Everything that learning is, is in it once:"
        " forward, back, and one step downhill.",
        [
            Card(
                "steps.html",
                "Step through it",
                "Press play: values go forward, gradients come back, one edge at a time. Turn a weight, take a step"
                " downhill, or say the next number before you see it.",
                "Press play",
                wide=True,
            ),
            Card("two-layer-network-neurons.svg", "Neuron by neuron", "Its weights stand on the arrows.", wide=True),
            Card(
                "two-layer-network-operations.svg", "Every operation", "All that the computer does, one box each.", wide=True
            ),
            Card("two-layer-network-layers.svg", "Layer by layer", "The same, as far away as one can stand."),
            Card(
                "derivation.html",
                "The derivation",
                "Each derivative as a lecturer writes it, in scalars and in matrices, with the reason for each line.",
                "Read it",
            ),
            Card("derivation.tex", "The derivation, for your own notes", "The same in LaTeX.", "Open the source"),
        ],
    ),
    (
        "Learning from data",
        "The same engine, more numbers: 150 things, each with its kind, and a net that learns to tell the kinds apart.",
        [
            Card(
                "loss-curve.png",
                "What it learned, epoch by epoch",
                "The loss falls quickly, then slowly; below it the share that it names rightly.",
                wide=True,
            )
        ],
    ),
    (
        "Where a net draws its line",
        "Two half moons, and a net with two inputs, so that all it decides can be seen on paper.",
        [
            Card(
                "training.html",
                "Watch it learn",
                "The boundary, the loss and every weight, from the first epoch to the last. Stop anywhere; click a neuron.",
                "Play the training",
            ),
            Card(
                "decision-boundary.png",
                "Where it stopped",
                "Either side of the line is one class; colours say how sure it is.",
            ),
        ],
    ),
]

NEXT = """chalkgrad play                                   # a page without Python: your own formula, a net that trains
chalkgrad step "h = sigmoid(w*x + b)" w=0.5 x=2 b=-1
chalkgrad derive sigmoid
chalkgrad exercise neuron                        # with your own pen, and marked
chalkgrad lab                                    # the course, notebook by notebook"""


def album(made: Collection[str]) -> str:
    """The page, with those cards whose files were made."""
    chapters = [
        f"<section><h2>{title}</h2><p>{words}</p><div class=cards>{''.join(map(_card, there))}</div></section>"
        for title, words, cards in CHAPTERS
        if (there := [card for card in cards if card.file in made])
    ]
    body = (
        "<main><h1>What the tour has made</h1><p class=lead>One network works itself out, number by number; another learns"
        " from data. All of it lies in this folder, and needs no network.</p>"
        f"{''.join(chapters)}<section><h2>Go on</h2><p>In a terminal:</p><pre tabindex=0>{html.escape(NEXT)}</pre></section>"
        "</main>"
    )
    return html_page("The tour", body, STYLE, POLICY)


def _card(card: Card) -> str:
    picture = card.file.endswith((".svg", ".png"))
    shown = (
        f'<a class=picture href="{card.file}"><img src="{card.file}" alt="{card.title}: {card.words}"></a>'
        if picture
        else ""
    )
    press = f'<a class=go href="{card.file}">{card.press}</a>' if card.press else ""
    return (
        f"<figure{' class=wide' if card.wide else ''}>{shown}<figcaption><b>{card.title}</b>{card.words}"
        f"{'<br>' if press else ''}{press}</figcaption></figure>"
    )
