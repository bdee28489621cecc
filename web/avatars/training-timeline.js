/** What trainings looked like: the same sixteen inputs drawn after every epoch, of several runs side by side. */

import { SIZE } from "../core/avatars.js";
import { fetchFiles, json } from "../shared/model.js";

const SIDE = 4,
  EDGE = SIDE * SIZE,
  PACE = 160; // milliseconds of an epoch
const percent = (share) => `${Math.round(100 * share)} %`;

/** A run's sheet of epochs and what is known of it; nothing where it has none. */
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
 * Fill a section that holds figures (data-run), a slider and buttons; figures of runs that are not there are left out.
 * @param {(run: string, show: (first: number, pixels: Uint8ClampedArray) => void) => Promise} again draws sixteen new ones
 * @returns {Promise<{run, page}[]>} the runs that are there
 */
export async function growth(section, index, again, wanted, onMove) {
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
  const slider = section.querySelector("input"),
    play = section.querySelector(".play");
  slider.max = Math.max(...runs.map(({ page }) => page.history.length));
  const show = (epoch) => {
    slider.value = epoch;
    slider.setAttribute(
      "aria-valuetext",
      (section.querySelector("output").textContent = `epoch ${slider.value} of ${slider.max}`),
    );
    for (const run of runs) showEpoch(run, Number(slider.value));
  };
  for (const run of runs)
    run.figure.querySelector("button").addEventListener("click", () => showNew(run, again));
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    play.textContent = "Play";
    timer = 0;
  };
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  slider.addEventListener("change", () => onMove(Number(slider.value)));
  play.addEventListener("click", () => {
    if (timer) return stop();
    let epoch = slider.value === slider.max ? 0 : Number(slider.value);
    play.textContent = "Stop";
    timer = setInterval(() => (epoch < slider.max ? show(++epoch) : stop()), PACE);
    return undefined;
  });
  show(wanted || slider.max);
  return runs;
}

function showEpoch({ figure, page, sheet }, epoch) {
  const last = page.history.length,
    place = Math.min(epoch, last) - 1,
    { diversity } = page.history[place];
  figure
    .querySelector("canvas")
    .getContext("2d")
    .drawImage(
      sheet,
      (place % page.columns) * EDGE,
      Math.floor(place / page.columns) * EDGE,
      EDGE,
      EDGE,
      0,
      0,
      EDGE,
      EDGE,
    );
  const ended = epoch > last ? `, where it ended` : epoch === page.best ? ", its best" : "";
  tell(
    figure,
    `Epoch ${place + 1}${ended}. Two of its pictures differ ${percent(diversity)} as much as two real ones.`,
  );
}

async function showNew({ figure, run, page }, again) {
  const pen = figure.querySelector("canvas").getContext("2d");
  tell(figure, "Drawing …");
  const came = await again(run, (first, pixels) => {
    for (let i = 0; i * 4 * SIZE * SIZE < pixels.length; i++) {
      const picture = new ImageData(
        pixels.slice(i * 4 * SIZE * SIZE, (i + 1) * 4 * SIZE * SIZE),
        SIZE,
      );
      pen.putImageData(picture, ((first + i) % SIDE) * SIZE, Math.floor((first + i) / SIDE) * SIZE);
    }
  });
  tell(
    figure,
    came ? `Sixteen new ones, by the network of epoch ${page.best}.` : "This network did not come.",
  );
}

function tell(figure, text) {
  figure.querySelector("p").textContent = text;
  figure.querySelector("canvas").setAttribute("aria-label", `Sixteen pictures. ${text}`);
}
