// A small layered layout (Sugiyama, Tagawa and Toda, 1981): the drawing of a graph in the page, where no Graphviz made one.
//
//   1. rank      every node one column behind its last input; a leaf directly in front of its first use
//   2. route     an edge over several columns goes through a place in each; edges from one node share these
//   3. order     each column by the mean place of its neighbours, to and fro; the order with the fewest crossings stays
//   4. place     as near to the neighbours as order and distance allow, which is a regression with a rising result
//
// Between the columns run the edges, within them stand the boxes: so nothing lies on anything else. Numbers are in units of the
// drawing, of which the stepper shows one as at least 0.75 pixels: letters are 15 units high and more.
// @ts-check

const layout = (() => {
/** @typedef {{ key: string, source: Box | null, node: number, rank: number, size: number, turn: number, at: number, left: Box[], right: Box[] }} Box source: of a place that an edge goes through */

const HEIGHT = 62, SMALL = 26, GAP = 14, LANE = 20, BETWEEN = [28, 90], NAME = 16, NUMBERS = 15, PAD = 10, LEAST_SHOWN = 0.75, MOST = 1.2; // pixels that a unit is shown as, at least and at most

/** How wide a line is set, about, in the letters of the drawing. @param {string} line @param {number} size */
const widthOf = (line, size) => [...line].reduce((sum, c) =>
  sum + (/[iljt.,·'|[\]() ]/u.test(c) ? 0.31 : /[\u2070-\u209c\u00b2\u00b3\u00b9rf-]/u.test(c) ? 0.37 : /[mwMW@]/.test(c) ? 0.86 : 0.57), 0) * size;
/** Plain numbers stand in the formulas that use them. @param {any} node */
const isDrawn = (node) => node.kind !== "constant" || Boolean(node.drawn);
/** @param {any} node */
const isSmall = (node) => node.kind === "constant";
/** What is not told by its name has its sign beside that. @param {any} node */
const signOf = (node) => (node.symbol && node.name !== node.formula ? node.symbol : "");

/**
 * Where everything stands: boxes with their middles and sizes, and edges as the points that they go through.
 * @param {any} graph @param {boolean} [down] from top to bottom, for narrow screens
 * @param {number} [pixels] that there are: columns stand further apart where there is room, for what is written on edges
 */
function place(graph, down = false, pixels = 0) {
  const drawn = graph.nodes.map(isDrawn);
  const ranks = rankOf(graph, drawn), columns = route(graph, drawn, ranks, down);
  order(columns, teamsOf(graph, columns));
  settle(columns);
  const all = columns.flat(), boxes = all.filter((box) => !box.source);
  const top = Math.min(...all.map((box) => box.at - box.size / 2));
  const across = columns.map((column) => Math.max(24, ...column.filter((box) => !box.source).map((box) => thick(graph, box.node, down))));
  const spare = pixels / LEAST_SHOWN - across.reduce((sum, w) => sum + w, 0), [least, most] = BETWEEN;
  const between = down ? least : Math.max(least, Math.min(most, spare / (across.length - 1)));
  const middles = across.map((_, i) => across.slice(0, i).reduce((sum, w) => sum + w + between, 0) + across[i] / 2);
  for (const box of all) box.at -= top;
  const extent = Math.max(...all.map((box) => box.at + box.size / 2));
  return { boxes, columns, across, middles, width: middles[middles.length - 1] + across[across.length - 1] / 2, extent, down };
}

/** @type {WeakMap<any, number>} */
const widths = new WeakMap();
/** @param {any} node @returns {number} */
function boxWidth(node) {
  if (!widths.has(node)) widths.set(node, measure(node));
  return widths.get(node) ?? 0;
}
/** @param {any} node */
function measure(node) {
  if (isSmall(node)) return Math.ceil(widthOf(node.said, NUMBERS) * 1.05 + PAD);
  const sign = signOf(node), room = sign ? widthOf(sign, NAME) + 12 : 0;
  return Math.ceil(Math.max(widthOf("grad −1.234·10⁻⁵", NUMBERS), widthOf(node.name, NAME) * 1.08 + room) + 2 * PAD);
}
/** The size of a box along the columns, and across them. @param {any} graph @param {number} i @param {boolean} down */
const long = (graph, i, down) => (down ? boxWidth(graph.nodes[i]) : isSmall(graph.nodes[i]) ? SMALL : HEIGHT);
/** @param {any} graph @param {number} i @param {boolean} down */
const thick = (graph, i, down) => (down ? HEIGHT : boxWidth(graph.nodes[i]));

/** @param {any} graph @param {boolean[]} drawn */
function rankOf(graph, drawn) {
  const ranks = graph.nodes.map(() => -1);
  for (const i of graph.forward)
    ranks[i] = 1 + Math.max(0, ...graph.nodes[i].inputs.filter((/** @type {number} */ x) => graph.nodes[x].kind === "computed").map((/** @type {number} */ x) => ranks[x]));
  const users = graph.nodes.map(() => /** @type {number[]} */ ([]));
  for (const i of graph.forward) for (const x of graph.nodes[i].inputs) users[x].push(i);
  for (const i of [...graph.forward].reverse()) { // what is computed from leaves alone waits until it is needed
    const waits = graph.nodes[i].inputs.every((/** @type {number} */ x) => graph.nodes[x].kind !== "computed");
    if (waits && users[i].length) ranks[i] = Math.min(...users[i].map((/** @type {number} */ user) => ranks[user])) - 1;
  }
  for (const i of [...graph.forward].reverse())
    for (const x of graph.nodes[i].inputs) if (graph.nodes[x].kind !== "computed" && drawn[x]) ranks[x] = ranks[x] < 0 ? ranks[i] - 1 : Math.min(ranks[x], ranks[i] - 1);
  ranks.forEach((/** @type {number} */ rank, /** @type {number} */ i) => { if (rank < 0 && drawn[i]) ranks[i] = 0; });
  return ranks;
}

/** Columns of boxes, and of the places that long edges go through. @param {any} graph @param {boolean[]} drawn @param {number[]} ranks @param {boolean} down */
function route(graph, drawn, ranks, down) {
  /** @type {Box[][]} */
  const columns = Array.from({ length: Math.max(...ranks) + 1 }, () => []);
  /** @type {Map<string, Box>} */
  const found = new Map();
  const box = (/** @type {string} */ key, /** @type {number} */ node, /** @type {number} */ rank, /** @type {number} */ size, /** @type {Box | null} */ source) => {
    const made = { key, source, node, rank, size, turn: 0, at: 0, left: [], right: [] };
    found.set(key, made);
    columns[rank].push(made);
    return made;
  };
  const depthFirst = visits(graph);
  for (const i of depthFirst) if (drawn[i]) box(`n${i}`, i, ranks[i], long(graph, i, down), null);
  for (const i of depthFirst) for (const x of graph.nodes[i].inputs ?? []) {
    if (!drawn[x]) continue;
    const source = /** @type {Box} */ (found.get(`n${x}`)), target = /** @type {Box} */ (found.get(`n${i}`));
    let from = source;
    for (let rank = ranks[x] + 1; rank < ranks[i]; rank++) {
      const next = found.get(`n${x}@${rank}`) ?? box(`n${x}@${rank}`, x, rank, LANE, source);
      join(from, next);
      from = next;
    }
    join(from, target);
  }
  return columns;
}

/** @param {Box} a @param {Box} b */
function join(a, b) {
  if (a.right.includes(b)) return;
  a.right.push(b);
  b.left.push(a);
}

/**
 * Nodes as a walk down from the output finds them, inputs in their order. But an input that another input uses is found through
 * that one: of a₂ − log Σ exp(a₁, a₂, a₃) the sum comes first, so that a₁, a₂ and a₃ keep their order.
 * @param {any} graph @returns {number[]}
 */
function visits(graph) {
  const found = new Set(), stack = [graph.output], inputsOf = (/** @type {number} */ i) => graph.nodes[i].inputs ?? [];
  while (stack.length) {
    const i = stack.pop();
    if (found.has(i)) continue;
    found.add(i);
    const inputs = inputsOf(i), within = new Set(inputs.flatMap(inputsOf));
    const isWithin = (/** @type {number} */ x) => within.has(x);
    stack.push(...[...inputs.filter((/** @type {number} */ x) => !isWithin(x)), ...inputs.filter(isWithin)].reverse());
  }
  return [...found];
}

/** Of each column what operations of many inputs compute with, in their order. @param {any} graph @param {Box[][]} columns */
function teamsOf(graph, columns) {
  return columns.map((column) => {
    const there = new Map(column.filter((box) => !box.source && graph.nodes[box.node].kind === "computed").map((box) => [box.node, box]));
    const all = graph.forward.map((/** @type {number} */ i) => graph.nodes[i].inputs).filter((/** @type {number[]} */ inputs) => inputs.length > 2);
    return /** @type {Box[][]} */ (all.map((/** @type {number[]} */ inputs) => [...new Set(inputs.flatMap((x) => there.get(x) ?? []))]));
  });
}

/** @param {Box[][]} columns @param {Box[][][]} teams */
function order(columns, teams) {
  const lineUp = (/** @type {Box[]} */ column) => { // a₁ above a₂ above a₃, whatever edges may cross for that
    for (const team of teams[columns.indexOf(column)]) {
      const places = team.map((box) => column.indexOf(box)).sort((a, b) => a - b);
      team.forEach((box, k) => { column[places[k]] = box; });
    }
  };
  columns.forEach(lineUp);
  const number = () => columns.forEach((column) => column.forEach((box, i) => { box.turn = i; }));
  const mean = (/** @type {Box} */ box, /** @type {Box[]} */ beside) => (beside.length ? beside.reduce((sum, other) => sum + other.turn, 0) / beside.length : box.turn);
  number();
  let best = columns.map((column) => [...column]), fewest = crossings(columns);
  for (let sweep = 0, vain = 0; sweep < 12 && fewest > 0 && vain < 4; sweep++, vain++) {
    const forth = sweep % 2 === 0;
    for (const column of forth ? columns.slice(1) : columns.slice(0, -1).reverse()) {
      for (const box of column) box.at = mean(box, forth ? box.left : box.right);
      column.sort((a, b) => a.at - b.at || a.turn - b.turn);
      lineUp(column);
      column.forEach((box, i) => { box.turn = i; });
    }
    const now = crossings(columns);
    if (now < fewest) [best, fewest, vain] = [columns.map((column) => [...column]), now, -1];
  }
  best.forEach((column, i) => { columns[i] = column; });
  number();
}

/** How many edges cross, with a tree of sums over each column. @param {Box[][]} columns */
function crossings(columns) {
  let total = 0;
  for (let c = 0; c + 1 < columns.length; c++) {
    const size = columns[c + 1].length + 1, sums = new Int32Array(size);
    let seen = 0;
    for (const box of columns[c]) {
      box.right.sort((a, b) => a.turn - b.turn);
      for (const { turn } of box.right) {
        let below = 0;
        for (let i = turn + 1; i > 0; i -= i & -i) below += sums[i];
        total += seen++ - below;
        for (let i = turn + 1; i < size; i += i & -i) sums[i]++;
      }
    }
  }
  return total;
}

/** @param {Box[][]} columns */
function settle(columns) {
  const apart = (/** @type {Box} */ a, /** @type {Box} */ b) => (a.size + b.size) / 2 + (a.source || b.source ? GAP / 2 : GAP);
  for (const column of columns) {
    let at = 0;
    column.forEach((box, i) => { box.at = at += i ? apart(column[i - 1], box) : 0; });
    const middle = at / 2;
    for (const box of column) box.at -= middle;
  }
  for (let sweep = 0; sweep < 12; sweep++) {
    const forth = sweep % 2 === 0;
    for (const column of forth ? columns : [...columns].reverse()) {
      const wish = column.map((box) => {
        let sum = 0, n = 0, own = 0, lanes = 0; // of all neighbours, and of those on the same edge, so that it runs straight
        for (const side of sweep > 7 ? [box.left, box.right] : [forth ? box.left : box.right]) for (const other of side) {
          sum += other.at;
          n++;
          if (box.source && (other === box.source || other.source === box.source)) { own += other.at; lanes++; }
        }
        return lanes ? own / lanes : n ? sum / n : box.at;
      });
      rising(column, wish, column.map((box) => (box.source ? 4 : 1)), apart);
    }
  }
}

/**
 * Each box as near to its wish as the distances allow: least squares, by pooling what stands too close.
 * @param {Box[]} column @param {number[]} wish @param {number[]} weights @param {(a: Box, b: Box) => number} apart
 */
function rising(column, wish, weights, apart) {
  let offset = 0;
  const offsets = column.map((box, i) => (offset += i ? apart(column[i - 1], box) : 0));
  /** @type {{ sum: number, weight: number, n: number }[]} */
  const pools = [];
  wish.forEach((y, i) => {
    let pool = { sum: (y - offsets[i]) * weights[i], weight: weights[i], n: 1 };
    for (let last; (last = pools[pools.length - 1]) && last.sum / last.weight >= pool.sum / pool.weight; pools.pop())
      pool = { sum: pool.sum + last.sum, weight: pool.weight + last.weight, n: pool.n + last.n };
    pools.push(pool);
  });
  let i = 0;
  for (const { sum, weight, n } of pools) for (let k = 0; k < n; k++, i++) column[i].at = sum / weight + offsets[i];
}

// ---------------------------------------------------------------------------------------------------------- the drawing

const escape = (/** @type {string} */ words) => words.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
/** @param {string} left @param {string} top @param {number} width */
const rounded = (left, top, width) => `<path d="M${left} ${top}m8 0h${width - 16}q8 0 8 8v${HEIGHT - 16}q0 8 -8 8h${16 - width}q-8 0 -8 -8v${16 - HEIGHT}q0 -8 8 -8z"/>`;
const round = (/** @type {number} */ x) => x.toFixed(1);

/** The view of a graph that stepper.js shows: an SVG, the box that each node is in, and whose numbers each box shows. @param {any} graph @param {boolean} [down] @param {number} [pixels] */
function view(graph, down = false, pixels = 0) {
  const laid = place(graph, down, pixels), { across, middles } = laid, by = new Map(laid.columns.flat().map((box) => [box.key, box]));
  const at = (/** @type {number} */ along, /** @type {number} */ beside) => (down ? [beside, along] : [along, beside]);
  const svg = [], margin = 8;
  const w = (down ? laid.extent : laid.width) + 2 * margin, h = (down ? laid.width : laid.extent) + 2 * margin;
  for (const box of laid.boxes) {
    const node = graph.nodes[box.node], [x, y] = at(middles[box.rank], box.at), width = boxWidth(node);
    const right = isSmall(node) && !down ? (across[box.rank] - width) / 2 : 0, left = x - width / 2 + right, sign = signOf(node), words = left + PAD, [l, t] = [left, y - HEIGHT / 2].map(round);
    const line = (/** @type {number} */ dy, /** @type {number} */ size, /** @type {string} */ text, more = "") =>
      `<text x="${round(words)}" y="${round(y + dy)}" font-size="${size}"${more}>${escape(text)}</text>`;
    if (isSmall(node)) svg.push(`<g class="node constant"><title>${box.key}</title>${line(5, NUMBERS, node.said)}</g>`);
    else svg.push(`<g class="node ${node.kind}"><title>${box.key}</title>${rounded(l, t, width)}`, line(-12, NAME, node.name, ' font-weight="bold"'), " ",
      sign ? `<text class="symbol" x="${round(left + width - PAD)}" y="${round(y - 12)}" font-size="${NAME}" text-anchor="end">${escape(sign)}</text>` : "",
      " ", line(6.5, NUMBERS, ""), " ", line(24, NUMBERS, ""), "</g>"); // a space between words, for those who read them without seeing
  }
  const edges = /** @type {string[]} */ ([]);
  for (const i of graph.forward) {
    const inputs = graph.nodes[i].inputs, target = /** @type {Box} */ (by.get(`n${i}`));
    const arriving = inputs.map((/** @type {number} */ x, /** @type {number} */ slot) => ({ x, slot })).filter((/** @type {any} */ { x }) => by.has(`n${x}`))
      .sort((/** @type {any} */ a, /** @type {any} */ b) => last(by, a.x, target).at - last(by, b.x, target).at || a.slot - b.slot);
    inputs.forEach((/** @type {number} */ x, /** @type {number} */ slot) => {
      const port = arriving.findIndex((/** @type {any} */ each) => each.slot === slot);
      if (port < 0) return;
      const source = /** @type {Box} */ (by.get(`n${x}`)), spread = Math.min(target.size - 24, 16 * arriving.length);
      const points = [[middles[source.rank] + (isSmall(graph.nodes[x]) ? (down ? SMALL : across[source.rank]) : down ? HEIGHT : boxWidth(graph.nodes[x])) / 2, source.at]];
      for (let rank = source.rank + 1; rank < target.rank; rank++) {
        const lane = /** @type {Box} */ (by.get(`n${x}@${rank}`));
        points.push([middles[rank] - across[rank] / 2, lane.at], [middles[rank] + across[rank] / 2, lane.at]);
      }
      const end = middles[target.rank] - (down ? HEIGHT : boxWidth(graph.nodes[i])) / 2, side = target.at + ((port + 0.5) / arriving.length - 0.5) * spread;
      points.push([end - 9, side]);
      let path = `M${at(points[0][0], points[0][1]).map(round).join(" ")}`;
      for (let k = 1; k < points.length; k++) {
        const [a, b] = [points[k - 1], points[k]], bend = Math.max(b[0] - a[0], 12) / 2;
        path += `C${[at(a[0] + bend, a[1]), at(b[0] - bend, b[1]), at(b[0], b[1])].map((point) => point.map(round).join(" ")).join(" ")}`;
      }
      const tip = [at(end, side), at(end - 10, side - 4.5), at(end - 10, side + 4.5)].map((point) => point.map(round).join(",")).join(" ");
      edges.push(`<g class="edge"><title>n${x}-&gt;n${i}</title><path fill="none" d="${path}"/><polygon points="${tip}"/></g>`);
    });
  }
  const places = graph.nodes.map((/** @type {any} */ node, /** @type {number} */ i) => `n${!isDrawn(node)
    ? graph.forward.find((/** @type {number} */ user) => graph.nodes[user].inputs.includes(i)) ?? i : i}`);
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-margin} ${-margin} ${round(w)} ${round(h)}" font-family="Helvetica, Arial, sans-serif" style="max-width: ${round(MOST * w)}px">` +
      `<g class="graph">${edges.join("")}${svg.join("")}</g></svg>`,
    places, shown: Object.fromEntries(laid.boxes.filter((box) => !isSmall(graph.nodes[box.node])).map((box) => [box.key, box.node])),
  };
}

/** The last place of an edge in front of its target. @param {Map<string, Box>} by @param {number} x @param {Box} target */
function last(by, x, target) {
  return /** @type {Box} */ (by.get(`n${x}@${target.rank - 1}`) ?? by.get(`n${x}`));
}

return { place, view, visits };
})();

export const placeGraph = layout.place;
export const drawGraph = layout.view;
