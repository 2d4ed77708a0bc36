/* The page of grid-map. Everything is in the file: no request leaves it. */
(function () {
"use strict";

var data = JSON.parse(document.getElementById("data").textContent);
var el = function (id) { return document.getElementById(id); };
var CODE = 0, NAME = 1, PARENT = 2, HOUSEHOLDS = 3, PERSONS = 4, AREA = 5, STATUS = 6, REASON = 7,
  BOUNDS = 8, PEOPLE = 9, PLACE = 10;
var bottom = data.levels.length - 1, grids = data.levels[bottom].units;

/* ---- geometry ---------------------------------------------------------------------- */

var DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", VALUE = {};
for (var d = 0; d < 64; d++) VALUE[DIGITS[d]] = d;

/* A chain as [lat, lon] pairs. */
function decode(text) {
  var out = [], at = 0, x = 0, y = 0;
  function number() {
    var v = 0, scale = 1, digit;
    do {
      digit = VALUE[text[at++]];
      v += (digit & 31) * scale;
      scale *= 32;
    } while (digit & 32);
    return v % 2 ? -(v + 1) / 2 : v / 2;
  }
  while (at < text.length) {
    x += number();
    y += number();
    out.push([y / 1e7, x / 1e7]);
  }
  return out;
}

var arcs = data.arcs.map(decode);

function ringOf(references) {
  var ring = [];
  references.forEach(function (r) {
    var arc = r < 0 ? arcs[~r].slice().reverse() : arcs[r];
    ring = ring.concat(ring.length ? arc.slice(1) : arc);
  });
  return ring;
}

var rings = data.rings.map(function (list) { return list.map(ringOf); });
var boxes = rings.map(function (list) {
  var b = [Infinity, Infinity, -Infinity, -Infinity];
  list.forEach(function (ring) {
    ring.forEach(function (p) {
      if (p[0] < b[0]) b[0] = p[0];
      if (p[1] < b[1]) b[1] = p[1];
      if (p[0] > b[2]) b[2] = p[0];
      if (p[1] > b[3]) b[3] = p[1];
    });
  });
  return b;
});

/* Even-odd; a grid owns its west and south borders, as everywhere in these tools. */
function covers(g, lat, lon) {
  var inside = false;
  rings[g].forEach(function (ring) {
    for (var i = 1; i < ring.length; i++) {
      var a = ring[i - 1], b = ring[i];
      if ((a[0] > lat) === (b[0] > lat)) continue;
      var low = a[0] < b[0] ? a : b, high = a[0] < b[0] ? b : a;
      var side = (high[1] - low[1]) * (lat - low[0]) - (high[0] - low[0]) * (lon - low[1]);
      if (side > 0) inside = !inside;
    }
  });
  return inside;
}

/* A table of cells over the town: which grids may lie in each. */
var whole = boxes.reduce(function (w, b) {
  return [Math.min(w[0], b[0]), Math.min(w[1], b[1]), Math.max(w[2], b[2]), Math.max(w[3], b[3])];
}, [Infinity, Infinity, -Infinity, -Infinity]);
var side = Math.max(1, Math.ceil(Math.sqrt(grids.length) * 2)), cells = {};
function cell(v, low, high) {
  return Math.min(side - 1, Math.max(0, Math.floor((v - low) / (high - low) * side)));
}
boxes.forEach(function (b, g) {
  for (var y = cell(b[0], whole[0], whole[2]); y <= cell(b[2], whole[0], whole[2]); y++)
    for (var x = cell(b[1], whole[1], whole[3]); x <= cell(b[3], whole[1], whole[3]); x++)
      (cells[y * side + x] = cells[y * side + x] || []).push(g);
});

/* The grid at a place, or -1. */
function locate(lat, lon) {
  if (!(lat >= whole[0] && lat <= whole[2] && lon >= whole[1] && lon <= whole[3])) return -1;
  var list = cells[cell(lat, whole[0], whole[2]) * side + cell(lon, whole[1], whole[3])] || [];
  for (var i = 0; i < list.length; i++) {
    var b = boxes[list[i]];
    if (lat >= b[0] && lat <= b[2] && lon >= b[1] && lon <= b[3] && covers(list[i], lat, lon))
      return list[i];
  }
  return -1;
}

/* ---- GCJ-02 ------------------------------------------------------------------------- */

/* The shift of Chinese web maps, on the Krasovsky ellipsoid; outside China there is none. */
function shift(lat, lon) {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [0, 0];
  var x = lon - 105, y = lat - 35, s = Math.sin, P = Math.PI, r = Math.sqrt(Math.abs(x));
  var common = (20 * s(6 * x * P) + 20 * s(2 * x * P)) * 2 / 3;
  var north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * r + common +
    (20 * s(y * P) + 40 * s(y / 3 * P)) * 2 / 3 + (160 * s(y / 12 * P) + 320 * s(y * P / 30)) * 2 / 3;
  var east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * r + common +
    (20 * s(x * P) + 40 * s(x / 3 * P)) * 2 / 3 + (150 * s(x / 12 * P) + 300 * s(x / 30 * P)) * 2 / 3;
  var a = 6378245, ee = 0.00669342162296594323, rad = lat / 180 * P;
  var m = 1 - ee * s(rad) * s(rad), root = Math.sqrt(m);
  return [north * 180 / (a * (1 - ee) / (m * root) * P), east * 180 / (a / root * Math.cos(rad) * P)];
}

function fromGcj02(lat, lon) {
  var a = lat, o = lon;
  for (var i = 0; i < 10; i++) {
    var d = shift(a, o);
    a = lat - d[0];
    o = lon - d[1];
  }
  return [a, o];
}

/* ---- the map ------------------------------------------------------------------------ */

var map = L.map("map", { preferCanvas: true, minZoom: 8, maxZoom: 21, zoomSnap: 0.5,
  attributionControl: false });
L.control.scale({ imperial: false }).addTo(map);
if (data.theme === "none") data.theme = "";
var home = L.latLngBounds([whole[0], whole[1]], [whole[2], whole[3]]);
var homing = false, moved = false; /* away from the first look at the whole */
function goHome() {
  homing = true;
  map.fitBounds(home, { padding: [12, 12], animate: false });
  homing = false;
}
goHome();
map.on("movestart zoomstart", function () { moved = moved || !homing; });
["grids", "roads", "borders", "marks"].forEach(function (name, i) {
  map.createPane(name).style.zIndex = 350 + 20 * i;
  if (name !== "grids") map.getPane(name).style.pointerEvents = "none";
});
var canvas = {};
["grids", "roads", "borders", "marks"].forEach(function (name) {
  canvas[name] = L.canvas({ pane: name, padding: 0.3 });
});

var shapes = L.layerGroup().addTo(map);
var polygons = rings.map(function (list, g) {
  var p = L.polygon(list, { renderer: canvas.grids, stroke: false, fillOpacity: 0.85, smoothFactor: 0.5 });
  p.on("click", function (e) {
    L.DomEvent.stop(e);
    var at = locate(e.latlng.lat, e.latlng.lng);
    select(at < 0 ? g : at);
  });
  return p.addTo(shapes);
});

function styleGrids() {
  var theme = data.themes.filter(function (t) { return t.name === data.theme; })[0];
  polygons.forEach(function (p, g) {
    var colour = data.tints[+data.tint[g]];
    if (theme) colour = theme.values[g] === null ? "#d9d9d6" : theme.colour[classOf(theme, theme.values[g])];
    p.setStyle({ fillColor: colour });
  });
  showLegend(theme);
}

function classOf(theme, v) {
  var c = 0;
  while (c < theme.limit.length && v >= theme.limit[c]) c++;
  return c;
}

function lineGroup(list, renderer, styleOf, area) {
  return L.layerGroup(list.map(function (f) {
    var chains = f[2].map(decode), style = Object.assign({ renderer: renderer, interactive: false },
      styleOf(f));
    return area ? L.polygon(chains, style) : L.polyline(chains, style);
  }));
}

/* Classes of lines as the database numbers them. */
var LINES = [["#888", 1], ["#f3b562", 5], ["#404040", 2], ["#86bfe0", 3], ["#e9c65e", 4],
  ["#ffffff", 3], ["#ffffff", 1.5], ["#8c6d46", 1], ["#bbb", 1]];
var FIND = { color: "#c0392b", weight: 3, dashArray: "6 5", fill: false };
var layers = [];

/* Layers of small things are drawn from a zoom on where they can be told apart. */
function addLayer(name, group, shown, from) {
  layers.push({ name: name, group: group, shown: shown, from: from || 0 });
}

function showLayers() {
  layers.forEach(function (l) {
    if (l.shown && map.getZoom() >= l.from) l.group.addTo(map); else l.group.remove();
  });
}
map.on("zoomend", showLayers);

/* One line per rank, the lowest first; thinner where little room is between them. */
function borderGroup() {
  var looks = [];
  for (var l = 0; l <= bottom; l++)
    looks.push(l === bottom ? { color: "#a3195b", weight: 1.2 }
      : l === 0 ? { color: "#2b2b2b", weight: 3.5, dashArray: "14 4 2 4" }
      : { color: "#5b1a72", weight: 2.4, dashArray: "9 4" });
  var lines = looks.map(function (look, rank) {
    var chains = arcs.filter(function (a, i) { return parseInt(data.rank[i], 16) === rank; });
    return L.polyline(chains, Object.assign({ renderer: canvas.borders, interactive: false }, look));
  });
  function fit() {
    var room = Math.sqrt(grids.length ? pixelsOfTown() / grids.length : 1);
    var thin = Math.max(0.35, Math.min(1, room / 60));
    lines.forEach(function (line, rank) { line.setStyle({ weight: looks[rank].weight * thin }); });
  }
  map.on("zoomend", fit);
  fit();
  return L.layerGroup(lines.slice().reverse());
}

/* The town's size on the screen, in square pixels. */
function pixelsOfTown() {
  var sw = map.latLngToLayerPoint(home.getSouthWest()), ne = map.latLngToLayerPoint(home.getNorthEast());
  return (ne.x - sw.x) * (sw.y - ne.y);
}

/* Out of range; grids that are none by the rule are not. */
function isOdd(u) { return u[STATUS] && ["OK", "EXTENDED", "EMPTY"].indexOf(u[STATUS]) < 0; }

/* What the check of coverage found: [kind, severity, level, units, m2, place, shape's kind, chains]. */
var DEFECT = { KIND: 0, SEVERITY: 1, LEVEL: 2, UNITS: 3, AREA: 4, PLACE: 5, SHAPE: 6, CHAINS: 7 };

function drawDefect(d) {
  var chains = d[DEFECT.CHAINS].map(decode), look = { renderer: canvas.marks, interactive: false,
    color: "#d4002a", weight: 3, fillColor: "#ff2d55", fillOpacity: 0.6 };
  if (d[DEFECT.SHAPE] === 3 && d[DEFECT.PLACE]) /* narrow ones are found by the ring around them */
    return L.layerGroup([L.polygon(chains, look), ringAround(d)]);
  if (d[DEFECT.SHAPE] === 2) return L.layerGroup([L.polyline(chains, look), ringAround(d)]);
  return ringAround(d);
}

function ringAround(d) {
  var at = d[DEFECT.PLACE];
  return at ? L.circleMarker([at[1], at[0]], { renderer: canvas.marks, interactive: false, radius: 10,
    weight: 2, color: "#d4002a", fill: false }) : L.layerGroup();
}

function defectText(d) {
  var level = data.levels[d[DEFECT.LEVEL]], some = d[DEFECT.UNITS].slice(0, 4).join("、");
  return d[DEFECT.KIND] + "（" + level.word + "）" + some +
    (d[DEFECT.UNITS].length > 4 ? " 等 " + d[DEFECT.UNITS].length + " 个" : "") +
    (d[DEFECT.AREA] > 0 ? "，" + +d[DEFECT.AREA].toPrecision(3) + " 平方米" : "");
}

/* Every defect with a way to it; a seamless division says so. */
function listDefects(panel) {
  if (!data.defects.length) {
    panel.appendChild(node("p", "覆盖检查：不遗漏、不交叉。", "note"));
    return;
  }
  panel.appendChild(node("h2", "覆盖检查：" + data.defects.length + " 处缺陷"));
  var list = node("ul", undefined, "defects");
  data.defects.forEach(function (d) {
    var item = node("li"), b = node("button", defectText(d));
    b.type = "button";
    b.disabled = !d[DEFECT.PLACE];
    b.addEventListener("click", function () {
      map.setView([d[DEFECT.PLACE][1], d[DEFECT.PLACE][0]], 19, { animate: false });
    });
    item.appendChild(b);
    list.appendChild(item);
  });
  panel.appendChild(list);
}

function buildLayers() {
  if (data.water.length)
    addLayer("水域", lineGroup(data.water, canvas.roads, function () {
      return { color: "#7fb2d3", weight: 1, fillColor: "#b5d9ee", fillOpacity: 1 };
    }, true), true);
  if (data.lines.length)
    addLayer("道路", lineGroup(data.lines, canvas.roads, function (f) {
      var l = LINES[f[1]] || LINES[5];
      return { color: l[0], weight: l[1] };
    }), true);
  if (data.compounds.length)
    addLayer("小区", lineGroup(data.compounds, canvas.roads, function () {
      return { color: "#8c6d46", weight: 1, fillColor: "#c9a36b", fillOpacity: 0.1 };
    }, true), grids.length < 2000, 14.5);
  if (data.buildings.length)
    addLayer("建筑", lineGroup(data.buildings, canvas.roads, function () {
      return { stroke: false, fillColor: "#a89a8b", fillOpacity: 0.75 };
    }, true), grids.length < 2000, 15);
  addLayer("边界", borderGroup(), true);
  if (data.components.length)
    addLayer("部件", L.layerGroup(data.components.map(function (f) {
      return L.circleMarker(decode(f[2][0])[0], { renderer: canvas.marks, radius: 3, weight: 1,
        color: "#fff", fillColor: "#1f6fb2", fillOpacity: 1, interactive: false });
    })), false, 16);
  var odd = [];
  grids.forEach(function (u, g) { if (isOdd(u)) odd.push(g); });
  if (data.defects.length)
    addLayer("覆盖缺陷 (" + data.defects.length + ")", L.layerGroup(data.defects.map(drawDefect)), true);
  if (odd.length)
    addLayer("超限网格 (" + odd.length + ")", L.layerGroup(odd.map(function (g) {
      return L.polygon(rings[g], Object.assign({ renderer: canvas.marks, interactive: false }, FIND));
    })), false);
}

/* ---- labels ------------------------------------------------------------------------- */

var labelPane = map.createPane("labels");
labelPane.style.zIndex = 640;
labelPane.style.pointerEvents = "none";

function number(level, i) {
  var u = data.levels[level].units[i], parent = level > 0 && u[PARENT] >= 0
    ? data.levels[level - 1].units[u[PARENT]][CODE] : "";
  return parent && u[CODE].indexOf(parent) === 0 ? u[CODE].slice(parent.length) : u[CODE];
}

function short(name) { return name.replace(/(社区)?居(民)?委(员)?会$/, "$1").replace(/村民委员会$|村委会$/, "村"); }

/* As many labels as find room, higher levels first; at most as many as a screen can hold. */
function drawLabels() {
  while (labelPane.firstChild) labelPane.removeChild(labelPane.firstChild);
  var taken = [], view = map.getBounds().pad(-0.01), drawn = 0;
  function put(level, i) {
    var u = data.levels[level].units[i];
    if (!u[PLACE] || drawn > 400) return;
    var at = L.latLng(u[PLACE][1], u[PLACE][0]);
    if (!view.contains(at)) return;
    var p = map.latLngToLayerPoint(at), low = level === bottom;
    var text = low ? number(level, i) : short(u[NAME] || u[CODE]);
    var width = (low ? 7.2 : 15) * text.length, height = low ? 15 : 19;
    if (low) {
      var b = boxes[i], sw = map.latLngToLayerPoint([b[0], b[1]]), ne = map.latLngToLayerPoint([b[2], b[3]]);
      if (ne.x - sw.x < width || sw.y - ne.y < height) return;
    }
    var box = [p.x - width / 2, p.y - height / 2, p.x + width / 2, p.y + height / 2];
    for (var k = 0; k < taken.length; k++)
      if (box[0] < taken[k][2] && taken[k][0] < box[2] && box[1] < taken[k][3] && taken[k][1] < box[3])
        return;
    taken.push(box);
    drawn++;
    var div = document.createElement("div");
    div.className = low ? "label" : "label unit";
    div.style.left = p.x + "px";
    div.style.top = p.y + "px";
    div.textContent = text;
    labelPane.appendChild(div);
  }
  for (var l = Math.max(0, bottom - 1); l <= bottom; l++)
    for (var i = 0; i < data.levels[l].units.length; i++) put(l, i);
}
map.on("moveend zoomend resize", drawLabels);
map.on("zoomstart", function () {
  while (labelPane.firstChild) labelPane.removeChild(labelPane.firstChild);
});

/* ---- details ------------------------------------------------------------------------ */

var STATUS_WORDS = { OK: "正常", EXTENDED: "拓展网格", EMPTY: "无住户", SOFT: "软性指标超出",
  UNDER_COMMUNITY: "社区总量不足一格", INFEASIBLE: "总量无法均分", OVER_INDIVISIBLE: "单个单元超限，无法再分",
  PROVED: "已证明无法达标", BEST_FOUND: "未达标（已知最优）" };

function node(tag, text, className) {
  var n = document.createElement(tag);
  if (text !== undefined) n.textContent = text;
  if (className) n.className = className;
  return n;
}

function format(v) { return v < 0 ? "未知" : String(v).replace(/\B(?=(\d{3})+$)/g, ","); }
function area(m2) { return m2 < 1e6 ? (m2 / 1e4).toFixed(2) + " 公顷" : (m2 / 1e6).toFixed(2) + " 平方千米"; }

function chain(level, i) { /* the unit and all above it, lowest first */
  var out = [];
  for (; level >= 0 && i >= 0; level--) {
    out.push([level, i]);
    i = data.levels[level].units[i][PARENT];
  }
  return out;
}

function pair(list, key, value) {
  if (value === "" || value === undefined) return;
  list.appendChild(node("dt", key));
  list.appendChild(node("dd", value));
}

var chosen = null;

function describe(level, i, note) {
  var panel = el("panel"), u = data.levels[level].units[i], list = node("dl");
  panel.textContent = "";
  if (note) panel.appendChild(node("p", note));
  panel.appendChild(node("p", u[NAME] || number(level, i), "code"));
  pair(list, "编码", u[CODE]);
  chain(level, i).slice(1).forEach(function (c) {
    var up = data.levels[c[0]].units[c[1]];
    pair(list, data.levels[c[0]].word, up[NAME] || up[CODE]);
  });
  pair(list, "户数", format(u[HOUSEHOLDS]));
  pair(list, "人数", format(u[PERSONS]));
  pair(list, "面积", area(u[AREA]));
  pair(list, "四至", u[BOUNDS]);
  if (level === bottom)
    data.themes.forEach(function (t) {
      if (["households", "persons"].indexOf(t.name) < 0 && t.values[i] !== null)
        pair(list, t.title, t.values[i] + " " + t.unit);
    });
  panel.appendChild(list);
  if (u[STATUS] && u[STATUS] !== "OK")
    panel.appendChild(node("p", (STATUS_WORDS[u[STATUS]] || u[STATUS]) + (u[REASON] ? "：" + u[REASON] : ""),
      isOdd(u) ? "status" : "note"));
  var table = node("table", undefined, "people");
  chain(level, i).forEach(function (c) {
    data.levels[c[0]].units[c[1]][PEOPLE].forEach(function (p) {
      var row = node("tr");
      row.appendChild(node("td", p[0] + (c[0] < bottom ? "（" + data.levels[c[0]].word + "）" : "")));
      row.appendChild(node("td", p[1]));
      var phone = node("td"), link = node("a", p[2]);
      link.href = "tel:" + p[2];
      phone.appendChild(link);
      row.appendChild(phone);
      table.appendChild(row);
    });
  });
  if (table.firstChild) {
    panel.appendChild(node("h2", "责任人"));
    panel.appendChild(table);
  }
}

var CHOSEN = { renderer: canvas.marks, interactive: false, color: "#0b3d91", weight: 4 };

function select(g, note) {
  if (chosen) chosen.remove();
  chosen = L.polygon(rings[g], Object.assign({ fill: true, fillColor: "#0b3d91", fillOpacity: 0.12 },
    CHOSEN)).addTo(map);
  describe(bottom, g, note);
  map.invalidateSize({ pan: false });
  map.panInside([(boxes[g][0] + boxes[g][2]) / 2, (boxes[g][1] + boxes[g][3]) / 2],
    { padding: [40, 40], animate: false });
}

function goTo(level, i) {
  if (level === bottom) {
    map.fitBounds([[boxes[i][0], boxes[i][1]], [boxes[i][2], boxes[i][3]]], { maxZoom: 18, padding: [30, 30] });
    select(i);
    return;
  }
  var b = L.latLngBounds([]), uses = {};
  grids.forEach(function (u, g) {
    if (!chain(bottom, g).some(function (c) { return c[0] === level && c[1] === i; })) return;
    b.extend([[boxes[g][0], boxes[g][1]], [boxes[g][2], boxes[g][3]]]);
    data.rings[g].forEach(function (ring) {
      ring.forEach(function (r) { uses[r < 0 ? ~r : r] = (uses[r < 0 ? ~r : r] || 0) + 1; });
    });
  });
  if (b.isValid()) map.fitBounds(b, { padding: [20, 20] });
  if (chosen) chosen.remove();
  /* Its outline: the borders that only one of its grids has. */
  chosen = L.polyline(Object.keys(uses).filter(function (a) { return uses[a] === 1; })
    .map(function (a) { return arcs[a]; }), CHOSEN).addTo(map);
  describe(level, i);
}

function showPlace(lat, lon, note) {
  var g = locate(lat, lon);
  marker.setLatLng([lat, lon]).addTo(map);
  map.setView([lat, lon], Math.max(map.getZoom(), 16));
  if (g >= 0) select(g, note);
  else el("panel").replaceChildren(node("p", note + "：不在本图任何网格之内。"));
  return g;
}
var marker = L.circleMarker([0, 0], { renderer: canvas.marks, radius: 7, color: "#fff", weight: 2,
  fillColor: "#0b3d91", fillOpacity: 1, interactive: false });

/* ---- search ------------------------------------------------------------------------- */

function coordinates(text) {
  var m = /^\s*(-?\d+(?:\.\d+)?)\s*[,，;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (!m) return null;
  var a = +m[1], b = +m[2];
  /* Whichever order lies in the town; longitude first when neither does. */
  var near = function (lat, lon) { return home.pad(2).contains([lat, lon]); };
  return near(a, b) && !near(b, a) ? [a, b] : [b, a];
}

function find(text) {
  var t = text.trim().toLowerCase(), out = [];
  if (!t) return out;
  for (var l = bottom; l >= 0; l--)
    data.levels[l].units.forEach(function (u, i) {
      var people = u[PEOPLE].map(function (p) { return p.join(" "); }).join(" ");
      var where = u[CODE].toLowerCase() === t ? 0 : u[CODE].toLowerCase().indexOf(t) >= 0 ? 1
        : u[NAME].toLowerCase().indexOf(t) >= 0 ? 2 : people.toLowerCase().indexOf(t) >= 0 ? 3 : -1;
      if (where >= 0) out.push({ rank: where, level: l, unit: i });
    });
  return out.sort(function (a, b) { return a.rank - b.rank; }).slice(0, 50);
}

var results = [], active = -1;

function closeResults() {
  el("results").hidden = true;
  el("query").setAttribute("aria-expanded", "false");
  el("query").removeAttribute("aria-activedescendant");
  active = -1;
}

function mark(i) {
  active = i;
  Array.prototype.forEach.call(el("results").children, function (li, k) {
    li.setAttribute("aria-selected", k === i ? "true" : "false");
    if (k === i) {
      el("query").setAttribute("aria-activedescendant", li.id);
      li.scrollIntoView({ block: "nearest" });
    }
  });
}

function pick(i) {
  var r = results[i];
  closeResults();
  if (r) goTo(r.level, r.unit);
}

el("query").addEventListener("input", function () {
  var list = el("results");
  results = coordinates(this.value) ? [] : find(this.value);
  list.textContent = "";
  results.forEach(function (r, i) {
    var u = data.levels[r.level].units[r.unit], li = node("li", u[NAME] || u[CODE]);
    li.id = "result-" + i;
    li.setAttribute("role", "option");
    var up = chain(r.level, r.unit).slice(1).map(function (c) { return data.levels[c[0]].units[c[1]][NAME]; });
    li.appendChild(node("small", u[CODE] + " " + up.reverse().join(" ") + " " +
      u[PEOPLE].map(function (p) { return p[1]; }).join("、")));
    li.addEventListener("mousedown", function (e) { e.preventDefault(); pick(i); });
    list.appendChild(li);
  });
  list.hidden = !results.length;
  this.setAttribute("aria-expanded", results.length ? "true" : "false");
  active = -1;
});
el("query").addEventListener("keydown", function (e) {
  if (e.key === "ArrowDown" && results.length) { e.preventDefault(); mark((active + 1) % results.length); }
  else if (e.key === "ArrowUp" && results.length) { e.preventDefault(); mark((active + results.length - 1) % results.length); }
  else if (e.key === "Escape") closeResults();
});
el("query").addEventListener("blur", closeResults);
el("search").addEventListener("submit", function (e) {
  e.preventDefault();
  var at = coordinates(el("query").value);
  if (at) {
    if (el("datum").value === "gcj02") at = fromGcj02(at[0], at[1]);
    closeResults();
    showPlace(at[0], at[1], "坐标 " + at[1].toFixed(6) + ", " + at[0].toFixed(6) + " (WGS 84)");
  } else if (results.length) pick(Math.max(0, active));
  else el("panel").replaceChildren(node("p", "没有找到“" + el("query").value + "”。"));
});

/* ---- where am I --------------------------------------------------------------------- */

el("locate").addEventListener("click", function () {
  if (!navigator.geolocation) {
    el("panel").replaceChildren(node("p", "这个浏览器不提供位置。"));
    return;
  }
  el("panel").replaceChildren(node("p", "正在定位……"));
  navigator.geolocation.getCurrentPosition(function (p) {
    showPlace(p.coords.latitude, p.coords.longitude,
      "本机位置，精度约 " + Math.round(p.coords.accuracy) + " 米");
  }, function (e) {
    el("panel").replaceChildren(node("p", "定位失败：" + (e.code === 1 ? "没有得到允许。" : "位置不可用。")));
  }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 10000 });
});

/* ---- layers, legend ----------------------------------------------------------------- */

function showLegend(theme) {
  var box = el("legend");
  box.textContent = "";
  if (!theme) return;
  theme.colour.forEach(function (c, i) {
    var row = node("div"), swatch = node("i"), l = theme.limit;
    swatch.style.background = c;
    row.appendChild(swatch);
    row.appendChild(node("span", (i === 0 ? "< " + l[0] : i === l.length ? "≥ " + l[i - 1]
      : l[i - 1] + " – " + l[i]) + " " + theme.unit));
    box.appendChild(row);
  });
}

function buildControls() {
  layers.forEach(function (entry, i) {
    var label = node("label"), box = node("input");
    box.type = "checkbox";
    box.checked = entry.shown;
    box.id = "layer-" + i;
    box.addEventListener("change", function () {
      entry.shown = box.checked;
      showLayers();
    });
    label.appendChild(box);
    label.appendChild(document.createTextNode(" " + entry.name + (entry.from ? "（放大后）" : "")));
    el("toggles").appendChild(label);
  });
  var choice = el("theme");
  choice.appendChild(new Option("相邻异色", ""));
  data.themes.forEach(function (t) { choice.appendChild(new Option(t.title, t.name)); });
  choice.value = data.theme;
  choice.addEventListener("change", function () { data.theme = choice.value; styleGrids(); });
  el("open-layers").addEventListener("click", function () {
    el("layers").hidden = !el("layers").hidden;
    this.setAttribute("aria-expanded", String(!el("layers").hidden));
  });
}

/* ---- table -------------------------------------------------------------------------- */

var columns = [
  { title: "编码", value: function (u) { return u[CODE]; } },
  { title: "名称", value: function (u) { return u[NAME]; } },
  { title: bottom > 0 ? data.levels[bottom - 1].word : "", value: function (u) {
    return bottom > 0 && u[PARENT] >= 0 ? data.levels[bottom - 1].units[u[PARENT]][NAME] : ""; } },
  { title: "户数", number: true, value: function (u) { return u[HOUSEHOLDS]; } },
  { title: "人数", number: true, value: function (u) { return u[PERSONS]; } },
  { title: "面积 (公顷)", number: true, value: function (u) { return +(u[AREA] / 1e4).toFixed(2); } },
  { title: "状态", value: function (u) { return STATUS_WORDS[u[STATUS]] || u[STATUS]; } },
  { title: "责任人", value: function (u) { return u[PEOPLE].map(function (p) { return p[1]; }).join("、"); } }
];
data.themes.forEach(function (t) {
  if (["households", "persons"].indexOf(t.name) < 0)
    columns.splice(columns.length - 2, 0, { title: t.title + (t.unit ? " (" + t.unit + ")" : ""),
      number: true, value: function (u, i) { return t.values[i]; } });
});
columns = columns.filter(function (c) {
  return c.title && grids.some(function (u, i) { return c.value(u, i) !== "" && c.value(u, i) !== -1; });
});
var sorted = { column: 0, up: true };

function fillTable() {
  var c = columns[sorted.column], rows = grids.map(function (u, i) { return i; });
  rows.sort(function (a, b) {
    var x = c.value(grids[a], a), y = c.value(grids[b], b);
    var order = c.number ? (x === null ? -Infinity : x) - (y === null ? -Infinity : y)
      : String(x).localeCompare(String(y), "zh-CN");
    return (sorted.up ? order : -order) || a - b;
  });
  var body = document.querySelector("#table tbody"), all = document.createDocumentFragment();
  rows.forEach(function (g) {
    var tr = node("tr");
    columns.forEach(function (k, i) {
      var v = k.value(grids[g], g), td = node("td", i ? (v === null ? "" : k.number && v === -1 ? "" : String(v)) : undefined,
        k.number ? "number" : "");
      if (!i) {
        var b = node("button", v);
        b.type = "button";
        b.addEventListener("click", function () { el("table").close(); goTo(bottom, g); });
        td.appendChild(b);
      }
      tr.appendChild(td);
    });
    all.appendChild(tr);
  });
  body.replaceChildren(all);
  document.querySelectorAll("#table thead th").forEach(function (th, i) {
    th.setAttribute("aria-sort", i !== sorted.column ? "none" : sorted.up ? "ascending" : "descending");
  });
}

function buildTable() {
  var head = node("tr"), foot = node("tr");
  columns.forEach(function (c, i) {
    var th = node("th", undefined, c.number ? "number" : ""), b = node("button", c.title);
    th.scope = "col";
    b.type = "button";
    b.addEventListener("click", function () {
      sorted = { column: i, up: sorted.column === i ? !sorted.up : true };
      fillTable();
    });
    th.appendChild(b);
    head.appendChild(th);
    var sum = "";
    if (c.title === "户数" || c.title === "人数")
      sum = format(grids.reduce(function (s, u, g) { return s + Math.max(0, c.value(u, g)); }, 0));
    foot.appendChild(node("td", i ? sum : "合计 " + grids.length, c.number ? "number" : ""));
  });
  document.querySelector("#table thead").appendChild(head);
  document.querySelector("#table tfoot").appendChild(foot);
  el("open-table").addEventListener("click", function () {
    if (!document.querySelector("#table tbody").firstChild) fillTable();
    el("table").showModal();
  });
  el("close-table").addEventListener("click", function () { el("table").close(); });
}

/* ---- begin -------------------------------------------------------------------------- */

el("title").textContent = document.title = data.title;
el("datum").value = data.gcj02 ? "gcj02" : "wgs84";
[["日期", data.date], ["来源", data.source], ["坐标系", data.crs]].forEach(function (p) {
  if (p[1]) el("panel").appendChild(node("p", p[0] + "：" + p[1]));
});
listDefects(el("panel"));
buildLayers();
showLayers();
buildControls();
buildTable();
styleGrids();
drawLabels();
if (window.ResizeObserver)
  new ResizeObserver(function () {
    map.invalidateSize({ pan: false });
    if (!moved) goHome();
  }).observe(el("map"));
map.on("click", function (e) {
  var g = locate(e.latlng.lat, e.latlng.lng);
  if (g >= 0) select(g);
});

/* For tests and for offices that build on the page. */
window.gridPage = { locate: function (lon, lat, datum) {
  var at = datum === "gcj02" ? fromGcj02(lat, lon) : [lat, lon], g = locate(at[0], at[1]);
  return g < 0 ? "" : grids[g][CODE];
}, map: map, data: data };
})();
