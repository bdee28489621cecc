// @ts-check
/** Starts the lyrics page: fetches what its form needs. The network runs in worker.js. */

import { $, hideProgress, say } from "../shared/dom.js";
import { fetchFiles, fetchIndex, json } from "../shared/model.js";
import { SingingFace } from "../shared/singer.js";
import { client } from "./early-client.js";
import { LyricsPage, WAITING } from "./lyrics-page.js";
import { networksWithCards } from "./model-cards.js";
import { keptNetworks } from "./own-networks.js";
import { OwnPanel } from "./own-panel.js";
import * as settingsForm from "./settings-form.js";
import { chooseRun, makeFields } from "./url-fields.js";

const CONFIG = "generation_config.json";

/** The link that the page was opened with; the page rewrites it. */
const openedHash = location.hash;
/** The song in the HTML, before a page translator can change it. */
const shownSong = $("song").textContent;
client.onError = (message) => page.fail(message);
/** @type {LyricsPage} */
let page;
/** Whether the button was pressed before the page was ready. */
let isWaiting = false;
let hasFailed = false;

async function begin() {
  const [index, own] = await Promise.all([fetchIndex(), keptNetworks()]);
  const entries = [...networksWithCards(index), ...own];
  const runs = entries.map((entry) => entry.run);
  const run = chooseRun(runs, location.hash);
  const settings = await settingsOf(entries[runs.indexOf(run)]);
  const typed = settingsForm.typedText();
  settingsForm.fillNetworks(entries, run);
  const fields = makeFields(settings);
  page = new LyricsPage(client, entries, fields, { isWaiting, shownSong });
  page.start(typed);
  new OwnPanel(client, entries, page).teaching.openFrom(openedHash);
}

/** The default settings of a network. @param {any} entry */
async function settingsOf(entry) {
  if (entry.settings) return entry.settings;
  const files = await fetchFiles(entry, (path) => path === CONFIG);
  return json(files.get(CONFIG));
}

/** Begin, or begin again after a failure. */
function tryToBegin() {
  say("Loading the network…");
  begin().catch((error) => {
    isWaiting = false;
    hasFailed = true;
    hideProgress();
    settingsForm.showButton({ isWriting: false, isAgain: false });
    say(error.message, true);
  });
}

/** The button was pressed before the page was ready. */
function toggleWaiting() {
  isWaiting = !isWaiting;
  settingsForm.showButton({ isWriting: isWaiting, isAgain: false });
  if (isWaiting && hasFailed) tryToBegin();
  else say(isWaiting ? WAITING : "Loading the network…");
}

/** Let a face sing the song; another seed is another singer. Sites of other people's networks have no faces. */
function startSinger() {
  if (!$("singer")) return;
  const song = $("song");
  const singer = new SingingFace($("singer"), song);
  const change = () => singer.change(Number(song.dataset.singer));
  new MutationObserver(change).observe(song, { attributeFilter: ["data-singer"] });
}

settingsForm.listen({
  submit: () => (page ? page.submit() : toggleWaiting()),
  write: () => (page ? page.startNew() : toggleWaiting()),
  changeSettings: () => page?.keepSettings(),
  changeMode: (mode) => page?.changeMode(mode),
  changeNetwork: (run) => page?.changeNetwork(run),
});
$("write").disabled = false;
startSinger();
tryToBegin();
