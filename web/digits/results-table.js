/** The results on the page: how accurate the networks are, and which pictures fool them. */

import { make } from "../shared/dom.js";
import { formatBytes, formatCount, formatPercent } from "../shared/format.js";
import { capitalize } from "./digit-canvas.js";

const COLUMNS = {
  test_accuracy: "reads test digits correctly",
  evolved_same_digit: "is fooled by the same pictures",
  evolved_any_digit_above_90: "is over 90% sure of some digit in them",
};

/** Show the results in `box`. */
export function showResults(box, { networks, names, data }) {
  const sentences = networks.map(describeNetwork);
  box.replaceChildren(make("p", { textContent: sentences.join(" ") }));
  if (data.transfer.length) box.append(makeTable(data.transfer, names));
}

function describeNetwork({ name, meta: { parameter_count, metrics, exported } }) {
  const accuracy = formatPercent(metrics.test_accuracy, 2);
  const size = formatBytes(exported.float16.bytes);
  return (
    `The ${name} network reads ${accuracy} of 10,000 unseen digits; ` +
    `${formatCount(parameter_count)} weights, a ${size} download.`
  );
}

function makeTable(rows, names) {
  const table = make("table");
  const head = table.createTHead().insertRow();
  for (const text of ["Network", ...Object.values(COLUMNS)]) head.append(heading("col", text));
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    line.append(heading("row", rowName(row, names)));
    for (const key of Object.keys(COLUMNS)) line.insertCell().textContent = row[key];
  }
  return table;
}

const heading = (scope, textContent) => make("th", { scope, textContent });

/** The label of a row: one network, perhaps with rescaled confidences, or the average of several. */
function rowName({ network, temperature }, names) {
  const runs = network.split("+");
  const text = capitalize(runs.map((run) => names.get(run)?.name ?? run).join(", "));
  if (runs.length > 1) return `${text}: their average`;
  return Number(temperature ?? 1) === 1 ? text : `${text}, confidence rescaled`;
}
