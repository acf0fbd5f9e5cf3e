// The picture: rows over columns, a column per framework.

import { h, t, number, percent, keur, capital, monthName } from "./dom.js";
import { Network, LEVELS, marks } from "./network.js";
import { lineChart, gapChart, shareChart, key } from "./charts.js";

export const PHASE_CSS = ["p0", "p1", "p2", "p3", "p4", "p5", "ended"];
const STALLED_MONTHS = 12;

export function phaseNames() {
  return [0, 1, 2, 3, 4, 5].map((phase) => (phase ? `${phase} ${t(`phase.${phase}`)}` : capital(t("phase.0")))).concat(capital(t("ended")));
}

// A scale from 0 to the most, with a few round ticks.
function roundTicks(most) {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  return [most, Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step)];
}

export class View {
  constructor(app) {
    this.app = app;
    this.parts = [];
    this.spreads = [];
    this.element = h("div", { class: "rows" });
  }

  title(id) {
    return this.app.choices.frameworks.find((each) => each.id === id).title;
  }

  draw(run) {
    this.run = run;
    this.parts = [];
    const columns = run.frameworks;
    const changed = run.changed ? t(`other_${run.changed}`) : "";
    const options = (height, more) => ({ start: run.start, months: run.months, height, point: this.app.point, go: (month) => this.app.go(month), ...more });
    this.heads = columns.map((column) => this.head(column));
    const rows = [this.row("heads", "", "", this.heads.map((head) => head.element))];

    const networks = columns.map((column) => this.keep(new Network(run, column, { point: this.app.point }), column));
    this.networks = networks;
    rows.push(this.row("network", t("row_network"), t("row_network_hint"), networks.map((each) => each.element), this.networkKey()));

    this.whys = columns.map((column) => this.why(column));
    rows.push(this.row("why", t("row_why"), t("row_why_hint"), this.whys.map((each) => each.element)));

    const phases = phaseNames();
    const other = (column, name) => (column.reference ? column.reference.series[name] : null);
    const note = changed ? [["other-key", changed]] : [];
    rows.push(this.row("ladder", t("row_ladder"), t("row_ladder_hint"), columns.map((column) => this.keep(lineChart(options(128, {
      top: 5, ticks: [0, 1, 2, 3, 4, 5], scale: 1, stepped: true, format: (value) => number(value),
      label: `${t("row_ladder")}, ${this.title(column.id)}`,
      lines: [{ name: t("phase_word"), css: "phase", values: column.series.phase, other: other(column, "phase") }],
    })), column).element), h("div", {}, h("ol", { class: "phases" }, [1, 2, 3, 4, 5].map((phase) => h("li", { class: PHASE_CSS[phase] }, h("b", { text: phase }), ` ${t(`phase.${phase}`)}`))), changed ? key(note) : null)));

    // What is known of the spread stays until there is something newer.
    const known = this.spreads;
    this.spreads = columns.map((column) => known.find((each) => each.id === column.id) || { id: column.id, element: h("div", { class: "spread" }, h("p", { class: "waiting", text: t("spread_waiting") })) });
    for (const place of this.spreads) if (place.chart) this.parts.push({ ofSpread: true, show: place.chart.show });
    rows.push(this.row("spread", t("row_spread"), t("row_spread_hint"), this.spreads.map((each) => each.element), key(phases.map((name, place) => [PHASE_CSS[place], name, "area"]))));

    rows.push(this.row("maturity", t("row_maturity"), t("row_maturity_hint"), columns.map((column) => this.keep(lineChart(options(120, {
      top: 1, ticks: [0, 0.5, 1], scale: 1000, format: percent, label: `${t("row_maturity")}, ${this.title(column.id)}`,
      lines: [
        { name: t("formal"), css: "formal", values: column.series.formal_maturity, other: other(column, "formal_maturity") },
        { name: t("practice"), css: "practice", values: column.series.practice_maturity, other: other(column, "practice_maturity") },
      ],
    })), column).element), key([["formal", t("formal")], ["practice", t("practice")], ...note])));

    rows.push(this.row("expectations", t("row_expectations"), t("row_expectations_hint"), columns.map((column) => h("div", {}, LEVELS.map((level) => h("div", { class: "small" },
      h("h3", { text: capital(t(`level_${level}`)) }),
      this.keep(gapChart(options(82, {
        top: 1, ticks: [0, 0.5, 1], scale: 1000, format: percent, names: [t("expected"), t("seen")],
        label: `${t("row_expectations")}, ${t(`level_${level}`)}, ${this.title(column.id)}`,
        expected: column.series[`expectation_${level}`], seen: column.series[`perceived_${level}`],
      })), column).element)))), key([["expected", t("expected")], ["seen", t("seen")], ["gap", t("gap"), "area"]])));

    const ends = columns.flatMap(({ series, reference }) => [series.cost_keur, series.invested_keur, series.stranded_keur, ...(reference ? [reference.series.cost_keur] : [])].map((values) => values.at(-1)));
    const [most, ticks] = roundTicks(Math.max(10, ...ends) * 1.02);
    rows.push(this.row("money", t("row_money"), t("row_money_hint"), columns.map((column) => this.keep(lineChart(options(120, {
      top: most, ticks, scale: 1, format: (value) => number(value), label: `${t("row_money")}, ${this.title(column.id)}`,
      lines: [
        { name: t("cost"), css: "cost", values: column.series.cost_keur, other: other(column, "cost_keur") },
        { name: t("invested"), css: "invested", values: column.series.invested_keur },
        { name: t("stranded"), css: "returned", values: column.series.stranded_keur },
      ],
    })), column).element), key([["cost", t("cost")], ["invested", t("invested")], ["returned", t("stranded")], ...note])));

    this.logs = columns.map((column) => this.log(column));
    const all = h("label", { class: "check" }, h("input", { type: "checkbox", checked: this.all || false, onchange: (event) => this.tellAll(event.target.checked) }), ` ${t("all_events")}`);
    rows.push(this.row("log", t("row_log"), t("row_log_hint"), this.logs.map((each) => each.element), all));

    this.element.replaceChildren(...rows);
    this.element.style.setProperty("--columns", columns.length);
    this.choose(this.app.address.show || columns[0].id);
  }

  keep(part) {
    this.parts.push(part);
    return part;
  }

  row(name, title, hint, cells, extra) {
    return h("section", { class: `row row-${name}`, "aria-label": title || t("frameworks") },
      title ? h("div", { class: "row-head" }, h("h2", { text: title }), h("p", { text: hint }), extra || null) : null,
      h("div", { class: "cells" }, cells.map((cell, place) => h("div", { class: "cell", "data-framework": this.run.frameworks[place].id }, cell))));
  }

  head(column) {
    const badge = h("span", { class: "badge p0" });
    const state = h("span", { class: "state" });
    return { column, badge, state, element: h("div", { class: "head" }, h("h2", {}, this.title(column.id)), badge, state) };
  }

  networkKey() {
    const kinds = [...new Set(this.run.members.map((member) => member.kind))];
    const many = this.run.members.length > 7;
    return h("div", {},
      h("ul", { class: "key kinds" }, kinds.map((kind) => h("li", {}, h("span", { class: `blob kind-${kind}` }), this.app.choices.kinds[kind]))),
      h("details", { class: "numbers" }, h("summary", { text: t("how_to_read") }), h("p", { class: "note", text: t("network_key") })),
      many ? h("details", { class: "numbers" }, h("summary", { text: t("who_is_who") }), h("ul", { class: "who" }, marks(this.run.members).map((mark, m) => [mark, this.run.members[m]]).map(([mark, member]) => h("li", { text: `${mark}: ${member.title} — ${t(`role_${member.role}`)}` })))) : null);
  }

  why(column) {
    const stalled = h("p", { class: "stalled" });
    const binding = h("p", { class: "binding" });
    const holder = h("p", { class: "holder" });
    return { column, stalled, binding, holder, element: h("div", { class: "why" }, stalled, binding, holder) };
  }

  // The log of a column; the small things are only made when asked for, for there are hundreds.
  log(column) {
    const items = column.events.filter((event) => this.all || !event[5]).map(([month, , , , text]) => h("li", { "data-month": month },
      h("button", { type: "button", class: "event", onclick: () => this.app.go(month) }, h("span", { class: "when", text: monthName(this.run.start, month) }), ` ${text}`)));
    const list = h("ol", { class: "log", tabindex: 0, "aria-label": `${t("row_log")}, ${this.title(column.id)}` }, items);
    return { column, items, element: list };
  }

  tellAll(all) {
    this.all = all;
    this.logs.forEach((log, place) => {
      const fresh = this.log(log.column);
      log.element.replaceWith(fresh.element);
      this.logs[place] = fresh;
    });
    this.show(this.app.month, this.app.playing);
  }

  choose(id) {
    const ids = this.run.frameworks.map((column) => column.id);
    this.chosen = ids.includes(id) ? id : ids[0];
    for (const cell of this.element.querySelectorAll(".cell")) cell.classList.toggle("chosen", cell.dataset.framework === this.chosen);
  }

  show(month, playing) {
    for (const part of this.parts) part.show(month);
    const at = Math.max(0, month - 1);
    for (const { column, badge, state } of this.heads) {
      const ended = column.series.dissolved_month[at] > 0;
      const phase = column.series.phase[at];
      const name = this.app.choices.states[column.series.end_state[at]];
      const words = month === 0 ? t("before") : ended ? t("ended") : phase ? t("phase_is", { number: phase, phase: t(`phase.${phase}`) }) : t("phase.0");
      if (badge.textContent !== capital(words)) badge.textContent = capital(words);
      badge.className = `badge ${month === 0 ? "p0" : PHASE_CSS[ended ? 6 : phase]}`;
      const settled = !ended && ["sham", "partial", "uncontracted", "shared_address", "negotiating"].includes(name) && month > 0;
      state.textContent = settled ? capital(t(`state.${name}`)) : "";
    }
    for (const why of this.whys) this.showWhy(why, month);
    for (const { items, element } of this.logs) {
      let last = null;
      for (const item of items) {
        const past = Number(item.dataset.month) <= month;
        item.classList.toggle("future", !past);
        if (past) last = item;
      }
      element.scrollTop = last ? last.offsetTop - element.clientHeight / 2 : 0;
    }
    if (!playing) for (const network of this.networks) network.describe();
  }

  showWhy({ column, stalled, binding, holder }, month) {
    const at = Math.max(0, month - 1);
    const phases = column.series.phase;
    let since = at;
    while (since > 0 && phases[since - 1] === phases[at]) since -= 1;
    const months = at - since + 1;
    const ended = column.series.dissolved_month[at];
    const [text, level, who] = column.binding[at];
    const said = column.bindings[text];
    if (month === 0) {
      stalled.textContent = t("why_before");
      binding.textContent = "";
      holder.textContent = "";
      return;
    }
    if (ended > 0) {
      stalled.textContent = t("why_ended", { month: monthName(this.run.start, ended) });
      binding.textContent = column.events.filter(([when, kind]) => kind === "dissolved" && when <= month).map((each) => capital(each[4])).join(". ");
      holder.textContent = "";
      return;
    }
    stalled.textContent = phases[at] === 5 ? t("why_top") : months >= STALLED_MONTHS ? t("why_stalled", { months: number(months), phase: t(`phase.${phases[at]}`) }) : t("why_moving", { months: number(months), phase: t(`phase.${phases[at]}`) });
    stalled.classList.toggle("long", months >= STALLED_MONTHS && phases[at] < 5);
    binding.textContent = capital(said);
    holder.textContent = level >= 0 && phases[at] < 5 ? t("why_holder", { level: t(`level_${LEVELS[level]}`), who: who >= 0 ? this.run.members[who].name : t("everyone") }) : "";
  }

  drawSpread(spread, final) {
    const names = phaseNames();
    for (const place of this.spreads) {
      const found = spread.frameworks.find((each) => each.id === place.id);
      if (!found) continue;
      const chart = shareChart({
        start: this.run.start, months: spread.months, height: 140, top: 1, ticks: [0, 0.5, 1], format: percent, counts: found.counts, runs: spread.runs,
        names, css: PHASE_CSS, point: this.app.point, go: (month) => this.app.go(month), label: `${t("row_spread")}, ${this.title(place.id)}`,
      });
      place.chart = chart;
      const last = spread.months - 1;
      const far = (counts) => number((100 * (counts[3][last] + counts[4][last] + counts[5][last])) / spread.runs);
      const ended = number((100 * found.counts[6][last]) / spread.runs);
      const other = found.reference ? ` ${t(this.run.changed === "doings" ? "spread_without" : "spread_before", { far: far(found.reference.counts) })}` : "";
      place.element.replaceChildren(chart.element,
        h("p", { class: "summary" }, t("spread_says", { far: far(found.counts), ended }), other),
        h("p", { class: "runs", text: final ? t("spread_runs", { runs: number(spread.runs) }) : t("spread_first", { runs: number(spread.runs) }) }));
      chart.show(this.app.month);
    }
    this.parts = this.parts.filter((part) => !part.ofSpread);
    for (const place of this.spreads) if (place.chart) this.parts.push({ ofSpread: true, show: place.chart.show });
  }

  summary(column, month) {
    const at = Math.max(0, month - 1);
    const s = column.series;
    return t("summary", { framework: this.title(column.id), phase: s.dissolved_month[at] > 0 ? t("ended") : t(`phase.${s.phase[at]}`), formal: percent(s.formal_maturity[at] / 1000), practice: percent(s.practice_maturity[at] / 1000), cost: keur(s.cost_keur[at]) });
  }
}
