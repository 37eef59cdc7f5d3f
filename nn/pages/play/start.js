// The page: a bar with its places, the story, the bench. The first screen is there at once; the others follow.
// @ts-check

import { bench } from "./bench.js";
import { make, together } from "./dom.js";
import { learn } from "./graph.js";
import { openBook } from "./lexer.js";
import { network } from "./network.js";
import { SCREENS } from "./story.js";

/** @param {HTMLElement} root @param {{ grammar: any, table: any, formula: string }} data */
export function start(root, { grammar, table, formula }) {
  learn(table);
  const book = openBook(grammar, table), screens = [...SCREENS, network];
  const places = [...screens.map((_, i) => [`screen-${i + 1}`, String(i + 1)]), ["bench", "Your formula"]];
  const links = places.map(([id, words], i) => make("a", { href: `#${id}`, "aria-label": i < screens.length ? `Screen ${words} of ${screens.length}` : words }, words));
  root.append(make("header", {}, make("div", { class: "brand" }, make("b", {}, "chalkgrad"), make("span", {}, "backpropagation, alive")), make("nav", { "aria-label": "Screens" }, ...links)),
    make("h1", { class: "hidden" }, "Backpropagation, alive: six screens and your own formula"));
  const own = bench(book, formula);
  root.addEventListener("click", (event) => { // within the frame of a notebook a link would lead out of it
    const link = /** @type {Element} */ (event.target).closest("a"), to = link && document.getElementById((link.getAttribute("href") ?? "").slice(1));
    if (!to) return;
    event.preventDefault();
    to.tabIndex = -1;
    to.scrollIntoView();
    to.focus({ preventScroll: true });
  });
  const build = (/** @type {number} */ i) => {
    const { title, words, controls, picture, say, more, under, below } = screens[i](book), id = `screen-${i + 1}`;
    const next = make("a", { class: "next", href: `#${places[i + 1][0]}` }, i + 1 < screens.length ? "Next screen ↓" : "Your own formula ↓");
    return make("section", { class: `screen at-${i + 1}`, id, "aria-labelledby": `${id}-title` },
      make("div", { class: "words" }, make("p", { class: "count" }, `${i + 1} of ${screens.length}`), make("h2", { id: `${id}-title` }, title),
        ...words.map((each) => make("p", { class: "told" }, typeof each === "string" ? together(each) : each)), ...controls, ...(say ? [say] : []), ...(more ? [more] : []), next),
      make("div", { class: "picture" }, picture, ...(under ? [under] : [])), ...(below ? [make("div", { class: "below" }, below)] : []));
  };
  root.append(build(0));
  let begun = false;
  const rest = () => {
    if (begun) return;
    begun = true;
    for (let i = 1; i < screens.length; i++) root.append(build(i));
    root.append(own.element);
    own.start();
    if (formula || globalThis.location?.hash) document.getElementById((globalThis.location?.hash || "#bench").slice(1))?.scrollIntoView();
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting)
        links.forEach((link, i) => (places[i][0] === entry.target.id ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    }, { rootMargin: "-45% 0px -50% 0px" });
    for (const [id] of places) seen.observe(/** @type {Element} */ (document.getElementById(id)));
    root.dataset.ready = "true";
  };
  requestAnimationFrame(() => setTimeout(rest, 0)); // when the first screen has been painted
  setTimeout(rest, 250); // and where nothing is painted, as in a tab behind others
}
