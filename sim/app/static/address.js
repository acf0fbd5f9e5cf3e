// The address of what is shown: everything that it depends on.

export function readAddress(query, choices) {
  const given = new URLSearchParams(query);
  const sets = new Map();
  for (const each of given.getAll("set")) {
    const at = each.indexOf("=");
    const text = each.slice(at + 1);
    sets.set(each.slice(0, at), /^-?[0-9.]+$/.test(text) ? Number(text) : text);
  }
  return {
    case: given.get("case"),
    collaboration: given.get("collaboration") || "",
    frameworks: (given.get("frameworks") || choices.plain.join(",")).split(","),
    sets,
    doings: given.getAll("do"),
    seed: Number(given.get("seed") ?? 1),
    replicate: Number(given.get("replicate") || 0),
    month: Number(given.get("month") || 0),
    mode: given.get("mode") || "explore",
    show: given.get("show") || "",
    lang: given.get("lang") || "en",
  };
}

function tidyNumber(value) {
  return typeof value === "number" ? String(Number(value.toFixed(6))) : value;
}

function encode(text) {
  return encodeURIComponent(text).replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%3D/g, "=").replace(/%40/g, "@");
}

// The query; `parts` leaves out what the question does not depend on.
export function writeAddress(address, choices, parts = "all") {
  const pairs = [["case", address.case]];
  if (address.collaboration) pairs.push(["collaboration", address.collaboration]);
  if (address.frameworks.join() !== choices.plain.join()) pairs.push(["frameworks", address.frameworks.join()]);
  for (const [path, value] of address.sets) pairs.push(["set", `${path}=${tidyNumber(value)}`]);
  for (const each of address.doings) pairs.push(["do", each]);
  if (address.seed !== 1) pairs.push(["seed", address.seed]);
  if (parts !== "spread" && address.replicate) pairs.push(["replicate", address.replicate]);
  if (parts === "all") {
    if (address.month) pairs.push(["month", address.month]);
    if (address.mode !== "explore") pairs.push(["mode", address.mode]);
    if (address.show) pairs.push(["show", address.show]);
  }
  if (parts !== "spread") pairs.push(["lang", address.lang]);
  return pairs.map(([name, value]) => `${name}=${encode(String(value))}`).join("&");
}

export function splitDoing(text) {
  const at = text.lastIndexOf("@");
  const what = text.slice(0, at);
  const parts = what.includes(":") ? [what.slice(0, what.indexOf(":")), what.slice(what.indexOf(":") + 1, what.lastIndexOf(":")), what.slice(what.lastIndexOf(":") + 1)] : ["use", what, ""];
  return { what, kind: parts[0], name: parts[1], value: parts[2], month: Number(text.slice(at + 1)) };
}
