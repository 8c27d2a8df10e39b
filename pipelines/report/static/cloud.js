"use strict";
// Thousands of units as one picture behind the axes of a chart: Vega keeps the axes, the line and
// what is looked for; a mark of Vega for each point would take seconds.
// `colourOf` names the colour of a row, `point` is told which row is pointed at, or none.
window.crossvoiceCloud = (view, target, rows, colourOf, point) => {
  const NEAR = 8;  // pixels from a point at which it is meant
  const THICK = [0.55, 2.6];  // how opaque and how large a point is where there are few ...
  const FEW = 2000;
  const THIN = [0.16, 1.8];  // ... and the least where there are many: a cloud keeps its middle
  const TURN = 2 * Math.PI;
  const canvas = document.createElement("canvas");
  const style = getComputedStyle(canvas);
  canvas.className = "cloud";
  target.prepend(canvas);
  let shown = rows;

  const paint = (sharpness = window.devicePixelRatio) => {
    const edge = view.padding();
    const [left, top] = view.origin().map((from, i) => from + (edge[["left", "top"][i]] ?? edge));
    const [width, height] = [view.width(), view.height()];
    const [x, y] = [view.scale("x"), view.scale("y")];
    Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    canvas.width = width * sharpness;
    canvas.height = height * sharpness;
    const brush = canvas.getContext("2d");
    brush.scale(sharpness, sharpness);
    const crowd = Math.sqrt(Math.min(1, FEW / shown.length));
    const [opacity, radius] = THICK.map((most, i) => Math.max(THIN[i], most * crowd));
    brush.globalAlpha = opacity;
    let colour = null;
    for (const row of shown) {
      if (colourOf(row) !== colour) brush.fillStyle = style.getPropertyValue(`--${colour = colourOf(row)}`);
      brush.beginPath();
      brush.arc(x(row.x), y(row.y), radius, 0, TURN);
      brush.fill();
    }
  };

  if (point) target.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    const [across, up] = [event.clientX - box.left, event.clientY - box.top];
    let [nearest, least] = [null, NEAR ** 2];
    const [x, y] = [view.scale("x"), view.scale("y")];
    for (const row of shown) {
      const away = (x(row.x) - across) ** 2 + (y(row.y) - up) ** 2;
      if (away < least) [nearest, least] = [row, away];
    }
    point(event, nearest);
  });
  if (point) target.addEventListener("pointerleave", (event) => point(event, null));
  for (const size of ["width", "height"]) view.addSignalListener(size, () => view.runAfter(() => paint()));
  paint();
  return {
    paint,
    show: (wanted) => { shown = wanted; view.runAfter(() => paint()); },
    onPaper: (is) => { canvas.classList.toggle("on-paper", is); paint(is ? 3 : undefined); },
  };
};
