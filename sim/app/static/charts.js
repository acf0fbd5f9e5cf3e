// Charts drawn by hand: a few kinds, all over the months of a run, with the same scales in every column.

import { h, svg, t, number, monthOf } from "./dom.js";

const WIDTH = 360;
const LEFT = 42;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;
let clips = 0;

function yearTicks(start, months) {
  const step = months > 150 ? 5 : months > 72 ? 2 : 1;
  const ticks = [];
  for (let month = 1; month <= months; month += 1) {
    const at = monthOf(start, month);
    if (at.month === 1 && at.year % step === 0) ticks.push([month, at.year]);
  }
  if (!ticks.length) ticks.push([1, monthOf(start, 1).year]);
  return ticks;
}

// An empty chart: axes, grid, room for what is drawn, the month as a line, a hand that points.
function frame(options) {
  const { start, months, top, ticks, height, label, format } = options;
  const x = (month) => LEFT + ((WIDTH - LEFT - RIGHT) * month) / months;
  const y = (value) => TOP + (height - TOP - BOTTOM) * (1 - value / top);
  const clip = `clip${(clips += 1)}`;
  const shown = svg("rect", { x: 0, y: 0, width: 0, height });
  const now = svg("line", { class: "now", x1: 0, x2: 0, y1: TOP - 4, y2: height - BOTTOM });
  const back = svg("g", { class: "faint" });
  const front = svg("g", { "clip-path": `url(#${clip})` });
  const grid = svg("g", { class: "grid" });
  for (const tick of ticks) {
    grid.append(svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick) }));
    grid.append(svg("text", { x: LEFT - 5, y: y(tick) + 3.5, "text-anchor": "end", text: format(tick) }));
  }
  for (const [month, year] of yearTicks(start, months)) {
    grid.append(svg("line", { class: "tick", x1: x(month), x2: x(month), y1: height - BOTTOM, y2: height - BOTTOM + 4 }));
    grid.append(svg("text", { x: x(month), y: height - 5, "text-anchor": "middle", text: String(year) }));
  }
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label, class: "chart" },
    svg("defs", {}, svg("clipPath", { id: clip }, shown)), grid, back, front, now);
  return {
    picture, back, front, x, y,
    at(month) {
      const place = x(month);
      shown.setAttribute("width", place + 0.01);
      now.setAttribute("x1", place);
      now.setAttribute("x2", place);
    },
    month(event) {
      const box = picture.getBoundingClientRect();
      const place = ((event.clientX - box.left) / box.width) * WIDTH;
      return Math.max(1, Math.min(months, Math.round(((place - LEFT) / (WIDTH - LEFT - RIGHT)) * months)));
    },
  };
}

function linePath(values, x, y, scale, stepped) {
  let d = "";
  for (let i = 0; i < values.length; i += 1) {
    const px = x(i + 1).toFixed(1);
    const py = y(values[i] / scale).toFixed(1);
    if (i === 0) d += `M${x(stepped ? 0 : 1).toFixed(1)} ${py}`;
    else if (stepped) d += `H${x(i).toFixed(1)}V${py}`;
    else d += `L${px} ${py}`;
  }
  return stepped ? `${d}H${x(values.length).toFixed(1)}` : d;
}

function dataTable(caption, names, rows) {
  return h("table", {},
    h("caption", { class: "sr", text: caption }),
    h("thead", {}, h("tr", {}, h("th", { scope: "col", text: t("year") }), names.map((name) => h("th", { scope: "col", text: name })))),
    h("tbody", {}, rows.map(([year, ...values]) => h("tr", {}, h("th", { scope: "row", text: year }), values.map((value) => h("td", { text: value }))))));
}

// The last month of every year of a run.
function yearEnds(start, months) {
  const ends = [];
  for (let month = 1; month <= months; month += 1) {
    if (month === months || monthOf(start, month).month === 12) ends.push(month);
  }
  return ends;
}

function withTable(box, caption, names, value, options) {
  const details = h("details", { class: "numbers" }, h("summary", { text: t("numbers") }));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) {
      const rows = yearEnds(options.start, options.months).map((month) => [String(monthOf(options.start, month).year), ...value(month)]);
      details.append(h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, dataTable(caption, names, rows)));
    }
  });
  box.append(details);
}

function pointed(made, options, words) {
  made.picture.addEventListener("pointermove", (event) => options.point(event, words(made.month(event))));
  made.picture.addEventListener("pointerleave", () => options.point(null));
  made.picture.addEventListener("click", (event) => {
    options.go(made.month(event));
    options.point(event, words(made.month(event)));
  });
}

// Lines over months. `lines`: name, css class, values in units of 1/scale, and the same of what it is held against.
export function lineChart(options) {
  const made = frame(options);
  const { lines, scale, stepped, format } = options;
  for (const line of lines) {
    const d = linePath(line.values, made.x, made.y, scale, stepped);
    if (line.other) made.back.append(svg("path", { class: `line other ${line.css}`, d: linePath(line.other, made.x, made.y, scale, stepped) }));
    made.back.append(svg("path", { class: `line ${line.css}`, d }));
    if (line.other) made.front.append(svg("path", { class: `line other ${line.css}`, d: linePath(line.other, made.x, made.y, scale, stepped) }));
    made.front.append(svg("path", { class: `line ${line.css}`, d }));
  }
  const box = h("div", { class: "plot" }, made.picture);
  pointed(made, options, (month) => [month, lines.map((line) => `${line.name}: ${format(line.values[month - 1] / scale)}${line.other ? ` (${t("other_short")} ${format(line.other[month - 1] / scale)})` : ""}`)]);
  withTable(box, options.label, lines.map((line) => line.name), (month) => lines.map((line) => format(line.values[month - 1] / scale)), options);
  return { element: box, show: made.at };
}

// What is expected and what is seen, with the distance between them filled.
export function gapChart(options) {
  const made = frame(options);
  const { expected, seen, scale, format, names } = options;
  const area = (from, to) => {
    const forth = from.map((value, i) => `${i ? "L" : "M"}${made.x(i + 1).toFixed(1)} ${made.y(value / scale).toFixed(1)}`).join("");
    const back = to.map((value, i) => `L${made.x(i + 1).toFixed(1)} ${made.y(value / scale).toFixed(1)}`).reverse().join("");
    return `${forth}${back}Z`;
  };
  for (const layer of [made.back, made.front]) {
    layer.append(svg("path", { class: "gap", d: area(expected, expected.map((value, i) => Math.min(value, seen[i]))) }));
    layer.append(svg("path", { class: "line expected", d: linePath(expected, made.x, made.y, scale) }));
    layer.append(svg("path", { class: "line seen", d: linePath(seen, made.x, made.y, scale) }));
  }
  const box = h("div", { class: "plot" }, made.picture);
  pointed(made, options, (month) => [month, [`${names[0]}: ${format(expected[month - 1] / scale)}`, `${names[1]}: ${format(seen[month - 1] / scale)}`]]);
  withTable(box, options.label, names, (month) => [format(expected[month - 1] / scale), format(seen[month - 1] / scale)], options);
  return { element: box, show: made.at };
}

// Shares of many runs that add up to all of them, from the first kind at the bottom.
export function shareChart(options) {
  const made = frame(options);
  const { counts, runs, names, css } = options;
  const sums = new Array(options.months).fill(0);
  counts.forEach((row, kind) => {
    const low = sums.slice();
    row.forEach((count, i) => { sums[i] += count; });
    const high = sums.slice();
    const up = high.map((value, i) => `${i ? "L" : "M"}${made.x(i + 1).toFixed(1)} ${made.y(value / runs).toFixed(1)}`).join("");
    const down = low.map((value, i) => `L${made.x(i + 1).toFixed(1)} ${made.y(value / runs).toFixed(1)}`).reverse().join("");
    if (row.some((count) => count > 0)) made.back.append(svg("path", { class: `share ${css[kind]}`, d: `${up}${down}Z` }));
  });
  made.back.classList.remove("faint");
  const box = h("div", { class: "plot" }, made.picture);
  const told = (month) => counts.map((row, kind) => [row[month - 1], names[kind]]).filter(([count]) => count > 0).map(([count, name]) => `${name}: ${number((100 * count) / runs)}%`);
  pointed(made, options, (month) => [month, told(month)]);
  withTable(box, options.label, names, (month) => counts.map((row) => `${number((100 * row[month - 1]) / runs)}%`), options);
  return { element: box, show: made.at };
}

// Courses of places with the same start, one line each.
export function courseChart(options) {
  const made = frame(options);
  const { courses, ends, scale, css } = options;
  courses.forEach((course, place) => {
    const d = course.map((value, i) => `${i ? "L" : "M"}${made.x(3 * (i + 1)).toFixed(1)} ${made.y(value / scale).toFixed(1)}`).join("");
    made.back.append(svg("path", { class: `line course ${css[ends[place]]}`, d }));
  });
  made.back.classList.remove("faint");
  made.at(options.months);
  return { element: h("div", { class: "plot" }, made.picture), show: () => {} };
}

export function key(items) {
  return h("ul", { class: "key" }, items.map(([css, name, kind]) => h("li", {},
    svg("svg", { viewBox: "0 0 22 10", class: "swatch", "aria-hidden": "true" }, kind === "area" ? svg("rect", { class: `share ${css}`, width: 22, height: 10, rx: 2 }) : svg("path", { class: `line ${css}`, d: "M1 5H21" })), name)));
}
