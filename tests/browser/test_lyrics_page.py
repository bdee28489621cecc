"""What the lyrics page does with a song: mark copied phrases, show alternatives, and continue it."""

import re

import common.keras_quiet  # noqa: F401

import numpy as np
import pytest

from common.files import read_json
from data.lyrics.tokenizer import NEWLINE_TEXT, tokenize
from data.lyrics.vocabulary import BOS_EOS, Vocabulary
from export import graph
from export.song_index import FILE_NAME, training_songs
from generate.lyrics.config import FORMS, GenerationConfig
from generate.lyrics.samplers import candidate_weights
from metrics.copied_phrases import CopiedPhrases
from tests.helpers import (
    ROOT,
    WEB,
    current_url,
    finished_song,
    index_entry,
    open_settings,
    url_hash,
    wait_until_ready,
)

RUN_OF_PAGE = "gene-lyrica-three"
RUN = "gene-lyrica-two"  # one whose index holds every phrase, and that knows no titles
PLACES = (
    """(marked) => [...document.querySelectorAll(marked)].map((word) => Number(word.dataset.at))"""
)


def learned_songs(run):
    """The songs that a network has learned: (artist, title, words)."""
    folder = ROOT / "checkpoints" / "lyrics" / run
    vocabulary = Vocabulary.load(folder / "vocabulary.tsv")
    return [
        (artist, title, vocabulary.decode(numbers))
        for artist, title, numbers in training_songs(read_json(folder / "meta.json"), vocabulary)
    ]


def copied(words, learned):
    """The places of words, but not new lines, inside runs that stand in a learned song."""
    marks = CopiedPhrases([words for _, _, words in learned]).is_copied(words)
    return [i for i, mark in enumerate(marks) if mark and words[i] != NEWLINE_TEXT]


def remembered(page):
    page.wait_for_selector("#copies:not(:empty)", timeout=30_000)
    return page.text_content("#copies")


def test_copied_runs_are_marked_and_named(page, address):
    learned = learned_songs(RUN)
    artist, title, words = next(song for song in learned if "<unknown word>" not in song[2][:14])
    picks = " ".join(f"{i} {word}" for i, word in enumerate(words[3:13]))
    link = url_hash(run=RUN, text=" ".join(words[:3]), picks=picks, seed=5)
    page.goto(f"{address}lyrics.html{link}")
    song = finished_song(page)
    assert tokenize(song)[:13] == words[:13]
    told = remembered(page)
    marked = copied(tokenize(song), learned)[3:]
    assert page.evaluate(PLACES, "#song .copied[data-at]") == marked
    inside = page.evaluate(PLACES, "#song .copied + .quoted + .copied")
    assert 9 <= len(inside) < len(marked), "one line below a phrase, not one below each word"
    assert told.startswith(
        f"Underlined: {len(marked)} of {sum(word != NEWLINE_TEXT for word in tokenize(song)) - 3} words"
    )
    page.hover("#song [data-at='4']")
    source = re.fullmatch(
        r"Copied: (\d+) words from “(.*)” by (.*)\.", page.text_content("#copies")
    )
    assert int(source[1]) >= 13 and source[2] == title and source[3] == artist
    page.hover("h1")
    assert page.text_content("#copies") == told


def test_the_song_that_stands_there_is_marked_too(page, address):
    """With a part of the phrases, because the index has no room for those of both songbooks."""
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    remembered(page)
    marked = page.evaluate(PLACES, "#song .copied")
    copies = copied(tokenize(page.text_content("#song")), learned_songs(RUN_OF_PAGE))
    assert marked and set(marked) <= set(copies)


def test_without_its_index_the_page_still_writes(page, address):
    page.route(f"**/{FILE_NAME}", lambda route: route.abort())
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.click("#write")
    assert len(finished_song(page).split()) > 5
    assert page.text_content("#copies") == "" and page.locator(".said.error").count() == 0
    page.wrong.clear()  # the request that this test broke


def as_token(shown):
    """Return the token of a word in the dialog, which is written as in the song."""
    return shown if shown in ("line break", "end of the song") else tokenize(shown)[0]


def chances(words, config):
    """The probability that the shipped network, as on the page, draws each word after others."""
    folder = WEB / "models" / index_entry(RUN)["folder"]
    meta, vocabulary = read_json(folder / "meta.json"), Vocabulary.load(folder / "vocabulary.tsv")
    step = graph.load(folder / "uint8", meta["outputs"])
    now = {f"state_{i}": np.zeros((1, meta["config"]["units"][0]), "float32") for i in range(2)}
    for word in [BOS_EOS, len(vocabulary), *vocabulary.encode(words)]:  # by any artist
        scores = step({"word": np.array([word], "int32")} | now)
        now = {name: scores[name] for name in now}
    likely, weights = candidate_weights(scores["scores"][0, : len(vocabulary)], config)
    return {
        vocabulary.words[i]: weight / sum(weights)
        for i, weight in zip(likely, weights, strict=True)
    }


def test_a_song_in_a_form_and_in_the_style_of_an_artist(elsewhere, page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    open_settings(page)
    page.select_option("#form", label="verse and chorus")
    page.select_option("#artist", label="Odessa Plum")
    page.click("#write")
    song = finished_song(page)
    stanzas = [stanza.splitlines() for stanza in song.strip().split("\n\n")]
    assert [len(stanza) for stanza in stanzas] == [4, 4, 4, 4] and stanzas[1] == stanzas[
        3
    ] != stanzas[2]
    assert "in the style of Odessa Plum" in page.text_content("#caption")
    for place, hint, other in (
        (3, ".choice", ".must"),
        (-6, ".must", ".choice"),
    ):  # free, and of the chorus
        page.locator("[data-at]").nth(place).click()
        page.wait_for_selector(f"#alternatives {hint}:visible")
        assert (page.locator("#alternatives li").count() == 1) is (hint == ".must")
        assert not page.is_visible(f"#alternatives {other}")
        page.keyboard.press("Escape")
    elsewhere.goto(current_url(page))
    assert finished_song(elsewhere) == song and elsewhere.input_value("#artist") == "Odessa Plum", (
        "the link holds both"
    )
    elsewhere.goto(current_url(page).replace("Odessa+Plum", "Night+Ledger"))
    elsewhere.reload()
    assert finished_song(elsewhere) != song


def test_a_link_without_a_seed_has_seed_1(page, address):
    page.goto(f"{address}lyrics.html{url_hash(text='hello world')}")
    finished_song(page)
    assert "&seed=1&" in current_url(page) and page.text_content("#caption").startswith("seed 1,")


def test_forms_are_those_of_the_command_line(page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    values = page.eval_on_selector_all(
        "#form option", "(options) => options.map(({ value }) => value)"
    )
    assert values == list(FORMS.values())


def test_a_network_that_knows_no_artist_offers_none(page, address):
    page.goto(f"{address}lyrics.html{url_hash(run='gene-lyrica-one', artist='Odessa Plum')}")
    finished_song(page)
    assert not page.is_visible("#artist") and "in the style" not in page.text_content("#caption")


def test_what_it_considered_and_another_word(elsewhere, page, address):
    page.goto(
        f"{address}lyrics.html{url_hash(run=RUN, text='the sea is wide', seed=3, temperature=0.6, top_k=5)}"
    )
    before = tokenize(finished_song(page))
    page.click("#song [data-at='6']")
    page.wait_for_selector("#alternatives li")
    told = [
        (
            as_token(item.query_selector("b").text_content()),
            item.query_selector("span").text_content(),
        )
        for item in page.query_selector_all("#alternatives li")
    ]
    expected = chances(before[:6], GenerationConfig(temperature=0.6, top_k=5))
    assert [word for word, _ in told if word in expected] == sorted(
        expected, key=expected.get, reverse=True
    )
    for word, percent in told:
        assert float(percent.strip("< %")) / 100 == pytest.approx(
            expected.get(word, 0), abs=0.006
        ), word
    [said] = page.query_selector_all("#alternatives [aria-current]")
    assert as_token(said.query_selector("b").text_content()) == before[6]
    other, place = next(
        (word, i) for i, (word, _) in enumerate(told) if word not in (before[6], "line break")
    )
    page.click(f"#alternatives li:nth-child({place + 1}) button")
    after = finished_song(page)
    assert (
        tokenize(after)[:6] == before[:6]
        and tokenize(after)[6] == other
        and not page.is_visible("#alternatives")
    )
    elsewhere.goto(current_url(page))
    assert finished_song(elsewhere) == after, "the link holds the choice"


def test_words_by_keyboard(page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.focus("#song")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    at = page.evaluate("document.activeElement.dataset.at")
    assert int(at) == page.evaluate(PLACES, "#song [data-at]")[1]
    page.keyboard.press("Enter")
    page.wait_for_selector("#alternatives li")
    word = page.text_content(f"#song [data-at='{at}']")
    assert page.text_content("#alternatives-word") == f"“{word}”"
    assert page.get_by_role("dialog", name=word).count() == 1
    page.keyboard.press("ArrowRight")
    assert page.text_content("#alternatives-word") != f"“{word}”"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    assert (
        not page.is_visible("#alternatives")
        and page.evaluate("document.activeElement.dataset.at") == at
    )


def start(page, mode):
    """Choose a way of writing and press the button."""
    page.click(f"label:has(#mode-{mode})")
    page.click("#write")


def offered(page):
    page.wait_for_selector("#line-by-line .another:enabled", timeout=30_000)
    return page.input_value("#offer")


def test_line_by_line(elsewhere, page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    page.fill("#text", "the sea is wide")
    start(page, "lines")
    first = offered(page)
    assert first and "\n" not in first
    page.click("#line-by-line .another")
    assert offered(page) != first
    kept = offered(page)
    page.focus("#offer")
    page.keyboard.press("Enter")
    offered(page)
    page.fill("#offer", "And THIS one is mine")
    page.click("#line-by-line .primary")
    last = offered(page)
    assert [line for line in page.text_content("#song").split("\n") if line] == [
        "The sea is wide",
        kept,
        "And this one is mine",
    ]
    assert page.locator("#song .prompt").all_text_contents()[-5:] == "And this one is mine".split()
    elsewhere.goto(current_url(page))
    assert offered(elsewhere) == last
    assert elsewhere.text_content("#song") == page.text_content("#song")
    page.click("#line-by-line .undo")
    assert page.input_value("#offer") == "And THIS one is mine"
    assert page.text_content("#song").rstrip() == f"The sea is wide\n{kept}"


def test_the_characters_side_by_side(page, address):
    names = [
        model["run"]
        for model in read_json(WEB / "models" / "index.json")["models"]
        if model["task"] == "lyrics"
    ]
    page.goto(f"{address}lyrics.html{url_hash(text='my old dog', seed=9, lines=6)}")
    song = finished_song(page)
    page.wait_for_selector(f"#characters li:nth-child({len(names)})")
    for name in names:
        card = page.text_content(f"#characters [data-run='{name}']")
        meta = read_json(WEB / "models" / index_entry(name)["folder"] / "meta.json")
        assert f"{meta['parameter_count']:,} weights" in card and meta["sample"].strip() in card
    start(page, "all")
    sung = {}
    for name in names:
        page.wait_for_selector(
            f"#comparison [data-run='{name}'] .said:text-matches('quot')", timeout=60_000
        )
        sung[name] = page.text_content(f"#comparison [data-run='{name}'] .song")
    assert song.startswith(f"{sung[RUN_OF_PAGE]}\n\n") and len(set(sung.values())) == len(names)
    assert all(words.startswith("My old dog") for words in sung.values())
    page.click(f"#characters [data-run='{names[0]}'] button")
    assert finished_song(page).startswith(sung[names[0]]), "the same words, randomness and seed"


def test_settings_of_the_sampler(page, address):
    def song(**settings):
        page.goto("about:blank")
        page.goto(
            f"{address}lyrics.html{url_hash(text='hello world', seed=4, lines=30, **settings)}"
        )
        return tokenize(finished_song(page))

    assert (
        song(top_k=1, temperature=2)
        == song(temperature=0)
        == song(min_p=0.5, top_p=0.05, temperature=0.05)
    )
    assert song(min_p=0.2) != song() != song(top_k=2)
    once = song(no_repeat_ngram_size=3)
    runs = [tuple(once[i : i + 3]) for i in range(len(once) - 2)]
    chosen = [run for run in runs if run[1:] != ("\n", "\n")]  # the form requires blank lines
    assert len(set(chosen)) == len(chosen)
    open_settings(page, more=True)
    assert page.input_value("#no_repeat_ngram_size") == "3" and page.input_value("#top_k") == "0"


def test_links_of_earlier_versions_bring_back_the_same_song(page, address):
    common = {"text": "hello world", "lines": 8}
    old = {"randomness": 0.6, "guard": 0, "minP": 0.0302, "topK": 40, "nucleus": 0.95}
    old |= {"noRepeat": 3, "plan": "aabba", "band": "Odessa Plum", "number": 4}
    new = {"temperature": 0.6, "loop_guard": 0, "min_p": 0.0302, "top_k": 40, "top_p": 0.95}
    new |= {"no_repeat_ngram_size": 3, "form": "aabba", "artist": "Odessa Plum", "seed": 4}
    page.goto(f"{address}lyrics.html{url_hash(**common, **old)}")
    song = finished_song(page)
    for name, value in new.items():
        if name == "loop_guard":
            assert not page.is_checked("#loop_guard")
        elif name != "seed":
            assert page.input_value(f"#{name}") == str(value)
    page.goto("about:blank")
    page.goto(f"{address}lyrics.html{url_hash(**common, **new)}")
    assert finished_song(page) == song


def test_links_from_before_lines_were_chosen_bring_back_the_same_song(page, address):
    link = url_hash(text="hello world", run="gene-lyrica-two", seed=13)
    page.goto(f"{address}lyrics.html{link}")
    assert finished_song(page).startswith(
        "Hello world fell on me the Friday\nAnd nobody sat there in the rain\n"
        "The first one is to tell them the work\nThe bishop had to climb in the grain\n"
    )
    page.click("#write")
    finished_song(page)
    assert "num_candidates=0" in page.url, "a new song is written as the network is meant to"


def test_a_new_song_is_about_the_words_it_starts_with(page, address):
    asked = {"text": "hello world", "run": "gene-lyrica-three", "num_candidates": 0}
    page.goto(f"{address}lyrics.html{url_hash(**asked, seed=6)}")
    assert finished_song(page).startswith(
        "Hello world was that your birthday, dear?\nWe had it in the hall.\n"
    ), "links from before have no title"
    page.click("#write")
    song = finished_song(page)
    seed = re.search("seed=([0-9]+)", page.url).group(1)
    page.goto("about:blank")
    page.goto(f"{address}lyrics.html{url_hash(**asked, seed=seed, title='hello world')}")
    assert finished_song(page) == song


def test_the_controls_start_with_the_settings_of_the_network(page, address):
    page.goto(f"{address}lyrics.html")
    wait_until_ready(page)
    config = GenerationConfig()
    shown = {
        name: float(page.input_value(f"#{name}"))
        for name in ("temperature", "lines", "min_p", "top_k", "top_p", "no_repeat_ngram_size")
    }
    assert shown == {name: getattr(config, name) for name in shown}
    assert page.input_value("#form") == config.scheme
    assert page.is_checked("#loop_guard") is config.loop_guard
    assert "CC0" in page.inner_text("#credit"), "this network has learned from the songbook"


def kept_lines(page):
    """The lines of the song on the page, without the blank ones."""
    return [line for line in page.text_content("#song").split("\n") if line]


def test_line_by_line_goes_on_past_the_end_of_the_form(page, address):
    page.goto(
        f"{address}lyrics.html{url_hash(run='quick', text='hello', form='abcb abcb', view='lines')}"
    )
    for i in range(11):
        assert offered(page), f"nothing is offered after {i} lines"
        page.click("#line-by-line .primary")
        page.wait_for_function(
            "(count) => document.getElementById('song').textContent.split('\\n').filter(Boolean).length > count",
            arg=i + 1,
        )
    stanzas = page.text_content("#song").strip().split("\n\n")
    assert [len(stanza.split("\n")) for stanza in stanzas[:2]] == [4, 4]
    assert len(kept_lines(page)) == 12


@pytest.mark.parametrize("form", ["", "abcb abcb"])
@pytest.mark.parametrize("count", [3, 8, 30])
def test_a_pasted_song_is_continued(page, address, form, count):
    pasted = "\n".join(["the sea is wide and blue"] * count)
    values = {
        "run": "quick",
        "text": pasted,
        "lines": 6,
        "form": form,
        "seed": 3,
        "num_candidates": 0,
    }
    page.goto(f"{address}lyrics.html{url_hash(**values)}")
    finished_song(page)
    lines = kept_lines(page)
    assert [line.lower() for line in lines[:count]] == pasted.split("\n"), (
        "the first new line is a line of its own"
    )
    assert 0 < len(lines) - count <= 6
    if count == 30 and form:  # without a form, a network may end its song
        assert len(lines) - count >= 3
