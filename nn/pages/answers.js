// Boxes for the answers of an exercise: what is typed goes to Python, and what the red pen says comes back beside each.

export default { render };

const STYLE = `
.cg-answers { font: 15px/1.45 system-ui, sans-serif; max-width: 60em; color: var(--ink) }
.cg-answers table { border-collapse: collapse; width: 100%; margin: 0; table-layout: auto; font: inherit; color: inherit }
.cg-answers tr { background: none !important; border-bottom: 1px solid var(--edge) }
.cg-answers td { border: 0; padding: 5px 12px 5px 0; text-align: left !important; vertical-align: baseline }
.cg-answers td.name { font: italic 1.1em "STIX Two Math", Cambria, "Times New Roman", serif; white-space: nowrap; width: 5em }
.cg-answers td.box { width: 16em }
.cg-answers input { font: inherit; color: inherit; background: var(--box); border: 1px solid var(--muted); border-radius: 5px;
  padding: 4px 8px; min-height: 32px; width: 100%; box-sizing: border-box }
.cg-answers input:focus-visible { outline: 2px solid var(--ink); outline-offset: 1px }
.cg-answers td.verdict { font-weight: 600; white-space: nowrap; width: 7em }
.cg-answers tr:is(.right, .rounded) td.verdict { color: var(--right) }
.cg-answers tr:is(.wrong, .unread) :is(td.verdict, td.remark) { color: var(--wrong) }
.cg-answers tr.carried :is(td.verdict, td.remark) { color: var(--carried) }
.cg-answers p { font-weight: 600; margin: .6em 0 }
@media (max-width: 600px) {
  .cg-answers tr { display: grid; grid-template-columns: 5em 1fr }
  .cg-answers :is(td.verdict, td.remark) { grid-column: 2 }
  .cg-answers td.box { width: auto; padding-right: 0 }
  .cg-answers td:empty { display: none }
}
`;

function make(parent, kind, options = {}) {
  const made = Object.assign(document.createElement(kind), options);
  parent.append(made);
  return made;
}

function render({ model, el }) {
  make(el, "style", { textContent: model.get("colours") + STYLE });
  const form = make(el, "form", { className: "cg-answers", autocomplete: "off" });
  const body = make(make(form, "table"), "tbody"), rows = {};
  for (const [name, shown] of model.get("lines")) {
    const row = make(body, "tr");
    make(row, "td", { className: "name", textContent: shown });
    const box = make(make(row, "td", { className: "box" }), "input", { type: "text", spellcheck: false, value: model.get("answers")[name] || "" });
    box.setAttribute("aria-label", shown);
    const verdict = make(row, "td", { className: "verdict" }), remark = make(row, "td", { className: "remark" });
    rows[name] = { row, box, verdict, remark };
    box.addEventListener("change", tell);
    box.addEventListener("keydown", (event) => {
      event.stopPropagation(); // keys are a notebook's shortcuts
      if (event.key !== "Enter") return;
      event.preventDefault();
      tell();
      const boxes = [...form.querySelectorAll("input")];
      boxes[boxes.indexOf(box) + 1]?.focus();
    });
  }
  const summary = make(form, "p");
  summary.setAttribute("role", "status");

  function tell() {
    model.set("answers", Object.fromEntries(Object.entries(rows).map(([name, { box }]) => [name, box.value])));
    model.save_changes();
  }

  function show() {
    for (const [name, [verdict, sign, words]] of Object.entries(model.get("marks"))) {
      const { row, verdict: cell, remark } = rows[name], blank = verdict === "blank";
      row.className = verdict;
      cell.textContent = blank ? "" : `${sign} ${verdict}`;
      remark.textContent = words;
    }
    summary.textContent = model.get("summary");
  }
  model.on("change:answers", () => {
    for (const [name, { box }] of Object.entries(rows)) if (box !== document.activeElement) box.value = model.get("answers")[name] || "";
  });
  model.on("change:marks", show);
  model.on("change:summary", show);
  show();
}
