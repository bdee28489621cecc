// @ts-check
/** Show and read controls whose ids are the names of a state's fields. */

/** @type {(id: string) => any} */
const byId = (id) => document.getElementById(id);

/** @typedef {import("./url-state.js").Table} Table */
/** @typedef {import("./url-state.js").State} State */

/**
 * Give a <select> its options, and select the wanted one, or else the first.
 *
 * @param {string} id
 * @param {(readonly any[])[]} values [value, name] each.
 * @param {string | number} wanted
 * @returns {string} The selected value.
 */
export function fill(id, values, wanted) {
  byId(id).replaceChildren(...values.map(([value, name]) => new Option(name, value)));
  byId(id).value = values.some(([value]) => String(value) === String(wanted))
    ? wanted
    : values[0]?.[0];
  return byId(id).value;
}

/**
 * Show a state in the controls of a table.
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
 * The values of the controls of a table.
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
