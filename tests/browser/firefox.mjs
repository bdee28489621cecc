/** The smoke test in Firefox: every page opens and its network answers. node tests/firefox.mjs ADDRESS FIREFOX */

import puppeteer from "puppeteer-core";

const [address, executablePath] = process.argv.slice(2);
const PAGES = {
  // what tells that the network of a page has answered
  "index.html": "h1",
  "lyrics.html#v=1&text=hello+world&number=1": "#song:not([aria-busy]) .fresh",
  "avatars.html": ".faces:not(.waiting) canvas",
  "addition.html": "#network circle",
  "digits.html": "#breed:enabled",
};

const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
const told = {};
for (const [page, selector] of Object.entries(PAGES)) {
  const tab = await browser.newPage();
  const wrong = [];
  tab.on("pageerror", (error) => wrong.push(error.message));
  tab.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  tab.setDefaultTimeout(120_000);
  await tab.goto(address + page, { waitUntil: "domcontentloaded", timeout: 120_000 });
  await tab.waitForSelector(selector);
  told[page.split(".")[0]] = {
    wrong,
    // biome-ignore lint/performance/useDomNodeTextContent: only visible text counts
    text: await tab.$eval("main", (main) => main.innerText.trim()),
  };
  await tab.close();
}
await browser.close();
console.log(JSON.stringify(told));
