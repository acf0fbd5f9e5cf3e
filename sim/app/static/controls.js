// The panel: what can be changed, done and shared.

import { h, icon, t, number, percent, capital, monthName } from "./dom.js";
import { splitDoing } from "./address.js";

const SCOPES = new Map();

// How many decimals a step needs.
const digitsOf = (step) => Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));

function valueWords(control, value, units) {
  if (control.choices.length) return control.choices[Math.round(value)].label;
  if (control.flag) return t(value >= 0.5 ? "on" : "off");
  if (control.unit === "share") return percent(value, digitsOf(100 * control.step));
  if (control.unit === "share/month") return `${percent(value, digitsOf(100 * control.step))} ${units[control.unit]}`;
  return `${number(value, digitsOf(control.step))} ${units[control.unit]}`;
}

export class Panel {
  constructor(app) {
    this.app = app;
    this.element = h("div", { class: "panel-body" });
  }

  draw() {
    const held = this.element.contains(document.activeElement) ? document.activeElement.id : "";
    const open = new Set([...this.element.querySelectorAll("details[open]")].map((each) => each.dataset.group));
    if (!this.drawn) open.add("budget").add("case");
    this.drawn = true;
    const tabs = [["change", this.change()], ["intervene", this.intervene()], ["share", this.share()]];
    this.tab = this.tab || "change";
    const buttons = tabs.map(([name]) => h("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, "aria-selected": String(name === this.tab), tabindex: name === this.tab ? 0 : -1,
      onclick: () => this.choose(name),
      onkeydown: (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        const names = tabs.map(([each]) => each);
        this.choose(names[(names.indexOf(name) + step + names.length) % names.length]);
        this.element.querySelector(`#tab-${this.tab}`).focus();
      },
    }, t(`tab_${name}`)));
    this.element.replaceChildren(
      h("div", { class: "tabs", role: "tablist", "aria-label": t("panel") }, buttons),
      ...tabs.map(([name, body]) => h("div", { class: "tab", role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}`, hidden: name !== this.tab }, body)));
    for (const each of this.element.querySelectorAll("details[data-group]")) each.open = open.has(each.dataset.group);
    if (held) this.element.querySelector(`#${held}`)?.focus();
  }

  choose(name) {
    this.tab = name;
    for (const each of this.element.querySelectorAll("[role=tab]")) {
      each.setAttribute("aria-selected", String(each.id === `tab-${name}`));
      each.setAttribute("tabindex", each.id === `tab-${name}` ? 0 : -1);
    }
    for (const each of this.element.querySelectorAll("[role=tabpanel]")) each.hidden = each.id !== `panel-${name}`;
  }

  // ---------------------------------------------------------------- change

  change() {
    const { choices, address } = this.app;
    const offline = this.app.offline;
    const cases = h("select", { id: "case", disabled: offline, onchange: (event) => this.app.changeCase(event.target.value) }, choices.cases.map((each) => h("option", { value: each.id, selected: each.id === address.case, text: each.title })));
    const now = choices.cases.find((each) => each.id === address.case);
    const boxes = choices.frameworks.map((each) => {
      const chosen = address.frameworks.includes(each.id);
      return h("label", { class: "check", title: each.description }, h("input", {
        type: "checkbox", name: "framework", value: each.id, checked: chosen, disabled: offline || (!chosen && address.frameworks.length >= choices.limits.frameworks) || (chosen && address.frameworks.length === 1),
        onchange: (event) => this.app.changeFrameworks(each.id, event.target.checked),
      }), ` ${each.title}`, each.id === choices.framework ? h("span", { class: "own", text: ` ${t("own_form")}` }) : null);
    });
    const group = (each) => h("details", { class: "group", "data-group": each.id }, h("summary", { text: t(`group_${each.id}`) }), h("p", { class: "note", text: t(`group_${each.id}_means`) }), this.scopeChoice(each), each.controls.map((control) => this.control(control)));
    return [
      h("details", { class: "group", "data-group": "case" }, h("summary", { text: t("case_and_frameworks") }),
        h("label", { class: "field", for: "case" }, t("case")), cases, h("p", { class: "note", text: now.description }),
        choices.collaborations.length < 2 ? null : [h("label", { class: "field", for: "collaboration" }, t("collaboration")),
          h("select", { id: "collaboration", disabled: offline, onchange: (event) => this.app.changeCollaboration(event.target.value) }, choices.collaborations.map((each) => h("option", { value: each.id, selected: each.id === choices.collaboration, text: each.title })))],
        h("fieldset", {}, h("legend", { text: t("frameworks_side_by_side") }), boxes),
        h("div", { class: "luck" }, h("button", { type: "button", disabled: offline, onclick: () => this.app.changeLuck() }, t("other_luck")), h("span", { class: "note", text: t("luck_now", { seed: address.seed, replicate: address.replicate }) }))),
      this.changes(),
      offline ? h("p", { class: "note", text: t("offline_note") }) : null,
      ...(offline ? [] : choices.front.map(group)),
      offline ? null : h("details", { class: "group drawer", "data-group": "drawer" }, h("summary", { text: t("drawer") }), choices.drawer.map(group)),
    ];
  }

  changes() {
    const { address } = this.app;
    const list = h("ul", { class: "chips", "aria-label": t("changed_list") }, [...address.sets].map(([path, value]) => {
      const [control, scope] = this.app.controlOf(path);
      const words = control ? `${control.label}${scope ? ` (${scope})` : ""}: ${typeof value === "number" ? valueWords(control, value, this.app.choices.units) : (control.choices.find((each) => each.value === value) || { label: value }).label}` : `${path} = ${value}`;
      return h("li", {}, words, this.app.offline ? null : h("button", { type: "button", class: "plain", "aria-label": t("undo_one", { what: words }), title: t("undo_one", { what: words }), onclick: () => this.app.unset(path) }, icon("close")));
    }));
    return h("div", { hidden: !address.sets.size, class: "changed" }, h("p", { class: "note", text: t("changed_list") }), list,
      this.app.offline || address.sets.size < 2 ? null : h("button", { type: "button", onclick: () => this.app.unset(null) }, t("undo_all")));
  }

  scopeChoice(group) {
    const { choices } = this.app;
    if (!group.controls.some((control) => control.register === "organisations")) return null;
    const kinds = Object.entries(choices.kinds);
    const scope = SCOPES.get(group.id) || "*";
    return h("label", { class: "field" }, `${t("for_whom")} `, h("select", { class: "scope", onchange: (event) => { SCOPES.set(group.id, event.target.value); this.app.redrawPanel(); } },
      h("option", { value: "*", selected: scope === "*", text: t("everyone_option") }),
      kinds.map(([kind, name]) => h("option", { value: `kind:${kind}`, selected: scope === `kind:${kind}`, text: capital(name) })),
      choices.organisations.map((each) => h("option", { value: each.id, selected: scope === each.id, text: each.title }))));
  }

  control(control) {
    const { app } = this;
    const { choices, address } = app;
    const group = [...choices.front, ...choices.drawer].find((each) => each.controls.includes(control));
    const scope = control.register === "organisations" ? SCOPES.get(group.id) || "*" : control.register === "neighbourhoods" ? "*" : choices.collaboration;
    const path = control.register === "structure" ? `collaborations.${scope}.structure.${control.name}` : control.register === "parameters" ? `parameters.${control.name}` : `${control.register}.${scope}.${control.name}`;
    const standing = this.standing(control, scope);
    const set = address.sets.get(path);
    const at = set === undefined ? null : typeof set === "number" ? set : control.choices.findIndex((each) => each.value === set);
    const mean = standing.reduce((sum, value) => sum + value, 0) / (standing.length || 1);
    const low = Math.min(...standing);
    const high = Math.max(...standing);
    const units = choices.units;
    const before = low === high ? valueWords(control, low, units) : control.choices.length || control.flag ? t("differs") : t("from_to", { low: valueWords(control, low, units), high: valueWords(control, high, units) });
    const id = `c-${control.register}-${control.name}`;
    const shown = h("span", { class: "value", id: `${id}-value`, text: at === null ? before : valueWords(control, at, units) });
    const undo = h("button", { type: "button", class: "plain", hidden: at === null, "aria-label": t("undo_one", { what: control.label }), title: t("undo_one", { what: control.label }), onclick: () => app.unset(path) }, icon("undo"));
    const change = (value) => {
      shown.textContent = valueWords(control, value, units);
      undo.hidden = false;
      box.classList.add("touched");
      app.set(path, control.choices.length ? control.choices[value].value : value);
    };
    // A switch that stands differently in different columns is a choice of three.
    const options = control.flag && low !== high ? [{ label: t("off") }, { label: t("on") }] : control.choices;
    // What nobody is sure of has its usual value marked, to come back to.
    const uncertain = control.register === "parameters";
    const input = options.length
      ? h("select", { id, "aria-describedby": `${id}-about`, onchange: (event) => (event.target.value === "" ? app.unset(path) : change(Number(event.target.value))) },
        h("option", { value: "", selected: at === null, text: `(${before})` }), options.map((each, place) => h("option", { value: String(place), selected: at === place, text: each.label })))
      : control.flag
        ? h("input", { type: "checkbox", role: "switch", id, "aria-describedby": `${id}-about`, checked: (at === null ? mean : at) >= 0.5, onchange: (event) => change(event.target.checked ? 1 : 0) })
        : h("input", { type: "range", id, list: uncertain ? `${id}-usual` : null, "aria-describedby": `${id}-value ${id}-about`, min: control.low, max: control.high, step: control.step, value: String(at === null ? mean : at), oninput: (event) => change(Number(event.target.value)) });
    const box = h("div", { class: `control${at === null ? "" : " touched"}` },
      h("div", { class: "line-up" }, h("label", { for: id, text: control.label }), shown, undo), input, uncertain ? h("datalist", { id: `${id}-usual` }, h("option", { value: String(low) })) : null,
      h("details", { class: "about" }, h("summary", {}, h("span", { class: "sr", text: `${control.label}: ` }), t("about")),
        h("p", { id: `${id}-about`, text: control.meaning }),
        h("p", { class: "note", text: t("where_from", { where: control.where, source: control.source, confidence: control.confidence }) }),
        h("p", { class: "note", text: control.choices.length || control.flag ? t("plain_path", { path }) : t(uncertain ? "plausible_usual" : "plausible", { low: valueWords(control, control.low, units), high: valueWords(control, control.high, units), usual: before, path }) })));
    return box;
  }

  standing(control, scope) {
    const { choices, address } = this.app;
    const values = control.values;
    if (control.register === "structure") return address.frameworks.map((each) => values[each]);
    if (control.register !== "organisations") return Object.values(values);
    const ids = scope === "*" ? Object.keys(values) : scope.startsWith("kind:") ? choices.organisations.filter((each) => each.kind === scope.slice(5)).map((each) => each.id) : [scope];
    return ids.map((each) => values[each]);
  }

  // ---------------------------------------------------------------- intervene

  intervene() {
    const { app } = this;
    const { choices, address } = app;
    const offline = app.offline;
    const done = h("ul", { class: "chips", "aria-label": t("done_list") }, address.doings.map((each) => h("li", {}, `${monthName(app.run.start, splitDoing(each).month)}: ${this.doingWords(each)}`,
      offline ? null : h("button", { type: "button", class: "plain", "aria-label": t("undo_one", { what: this.doingWords(each) }), onclick: () => app.undo(each) }, icon("close")))));
    const list = h("div", { hidden: !address.doings.length, class: "changed" }, h("p", { class: "note", text: t("done_list") }), done, h("p", { class: "note", text: t("both_futures") }));
    if (offline) return [list];
    this.when = h("p", { class: "when-now", text: t("intervene_in", { month: monthName(app.run.start, Math.max(1, app.month)) }) });
    const about = h("p", { class: "note" });
    const pick = h("select", { id: "intervention", onchange: () => say() }, choices.interventions.map((each) => h("option", { value: each.do, text: each.title })));
    const say = () => {
      const each = choices.interventions.find((one) => one.do === pick.value);
      const costs = [each.once ? t("cost_once", { amount: number(each.once) }) : "", each.yearly ? t("cost_yearly", { amount: number(each.yearly) }) : "", each.hours ? t("cost_hours", { amount: number(each.hours) }) : ""].filter(Boolean);
      about.textContent = `${each.description} ${costs.length ? `${t("costs")} ${costs.join(", ")}. ` : ""}${t("source_is", { source: each.source })}`;
    };
    say();
    const who = h("select", { id: "director" }, choices.organisations.map((each) => h("option", { value: each.id, text: each.title })));
    const open = h("input", { type: "range", id: "openness", min: 0.1, max: 0.95, step: 0.05, value: "0.8" });
    const openWords = h("span", { class: "value", text: percent(0.8) });
    open.addEventListener("input", () => { openWords.textContent = percent(Number(open.value)); });
    return [
      h("p", { class: "note", text: t("intervene_means") }), this.when, list,
      h("label", { class: "field", for: "intervention", text: t("what_to_do") }), pick, about,
      h("button", { type: "button", class: "primary", id: "do-it", onclick: () => app.doing(pick.value) }, t("do_it")),
      h("hr", {}),
      h("h2", { text: t("new_director") }),
      h("label", { class: "field", for: "director", text: t("at_organisation") }), who,
      h("div", { class: "line-up" }, h("label", { for: "openness", text: t("openness") }), openWords), open,
      h("button", { type: "button", id: "change-director", onclick: () => app.doing(`director:${who.value}:${open.value}`) }, t("change_director")),
    ];
  }

  doingWords(text) {
    const { choices } = this.app;
    const each = splitDoing(text);
    const found = choices.interventions.find((one) => one.do === each.what);
    if (found) return found.title;
    if (each.kind === "director") return t("director_words", { who: (choices.organisations.find((one) => one.id === each.name) || { title: each.name }).title, openness: percent(Number(each.value)) });
    return `${each.name} ${each.kind === "add" ? "+ " : "= "}${each.value}`;
  }

  // ---------------------------------------------------------------- share

  share() {
    const { app } = this;
    const link = (path, words, name) => h("a", { class: "button", href: `/api/${path}?${app.query("all")}`, download: name, "data-download": path }, words);
    const copied = h("span", { class: "note", role: "status" });
    const field = h("input", { type: "text", id: "address", readonly: true, value: location.href });
    this.field = field;
    return [
      h("p", { class: "note", text: app.offline ? t("share_offline") : t("share_means") }),
      app.offline ? null : h("label", { class: "field", for: "address", text: t("address") }), app.offline ? null : field,
      app.offline ? null : h("button", { type: "button", onclick: async () => {
        try { await navigator.clipboard.writeText(location.href); } catch { field.select(); document.execCommand("copy"); }
        copied.textContent = t("copied");
      } }, t("copy")), copied,
      app.offline ? null : h("h2", { text: t("downloads") }),
      h("div", { class: "buttons" },
        app.offline ? null : link("exploration.html", t("get_html"), ""),
        app.offline ? null : link("scenario.toml", t("get_toml"), ""),
        app.offline ? null : link("run.csv", t("get_csv"), ""),
        h("button", { type: "button", onclick: () => app.picture("svg") }, t("get_svg")),
        h("button", { type: "button", onclick: () => app.picture("png") }, t("get_png"))),
      h("p", { class: "note", text: t("not_a_forecast") }),
    ];
  }

  showMonth() {
    if (this.when) this.when.textContent = t("intervene_in", { month: monthName(this.app.run.start, Math.max(1, this.app.month)) });
  }

  showAddress() {
    if (this.field) this.field.value = location.href;
    for (const each of this.element.querySelectorAll("[data-download]")) each.href = `/api/${each.dataset.download}?${this.app.query("all")}`;
    const fresh = this.changes();
    const old = this.element.querySelector(".changed");
    if (old) old.replaceWith(fresh);
  }
}
