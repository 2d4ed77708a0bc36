/*
 * Opens a page of grid-map without network and uses it as people do. Arguments: the page, CSVs of
 * points as grid-locate writes them (columns lon, lat, grid_code) when it takes them as WGS 84
 * and as GCJ-02, the folder that has playwright-core in its node_modules, and a page of a division
 * with defects.
 * Ends with an error at the first thing that is not as it should be.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [pageFile, pointsFile, shiftedFile, modules, brokenFile] = process.argv.slice(2);
const { chromium } = createRequire(path.join(modules, "x.js"))("playwright-core");

function readPoints(file) {
  const lines = fs.readFileSync(file, "utf8").trim().split("\n").map((l) => l.split(","));
  const head = lines.shift();
  const [lon, lat, grid] = ["lon", "lat", "grid_code"].map((c) => head.indexOf(c));
  return lines
    .filter((r) => r.length === head.length && r[lon] !== "" && isFinite(r[lon]) && isFinite(r[lat]))
    .map((r) => [+r[lon], +r[lat], r[grid]]);
}
const points = readPoints(pointsFile), shifted = readPoints(shiftedFile);
assert.ok(points.length >= 1000, "too few points to be a test");
const inside = points.find((p) => p[2] !== "");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const context = await browser.newContext({
  viewport: { width: 1200, height: 800 },
  geolocation: { longitude: inside[0], latitude: inside[1] },
  permissions: ["geolocation"],
});
await context.setOffline(true);
const page = await context.newPage();
const complaints = [];
page.on("console", (m) => m.type() === "error" && complaints.push(m.text()));
page.on("pageerror", (e) => complaints.push(e.message));
page.on("request", (r) => /^(file|data):/.test(r.url()) || complaints.push("asked for " + r.url()));
await page.goto(pathToFileURL(path.resolve(pageFile)).href);

// Every point is in the grid that grid-locate found.
const found = await page.evaluate((all) => all.map((p) => window.gridPage.locate(p[0], p[1])), points);
found.forEach((code, i) => assert.equal(code, points[i][2], "point " + points[i]));

const unshifted = await page.evaluate(
  (all) => all.map((p) => window.gridPage.locate(p[0], p[1], "gcj02")), shifted);
unshifted.forEach((code, i) => assert.equal(code, shifted[i][2], "GCJ-02 point " + shifted[i]));

const panel = () => page.textContent("#panel");

// A click tells the grid.
await page.evaluate((p) => window.gridPage.map.setView([p[1], p[0]], 18, { animate: false }), inside);
const spot = await page.evaluate((p) => {
  const at = window.gridPage.map.latLngToContainerPoint([p[1], p[0]]);
  const box = document.getElementById("map").getBoundingClientRect();
  return [box.x + at.x, box.y + at.y];
}, inside);
await page.mouse.click(...spot);
await page.waitForFunction((c) => document.getElementById("panel").textContent.includes(c), inside[2]);
assert.match(await panel(), /户数/);
assert.match(await panel(), /东至.*南至.*西至.*北至/);

// Search by code with the keyboard alone.
await page.fill("#query", inside[2]);
assert.equal(await page.getAttribute("#query", "aria-expanded"), "true");
await page.press("#query", "ArrowDown");
await page.press("#query", "Enter");
await page.waitForFunction((c) => document.getElementById("panel").textContent.includes(c), inside[2]);

// Search by coordinate, in either order of longitude and latitude.
for (const text of [inside[0] + "," + inside[1], inside[1] + " " + inside[0]]) {
  await page.fill("#query", text);
  await page.press("#query", "Enter");
  await page.waitForFunction((c) => document.getElementById("panel").textContent.includes(c), inside[2]);
}

// What is not there is said.
await page.fill("#query", "没有这个网格");
await page.press("#query", "Enter");
assert.match(await panel(), /没有找到/);

// Where am I.
await page.click("#locate");
await page.waitForFunction((c) => document.getElementById("panel").textContent.includes(c), inside[2]);

// Layers and colours.
await page.click("#open-layers");
assert.equal(await page.getAttribute("#open-layers", "aria-expanded"), "true");
await page.selectOption("#theme", "road");
assert.equal(await page.locator("#legend div").count(), 5);
await page.locator("#toggles input").first().uncheck();
await page.click("#open-layers");

// The table: all grids, sorted by households, and a way back to the map.
await page.click("#open-table");
const count = await page.evaluate(() => window.gridPage.data.rings.length);
assert.equal(await page.locator("#table tbody tr").count(), count);
await page.click("#table thead th:has-text('户数') button");
const numbers = await page.$$eval("#table tbody tr", (rows) => {
  const column = [...document.querySelectorAll("#table thead th")].findIndex((h) => h.textContent === "户数");
  return rows.map((r) => +r.cells[column].textContent);
});
assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
await page.locator("#table tbody button").first().click();
assert.equal(await page.getAttribute("#table", "open"), null);

// Names for whoever cannot see the page.
const nameless = await page.$$eval("button, input, select", (all) => all.filter((e) =>
  !(e.textContent.trim() || e.labels?.length || e.getAttribute("aria-label"))).map((e) => e.id));
assert.deepEqual(nameless, []);

// A seamless division says so; defects are listed, shown, and lead to their place.
await page.reload();
assert.match(await panel(), /不遗漏、不交叉/);
await page.goto(pathToFileURL(path.resolve(brokenFile)).href);
assert.match(await panel(), /\d+ 处缺陷/);
const defects = await page.evaluate(() => window.gridPage.data.defects);
assert.equal(await page.locator("#panel .defects button").count(), defects.length);
await page.locator("#panel .defects button").first().click();
const centre = await page.evaluate(() => window.gridPage.map.getCenter());
assert.ok(Math.abs(centre.lng - defects[0][5][0]) < 1e-4 && Math.abs(centre.lat - defects[0][5][1]) < 1e-4);

// On a phone: nothing is wider than the screen, and a tap tells the grid.
const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
await phone.setOffline(true);
const small = await phone.newPage();
small.on("pageerror", (e) => complaints.push(e.message));
await small.goto(pathToFileURL(path.resolve(pageFile)).href);
assert.ok(await small.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
await small.evaluate((p) => window.gridPage.map.setView([p[1], p[0]], 18, { animate: false }), inside);
const tap = await small.evaluate((p) => {
  const at = window.gridPage.map.latLngToContainerPoint([p[1], p[0]]);
  const box = document.getElementById("map").getBoundingClientRect();
  return [box.x + at.x, box.y + at.y];
}, inside);
await small.touchscreen.tap(...tap);
await small.waitForFunction((c) => document.getElementById("panel").textContent.includes(c), inside[2]);

assert.deepEqual(complaints, []);
await browser.close();
console.log(points.length + " points agree");
