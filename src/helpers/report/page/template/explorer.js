"use strict";
/* Levers to tonnes in the reader's browser. The first half reckons what helpers.outlook.scenario_balance reckons, in the
   same steps and by the same names, for one draw (i) of one fiscal year (k) at a time; the second half shows it. */
const { abs, exp, floor, max, min, round } = Math;
const MAGNETS = ["demand", "scheme", "surplus", "recycled", "stock", "imports", "bare", "allowed", "shortage"];
const OXIDE = ["needed", "own", "japan", "imported", "ore", "sold", "unused"];
const LOST = { vehicles: "traction", engines: "vehicle", turbines: "turbine" };

/* An array (draws, years) as the page carries it: as small floats where it has a column a year, else as single ones. */
function unpacked(value) {
  if (value === null || typeof value !== "object" || typeof value[0] === "number") return value;
  if (!value.bits) return Object.assign(Array.isArray(value) ? [] : {}, mapped(value, unpacked));
  const bytes = Uint8Array.from(atob(value.bits), (one) => one.charCodeAt(0)).buffer;
  const { rows, columns, scale } = value;
  const held = columns > 1 ? Float64Array.from(new Uint16Array(bytes), (bits) => half(bits) * scale)
    : Float64Array.from(new Float32Array(bytes));
  return { held, rows, row: rows > 1 ? columns : 0, column: columns > 1 ? 1 : 0 };
}

function half(bits) {
  const power = (bits >> 10) & 31, rest = (bits & 1023) / 1024;
  return (bits >> 15 ? -1 : 1) * (power ? (1 + rest) * 2 ** (power - 15) : rest * 2 ** -14);
}

/* A sector as the arithmetic wants it: the page carries some of it by unit. */
function whole(part, years) {
  const { rows } = part.units, times = (one, other) => ({
    held: Float64Array.from({ length: rows * years }, (_, place) => {
      const i = floor(place / years), k = place % years;
      return at(one, i, k) * at(other, i, k);
    }), rows, row: years, column: 1,
  });
  part.shifts = part.shift.held.some((value) => value !== 0);
  if (rows > 1) {
    part.fitted = times(part.fitted, part.units);
    part.whole = times(part.whole, part.units);
    part.tonnes = times(part.tonnes, part.fitted);
  }
}

function mapped(of, change) {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value)]));
}

function at(of, i, k = 0) {
  return of.held[i * of.row + k * of.column];
}

/* A day as a fiscal year and its part: the end of a fiscal year is that year, a whole number. */
function moment(day) {
  if (day === null) return null;
  const [year, month, date] = day.split("-").map(Number), begun = month < 4 ? year - 1 : year;
  const first = Date.UTC(begun, 3, 1);
  return begun + (Date.UTC(year, month - 1, date) - first) / (Date.UTC(begun + 1, 3, 1) - first);
}

function balance(draws, levers, bounds) {
  levers = { ...levers, scheme_award: moment(levers.scheme_award), licences_from: moment(levers.licences_from) };
  const n = draws.china.rows, names = [...MAGNETS, ...OXIDE.map((name) => `oxide_${name}`), "rupees", ...Object.keys(LOST)];
  const made = mapped({ ...names }, () => new Float64Array(n * draws.years.length));
  names.forEach((name, place) => { made[name] = made[place]; });
  made.sectors = draws.parts.map(() => new Float64Array(n * draws.years.length));
  const first = draws.years.findIndex((year) => year >= draws.day), left = new Float64Array(n);
  const times = mapped(draws.response, (power) => Array.from({ length: n }, (_, i) => levers.nd_price ** at(power, i)));
  draws.years.forEach((year, k) => {
    const weight = weights(draws, levers, k), since = after(year, draws.day);
    for (let i = 0; i < n; i++) {
      const cell = k * n + i, need = wanted(draws, levers, bounds, times, i, k);
      const through = let_through(draws, weight, i);
      const recycled = min(recycling(draws, levers, i, k), need.bare);
      const oxide = oxides(draws, levers, through, i, k), output = oxide.needed * at(draws.kept, i);
      const scheme = min(output, need.bare - recycled);
      const bare = need.bare - recycled - scheme, inside = need.tonnes - need.bare;
      const blocked = (1 - through) * bare;
      if (k === first) left[i] = levers.stock_months / 12 * need.tonnes;
      const stock = min(blocked, left[i]);
      left[i] -= stock;
      const shortage = blocked - stock, imports = bare - stock + inside, lost = need.bare > 0 ? shortage / need.bare : 0;
      [need.tonnes, scheme, output - scheme, recycled, stock, imports, bare - stock, bare - blocked + inside, shortage]
        .forEach((value, place) => { made[place][cell] = value; });
      OXIDE.forEach((name, place) => { made[MAGNETS.length + place][cell] = oxide[name]; });
      made.rupees[cell] = imports * at(draws.price, i) * (1 + at(draws.passed, i) * (levers.nd_price - 1) * since);
      for (const name in LOST) made[name][cell] = need.units[LOST[name]] * lost;
      need.sectors.forEach((value, place) => { made.sectors[place][cell] = value; });
    }
  });
  return made;
}

function ramp(year, start, length) {
  return integral(year - start, length) - integral(year - 1 - start, length);
}

function integral(time, length) {
  time = max(time, 0);
  length = max(length, 1e-9);
  return time < length ? time ** 2 / (2 * length) : time - length / 2;
}

function after(year, start, end = Infinity) {
  return min(max(min(year, end) - max(year - 1, start), 0), 1);
}

function wanted(draws, levers, bounds, times, i, k) {
  const year = draws.years[k], since = after(year, draws.day);
  const phase = ramp(year, draws.day, at(draws.years_until.technology, i));
  const size = 1 + phase * (levers.intensity - 1), more = {};
  for (const part of draws.parts) if (part.shifts) more[part.sector] = exp(levers.ev_pace * at(part.shift, i, k));
  const need = { tonnes: 0, bare: 0, units: { traction: 0, vehicle: 0, turbine: 0 }, sectors: [] };
  draws.parts.forEach((part, place) => {
    const given = part.kind === "turbine" && levers.wind_pm_share !== null;
    if (part.bound && !bounds && !given) return;
    let own = at(part.tonnes, i, k), fitted = at(part.fitted, i, k), ahead = more[part.sector] ?? 1;
    if (given) {
      own += phase * (levers.wind_pm_share * at(part.whole, i, k) - own);
      fitted += phase * (levers.wind_pm_share * at(part.units, i, k) - fitted);
    }
    if (part.kind === "vehicle") ahead = kept(draws, part, more, i, k);
    else if (part.kind === "traction") ahead *= 1 - levers.rare_earth_free_share * phase;
    const kind = part.kind === "other" || part.kind === "turbine" ? "other" : "vehicle";
    own *= ahead * size * (1 + since * (times[kind][i] - 1));
    need.sectors[place] = own;
    need.tonnes += own;
    need.bare += own * at(part.outside, i, k);
    if (part.kind in need.units) need.units[part.kind] += fitted * ahead * at(part.outside, i, k);
  });
  return need;
}

/* What is left of the units of a sector, over the trend, where others take their place. */
function kept(draws, part, more, i, k) {
  let taken = 0;
  for (const of of draws.parts) {
    if (of.displaces === part.sector && of.sector in more) taken += at(of.units, i, k) * (more[of.sector] - 1);
  }
  const units = at(part.units, i, k);
  return 1 - min(units > 0 ? taken / units : 0, 1);
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
  let through = 0;
  for (const name in weight) {
    const heavy = () => 1 - at(draws.heavy, i) * (1 - at(draws.dose.closed, i));
    through += weight[name] * (name in draws.dose ? at(draws.dose[name], i) : heavy());
  }
  return 1 - at(draws.china, i) * (1 - through);
}

function recycling(draws, levers, i, k) {
  const year = draws.years[k], won = at(draws.won.made, i);
  const grown = levers.recycling * ramp(year, draws.day, at(draws.years_until.recycling, i));
  return (won * after(year, draws.day) + grown * max(at(draws.won.planned, i) - won, 0)) * at(draws.kept, i);
}

function oxides(draws, levers, through, i, k) {
  const year = draws.years[k], award = levers.scheme_award ?? draws.day, was = at(draws.sold, i), ore = at(draws.ore, i);
  const built = ramp(year, award + at(draws.build, i) + levers.scheme_delay / 12, at(draws.ramp, i));
  const able = levers.scheme * draws.capacity * built / at(draws.kept, i);
  const ended = levers.japan_exports === "on" ? 0 : levers.japan_exports === "off" ? after(year, draws.day)
    : ramp(year, draws.day, at(draws.years_until.exports, i));
  const sold = was * (1 - ended), japan = min(was * ended, able);
  const own = min(min(at(draws.separated[levers.irel_path], i, k), ore - was), able - japan);
  const bought = { any: 1, own: 0, "under licence": through }[levers.oxide_source];
  const imported = (able - own - japan) * bought;
  return { needed: own + japan + imported, own, japan, imported, ore, sold, unused: ore - sold - own - japan };
}

/* The 80 % of a quantity, or of a sector, in a year: its middle and low end without bounds, its high end with them. */
function ends([made, every], name, k) {
  const pick = (of) => {
    const values = typeof name === "number" ? of.sectors[name] : of[name], n = values.length / page.names.length;
    return values.slice(k * n, (k + 1) * n).sort();
  };
  const values = pick(made), middle = quantile(values, 0.5);
  return { low: min(quantile(values, 0.1), middle), middle, high: max(quantile(pick(every), 0.9), middle) };
}

function quantile(sorted, part) {
  const place = (sorted.length - 1) * part, below = floor(place), next = min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[next] - sorted[below]);
}

/* What stands in the page. */
const find = (id) => document.getElementById(id), all = (what) => [...document.querySelectorAll(what)];
const page = JSON.parse(find("data").textContent), draws = unpacked(page.draws);
for (const part of draws.parts) whole(part, draws.years.length);
const inputs = all("[data-lever]"), both = (levers) => [false, true].map((bounds) => balance(draws, levers, bounds));
const base = both(page.defaults);
let told = 0, reckoned = "", now = base;

function read() {
  const value = (of) => of.dataset.open && !find(`given-${of.name}`).checked ? null
    : of.type === "range" ? Number(of.value) : of.value || null;
  return Object.fromEntries(inputs.map((of) => [of.name, value(of)]));
}

function write(text) {
  const asked = Object.fromEntries(text.split(";").map((pair) => pair.split("=").map((part) => part.trim())));
  const wrong = Object.keys(asked).filter((name) => name && name !== "year" && !(name in page.defaults));
  for (const of of inputs) {
    const value = of.disabled && !of.dataset.open ? page.defaults[of.name] : asked[of.name] ?? page.defaults[of.name];
    if (of.dataset.open) find(`given-${of.name}`).checked = value !== null;
    of.value = value ?? "";
    if (of.type !== "range" && of.value !== (value ?? "")) { wrong.push(of.name); of.value = page.defaults[of.name] ?? ""; }
  }
  const k = page.names.indexOf(asked.year);
  find("year").value = k < 0 ? page.at : k;
  find("wrong").textContent = wrong.length ? `The link says of ${wrong.join(", ")} what cannot be; it is left out.` : "";
  show();
}

function show() {
  const levers = read(), k = Number(find("year").value);
  const moved = Object.entries(levers).filter(([name, value]) => value !== page.defaults[name]);
  const text = moved.map(([name, value]) => `${name}=${value}`).join("; ");
  if (text !== reckoned) now = moved.length ? both(levers) : base;
  reckoned = text;
  for (const of of inputs) {
    if (of.dataset.open) of.disabled = levers[of.name] === null;
    if (of.type !== "range") continue;
    const said = levers[of.name] === null ? "not given" : `${levers[of.name]} ${of.dataset.unit}`;
    of.setAttribute("aria-valuetext", find(`is-${of.name}`).textContent = said);
  }
  const said = { set: now, base };
  for (const place of all("[data-say]")) {
    const [of, name, part] = place.dataset.say.split(" "), { low, middle, high } = ends(said[of], name, k);
    place.textContent = part === "middle" ? shown(middle) : `${shown(low)} to ${shown(high)}`;
  }
  for (const place of all(".year")) place.textContent = page.names[k];
  all("[data-moved]").forEach((place) => { place.hidden = place.dataset.moved !== String(moved.length > 0); });
  find("year").setAttribute("aria-valuetext", page.names[k]);
  draw(k, moved.length > 0);
  bars(k, levers.wind_pm_share !== null);
  const quoted = (value) => /^[\w.:-]+$/.test(value) ? value : `"${value}"`;
  const sets = moved.map(([name, value]) => ` --set ${quoted(`${name}=${value}`).replace("=", "=")}`).join("");
  find("command").textContent = `magnets scenario run run-rate${sets} --as-of ${page.day}`;
  const lines = moved.map(([name, value]) => `\n  ${name}: ${value}`).join("");
  find("file").textContent = `scenario: from the explorer\nlevers:${lines || " {}"}\n`;
  const link = `#${encodeURI(`${text.replaceAll("; ", ";")}${text && ";"}year=${page.names[k]}`)}`;
  history.replaceState(null, "", link);
  find("link").href = link;
  find("named").value = text in page.stories ? text : "-";
  clearTimeout(told);
  told = setTimeout(() => { find("told").textContent = find("answer").textContent; }, 500);
}

function shown(value) {
  const digits = 2 - abs(value).toFixed(0).length, unit = 10 ** digits, decimals = value ? max(digits, 0) : 0;
  return (round(value * unit) / unit).toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function draw(k, moved) {
  const drawing = find("drawing"), wide = max(drawing.parentNode.clientWidth, 280), high = 290, last = page.names.length - 1;
  const lines = [base, ...(moved ? [now] : [])].map((of) => page.names.map((_, year) => ends(of, "imports", year)));
  const top = max(...lines.flat().map((one) => one.high)), step = [1, 2, 5, 10].map((one) => one * 10 ** floor(Math.log10(top / 4)))
    .find((one) => one * 5 >= top);
  const x = (year) => 52 + (wide - 128) * year / last, y = (tonnes) => high - 34 - (high - 54) * tonnes / (step * 5);
  const put = (tag, kind, where, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries({ class: kind, ...where }).forEach(([name, value]) => made.setAttribute(name, value));
    made.textContent = text;
    drawing.append(made);
  };
  drawing.replaceChildren();
  drawing.setAttribute("viewBox", `0 0 ${wide} ${high}`);
  put("rect", "ahead", { x: x(1.5), y: 20, width: x(last) - x(1.5), height: high - 54 });
  for (let tonnes = 0; tonnes <= top; tonnes += step) {
    put("line", "stroke-rule", { x1: 52, x2: x(last), y1: y(tonnes), y2: y(tonnes) });
    put("text", "fill-muted", { x: 46, y: y(tonnes) + 4, "text-anchor": "end" }, tonnes.toLocaleString("en-GB"));
  }
  put("line", "mark", { x1: x(k), x2: x(k), y1: 20, y2: high - 34 });
  page.names.forEach((name, year) => {
    if (year % (wide < 480 ? 3 : 2) === 0 || year === 0) put("text", "fill-muted", { x: x(year), y: high - 14, "text-anchor": "middle" }, name);
  });
  put("text", "fill-muted", { x: x(1.5) + 5, y: 34 }, "ahead");
  put("text", "fill-muted", { x: 0, y: 12 }, "t a year");
  lines.forEach((line, place) => {
    const kind = place ? "blue" : "muted", points = (end) => line.map((one, year) => `${x(year)},${y(one[end])}`);
    put("path", `band fill-${kind}`, { d: `M${points("low").join("L")}L${points("high").reverse().join("L")}Z` });
    put("path", `line stroke-${kind}`, { d: `M${points("middle").join("L")}` });
  });
  const heights = lines.map((line) => y(line[last].middle) + 4), close = heights.length > 1 && 15 - abs(heights[0] - heights[1]);
  if (close > 0) heights[heights[0] > heights[1] ? 0 : 1] += close;
  lines.forEach((line, place) => put("text", `fill-${place ? "blue" : "muted"}`, { x: x(last) + 6, y: heights[place] }, `${shown(line[last].middle)} t`));
  const told = lines.map((line) => `${shown(line[k].low)} to ${shown(line[k].high)} t`);
  drawing.setAttribute("aria-label", `Bands of the imports needed by fiscal year: in ${page.names[k]} at the run-rate ${told[0]}`
    + `${moved ? `, under these levers ${told[1]}` : ""}.`);
}

function bars(k, given) {
  const rows = all("[data-sector]").map((row) => {
    const place = Number(row.dataset.sector), part = draws.parts[place], open = part.bound && !(given && part.kind === "turbine");
    const own = ends(open ? [now[1], now[1]] : now, place, k), was = ends([base[1], base[1]], place, k);
    return { row, open, own, was: (open || !part.bound) && was };
  });
  const top = max(...rows.flatMap(({ own, was }) => [own.high, was.high || 0]), 1), share = (value) => `${100 * value / top}%`;
  for (const { row, open, own, was } of rows) {
    const [bar, range, before] = row.querySelectorAll("rect, line");
    bar.setAttribute("width", share(open ? own.high : own.middle));
    bar.setAttribute("class", open ? "most" : "fill-blue");
    range.setAttribute("x1", share(own.low));
    range.setAttribute("x2", share(open ? own.low : own.high));
    before.setAttribute("x", was ? share(open ? was.high : was.middle) : "-9");
    row.lastElementChild.textContent = open ? `at most ${shown(own.high)}` : `${shown(own.middle)} (${shown(own.low)} to ${shown(own.high)})`;
  }
}

async function copy(button) {
  const place = find(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(place.textContent);
    find("told").textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(place);
    find("told").textContent = "Selected: copy it with the keys of your system.";
  }
}

const hash = () => { try { return decodeURI(location.hash.slice(1)); } catch { return ""; } };
find("explorer").hidden = false;
find("without").remove();
inputs.forEach((of) => of.addEventListener("input", show));
all("[id^=given-]").forEach((of) => of.addEventListener("input", () => {
  const input = inputs.find((one) => `given-${one.name}` === of.id);
  input.disabled = !of.checked;
  show();
}));
find("year").addEventListener("input", show);
find("named").addEventListener("input", () => write(`${find("named").value};year=${page.names[find("year").value]}`));
find("reset").addEventListener("click", () => write(""));
all("[data-copy]").forEach((of) => of.addEventListener("click", () => copy(of)));
addEventListener("hashchange", () => write(hash()));
addEventListener("resize", () => draw(Number(find("year").value), reckoned !== ""));
write(hash());
