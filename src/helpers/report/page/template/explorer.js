"use strict";
/* Levers to tonnes in the reader's browser. The first half reckons what helpers.outlook.scenario_balance reckons, in
   the same steps and by the same names, for one draw (i) of one fiscal year (k) at a time; the second half shows it. */
const { abs, ceil, exp, floor, max, min, round } = Math;
const KINDS = ["traction", "vehicle", "turbine", "other"]; /* of sectors: the first two are of vehicles */

/* Arrays (draws, years) as the page carries them: small floats where they have a column a year, else single ones. */
function unpacked(value) {
  if (value === null || typeof value !== "object" || typeof value[0] === "number") return value;
  if (Array.isArray(value)) return value.map(unpacked);
  if (!value.bits) return mapped(value, unpacked);
  const bytes = Uint8Array.from(atob(value.bits), (one) => one.charCodeAt(0)).buffer, { rows, columns, scale } = value;
  const small = (bits) => (bits >> 15 ? -1 : 1) * scale * ((bits >> 10) & 31
    ? (1 + (bits & 1023) / 1024) * 2 ** (((bits >> 10) & 31) - 15) : (bits & 1023) / 1024 * 2 ** -14);
  const single = columns === 1, held = single ? new Float32Array(bytes) : Array.from(new Uint16Array(bytes), small);
  return { held: Float64Array.from(held), rows, row: rows > 1 ? columns : 0, column: columns > 1 ? 1 : 0 };
}

const mapped = (of, change) => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value)]));
const at = (of, i, k = 0) => of.held[i * of.row + k * of.column];

/* The draws ready to be reckoned with: the numbers of a sector each as one array, draw after draw, year after year. */
function opened(packed) {
  const draws = unpacked(packed), n = draws.china.rows, years = draws.years.length;
  draws.first = draws.years.findIndex((year) => year > draws.day);
  const full = (of, per) => {
    const found = new Float64Array(n * years);
    for (let cell = 0; cell < found.length; cell++) {
      found[cell] = at(of, floor(cell / years), cell % years) * (per ? per[cell] : 1);
    }
    return found;
  };
  draws.parts = draws.parts.map((part) => {
    const units = full(part.units), single = part.units.rows === 1, shift = full(part.shift);
    const fitted = full(part.fitted, !single && units), whole = full(part.whole, !single && units);
    const { sector, kind, bound, displaces } = part, tonnes = full(part.tonnes, !single && fitted);
    return { sector, kind, bound, displaces, units, fitted, whole, shift, tonnes, outside: full(part.outside),
      number: KINDS.indexOf(kind), shifts: shift.some((value) => value !== 0), takers: [] };
  });
  draws.parts.forEach((of, place) => draws.parts.filter((part) => of.displaces && part.sector === of.displaces)
    .forEach((part) => part.takers.push({ of, place })));
  return draws;
}

/* A day as a fiscal year and its part: the end of a fiscal year is that year, a whole number. */
function moment(day) {
  if (day === null) return null;
  const [year, month, date] = day.split("-").map(Number), begun = month < 4 ? year - 1 : year;
  const first = Date.UTC(begun, 3, 1);
  return begun + (Date.UTC(year, month - 1, date) - first) / (Date.UTC(begun + 1, 3, 1) - first);
}

/* What the page shows of the balances without and with the sectors that no source gives: arrays by quantity, draw after
   draw, year after year; and of sectors, which are the same in both. */
function balances(draws, levers) {
  levers = { ...levers, scheme_award: moment(levers.scheme_award), licences_from: moment(levers.licences_from) };
  const n = draws.china.rows, years = draws.years.length, array = () => new Float64Array(n * years);
  const sectors = draws.parts.map(array), more = draws.parts.map(() => 1), left = [0, 0];
  const made = [0, 1].map(() => Object.fromEntries(Object.keys(page.shown).map((name) => [name, array()])));
  const needs = made.map(() => ({ tonnes: 0, bare: 0, units: new Float64Array(KINDS.length) }));
  const weight = draws.years.map((_, k) => weights(draws, levers, k)), { first } = draws;
  for (let i = 0; i < n; i++) {
    const { vehicle, other } = draws.response, price_of = levers.nd_price;
    const times = { vehicle: price_of ** at(vehicle, i), other: price_of ** at(other, i) };
    for (let k = 0; k < years; k++) {
      const since = after(draws.years[k], draws.day), cell = i * years + k;
      wanted(draws, levers, { sectors, more, needs }, times, since, i, k, cell);
      const through = let_through(draws, weight[k], i), won = recycling(draws, levers, since, i, k);
      const [output, imported] = oxides(draws, levers, through, since, i, k);
      const price = at(draws.price, i) * (1 + at(draws.passed, i) * (levers.nd_price - 1) * since);
      for (let place = 0; place < 2; place++) {
        const of = made[place], need = needs[place], recycled = min(won, need.bare);
        const scheme = min(output, need.bare - recycled);
        const bare = need.bare - recycled - scheme, inside = need.tonnes - need.bare, blocked = (1 - through) * bare;
        if (k <= first) left[place] = k < first ? 0 : levers.stock_months / 12 * need.bare;
        const stock = min(blocked, left[place]), shortage = blocked - stock, imports = bare - stock + inside;
        const lost = need.bare > 0 ? shortage / need.bare : 0;
        left[place] -= stock;
        of.demand[cell] = need.tonnes;
        of.scheme[cell] = scheme;
        of.recycled[cell] = recycled;
        of.stock[cell] = stock;
        of.imports[cell] = imports;
        of.shortage[cell] = shortage;
        of.oxide_imported[cell] = imported;
        of.rupees[cell] = imports * price;
        of.vehicles[cell] = need.units[0] * lost;
        of.engines[cell] = need.units[1] * lost;
      }
    }
  }
  return { made, sectors, seen: {} };
}

const ramp = (year, start, length) => integral(year - start, length) - integral(year - 1 - start, length);
const after = (year, start, end = Infinity) => min(max(min(year, end) - max(year - 1, start), 0), 1);

function integral(time, length) {
  time = max(time, 0);
  length = max(length, 1e-9);
  return time < length ? time * time / (2 * length) : time - length / 2;
}

function wanted(draws, levers, { sectors, more, needs }, times, since, i, k, cell) {
  const phase = ramp(draws.years[k], draws.day, at(draws.years_until.technology, i));
  const size = 1 + phase * (levers.intensity - 1), parts = draws.parts;
  for (const need of needs) {
    need.tonnes = need.bare = 0;
    need.units.fill(0);
  }
  for (let place = 0; place < parts.length; place++) {
    if (parts[place].shifts) more[place] = exp(levers.ev_pace * parts[place].shift[cell]);
  }
  for (let place = 0; place < parts.length; place++) {
    const part = parts[place], given = part.kind === "turbine" && levers.wind_pm_share !== null;
    let own = part.tonnes[cell], fitted = part.fitted[cell], ahead = more[place];
    if (given) {
      own += phase * (levers.wind_pm_share * part.whole[cell] - own);
      fitted += phase * (levers.wind_pm_share * part.units[cell] - fitted);
    }
    if (part.kind === "vehicle") ahead = kept(part, more, cell);
    else if (part.kind === "traction") ahead *= 1 - levers.rare_earth_free_share * phase;
    const response = part.kind === "other" || part.kind === "turbine" ? times.other : times.vehicle;
    own *= ahead * size * (1 + since * (response - 1));
    sectors[place][cell] = own;
    const outside = part.outside[cell];
    for (let bounds = part.bound && !given ? 1 : 0; bounds < 2; bounds++) {
      needs[bounds].tonnes += own;
      needs[bounds].bare += own * outside;
      needs[bounds].units[part.number] += fitted * ahead * outside;
    }
  }
}

/* What is left of the units of a sector, over the trend, where others take their place. */
function kept(part, more, cell) {
  let taken = 0;
  for (const { of, place } of part.takers) taken += of.units[cell] * (more[place] - 1);
  return 1 - min(part.units[cell] > 0 ? taken / part.units[cell] : 0, 1);
}

function weights(draws, levers, k) {
  const year = draws.years[k], weight = { ...mapped(draws.ruled, (of) => of[k]), "heavy closed": 0 };
  const begun = levers.licences_from === null ? draws.known : max(draws.known, levers.licences_from);
  const ended = levers.licences_months === null ? Infinity : begun + levers.licences_months / 12;
  const moved = after(year, begun, ended);
  weight[draws.current] += after(year, draws.known) - moved;
  weight[levers.licences === "current" ? draws.current : levers.licences] += moved;
  return weight;
}

function let_through(draws, weight, i) {
  let through = weight["heavy closed"] * (1 - at(draws.heavy, i) * (1 - at(draws.dose.closed, i)));
  for (const name in draws.dose) through += weight[name] * at(draws.dose[name], i);
  return 1 - at(draws.china, i) * (1 - through);
}

function recycling(draws, levers, since, i, k) {
  const won = at(draws.won.made, i);
  const grown = levers.recycling * ramp(draws.years[k], draws.day, at(draws.years_until.recycling, i));
  return (won * since + grown * max(at(draws.won.planned, i) - won, 0)) * at(draws.kept, i);
}

function oxides(draws, levers, through, since, i, k) {
  const year = draws.years[k], award = levers.scheme_award ?? draws.day, was = at(draws.sold, i);
  const begun = max(award + at(draws.build, i) + levers.scheme_delay / 12, draws.day);
  const built = ramp(year, begun, at(draws.ramp, i));
  const able = levers.scheme * draws.capacity * built / at(draws.kept, i);
  const ended = levers.japan_exports === "on" ? 0 : levers.japan_exports === "off" ? since
    : ramp(year, draws.day, at(draws.years_until.exports, i));
  const japan = min(was * ended, able);
  const own = min(min(at(draws.separated[levers.irel_path], i, k), at(draws.ore, i) - was), able - japan);
  const bought = levers.oxide_source === "any" ? 1 : levers.oxide_source === "own" ? 0 : through;
  const imported = (able - own - japan) * bought;
  return [(own + japan + imported) * at(draws.kept, i), imported];
}

/* The 80 % of a quantity, or of the sector of a number, in a year: the high end with bounds, the others without. */
function ends({ made, sectors, seen }, name, k) {
  return seen[`${name} ${k}`] ??= (() => {
    const sorted = (sectors[name] ? [sectors[name]] : made.map((of) => of[name])).map((values) => {
      const years = page.names.length, found = new Float64Array(values.length / years);
      for (let i = 0; i < found.length; i++) found[i] = values[i * years + k];
      return found.sort();
    });
    const middle = quantile(sorted[0], 0.5);
    return { low: min(quantile(sorted[0], 0.1), middle), middle, high: max(quantile(sorted.at(-1), 0.9), middle) };
  })();
}

function quantile(sorted, part) {
  const place = (sorted.length - 1) * part, below = floor(place), next = min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[next] - sorted[below]);
}

/* What stands in the page. */
const find = (id) => document.getElementById(id), all = (what) => [...document.querySelectorAll(what)];
const page = JSON.parse(find("data").textContent), draws = opened(page.draws), base = balances(draws, page.defaults);
const inputs = all("[data-lever]"), given = (of) => find(`given-${of.name}`);
let now = base, moved = [], text = "", told = 0;

const value_of = (of) => (of.type === "range" ? Number(of.value) : of.value || null);
const read = (of) => (given(of) && !given(of).checked ? null : value_of(of));

/* Put the levers as a text says them; what it says and cannot be is told and left out. */
function write(said) {
  const asked = Object.fromEntries(said.split(";").map((pair) => pair.split("=").map((part) => part.trim())));
  const wrong = Object.keys(asked).filter((name) => name && name !== "year" && !(name in page.defaults));
  for (const of of inputs) {
    const start = page.defaults[of.name], name = of.name in asked && "lacking" in of.dataset ? "" : of.name;
    const value = asked[name] ?? start;
    if (given(of)) given(of).checked = value !== null;
    of.value = value ?? "";
    const near = of.type === "range" && (value === null || abs(of.value - value) < of.step);
    if (name && (near || (of.type !== "range" && (of.value || null) === value))) continue;
    wrong.push(of.name);
    if (given(of)) given(of).checked = start !== null;
    of.value = start ?? "";
  }
  find("year").value = page.names.includes(asked.year) ? page.names.indexOf(asked.year) : page.at;
  find("wrong").textContent = wrong.length ? `Not taken from the link, as it cannot be so: ${wrong.join(", ")}.` : "";
  show();
}

function show() {
  const k = Number(find("year").value);
  const levers = Object.fromEntries(Object.keys(page.defaults).map((name) => [name, read(find(`lever-${name}`))]));
  moved = Object.entries(levers).filter(([name, value]) => value !== page.defaults[name]);
  const asked = moved.map(([name, value]) => `${name}=${value}`).join(";");
  if (asked !== text) now = asked ? balances(draws, levers) : base;
  text = asked;
  for (const of of inputs.filter((one) => one.type === "range")) {
    if (given(of)) of.disabled = levers[of.name] === null;
    const value = levers[of.name], unit = of.dataset.unit;
    const said = value === null ? "not given" : unit === "share" ? `${round(100 * value)} %` : `${value} ${unit}`;
    of.setAttribute("aria-valuetext", find(`is-${of.name}`).textContent = said);
  }
  for (const place of all("[data-say]")) {
    const [of, name, part] = place.dataset.say.split(" "), said = told_of(ends(of === "base" ? base : now, name, k));
    place.textContent = said[part];
  }
  all(".year").forEach((place) => { place.textContent = page.names[k]; });
  all("[data-moved]").forEach((place) => { place.hidden = (place.dataset.moved === "true") !== moved.length > 0; });
  find("year").setAttribute("aria-valuetext", page.names[k]);
  draw(k);
  bars(k, levers.wind_pm_share !== null);
  const quoted = (said) => (said.includes(" ") ? `"${said}"` : said);
  const sets = moved.map(([name, value]) => ` --set ${quoted(`${name}=${value}`)}`).join("");
  find("command").textContent = `magnets scenario run run-rate${sets} --as-of ${page.day}`;
  const lines = moved.map(([name, value]) => `\n  ${name}: ${value}`).join("");
  find("file").textContent = `scenario: from the explorer\nlevers:${lines || " {}"}\n`;
  find("link").href = `#${encodeURI(`${text}${text && ";"}year=${page.names[k]}`)}`;
  find("named").value = text in page.stories ? text : "-";
  clearTimeout(told);
  told = setTimeout(() => {
    find("told").textContent = find("answer").innerText;
    history.replaceState(null, "", find("link").href);
  }, 400);
}

const grouped = (said) => said.replace(/\B(?=(\d{3})+$)/g, ",");

/* A number with two significant digits, as the other pages print it. */
function shown(value) {
  const digits = 2 - abs(value).toFixed(0).length;
  return grouped((round(value * 10 ** digits) / 10 ** digits).toFixed(value ? max(digits, 0) : 0));
}

function told_of({ low, middle, high }) {
  const range = shown(low) === shown(high) ? shown(low) : `${shown(low)} to ${shown(high)}`;
  return { middle: shown(middle), range, both: range === shown(middle) ? range : `${shown(middle)} (${range})` };
}

function draw(k) {
  const drawing = find("drawing"), last = page.names.length - 1;
  const shows = moved.length ? [base, now] : [base];
  const lines = shows.map((of) => page.names.map((_, year) => ends(of, "imports", year)));
  const top = max(...lines.flat().map((one) => one.high), 1), unit = 10 ** floor(Math.log10(top / 4)), foot = 250;
  const step = unit * [1, 2, 2.5, 5, 10].find((one) => one * unit * 5 >= top), grid = step * ceil(top / step);
  const x = (year) => 52 + (wide - 116) * year / last, y = (tonnes) => foot - 226 * tonnes / grid;
  const put = (tag, kind, where, said = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries({ class: kind, ...where })) made.setAttribute(name, value);
    made.textContent = said;
    drawing.append(made);
  };
  drawing.replaceChildren();
  drawing.setAttribute("viewBox", `0 0 ${wide} 276`);
  for (let tonnes = 0; tonnes <= grid; tonnes += step) {
    put("line", "stroke-rule", { x1: 52, x2: x(last), y1: y(tonnes), y2: y(tonnes) });
    put("text", "fill-muted", { x: 46, y: y(tonnes) + 4, "text-anchor": "end" }, grouped(`${tonnes}`));
  }
  put("text", "fill-muted", { x: 0, y: 12 }, "tonnes a year");
  put("line", "now", { x1: x(draws.first - 0.5), x2: x(draws.first - 0.5), y1: 24, y2: foot });
  put("text", "fill-muted", { x: x(draws.first - 0.5) + 5, y: 34 }, "ahead");
  put("line", "stroke-ink", { x1: x(k), x2: x(k), y1: 24, y2: foot + 5 });
  const every = page.names.map((_, year) => year).filter((year) => (year - k) % (wide < 480 ? 3 : 2) === 0);
  for (const year of every) {
    const where = { x: x(year), y: foot + 20, "text-anchor": "middle" };
    put("text", year === k ? "chosen" : "fill-muted", where, page.names[year]);
  }
  lines.forEach((line, place) => {
    const kind = place ? "blue" : "muted", points = (end) => line.map((one, year) => `${x(year)},${y(one[end])}`);
    put("path", `band fill-${kind}`, { d: `M${points("low").join("L")}L${points("high").reverse().join("L")}Z` });
    put("path", `line stroke-${kind}`, { d: `M${points("middle").join("L")}` });
  });
  const heights = lines.map((line) => y(line[last].middle) + 4), gap = 16 - abs(heights[0] - heights.at(-1));
  if (lines.length > 1 && gap > 0) heights[heights[0] < heights[1] ? 0 : 1] -= gap;
  lines.forEach((line, place) => {
    const end = `${shown(line[last].middle)} t`;
    put("text", `fill-${place ? "blue" : "muted"}`, { x: x(last) + 6, y: heights[place] }, end);
  });
  const of = ["at the run-rate", "under these levers"];
  const said = lines.map((line, place) => `${told_of(line[k]).range} t ${of[place]}`);
  const what = "Imports needed by fiscal year, a middle line in a band";
  drawing.setAttribute("aria-label", `${what}; in ${page.names[k]} ${said.join(", ")}.`);
}

/* A bar is the middle and its line the 80 %; of a sector that no source gives the bar is the most that it may be. */
function bars(k, wind) {
  const rows = all("[data-sector]").map((row) => {
    const place = Number(row.dataset.sector), part = draws.parts[place];
    const open = part.bound && !(wind && part.kind === "turbine");
    return { row, open, own: ends(now, place, k), was: ends(base, place, k), mark: open || !part.bound };
  });
  const top = max(...rows.flatMap(({ own, was }) => [own.high, was.high]), 1);
  const share = (value) => `${100 * value / top}%`;
  for (const { row, open, own, was, mark } of rows) {
    const [bar, range, before] = row.querySelectorAll("rect, line");
    bar.setAttribute("width", share(open ? own.high : own.middle));
    bar.setAttribute("class", open ? "most" : "fill-blue");
    range.setAttribute("x1", share(own.low));
    range.setAttribute("x2", share(open ? own.low : own.high));
    before.setAttribute("x", mark ? share(open ? was.high : was.middle) : "-9");
    row.lastElementChild.textContent = open ? `at most ${shown(own.high)}` : told_of(own).both;
  }
}

async function copy(place) {
  try {
    await navigator.clipboard.writeText(place.textContent);
    find("copied").textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(place);
    find("copied").textContent = "Selected: copy it with the keys of your system.";
  }
}

function linked() {
  try {
    write(decodeURI(location.hash.slice(1)));
  } catch {
    write("");
  }
}

find("explorer").hidden = false;
find("without").remove();
let wide = max(find("drawing").parentNode.clientWidth, 240);
for (const of of [...inputs, ...all("[id^=given-]"), find("year")]) of.addEventListener("input", show);
find("named").addEventListener("input", () => write(`${find("named").value};year=${page.names[find("year").value]}`));
find("reset").addEventListener("click", () => write(""));
for (const of of all("[data-copy]")) of.addEventListener("click", () => copy(find(of.dataset.copy)));
addEventListener("hashchange", linked);
addEventListener("resize", () => {
  wide = max(find("drawing").parentNode.clientWidth, 240);
  draw(Number(find("year").value));
});
linked();
