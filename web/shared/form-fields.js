/** Controls whose ids are the names of a state's fields: shown and read. */

/** @type {(id: string) => any} */
const byId = (id) => document.getElementById(id);

/** A field with the values of a <select>, the first one its start. */
export const select = (id) => ({
  start: byId(id).options[0].value,
  read: (text) => [...byId(id).options].find(({ value }) => value === text)?.value,
});

/** Give a <select> the options [value, name], and let it show the wanted one, or the first; returns what it shows. */
export function fill(id, values, wanted) {
  byId(id).replaceChildren(...values.map(([value, name]) => new Option(name, value)));
  byId(id).value = values.some(([value]) => String(value) === String(wanted))
    ? wanted
    : values[0]?.[0];
  return byId(id).value;
}

/** Let the controls of a table show a state. */
export function showFields(table, state) {
  for (const name of Object.keys(table)) {
    if (byId(name).type === "checkbox") byId(name).checked = state[name];
    else byId(name).value = state[name];
  }
}

/** What the controls of a table hold. */
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
