/** What visitors of each page do again and again, for test_long_tabs.py. Each function ends when the result is shown. */

const $ = (id) => document.getElementById(id);

const until = async (isDone) => {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve));
};

const press = (key) => $("pad").dispatchEvent(new KeyboardEvent("keydown", { key }));

const actions = {
  async lyrics() {
    $("write").click();
    await until(() => !$("copy").disabled);
  },

  async avatars() {
    $("fresh").click();
    await until(
      () =>
        $("said").textContent.startsWith("Sixteen") &&
        $("one").dataset.drawn === $("one").dataset.requested,
    );
  },

  async digits(i) {
    $("clear").click();
    press(" ");
    for (let step = 0; step < 8; step++)
      press(["ArrowUp", "ArrowLeft", "ArrowDown"][(i + step) % 3]);
    $("read").textContent = "";
    press(" ");
    await until(() => $("read").textContent);
  },

  /** Begin a training and do three epochs. */
  async addition(i) {
    $("seed").value = i;
    $("seed").dispatchEvent(new Event("change"));
    for (let epoch = 1; epoch <= 3; epoch++) {
      await until(() => $("said").textContent);
      $("said").textContent = "";
      $("step").click();
    }
    await until(() => $("said").textContent);
  },
};

/** Do what visitors of a page do, `count` times. */
globalThis.repeat = async (page, count) => {
  for (let i = 1; i <= count; i++) await actions[page](i);
};
