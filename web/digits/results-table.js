/** The figures of the page's last part: how good the networks are, and who falls for what. They came along with the digits. */

import { capital } from "./digit-canvas.js";

const COLUMNS = {
  "test digits right": "reads test digits right",
  "evolved: fooled": "calls pictures bred against the original’s the same",
  "evolved: any digit > 90 %": "is over 90 % sure of some digit in them",
};

export function story(box, { networks, names, data }) {
  const lines = networks.map(
    ({ name, meta: { parameter_count, metrics, exported } }) =>
      `${capital(name)} network reads ${(100 * metrics.test_accuracy).toFixed(2)} % of 10,000 digits right that it had never ` +
      `seen. It has ${parameter_count.toLocaleString("en")} weights, ${Math.round(exported.float16.bytes / 1000)} KB on the way here.`,
  );
  box.replaceChildren(Object.assign(document.createElement("p"), { textContent: lines.join(" ") }));
  if (data.transfer.length) box.append(table(data.transfer, names));
}

function table(rows, names) {
  const whole = document.createElement("table"),
    head = whole.createTHead().insertRow(),
    body = whole.createTBody();
  const heading = (scope, textContent) =>
    Object.assign(document.createElement("th"), { scope, textContent });
  head.append(...["network", ...Object.values(COLUMNS)].map((text) => heading("col", text)));
  for (const row of rows) {
    const line = body.insertRow();
    line.append(
      heading(
        "row",
        row.network.replace(/[a-z]+/g, (word) => names[word] ?? word),
      ),
    );
    for (const column of Object.keys(COLUMNS)) line.insertCell().textContent = row[column];
  }
  return whole;
}
