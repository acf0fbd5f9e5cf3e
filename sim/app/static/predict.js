// Predict first: what will happen? Then how it went, and how far places with the same start come to differ.

import { h, t, number, capital } from "./dom.js";
import { courseChart, key } from "./charts.js";
import { PHASE_CSS, phaseNames } from "./view.js";

export class Predict {
  constructor(app) {
    this.app = app;
    this.element = h("section", { class: "predict", "aria-label": t("predict") });
  }

  title(id) {
    return this.app.choices.frameworks.find((each) => each.id === id).title;
  }

  draw() {
    const { app } = this;
    const now = app.choices.cases.find((each) => each.id === app.address.case);
    const years = Math.round(app.run.months / 12);
    const ids = app.address.frameworks;
    const phases = phaseNames();
    const guess = (id) => h("fieldset", {}, h("legend", { text: this.title(id) }),
      h("label", { class: "field", for: `guess-${id}`, text: t("predict_phase", { years }) }),
      h("select", { id: `guess-${id}`, required: true }, h("option", { value: "", text: t("predict_choose") }), phases.slice(0, 6).map((name, phase) => h("option", { value: phase, text: name })), h("option", { value: 6, text: phases[6] })),
      h("label", { class: "field", for: `many-${id}`, text: t("predict_many") }),
      h("div", { class: "line-up" }, h("input", { type: "range", id: `many-${id}`, min: 0, max: 100, step: 5, value: "50", oninput: (event) => { event.target.nextSibling.textContent = t("of_100", { count: event.target.value }); } }), h("span", { class: "value", text: t("of_100", { count: 50 }) })));
    const form = h("form", { onsubmit: (event) => { event.preventDefault(); this.reveal(form); } },
      h("h2", { text: t("predict_title") }), h("p", { text: now.description }), h("p", { text: t("predict_means", { years }) }),
      h("div", { class: "guesses" }, ids.map(guess)),
      h("button", { class: "primary", id: "reveal", text: t("predict_show") }),
      h("button", { type: "button", class: "plain-text", onclick: () => app.changeMode("explore"), text: t("predict_skip") }));
    this.element.replaceChildren(form);
  }

  async reveal(form) {
    const { app } = this;
    const guesses = app.address.frameworks.map((id) => ({ id, phase: Number(form.querySelector(`#guess-${id}`).value), many: Number(form.querySelector(`#many-${id}`).value) }));
    form.querySelector("#reveal").disabled = true;
    const waiting = h("p", { role: "status", text: t("spread_waiting") });
    form.append(waiting);
    let spread;
    try {
      spread = await app.fullSpread((runs) => { waiting.textContent = t("spread_first", { runs: number(runs) }); });
    } catch (error) {
      waiting.textContent = error.message;
      form.querySelector("#reveal").disabled = false;
      return;
    }
    const last = app.run.months - 1;
    const phases = phaseNames();
    const cards = guesses.map(({ id, phase, many }) => {
      const column = app.run.frameworks.find((each) => each.id === id);
      const found = spread.frameworks.find((each) => each.id === id);
      const came = column.series.dissolved_month[last] > 0 ? 6 : column.series.phase[last];
      const far = Math.round((100 * [3, 4, 5].reduce((sum, code) => sum + found.counts[code][last], 0)) / spread.runs);
      const alike = Math.round((100 * found.counts[came][last]) / spread.runs);
      const courses = courseChart({
        start: app.run.start, months: app.run.months, height: 140, top: 1, ticks: [0, 0.5, 1], format: (value) => t("format.percent", { amount: number(100 * value) }),
        courses: found.courses, ends: found.ends, scale: spread.scale, css: PHASE_CSS, label: t("courses_label", { framework: this.title(id), count: found.courses.length }),
      });
      return h("article", { class: "outcome" }, h("h3", { text: this.title(id) }),
        h("dl", {},
          h("dt", { text: t("you_said") }), h("dd", { text: phases[phase] }),
          h("dt", { text: t("it_became") }), h("dd", {}, h("b", { text: phases[came] }), phase === came ? ` — ${t("as_you_said")}` : ""),
          h("dt", { text: t("predict_many") }), h("dd", { text: t("said_found", { said: many, found: far }) })),
        courses.element, h("p", { class: "summary", text: t("alike", { count: alike }) }));
    });
    const differ = guesses.map(({ id }) => {
      const found = spread.frameworks.find((each) => each.id === id);
      return found.counts.filter((row) => row[last] >= spread.runs * 0.05).length;
    });
    this.element.replaceChildren(
      h("h2", { tabindex: -1, id: "outcome", text: t("predict_outcome") }),
      h("div", { class: "guesses" }, cards), key(phases.map((name, place) => [PHASE_CSS[place], name, "area"])),
      h("div", { class: "moral" }, h("h3", { text: t("same_start_title") }), h("p", { text: t("same_start", { runs: number(spread.runs), most: number(Math.max(...differ)) }) }), h("p", { text: capital(t("not_a_forecast")) })),
      h("button", { type: "button", class: "primary", onclick: () => app.changeMode("explore"), text: t("predict_look") }),
      h("button", { type: "button", onclick: async () => { await app.changeLuck(); this.draw(); this.element.querySelector("select").focus(); }, text: t("predict_again") }));
    this.element.querySelector("#outcome").focus();
  }
}
