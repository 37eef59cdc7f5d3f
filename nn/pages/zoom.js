// A drawing in its place, looked at from nearer: by pinching, Ctrl and wheel, buttons or keys; and moved by dragging it. It is
// never smaller than it fits, for then its letters could not be read.

const NEAREST = 4; // times as large as it fits

const ZOOM = `
    <div class="zoom" role="group" aria-label="Size of the picture">
      <button class="farther" aria-label="Smaller" title="Smaller (−)">−</button>
      <button class="nearer" aria-label="Larger" title="Larger (+, or Ctrl and wheel)">+</button>
    </div>`;

// It gives what puts a drawing into its place.
function zoomable($) {
  const stage = $(".stage");
  let zoom = 1, apart = 0, fitted = "";

  function setDrawing(drawing) {
    fitted = drawing.style.cssText;
    stage.replaceChildren(drawing);
    fit();
  }

  function fit() {
    const drawing = stage.querySelector("svg");
    drawing.style.cssText = fitted;
    if (zoom > 1) {
      const { width, height } = drawing.getBoundingClientRect();
      drawing.style.cssText = `width: ${zoom * width}px; height: ${zoom * height}px; max-width: none; max-height: none`;
    }
    $(".farther").setAttribute("aria-disabled", String(zoom === 1));
    $(".nearer").setAttribute("aria-disabled", String(zoom === NEAREST));
  }

  // What lies at x, y on the screen stays there; by itself that is the middle.
  function to(size, at = null) {
    const { left, top } = stage.getBoundingClientRect(), drawing = stage.querySelector("svg"), before = drawing.getBoundingClientRect();
    const { x, y } = at ?? { x: left + stage.clientWidth / 2, y: top + stage.clientHeight / 2 };
    zoom = Math.min(NEAREST, Math.max(1, size));
    fit();
    const after = drawing.getBoundingClientRect();
    stage.scrollBy({ behavior: "instant", left: after.left + ((x - before.left) / before.width) * after.width - x,
      top: after.top + ((y - before.top) / before.height) * after.height - y });
  }

  const STEP = 1.25, BY_KEY = { "+": STEP, "=": STEP, "-": 1 / STEP, 0: 0 };
  $(".nearer").addEventListener("click", () => to(zoom * STEP));
  $(".farther").addEventListener("click", () => to(zoom / STEP));
  stage.addEventListener("keydown", (event) => { // boxes in it have keys of their own
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey || !(event.key in BY_KEY)) return;
    to(zoom * BY_KEY[event.key]);
    event.preventDefault();
  });
  stage.addEventListener("wheel", (event) => { // two fingers on a touchpad come as a wheel with Ctrl
    if (!event.ctrlKey) return;
    event.preventDefault();
    to(zoom * Math.exp(-event.deltaY / 200), event);
  }, { passive: false });
  const fingers = ({ touches: [one, other] }) => ({ far: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
    x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2 });
  stage.addEventListener("touchstart", (event) => { if (event.touches.length === 2) apart = fingers(event).far / zoom; }, { passive: true });
  stage.addEventListener("touchmove", (event) => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const { far, ...middle } = fingers(event);
    to(far / apart, middle);
  }, { passive: false });
  stage.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button || event.target.closest("[role=button]")) return;
    const move = ({ movementX, movementY }) => stage.scrollBy({ left: -movementX, top: -movementY, behavior: "instant" });
    stage.addEventListener("pointermove", move);
    for (const end of ["pointerup", "pointerleave"]) stage.addEventListener(end, () => stage.removeEventListener("pointermove", move), { once: true });
  });
  return setDrawing;
}
