/** The figures of the page's last part: how good the networks are, and who falls for what. They came along with the digits. */

import { capital, percent } from "./picture.js";

const COLUMNS = { "test digits right": "reads test digits right", "evolved: fooled": "calls the pictures bred against the original’s the same",
  "evolved: any digit > 90 %": "is over 90 % sure of some digit in them" };

export function story(box, { networks, data }) {
  const lines = networks.map(({ name, meta: { parameters, measures, exported } }) =>
    `${capital(name)} network reads ${percent(measures.test_accuracy)} of 10,000 digits right that it had never seen. It has ${parameters.toLocaleString("en")} weights, ${Math.round(exported.float16.bytes / 1000)} KB on their way here.`);
  box.replaceChildren(Object.assign(document.createElement("p"), { textContent: lines.join(" ") }));
  if (data.transfer.length) box.append(table(data.transfer));
}

function table(rows) {
  const whole = document.createElement("table"), head = whole.createTHead().insertRow(), body = whole.createTBody();
  for (const text of ["", ...Object.values(COLUMNS)]) head.append(Object.assign(document.createElement("th"), { scope: "col", textContent: text }));
  for (const row of rows) {
    const line = body.insertRow();
    line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: row.network }));
    for (const column of Object.keys(COLUMNS)) line.insertCell().textContent = row[column];
  }
  return whole;
}
