// The picture as a file: what is on the screen, drawn once more with its colours in it.

import { svg } from "./dom.js";

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity", "font-size", "font-weight", "visibility", "stroke-linejoin", "stroke-linecap", "paint-order"];

function coloured(node) {
  const copy = node.cloneNode(true);
  const from = [node, ...node.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((each, place) => {
    const style = getComputedStyle(each);
    for (const name of KEPT) to[place].setAttribute(name, style.getPropertyValue(name));
    for (const name of ["class", "tabindex", "role", "style"]) to[place].removeAttribute(name);
  });
  return copy;
}

const GAP = 34;

// `columns`: a title, words under it, and the drawings below each other, each with what stands above it.
export function composed(title, columns, words) {
  const wide = 400;
  const style = getComputedStyle(document.body);
  const ink = style.color;
  const height = 110 + Math.max(...columns.map((column) => column.drawings.reduce((sum, each) => sum + (each.drawing.viewBox.baseVal.height * (wide - 20)) / each.drawing.viewBox.baseVal.width + GAP, 0))) + 30;
  const width = wide * columns.length + 20;
  const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, "font-family": "system-ui, sans-serif", "font-size": 12 });
  root.append(svg("title", { text: title }), svg("rect", { width, height, fill: style.backgroundColor }), svg("text", { x: 20, y: 32, "font-size": 20, "font-weight": 700, fill: ink, text: title }));
  columns.forEach((column, place) => {
    let y = 90;
    root.append(svg("text", { x: 20 + wide * place, y: 60, "font-size": 15, "font-weight": 600, fill: ink, text: column.title }), svg("text", { x: 20 + wide * place, y: 78, fill: ink, text: column.words }));
    for (const { drawing, caption } of column.drawings) {
      const copy = coloured(drawing);
      const box = drawing.viewBox.baseVal;
      root.append(svg("text", { x: 20 + wide * place, y: y + 12, "font-weight": 600, fill: ink, text: caption }));
      y += 18;
      const tall = (box.height * (wide - 20)) / box.width;
      for (const [name, value] of Object.entries({ x: 20 + wide * place, y, width: wide - 20, height: tall })) copy.setAttribute(name, value);
      root.append(copy);
      y += tall + GAP - 18;
    }
  });
  root.append(svg("text", { x: 20, y: height - 12, "font-size": 11, fill: ink, text: words }));
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export async function asPng(drawing) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([drawing.text], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = drawing.width * 2;
  canvas.height = drawing.height * 2;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
