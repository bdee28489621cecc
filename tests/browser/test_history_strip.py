"""The strip of what was made during a visit, and a page's entries in the browser's history."""

SETUP = """async () => {
  const at = (path) => new URL(path, location.href).href;
  globalThis.strips = await import(at("shared/history-strip.js"));
  globalThis.entries = await import(at("shared/history-entries.js"));
  const section = document.createElement("section");
  section.id = "made";
  section.append(document.createElement("ul"));
  document.querySelector("main").append(section);
  globalThis.strip = new strips.HistoryStrip(section, "test");
}"""


def open_strip(page, address):
    """Open a page that has no strip of its own and give it one."""
    page.goto(f"{address}404.html")
    page.evaluate(SETUP)


def links(page):
    """The addresses of the items, and which of them is the current one."""
    return page.eval_on_selector_all(
        "#made a",
        "(links) => links.map((a) => a.getAttribute('href') + (a.ariaCurrent ? '!' : ''))",
    )


def test_items_are_links_and_survive_a_reload(page, address):
    open_strip(page, address)
    page.evaluate("strip.add({ hash: '#1', title: 'One' })")
    assert not page.is_visible("#made"), "the only item is what the page shows"
    page.evaluate("strip.add({ hash: '#2', title: '<i>Two', text: 'And more' })")
    assert page.locator("#made b, #made span").all_text_contents() == ["<i>Two", "And more", "One"]
    page.click("#made a[href='#1']")
    page.wait_for_selector("#made a[href='#1'][aria-current]")  # the event comes after the click
    assert links(page) == ["#2", "#1!"]
    page.evaluate("strip.add({ hash: '#1', title: 'Uno' })")
    page.evaluate("strip.add({ hash: '#3', title: 'Three' }, '#2')")
    page.reload()
    page.evaluate(SETUP)
    assert page.locator("#made b").all_text_contents() == ["Three", "Uno"]
    page.evaluate("for (let i = 9; i < 99; i++) strip.add({ hash: `#${i}`, title: 'More' })")
    assert len(links(page)) == 40


def test_pictures_are_shown_again(page, address):
    open_strip(page, address)
    colors = page.evaluate("""() => {
      const canvas = document.createElement("canvas");
      canvas.getContext("2d").fillStyle = "#123456";
      canvas.getContext("2d").fillRect(0, 0, 300, 150);
      strip.add({ hash: "#1", title: "Face", picture: strips.pictureOf(canvas) });
      const shown = document.querySelector("#made canvas").getContext("2d");
      return [...shown.getImageData(32, 32, 1, 1).data];
    }""")
    assert colors == [0x12, 0x34, 0x56, 255]
    assert page.get_by_role("img", name="Face", include_hidden=True).count() == 1


def test_without_storage_the_strip_is_there_until_the_page_is_left(page, address):
    denied = "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error(); } });"
    page.add_init_script(denied)
    open_strip(page, address)
    page.evaluate("['#1', '#2'].forEach((hash) => strip.add({ hash, title: hash }))")
    assert links(page) == ["#2", "#1"]


def test_back_returns_to_earlier_entries_with_their_drafts(page, address):
    open_strip(page, address)
    assert page.evaluate("entries.entriesBefore()") == 0
    page.evaluate("entries.changeEntry('#1'); entries.saveDraft({ text: 'mine' })")
    page.evaluate("entries.addEntry('#2')")
    assert page.evaluate("[entries.entriesBefore(), entries.readDraft() ?? null]") == [1, None]
    page.evaluate("location.hash = '#3'")
    page.wait_for_function("() => history.state?.entriesBefore === 2")
    page.go_back()
    page.go_back()
    assert page.url.endswith("404.html#1")
    assert page.evaluate("[entries.entriesBefore(), entries.readDraft().text]") == [0, "mine"]
