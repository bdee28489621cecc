/**
 * What a visitor does, in Firefox: node tests/browser/firefox.mjs ADDRESS FIREFOX
 *
 * Prints one JSON object: for each step {result, wrong}, where `wrong` lists the errors of its page. Before the last step it
 * prints "offline" on a line of its own and waits for a line, so that the caller can stop the server.
 */

import { once } from "node:events";
import puppeteer from "puppeteer-core";

const [address, executablePath] = process.argv.slice(2);
const SONG = "lyrics.html#v=1&run=quick&text=hello+world&number=1";
const SUNG = "#song:not([aria-busy]) .fresh";
const PATIENCE = { timeout: 60_000 };

// A private window that refuses all storage and makes clocks coarse.
const STRICT = {
  "browser.privatebrowsing.autostart": true,
  "network.cookie.cookieBehavior": 2,
  "dom.serviceWorkers.enabled": false,
  "privacy.resistFingerprinting": true,
};

const launch = (extraPrefsFirefox = {}) =>
  puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox });

let browser = await launch();
const told = {};

/** Open a page, wait for a selector, and do something there. */
async function step(name, page, selector, act) {
  const tab = await browser.newPage();
  const wrong = [];
  tab.on("pageerror", (error) => wrong.push(error.message));
  tab.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  tab.setDefaultTimeout(PATIENCE.timeout);
  await tab.setViewport({ width: 390, height: 844 });
  await tab.goto(new URL(page, address).href, { waitUntil: "domcontentloaded", ...PATIENCE });
  await tab.waitForSelector(selector);
  told[name] = { result: await act(tab), wrong };
  await tab.close();
}

// biome-ignore lint/performance/useDomNodeTextContent: only visible text counts
const textOf = (tab, selector) => tab.$eval(selector, (element) => element.innerText.trim());

const pictureOf = (tab, selector) => tab.$eval(selector, (canvas) => canvas.toDataURL());

await step("start", "index.html", "h1", (tab) => textOf(tab, "main"));

let link;
await step("sing", SONG, SUNG, async (tab) => {
  await tab.click("#write");
  await tab.waitForSelector("#copy:not(:disabled)");
  link = await tab.evaluate(() => location.href);
  return textOf(tab, "#song");
});
await step("link", link, SUNG, (tab) => textOf(tab, "#song"));

await step("faces", "avatars.html", ".faces:not(.waiting) canvas", async (tab) => {
  const before = await pictureOf(tab, "#faces canvas");
  await tab.click("#fresh");
  await tab.waitForFunction(
    (old) =>
      document.querySelector("#faces canvas").toDataURL() !== old &&
      document.querySelector("#said").textContent.startsWith("Sixteen"),
    {},
    before,
  );
  return textOf(tab, "#said");
});

/** Draw a line with the mouse, between shares of the width and height of a sheet. */
async function drawLine(tab, selector, from, to) {
  const sheet = await tab.$(selector);
  await sheet.scrollIntoView();
  const box = await sheet.boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await tab.mouse.move(...at(from));
  await tab.mouse.down();
  await tab.mouse.move(...at(to), { steps: 8 });
  await tab.mouse.up();
}

await step("drawing", "digits.html", "body:has(#breed:enabled)", async (tab) => {
  await tab.click("#clear");
  await drawLine(tab, "#pad", [0.5, 0.2], [0.5, 0.8]);
  await tab.waitForFunction(() => !document.querySelector("#read").textContent.includes("empty"));
  return textOf(tab, "#drawn");
});

const SIGNS = "digits.html#v=1&view=signs";
await step("signs", SIGNS, "#sign-rows button:not(:disabled)", async (tab) => {
  const examples = [
    [0.2, 0.5],
    [0.5, 0.2],
  ];
  for (const [i, from] of examples.entries()) {
    await drawLine(tab, "#sign-pad", from, [1 - from[0], 1 - from[1]]);
    await tab.click(`#sign-rows li:nth-child(${i + 1}) button`);
    await tab.waitForSelector(`#sign-examples section:nth-child(${i + 1}) canvas`);
  }
  await tab.evaluate(() => document.querySelector("#sign-fool").click());
  await tab.click("#sign-rows li button");
  await tab.waitForFunction(() =>
    document.querySelector("#sign-said").textContent.includes("your network is"),
  );
  return textOf(tab, "#sign-said");
});

await step("addition", "addition.html#v=1&a=2&b=2", "#network circle", async (tab) => {
  await tab.$eval("#a", (input) => {
    input.value = "3";
    input.dispatchEvent(new Event("input"));
  });
  await tab.waitForFunction(() => document.querySelector("#answer").textContent === "5");
  await tab.click("#step");
  await tab.waitForFunction(() => document.querySelector("#said").textContent.includes("poch 1"));
  return textOf(tab, "#said");
});

await step("keep", SONG, SUNG, (tab) =>
  tab.evaluate(async () => Boolean((await navigator.serviceWorker.ready).active)),
);
const usual = browser;
browser = await launch(STRICT);
await step("strict", SONG, SUNG, async (tab) => {
  await tab.click("#write");
  await tab.waitForSelector("#copy:not(:disabled)");
  return textOf(tab, "main");
});
await browser.close();
browser = usual;

console.log("offline");
await once(process.stdin, "data");
await step("offline", link, SUNG, (tab) => textOf(tab, "#song"));

await browser.close();
console.log(JSON.stringify(told));
process.exit();
