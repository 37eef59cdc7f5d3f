// The widget form of the steppers: what happens in the page is told to Python, and the other way round.

export default { render };

function render({ model, el }) {
  const fill = model.get("data").views instanceof Array ? mountLayers : mount;
  const app = fill(el, model.get("data"), ({ position, leaves }) => {
    if (position === model.get("position") && JSON.stringify(leaves) === JSON.stringify(model.get("leaves"))) return;
    model.set("position", position);
    model.set("leaves", leaves);
    model.save_changes();
  });
  model.on("change:position", () => app.state().position !== model.get("position") && app.go(model.get("position")));
  model.on("change:leaves", () => JSON.stringify(app.state().leaves) !== JSON.stringify(model.get("leaves")) && app.change(model.get("leaves")));
  app.go(model.get("position"));
}
