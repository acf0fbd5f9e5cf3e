// Elements, and what is said in the language of the visitor.

const SVG = "http://www.w3.org/2000/svg";

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "open" || name === "hidden" || name === "disabled" || name === "selected") node[name] = value;
    else if (name === "text") node.textContent = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

export function h(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

const ICONS = {
  play: "M6 4l14 8-14 8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  next: "M5 4l10 8-10 8zM16 4h3v16h-3z",
  back: "M19 4L9 12l10 8zM5 4h3v16H5z",
  start: "M20 4l-8 8 8 8zM11 4l-8 8 8 8z",
  close: "M5 6.4L6.4 5 12 10.6 17.6 5 19 6.4 13.4 12 19 17.6 17.6 19 12 13.4 6.4 19 5 17.6 10.6 12z",
  undo: "M12 5V1L6 6l6 5V7a5 5 0 1 1-5 5H5a7 7 0 1 0 7-7z",
  change: "M4 6h9v2H4zM17 6h3v2h-3zM4 16h3v2H4zM11 16h9v2h-9zM14 4h2v6h-2zM8 14h2v6H8z",
  theme: "M12 3a9 9 0 1 0 0 18zM12 5v14a7 7 0 0 0 0-14z",
};

export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" }, svg("path", { d: ICONS[name] }));
}

let table = {};
let code = "en";

export function useWords(words, lang) {
  table = words;
  code = lang;
}

export function language() {
  return code;
}

export function t(key, values) {
  const text = table[key.includes(".") ? key : `app.${key}`];
  if (text === undefined) return key;
  return values ? text.replace(/\{(\w+)\}/g, (_, name) => values[name]) : text;
}

export function number(value, digits = 0) {
  return new Intl.NumberFormat(code === "nl" ? "nl-NL" : "en-GB", { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
}

export function percent(share, digits = 0) {
  return t("format.percent", { amount: number(100 * share, digits) });
}

export function keur(value) {
  return t("format.keur", { amount: number(value) });
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// Month of a run (from 1; 0 is before the first) as a month of a year.
export function monthOf(start, month) {
  const [year, first] = start.split("-").map(Number);
  const at = year * 12 + first - 1 + Math.max(0, month - 1);
  return { year: Math.floor(at / 12), month: (at % 12) + 1 };
}

export function monthName(start, month) {
  const at = monthOf(start, month);
  return t("format.month_year", { month: table["format.months"][at.month - 1], year: at.year });
}

export function inWords(share) {
  const steps = t("amounts").split("|");
  return steps[Math.min(steps.length - 1, Math.floor(share * steps.length))];
}
