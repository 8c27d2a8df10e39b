"use strict";
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const views = {};
  const tip = document.getElementById("tip");
  const PAPER_WIDTH = 620;  // A4 less its margins and a chart's axis, in points of the screen
  const PAPER_HEIGHT = 165;

  const counted = (n) => n.toLocaleString(document.documentElement.lang);

  const unitWords = (unit) => {
    const { names } = data.units;
    const shown = (score) => score.toFixed(1).replace("-", "\u2212").replace(".", data.locale.decimal);
    return { [names.unit]: unit.unit, [names.x]: shown(unit.x), [names.y]: shown(unit.y) };
  };

  const showTip = (_, event, item, value) => {
    if (!value) { tip.hidden = true; return; }
    const said = value.unit_id ? unitWords(value) : value;
    tip.textContent = Object.entries(said).map(([k, v]) => (k.trim() ? `${k}: ${v}` : v)).join("\n");
    tip.hidden = false;
    const x = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
    const y = Math.min(event.clientY + 14, window.innerHeight - tip.offsetHeight - 8);
    tip.style.left = `${Math.max(8, x)}px`;
    tip.style.top = `${Math.max(8, y)}px`;
  };

  // a spread would keep Vega's mark, and a unit looked for twice would be lost
  const unmarked = (row) => Object.fromEntries(Object.entries(row));
  // always new rows: Vega marks those it is given
  const rowsOf = ({ columns, values, ...part }) => {
    if (!columns) return Object.values(part).map((r) => ({ ...r }));
    return values[0].map((_, i) => {
      const row = {};
      for (let j = 0; j < columns.length; j += 1) row[columns[j]] = values[j][i];
      return row;
    });
  };

  const countOf = (part) => (part.columns ? part.values[0] : part).length;
  const clouded = {};  // rows that no chart gives to Vega, which would mark them

  const draw = async (name) => {
    const target = document.getElementById(`chart-${name}`);
    if (!target) return;
    const { spec, table } = data.charts[name];
    const many = countOf(data.tables[table]) > data.most_marks;
    const rows = many ? (clouded[table] ||= rowsOf(data.tables[table])) : rowsOf(data.tables[table]);
    const given = { [table]: many ? [] : rows, line: [], found: [] };
    for (const part of spec.data) if (given[part.name]) part.values = given[part.name];
    const { view } = await window.vegaEmbed(target, spec, {
      mode: "vega", ast: true, actions: false, defaultStyle: false, config: data.config, tooltip: showTip,
      renderer: "svg", formatLocale: data.locale, logLevel: 1,
    });
    const isScatter = name === "scatter";
    const cloud = many && window.crossvoiceCloud(
      view, target, rows, (row) => (isScatter ? "link" : row.style), isScatter && ((event, row) => showTip(null, event, null, row)));
    views[name] = { view, table, cloud, get rows() { return many ? rows : rowsOf(data.tables[table]); } };
  };

  // which released slice a chart shows, in words: the pair and window, then what was chosen
  const saySlice = (chart, chosen) => {
    const caption = document.querySelector(`[data-chart="${chart}"] figcaption`);
    caption.textContent = [caption.dataset.slice, ...chosen.filter(Boolean)].filter(Boolean).join(" · ");
  };
  const nameOf = (select) => (select && select.value ? select.selectedOptions[0].textContent : "");

  const units = () => {
    const part = views.scatter;
    const form = document.querySelector("#units .filters");
    if (!part || !form) return;
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    const state = document.getElementById("units-state");
    const chosen = (level) => (form.querySelector(`[data-filter="${level}"]`) || { value: "" }).value;
    const cells = rowsOf(data.units.cells);
    const whole = part.cloud ? part.rows : [...part.view.data(part.table)];
    let drawn = new Set(whole);
    // what stays is left alone: drawing many points anew takes longer than a reader waits
    const show = (rows) => {
      if (part.cloud) { part.cloud.show(rows); return; }
      const wanted = new Set(rows);
      const gone = [...drawn].filter((r) => !wanted.has(r));
      const come = rows.filter((r) => !drawn.has(r));
      drawn = wanted;
      if (gone.length) part.view.remove(part.table, gone).run();
      if (come.length) part.view.insert(part.table, come);
    };
    const extent = (rows, key) => rows.reduce(([low, high], r) => [Math.min(low, r[key]), Math.max(high, r[key])], [Infinity, -Infinity]);
    const apply = (event) => {
      const [region, location, period] = ["region", "location", "period"].map(chosen);
      const wanted = form.querySelector("#find").value.trim().toLocaleLowerCase();
      const all = period ? cells.filter((r) => r.period_id === period) : whole;
      const rows = all.filter((r) => (!region || r.region_id === region) && (!location || r.location_id === location));
      const found = wanted ? rows.filter((r) => r.unit.toLocaleLowerCase().includes(wanted)).map(unmarked) : [];
      const narrowed = [region && `region_id:${region}`, location && `location_id:${location}`, period && `period:${period}`].filter(Boolean);
      const name = narrowed.length === 0 ? "all" : narrowed.length === 1 ? narrowed[0] : null;
      const slice = name ? data.units.slices[name] : null;
      saySlice("scatter", ["region", "location", "period"].map((level) => nameOf(form.querySelector(`[data-filter="${level}"]`))));
      if (event) {  // at first all units are drawn already
        const whose = data.units.slices[period ? `period:${period}` : "all"];
        const band = whose ? whose.line.flatMap((r) => [{ x: r.x, y: r.low }, { x: r.x, y: r.high }]) : [];
        for (const key of ["x", "y"]) part.view.signal(`domain_${key}`, extent([...all, ...band], key));
        show(rows);
      }
      part.view.data("found", found).data("line", slice ? slice.line.map((r) => ({ ...r })) : []).run();
      const count = data.units.words.shown.replace("{n}", counted(rows.length)).replace("{all}", counted(all.length));
      state.textContent = `${count}. ${slice ? slice.sentence : data.units.words.no_line}`;
      state.dataset.shown = rows.length;
    };
    form.addEventListener("input", apply);
    apply();
  };

  const pairs = () => {
    const part = views.pairs;
    const form = document.querySelector("#pairs .filters");
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    const state = document.getElementById("pairs-state");
    const apply = () => {
      const selects = [...form.querySelectorAll("select")];
      const wanted = { ...data.pairs.chosen, ...Object.fromEntries(selects.map((s) => [s.dataset.rows, s.value])) };
      const all = part.rows;
      const rows = all.filter((r) => Object.entries(wanted).every(([key, value]) => !value || r[key] === value));
      part.view.data(part.table, rows).height(data.pairs.row_height * Math.max(rows.length, 1)).run();
      const slice = data.pairs.slices[[wanted.pair, wanted.question, wanted.window_id, wanted.component].join("|")];
      const count = data.words.rows.replace("{n}", counted(rows.length)).replace("{all}", counted(all.length));
      state.textContent = slice ? slice.sentence : rows.length ? count : data.pairs.none;
      state.dataset.shown = rows.length;
      saySlice("pairs", selects.map(nameOf));
    };
    form.addEventListener("input", apply);
    apply();
  };

  const estimates = () => {
    const form = document.querySelector("#estimates .filters");
    if (!form) return;
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    const rows = [...document.querySelectorAll("#all-estimates tbody tr")];
    const state = document.getElementById("estimates-state");
    const apply = () => {
      const wanted = [...form.querySelectorAll("[data-rows]")].filter((s) => s.value);
      let shown = 0;
      for (const row of rows) {
        row.hidden = wanted.some((s) => row.getAttribute(`data-${s.dataset.rows}`) !== s.value);
        if (!row.hidden) shown += 1;
      }
      state.textContent = data.words.rows.replace("{n}", counted(shown)).replace("{all}", counted(rows.length));
      state.dataset.shown = shown;
    };
    form.addEventListener("input", apply);
    apply();
  };

  const clouds = () => Object.values(views).map((part) => part.cloud).filter(Boolean);

  const page = () => {
    const theme = document.getElementById("theme");
    theme.hidden = false;
    theme.addEventListener("click", () => {
      const root = document.documentElement;
      const dark = root.dataset.theme
        ? root.dataset.theme === "dark"
        : window.matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      clouds().forEach((cloud) => cloud.paint());
    });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => clouds().forEach((cloud) => cloud.paint()));
    // paper has its own width: charts are drawn for it, not shrunk to it
    let onScreen = null;
    window.addEventListener("beforeprint", () => {
      onScreen = Object.values(views).map(({ view }) => [view, view.width(), view.height()]);
      for (const [view, , height] of onScreen) {
        const share = view.container().closest(".answer-sure") ? 0.46 : 1;
        view.width(PAPER_WIDTH * share).height(height > 250 ? Math.max(PAPER_HEIGHT, 0.55 * height) : height).run();
      }
      clouds().forEach((cloud) => cloud.onPaper(true));
    });
    window.addEventListener("afterprint", () => {
      for (const [view, width, height] of onScreen || []) view.width(width).height(height).run();
      clouds().forEach((cloud) => cloud.onPaper(false));
      onScreen = null;
    });
    const print = document.getElementById("print");
    print.hidden = false;
    print.addEventListener("click", () => window.print());
    document.querySelectorAll('a[href^="#guard-"]').forEach((link) =>
      link.addEventListener("click", () => { document.querySelector(".guards").open = true; }));
    if (!("IntersectionObserver" in window)) return;
    const links = new Map([...document.querySelectorAll(".contents a")].map((a) => [a.hash.slice(1), a]));
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        links.forEach((a) => a.removeAttribute("aria-current"));
        const link = links.get(entry.target.id);
        if (link) link.setAttribute("aria-current", "location");
      }
    }, { rootMargin: "-15% 0px -75% 0px" });
    document.querySelectorAll("main > section").forEach((s) => seen.observe(s));
  };

  const start = async () => {
    page();
    estimates();
    for (const name of Object.keys(data.charts)) {
      try {
        await draw(name);
        if (name === "scatter") units();
        if (name === "pairs") pairs();
      } catch (error) {
        document.body.dataset.failed = `${document.body.dataset.failed || ""} ${name}: ${error.message}`;
      }
      await new Promise((done) => setTimeout(done, 0));
    }
    document.body.dataset.ready = "yes";
    window.crossvoiceViews = views;
  };
  start();
})();
