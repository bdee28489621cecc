/** How networks learned: the same sixteen inputs drawn after every epoch, several runs side by side. */

import { $ } from "../shared/dom.js";
import { formatPercent } from "../shared/format.js";
import { fetchFiles, json } from "../shared/model.js";
import { reducedMotion } from "../shared/reduced-motion.js";

const IMAGE_SIDE = 64; // pixels of a face
const GRID = 4; // faces per row
const FRAME_SIDE = GRID * IMAGE_SIDE; // pixels
const FRAME_MILLISECONDS = 160;
const STEP_MILLISECONDS = 1000; // per picture, for visitors who prefer reduced motion

/** A run's previews of all epochs and its page.json; undefined if it has no previews. */
async function open(entry) {
  const files = await fetchFiles(entry, (path) => ["page.json", "epochs.webp"].includes(path));
  if (files.size < 2) return undefined;
  return {
    run: entry.run,
    page: json(files.get("page.json")),
    sheet: await createImageBitmap(new Blob([files.get("epochs.webp")])),
  };
}

/**
 * Fill the sections of the page about faces and ellipses.
 *
 * @param {any[]} index Entries of all networks of the site.
 * @param {(run: string, show: (first: number, pixels: Uint8ClampedArray) => void) => Promise} again Draws sixteen new faces.
 * @param {{epoch: number, ellipse: number}} state The epochs to show first.
 * @param {(epochs: {epoch?: number, ellipse?: number}) => void} onMove Called with the epoch that the visitor chooses.
 */
export async function showTimelines(index, again, { epoch, ellipse }, onMove) {
  const learned = await showTimeline($("collapse"), index, again, epoch, (to) =>
    onMove({ epoch: to }),
  );
  $("verdict").textContent = describeModeCollapse(learned);
  await showTimeline($("ellipses"), index, again, ellipse, (to) => onMove({ ellipse: to }));
}

/**
 * Fill a section that has figures (data-run), a slider and buttons. Figures of runs that are missing are hidden.
 * @param {(run: string, show: (first: number, pixels: Uint8ClampedArray) => void) => Promise} again Draws sixteen new faces.
 * @returns {Promise<{run: string, page: any}[]>} The runs that exist.
 */
async function showTimeline(section, index, again, wanted, onMove) {
  const figures = [...section.querySelectorAll("figure")];
  const entries = figures.map((figure) =>
    index.find((entry) => entry.task === "avatars" && entry.run === figure.dataset.run),
  );
  const opened = await Promise.all(entries.map((entry) => entry && open(entry)));
  figures.forEach((figure, i) => {
    figure.hidden = !opened[i];
  });
  for (const text of section.querySelectorAll("[data-needs]"))
    text.hidden = !opened.some((run) => run?.run === text.dataset.needs);
  const runs = opened.map((run, i) => run && { ...run, figure: figures[i] }).filter(Boolean);
  section.hidden = !runs.length;
  if (!runs.length) return [];
  const slider = section.querySelector("input");
  const play = section.querySelector(".play");
  slider.max = Math.max(...runs.map(({ page }) => page.history.length));
  const show = (epoch) => {
    slider.value = epoch;
    const text = `epoch ${slider.value} of ${slider.max}`;
    section.querySelector("output").textContent = text;
    slider.setAttribute("aria-valuetext", text);
    for (const run of runs) showEpoch(run, Number(slider.value));
  };
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    play.textContent = "Play";
    timer = 0;
  };
  for (const run of runs)
    run.figure.querySelector("button").addEventListener("click", () => {
      stop();
      show(run.page.best); // the epoch that the network is from
      onMove(run.page.best);
      showNew(run, again);
    });
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  slider.addEventListener("change", () => onMove(Number(slider.value)));
  play.addEventListener("click", () => {
    if (timer) return stop();
    let epoch = slider.value === slider.max ? 0 : Number(slider.value);
    play.textContent = "Stop";
    const pace = reducedMotion.matches ? STEP_MILLISECONDS : FRAME_MILLISECONDS;
    timer = setInterval(() => (epoch < slider.max ? show(++epoch) : stop()), pace);
    return undefined;
  });
  show(wanted || slider.max);
  return runs;
}

function showEpoch({ figure, page, sheet }, epoch) {
  const last = page.history.length;
  const index = Math.min(epoch, last) - 1;
  const { diversity } = page.history[index];
  figure
    .querySelector("canvas")
    .getContext("2d")
    .drawImage(
      sheet,
      (index % page.columns) * FRAME_SIDE,
      Math.floor(index / page.columns) * FRAME_SIDE,
      FRAME_SIDE,
      FRAME_SIDE,
      0,
      0,
      FRAME_SIDE,
      FRAME_SIDE,
    );
  const ended = epoch > last ? ", its last" : epoch === page.best ? ", its best" : "";
  tell(
    figure,
    `Epoch ${index + 1}${ended}. Its images are ${formatPercent(diversity, 0)} as varied as real ones.`,
  );
}

async function showNew({ figure, run, page }, again) {
  const pen = figure.querySelector("canvas").getContext("2d");
  tell(figure, "Drawing…");
  const came = await again(run, (first, pixels) => {
    for (let i = 0; i * 4 * IMAGE_SIDE * IMAGE_SIDE < pixels.length; i++) {
      const picture = new ImageData(
        pixels.slice(i * 4 * IMAGE_SIDE * IMAGE_SIDE, (i + 1) * 4 * IMAGE_SIDE * IMAGE_SIDE),
        IMAGE_SIDE,
      );
      pen.putImageData(
        picture,
        ((first + i) % GRID) * IMAGE_SIDE,
        Math.floor((first + i) / GRID) * IMAGE_SIDE,
      );
    }
  });
  tell(
    figure,
    came
      ? `Sixteen more, drawn by the network of epoch ${page.best}.`
      : "This network could not be loaded.",
  );
}

function tell(figure, text) {
  figure.querySelector("p").textContent = text;
  figure.querySelector("canvas").setAttribute("aria-label", `Sixteen pictures. ${text}`);
}

/**
 * Compare the mode collapse of our network and the DCGAN.
 *
 * @param {{run: string, page: any}[]} runs What `showTimeline` returns.
 * @returns {string} Sentences; "" if one of the two is missing.
 */
function describeModeCollapse(runs) {
  const [ours, plain] = ["faces", "faces-dcgan"].map(
    (run) => runs.find((one) => one.run === run)?.page,
  );
  if (!ours || !plain) return "";
  const atBest = ({ history, best }) => formatPercent(history[best - 1].diversity, 0);
  const lowest = Math.min(...plain.history.map(({ diversity }) => diversity));
  const where = plain.history.findIndex(({ diversity }) => diversity === lowest);
  return (
    `At their best, our network’s faces are ${atBest(ours)} as varied as real ones, the DCGAN’s ${atBest(plain)}. ` +
    `The DCGAN was worst in epoch ${where + 1}, at ${formatPercent(lowest, 0)}. Press “Show 16 more” a few times on both sides, and count how many different people you see.`
  );
}
