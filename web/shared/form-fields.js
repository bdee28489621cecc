// @ts-check
/** Controls whose ids are the names of a state's fields: shown and read. */

/** @type {(id: string) => any} */
const byId = (id) => document.getElementById(id);

/** @typedef {import("./url-state.js").Table} Table */
/** @typedef {import("./url-state.js").State} State */

/**
 * Give a <select> options, and let it show the wanted one, or the first.
 *
 * @param {string} id
 * @param {(readonly any[])[]} values [value, name] each.
 * @param {string | number} wanted
 * @returns {string} What it shows.
 */
export function fill(id, values, wanted) {
  byId(id).replaceChildren(...values.map(([value, name]) => new Option(name, value)));
  byId(id).value = values.some(([value]) => String(value) === String(wanted))
    ? wanted
    : values[0]?.[0];
  return byId(id).value;
}

/**
 * Let the controls of a table show a state.
 *
 * @param {Table} table
 * @param {State} state
 */
export function showFields(table, state) {
  for (const name of Object.keys(table)) {
    if (byId(name).type === "checkbox") byId(name).checked = state[name];
    else byId(name).value = state[name];
  }
}

/**
 * What the controls of a table hold.
 *
 * @param {Table} table
 * @returns {State}
 */
export function readFields(table) {
  return Object.fromEntries(
    Object.entries(table).map(([name, { start }]) => {
      const { type, checked, value } = byId(name);
      return [
        name,
        type === "checkbox" ? checked : typeof start === "number" ? Number(value) : value,
      ];
    }),
  );
}
