// The network: three floors (boards, middle, floor), the organisations on each, and the relations between them.

import { svg, t, percent, inWords } from "./dom.js";
import { bytes } from "./source.js";

const WIDE = 400;
const TALL = 372;
const FLOORS = [82, 192, 302];
const RX = 104;
const RY = 36;
export const LEVELS = ["board", "middle", "operational"];
const TAKING_PART = 1;
const LEFT_IT = 2;
const ROLES = ["lead", "core", "partner", "tenant", "candidate"];

function initials(name) {
  const words = name.split(/[\s-]+/).filter((word) => /[A-Za-z0-9]/.test(word));
  if (words.length === 1) return words[0].slice(0, 3);
  return words.slice(0, 3).map((word) => word[0].toUpperCase()).join("");
}

// A short mark for every member; those that would be the same are numbered.
export function marks(members) {
  const plain = members.map((member) => initials(member.name));
  const seen = {};
  return plain.map((mark) => {
    if (plain.filter((each) => each === mark).length === 1) return mark;
    seen[mark] = (seen[mark] || 0) + 1;
    return `${mark}${seen[mark]}`;
  });
}

// A name in at most two lines; what does not fit ends in dots.
function inLines(name, most) {
  const lines = [""];
  for (const word of name.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= most || !lines.at(-1)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  const kept = lines.slice(0, 2).map((line) => (line.length > most + 1 ? `${line.slice(0, most)}…` : line));
  if (lines.length > 2) kept[1] = `${kept[1].slice(0, most - 1)}…`;
  return kept;
}

export class Network {
  constructor(run, recorded, handlers) {
    this.run = run;
    this.handlers = handlers;
    const wide = run.members.length;
    this.fields = run.levels.length;
    this.relationFields = run.relations.length;
    this.levels = bytes(recorded.network.levels);
    this.status = bytes(recorded.network.status);
    this.relations = bytes(recorded.network.relations);
    this.joint = bytes(recorded.network.joint);
    const order = run.members.map((_, m) => m).sort((a, b) => ROLES.indexOf(run.members[a].role) - ROLES.indexOf(run.members[b].role) || a - b);
    this.places = new Array(wide);
    order.forEach((m, place) => {
      const angle = Math.PI * (0.5 + (2 * (place + (wide === 2 ? 0.5 : wide % 2 ? 0 : 0.5))) / wide) + Math.PI * 0.06;
      this.places[m] = [WIDE / 2 + RX * Math.cos(angle), RY * Math.sin(angle), Math.cos(angle), Math.sin(angle)];
    });
    this.order = order;
    this.draw();
  }

  draw() {
    const { run, places } = this;
    const many = run.members.length > 7;
    const short = marks(run.members);
    const root = svg("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, class: "network", role: "group", "aria-label": t("network_label") });
    FLOORS.forEach((cy, level) => {
      root.append(svg("ellipse", { class: "plane", cx: WIDE / 2, cy, rx: RX + 34, ry: RY + 15 }));
      root.append(svg("text", { class: "plane-name", x: 6, y: cy + RY + 16, text: t(`level_${LEVELS[level]}`) }));
    });
    const pillars = svg("g", { class: "pillars" });
    const lines = svg("g", { class: "links" });
    const dots = svg("g", {});
    this.lines = [];
    this.joints = [];
    run.links.forEach(([a, b], k) => {
      for (let level = 0; level < 3; level += 1) {
        const at = { x1: places[a][0], y1: FLOORS[level] + places[a][1], x2: places[b][0], y2: FLOORS[level] + places[b][1] };
        const line = svg("line", { class: "link", ...at });
        line.addEventListener("pointerenter", (event) => this.handlers.point(event, this.linkWords(k, level)));
        line.addEventListener("pointerleave", () => this.handlers.point(null));
        line.addEventListener("click", (event) => this.handlers.point(event, this.linkWords(k, level)));
        this.lines.push(line);
        lines.append(line);
        if (level === 2) {
          const joint = svg("line", { class: "joint", ...at });
          this.joints.push(joint);
          lines.append(joint);
        }
      }
    });
    this.pillars = run.members.map((member, m) => {
      const pillar = svg("line", { class: "pillar", x1: places[m][0], x2: places[m][0], y1: FLOORS[0] + places[m][1], y2: FLOORS[2] + places[m][1] });
      pillars.append(pillar);
      return pillar;
    });
    this.dots = new Array(3 * run.members.length);
    this.unders = new Array(3 * run.members.length);
    this.names = [];
    this.order.forEach((m, place) => {
      const member = run.members[m];
      for (let level = 0; level < 3; level += 1) {
        const dot = svg("circle", {
          class: `dot kind-${member.kind}`, cx: places[m][0], cy: FLOORS[level] + places[m][1], r: 5,
          role: "button", tabindex: place === 0 && level === 0 ? 0 : -1, "aria-label": `${member.name}, ${t(`level_${LEVELS[level]}`)}`,
        });
        dot.addEventListener("pointerenter", (event) => this.handlers.point(event, this.dotWords(m, level)));
        dot.addEventListener("pointerleave", () => this.handlers.point(null));
        dot.addEventListener("focus", () => this.handlers.point(dot, this.dotWords(m, level)));
        dot.addEventListener("blur", () => this.handlers.point(null));
        dot.addEventListener("click", (event) => this.handlers.point(event, this.dotWords(m, level)));
        dot.addEventListener("keydown", (event) => this.step(event, place, level));
        const under = svg("circle", { class: "under", cx: places[m][0], cy: FLOORS[level] + places[m][1], r: 5 });
        this.dots[3 * m + level] = dot;
        this.unders[3 * m + level] = under;
        dots.append(under, dot);
      }
      const [x, dy, cos, sin] = places[m];
      const middle = Math.abs(cos) < 0.35;
      const left = many ? WIDE / 2 + (RX + 20) * cos : middle ? x : x + Math.sign(cos) * 15;
      const said = many ? [short[m]] : inLines(member.name, middle ? 18 : 12);
      const top = many ? FLOORS[0] + (RY + 19) * sin + 4 : FLOORS[0] + dy + (middle ? (sin < 0 ? -16 - 13 * (said.length - 1) : 24) : 4 - 6 * (said.length - 1));
      const label = svg("text", { class: "name", x: left, y: top, "text-anchor": middle || many ? "middle" : cos > 0 ? "start" : "end" },
        said.map((line, place) => svg("tspan", { x: left, dy: place ? 13 : 0, text: line })));
      this.names[m] = label;
      dots.append(label);
    });
    root.append(pillars, lines, dots);
    this.element = root;
  }

  step(event, place, level) {
    const wide = this.order.length;
    const moves = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    if (event.key === "Escape") return event.target.blur();
    const move = moves[event.key];
    if (!move) return undefined;
    event.preventDefault();
    event.stopPropagation();
    const next = this.dots[3 * this.order[(place + move[0] + wide) % wide] + ((level + move[1] + 3) % 3)];
    event.target.setAttribute("tabindex", -1);
    next.setAttribute("tabindex", 0);
    next.focus();
    return undefined;
  }

  level(m, level, field) {
    const at = ((this.month * this.run.members.length + m) * 3 + level) * this.fields + field;
    return this.levels[at] / (field < 6 ? this.run.scale : 1);
  }

  relation(k, level, field) {
    return this.relations[((this.month * this.run.links.length + k) * 3 + level) * this.relationFields + field] / this.run.scale;
  }

  there(m) {
    return this.status[this.month * this.run.members.length + m];
  }

  show(month) {
    this.month = Math.max(0, month - 1);
    const { run } = this;
    const here = run.members.map((_, m) => this.there(m) === TAKING_PART);
    run.members.forEach((member, m) => {
      const outside = !here[m];
      const gone = this.there(m) === LEFT_IT;
      this.pillars[m].setAttribute("class", outside ? "pillar outside" : "pillar");
      this.names[m].setAttribute("class", outside ? "name outside" : "name");
      for (let level = 0; level < 3; level += 1) {
        const dot = this.dots[3 * m + level];
        dot.setAttribute("class", `dot kind-${member.kind}${outside ? " outside" : ""}${gone ? " gone" : ""}${!outside && this.level(m, level, 7) ? " withdrawn" : ""}`);
        const r = outside ? 4 : (4.5 + 9 * this.level(m, level, 0)).toFixed(1);
        dot.setAttribute("r", r);
        this.unders[3 * m + level].setAttribute("r", r);
        dot.setAttribute("fill-opacity", outside ? 0 : (0.25 + 0.75 * this.level(m, level, 1)).toFixed(2));
      }
    });
    run.links.forEach(([a, b], k) => {
      const both = here[a] && here[b];
      for (let level = 0; level < 3; level += 1) {
        const line = this.lines[3 * k + level];
        const known = both ? this.relation(k, level, 1) : 0;
        if (known < 0.03) {
          line.setAttribute("visibility", "hidden");
          continue;
        }
        line.setAttribute("visibility", "visible");
        line.setAttribute("class", this.relation(k, level, 3) > 0.2 ? "link meets" : "link");
        line.setAttribute("stroke-width", (0.6 + 6 * known).toFixed(1));
        line.setAttribute("stroke-opacity", (0.12 + 0.85 * this.relation(k, level, 0)).toFixed(2));
      }
      const joint = both ? this.joint[this.month * run.links.length + k] / run.scale : 0;
      this.joints[k].setAttribute("visibility", joint > 0.02 ? "visible" : "hidden");
      this.joints[k].setAttribute("stroke-width", (0.6 + 4 * joint).toFixed(1));
    });
  }

  // Say in words how everyone stands, for those who do not see the picture; too slow for every month of a film.
  describe() {
    this.dots.forEach((dot, at) => {
      const words = this.dotWords(Math.floor(at / 3), at % 3);
      dot.setAttribute("aria-label", `${words[0]}. ${words[1].join(". ")}`);
    });
  }

  dotWords(m, level) {
    const member = this.run.members[m];
    const title = `${member.name}, ${t(`level_${LEVELS[level]}`)}`;
    const status = this.there(m);
    if (status !== TAKING_PART) return [title, [status === LEFT_IT ? t("has_left") : member.role === "candidate" ? t("may_join") : t("not_there_yet")]];
    const told = [["engagement", 0], ["satisfaction", 1], ["expects", 2], ["sees", 3], ["salience", 4], ["workload", 5]]
      .map(([name, field]) => { const value = this.level(m, level, field); return `${t(`word_${name}`)}: ${inWords(value)} (${percent(value)})`; });
    const phase = Math.round(this.level(m, level, 6));
    told.push(t("sees_phase", { number: phase, phase: t(`phase.${phase}`) }));
    if (this.level(m, level, 7)) told.push(t("withdrawn"));
    return [title, told];
  }

  linkWords(k, level) {
    const [a, b] = this.run.links[k].map((m) => this.run.members[m].name);
    const told = [["trust", 0], ["familiarity", 1], ["understanding", 2]]
      .map(([name, field]) => { const value = this.relation(k, level, field); return `${t(`word_${name}`)}: ${inWords(value)} (${percent(value)})`; });
    told.push(`${t("word_meet")}: ${inWords(this.relation(k, level, 3))}`);
    if (level === 2) told.push(`${t("word_joint")}: ${percent(this.joint[this.month * this.run.links.length + k] / this.run.scale)}`);
    return [`${a} – ${b}, ${t(`level_${LEVELS[level]}`)}`, told];
  }
}
