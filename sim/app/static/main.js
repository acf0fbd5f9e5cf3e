// The app: one address, one record of it, a picture that plays.

import { h, icon, t, useWords, number, monthName, capital } from "./dom.js";
import { readAddress, writeAddress } from "./address.js";
import { ask, Follower, Gone } from "./source.js";
import { View } from "./view.js";
import { Panel } from "./controls.js";
import { Predict } from "./predict.js";
import { composed, save, asPng } from "./picture.js";

const SPEEDS = [4, 10, 30];
const SETTLE_MILLISECONDS = 250;

function remembered(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch { /* a file from disk may not remember */ }
  return value;
}

class App {
  constructor(data) {
    this.data = data;
    this.offline = Boolean(data.offline);
    this.choices = data.choices;
    useWords(data.choices.words, data.lang);
    this.address = readAddress(data.query, data.choices);
    this.address.lang = data.lang;
    this.run = data.run;
    this.month = Math.min(this.address.month, data.run.months);
    this.playing = false;
    this.speed = Number(remembered("speed")) || 10;
    this.point = this.point.bind(this);
    this.runs = new Follower(() => this.fetchRun());
    this.impressions = new Follower(() => this.fetchSpread(this.data.first));
    this.root = document.getElementById("app");
    this.theme = remembered("theme") || "auto";
    this.applyTheme();
    this.build();
    addEventListener("keydown", (event) => this.keyed(event));
    addEventListener("pointerdown", () => this.point(null));
    if (data.spread) this.view.drawSpread(data.spread, true);
    else this.spreadSoon();
  }

  // ---------------------------------------------------------------- building

  build() {
    document.documentElement.lang = this.address.lang;
    this.view = new View(this);
    this.panel = new Panel(this);
    this.predict = new Predict(this);
    const languages = h("div", { class: "languages", role: "group", "aria-label": t("language") }, [["en", "English"], ["nl", "Nederlands"]].map(([code, name]) => h("button", { type: "button", lang: code, "aria-pressed": String(code === this.address.lang), onclick: () => this.changeLanguage(code) }, h("span", { class: "long", text: name }), h("span", { class: "brief", "aria-hidden": "true", text: code.toUpperCase() }))));
    this.modeButton = h("button", { type: "button", id: "mode", onclick: () => this.changeMode(this.address.mode === "predict" ? "explore" : "predict") });
    this.panelButton = h("button", { type: "button", class: "panel-button", "aria-expanded": "false", "aria-controls": "panel", onclick: () => this.togglePanel() }, icon("change"), h("span", { text: t("panel_open") }));
    const header = h("header", { class: "top" },
      h("div", { class: "brand" }, h("h1", { text: t("title") }), h("p", { text: t("subtitle") })),
      h("div", { class: "tools" }, this.panelButton, this.modeButton, h("button", { type: "button", "aria-label": t("theme"), title: t("theme"), onclick: () => this.nextTheme() }, icon("theme"), h("span", { class: "sr", text: t(`theme_${this.theme}`) })), languages));
    this.tabs = h("div", { class: "columns-choice", role: "group", "aria-label": t("frameworks") });
    this.main = h("main", { id: "picture", tabindex: -1 }, this.tabs, this.view.element, this.predict.element,
      h("footer", {}, h("p", { text: t("not_a_forecast") }), h("p", { class: "note", text: `vital-coalitions ${this.data.program}` })));
    this.aside = h("aside", { id: "panel", "aria-label": t("panel") }, this.panel.element);
    this.tip = h("div", { class: "tip", role: "tooltip", hidden: true });
    this.said = h("p", { class: "sr", role: "status" });
    this.failed = h("div", { class: "failed", role: "alert", hidden: true });
    this.root.replaceChildren(h("a", { class: "skip", href: "#picture", text: t("skip") }), header, this.failed, h("div", { class: "body" }, this.aside, this.main), this.transport(), this.tip, this.said);
    this.draw();
    this.predict.draw();
    this.panel.draw();
    this.applyMode();
  }

  transport() {
    const button = (name, label, act) => h("button", { type: "button", "aria-label": label, title: label, onclick: act }, icon(name));
    this.playButton = button("play", t("play"), () => this.toggle());
    this.playButton.id = "play";
    this.playButton.classList.add("primary");
    this.scrub = h("input", { type: "range", id: "month", min: 0, max: this.run.months, step: 1, value: String(this.month), "aria-label": t("month"), oninput: (event) => { this.pause(); this.go(Number(event.target.value)); } });
    this.clock = h("output", { class: "clock", for: "month" });
    const speed = h("select", { "aria-label": t("speed"), title: t("speed"), onchange: (event) => { this.speed = Number(event.target.value); remembered("speed", String(this.speed)); } }, SPEEDS.map((each) => h("option", { value: each, selected: each === this.speed, text: t("months_a_second", { months: each }) })));
    this.bar = h("nav", { class: "transport", "aria-label": t("transport") },
      button("start", t("to_start"), () => { this.pause(); this.go(0); }), button("back", t("step_back"), () => { this.pause(); this.go(this.month - 1); }),
      this.playButton, button("next", t("step"), () => { this.pause(); this.go(this.month + 1); }), this.scrub, this.clock, speed);
    return this.bar;
  }

  draw() {
    this.view.draw(this.run);
    this.drawTabs();
    this.scrub.max = this.run.months;
    this.month = Math.min(this.month, this.run.months);
    this.show();
  }

  drawTabs() {
    this.tabs.replaceChildren(...this.run.frameworks.map((column) => h("button", { type: "button", "aria-pressed": String(column.id === this.view.chosen), onclick: () => { this.address.show = column.id; this.view.choose(column.id); this.drawTabs(); this.write(); } }, this.view.title(column.id))));
    this.tabs.hidden = this.run.frameworks.length < 2;
  }

  // ---------------------------------------------------------------- time

  show() {
    this.view.show(this.month, this.playing);
    this.scrub.value = String(this.month);
    const words = this.month ? t("clock", { month: capital(monthName(this.run.start, this.month)), count: this.month, months: this.run.months }) : t("clock_start", { month: monthName(this.run.start, 1) });
    this.clock.textContent = words;
    this.scrub.setAttribute("aria-valuetext", words);
    if (!this.playing) this.panel.showMonth();
  }

  go(month) {
    this.month = Math.max(0, Math.min(this.run.months, month));
    this.show();
    if (!this.playing) this.settle();
  }

  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.address.month = this.month;
      this.write();
      this.said.textContent = this.run.frameworks.map((column) => this.view.summary(column, this.month)).join(" ");
    }, SETTLE_MILLISECONDS);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.month >= this.run.months) this.month = 0;
    this.playing = true;
    this.began = { time: performance.now(), month: this.month, speed: this.speed };
    this.playButton.replaceChildren(icon("pause"));
    this.playButton.setAttribute("aria-label", t("pause"));
    this.playButton.title = t("pause");
    const frame = (time) => {
      if (!this.playing) return;
      if (this.began.speed !== this.speed) this.began = { time, month: this.month, speed: this.speed };
      const month = Math.min(this.run.months, this.began.month + Math.floor(((time - this.began.time) / 1000) * this.speed));
      if (month !== this.month) {
        this.month = month;
        this.show();
      }
      if (month >= this.run.months) this.pause();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.playButton.replaceChildren(icon("play"));
    this.playButton.setAttribute("aria-label", t("play"));
    this.playButton.title = t("play");
    this.show();
    this.settle();
  }

  keyed(event) {
    const inside = event.target.closest?.("input, select, textarea, button, a, summary, [role=button], [role=tab], .scroll, .log");
    if (event.key === "Escape") return this.point(null);
    if (event.ctrlKey || event.metaKey || event.altKey || this.address.mode === "predict") return undefined;
    if (inside && !(event.key === " " && inside === this.scrub)) return undefined;
    const acts = { " ": () => this.toggle(), ArrowRight: () => { this.pause(); this.go(this.month + 1); }, ArrowLeft: () => { this.pause(); this.go(this.month - 1); }, Home: () => { this.pause(); this.go(0); }, End: () => { this.pause(); this.go(this.run.months); } };
    if (!acts[event.key]) return undefined;
    event.preventDefault();
    return acts[event.key]();
  }

  // ---------------------------------------------------------------- pointing

  point(where, words) {
    if (!where || !words) {
      this.tip.hidden = true;
      return;
    }
    const [title, lines] = words;
    this.tip.replaceChildren(h("b", { text: typeof title === "number" ? capital(monthName(this.run.start, title)) : title }), h("ul", {}, lines.map((line) => h("li", { text: line }))));
    this.tip.hidden = false;
    const box = where.getBoundingClientRect ? where.getBoundingClientRect() : { left: where.clientX, right: where.clientX, top: where.clientY, bottom: where.clientY };
    const own = this.tip.getBoundingClientRect();
    const left = box.right + 14 + own.width > innerWidth ? box.left - own.width - 14 : box.right + 14;
    this.tip.style.left = `${Math.max(6, Math.min(innerWidth - own.width - 6, left))}px`;
    this.tip.style.top = `${Math.max(6, Math.min(innerHeight - own.height - 70, box.top - 10))}px`;
  }

  // ---------------------------------------------------------------- changing

  query(parts) {
    return writeAddress(this.address, this.choices, parts);
  }

  write() {
    if (!this.offline) history.replaceState(null, "", `/?${this.query("all")}`);
    this.panel.showAddress();
  }

  set(path, value) {
    this.address.sets.delete(path);
    this.address.sets.set(path, value);
    this.changed();
  }

  unset(path) {
    if (path === null) this.address.sets.clear();
    else this.address.sets.delete(path);
    this.changed();
    this.panel.draw();
  }

  doing(what) {
    this.pause();
    const month = Math.max(1, this.month);
    this.month = month;
    this.address.doings.push(`${what}@${month}`);
    this.changed().then(() => this.panel.draw());
  }

  undo(text) {
    this.address.doings.splice(this.address.doings.indexOf(text), 1);
    this.changed().then(() => this.panel.draw());
  }

  async changeLuck() {
    this.address.replicate = (this.address.replicate + 1) % 10000;
    await this.runs.want(true);
    this.panel.draw();
    this.write();
  }

  changeFrameworks(id, on) {
    const order = this.choices.frameworks.map((each) => each.id);
    this.address.frameworks = order.filter((each) => (each === id ? on : this.address.frameworks.includes(each)));
    if (!this.address.frameworks.includes(this.address.show)) this.address.show = "";
    this.changed().then(() => { this.panel.draw(); this.predict.draw(); });
  }

  changeCase(id) {
    this.go_to({ ...this.address, case: id, collaboration: "", sets: new Map(), doings: [], month: 0, show: "" });
  }

  changeCollaboration(id) {
    this.go_to({ ...this.address, collaboration: id, month: 0, show: "" });
  }

  changeLanguage(code) {
    if (this.offline) {
      const month = this.month;
      Object.assign(this, { choices: this.data.offline[code].choices, run: this.data.offline[code].run });
      this.address.lang = code;
      useWords(this.choices.words, code);
      this.month = month;
      this.build();
      this.view.drawSpread(this.data.spread, true);
      return;
    }
    this.go_to({ ...this.address, lang: code, month: this.month });
  }

  go_to(address) {
    location.href = `/?${writeAddress(address, this.choices, "all")}`;
  }

  changeMode(mode) {
    this.pause();
    this.address.mode = mode;
    if (mode === "predict") this.predict.draw();
    this.applyMode();
    this.write();
    this.spreadSoon();
    scrollTo(0, 0);
  }

  applyMode() {
    const guessing = this.address.mode === "predict";
    document.body.classList.toggle("guessing", guessing);
    this.predict.element.hidden = !guessing;
    this.view.element.hidden = guessing;
    this.tabs.hidden = guessing || this.run.frameworks.length < 2;
    this.bar.hidden = guessing;
    this.modeButton.textContent = t(guessing ? "mode_explore" : "mode_predict");
  }

  togglePanel() {
    const open = document.body.classList.toggle("panel-open");
    this.panelButton.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.aside.scrollTop = 0;
    // What follows a slider soonest should stand above the panel.
    if (innerWidth < 960 && this.address.mode === "explore") this.view.element.querySelector(".row-spread").scrollIntoView();
  }

  nextTheme() {
    this.theme = { auto: "light", light: "dark", dark: "auto" }[this.theme];
    remembered("theme", this.theme);
    this.applyTheme();
    this.said.textContent = t(`theme_${this.theme}`);
  }

  applyTheme() {
    document.documentElement.dataset.theme = this.theme;
  }

  redrawPanel() {
    this.panel.draw();
  }

  // The control that a path belongs to, and for whom it is set, in words.
  controlOf(path) {
    const parts = path.split(".");
    const name = parts.at(-1);
    const register = parts[2] === "structure" ? "structure" : parts[0];
    const found = [...this.choices.front, ...this.choices.drawer].flatMap((each) => each.controls).find((each) => each.register === register && each.name === name);
    if (register !== "organisations") return [found, ""];
    const who = parts[1];
    return [found, who === "*" ? t("everyone") : who.startsWith("kind:") ? this.choices.kinds[who.slice(5)] : (this.choices.organisations.find((each) => each.id === who) || { title: who }).title];
  }

  // ---------------------------------------------------------------- asking

  async changed() {
    this.stopSpread();
    const done = this.runs.want(true);
    await done;
    this.write();
    this.spreadSoon();
  }

  async fetchRun() {
    try {
      this.run = await ask("run", this.query("run"));
      this.failed.hidden = true;
      this.draw();
    } catch (error) {
      if (!(error instanceof Gone)) this.fail(error);
    }
    this.impressions.want(true);
  }

  stopSpread() {
    clearTimeout(this.waiting);
    if (this.stopper) this.stopper.abort();
    this.stopper = null;
  }

  spreadSoon() {
    this.stopSpread();
    if (this.offline || this.complete === this.query("spread")) return;
    if (!this.spread) this.impressions.want(true);
    this.waiting = setTimeout(() => this.fetchSpread(this.choices.limits.runs), SETTLE_MILLISECONDS);
  }

  async fetchSpread(runs) {
    const asked = this.query("spread");
    const first = runs < this.choices.limits.runs;
    const stopper = new AbortController();
    if (!first) this.stopper = stopper;
    try {
      for (;;) {
        const spread = await ask("spread", `${asked}&runs=${runs}`, stopper.signal);
        if (this.query("spread") !== asked || (first && this.complete === asked)) return;
        const whole = spread.runs >= this.choices.limits.runs;
        this.spread = spread;
        this.complete = whole ? asked : null;
        this.view.drawSpread(spread, whole);
        if (first || whole) return;
      }
    } catch (error) {
      if (!(error instanceof Gone)) this.fail(error);
    }
  }

  async fullSpread(progress) {
    if (this.data.spread) return this.data.spread;
    this.stopSpread();
    const asked = this.query("spread");
    while (this.complete !== asked) {
      this.spread = await ask("spread", `${asked}&runs=${this.choices.limits.runs}`);
      progress(this.spread.runs);
      if (this.spread.runs >= this.choices.limits.runs) this.complete = asked;
    }
    this.view.drawSpread(this.spread, true);
    return this.spread;
  }

  fail(error) {
    this.failed.hidden = false;
    this.failed.textContent = t("failed", { error: error.message });
  }

  async picture(kind) {
    const columns = this.run.frameworks.map((column) => ({
      title: this.view.title(column.id), words: this.view.heads.find((head) => head.column === column).badge.textContent,
      drawings: [...this.view.element.querySelectorAll(`.cell[data-framework="${column.id}"] > svg, .cell[data-framework="${column.id}"] .plot > svg`)].map((drawing) => ({
        drawing, caption: [drawing.closest(".row").querySelector("h2"), drawing.closest(".small")?.querySelector("h3")].filter(Boolean).map((each) => each.textContent).join(" · "),
      })),
    }));
    const now = this.choices.cases.find((each) => each.id === this.address.case);
    const drawing = composed(`${now.title} · ${this.clock.textContent}`, columns, `${t("not_a_forecast")} ${this.offline ? "" : location.href}`);
    const blob = kind === "svg" ? new Blob([drawing.text], { type: "image/svg+xml" }) : await asPng(drawing);
    save(blob, `${this.address.case}-${number(this.month)}.${kind}`);
  }
}

window.coalitions = new App(JSON.parse(document.getElementById("data").textContent));
