"""Text that is not lyrics is removed from songs, or skipped and reported."""

import csv
import json
import time

import pytest

from data.lyrics.cleaning import clean_lyrics
from data.lyrics.songs import read_songs
from data.lyrics.summary import Summary
from data.lyrics.tokenizer import detokenize, tokenize

LINES = ["the kettle sings by the gate", "zoë's lantern hums all night", "and the rain is late"]
TEXT = "\n".join(LINES)


def read(tmp_path, rows, **options):
    path = tmp_path / "songs.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("artist", "song", "text"), *rows])
    summary = Summary(path)
    return list(read_songs(path, summary=summary, **options)), "\n".join(summary.lines())


def lines_of(text):
    """Return the lines that the network will read."""
    tokens = tokenize(clean_lyrics(text, Summary()))
    return [line for line in detokenize(tokens).split("\n") if line]


@pytest.mark.parametrize(
    "text",
    ["nan", "NaN", "", "NULL", "N/A", "none", "-", "Lyrics not available", "no lyrics found", "?"],
)
def test_cells_without_lyrics_are_left_out(tmp_path, text):
    songs, summary = read(tmp_path, [("A", "One", TEXT), ("A", "Two", text)])
    assert [song.title for song in songs] == ["One"]
    assert "songs without lyrics: 1 (row 3, Two)" in summary


@pytest.mark.parametrize("text", ["Instrumental", "[Instrumental]", "(instrumental)"])
def test_instrumentals_are_left_out(tmp_path, text):
    songs, summary = read(tmp_path, [("A", "One", TEXT), ("A", "Two", text)])
    assert len(songs) == 1 and "instrumentals: 1 (row 3, Two)" in summary


def test_a_song_about_nothing_stays(tmp_path):
    songs, _ = read(tmp_path, [("A", "One", f"nothing, none at all\n{TEXT}")])
    assert len(songs) == 1


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", "<br>"),
        TEXT.replace("\n", "<br/>\n"),
        "<p>" + TEXT.replace("\n", "</p><p>") + "</p>",
        TEXT.replace("zoë's", "zo&euml;&#39;s"),
        TEXT.replace("zoë's", "<i>zo&euml;&#39;s</i>").replace("the rain", "the&nbsp;rain"),
        TEXT.replace("\n", "\\n"),
        TEXT.replace("\n", "\\r\\n"),
        TEXT.replace("\n", " / "),
        TEXT.replace("\n", " // "),
        TEXT.replace("\n", " | "),
        TEXT.replace("\n", "\r\r\n"),
        TEXT.encode().decode("cp1252"),
        f"2 ContributorsTranslationsEspañolDeutschKettle Lyrics{TEXT}3Embed",
        f"12 ContributorsKettle Lyrics[Verse 1]\n{TEXT}Embed",
        f"{TEXT}\nSee Mira Quell LiveGet tickets as low as $39You might also like",
        f"{LINES[0]}You might also like{LINES[1]}\n{LINES[2]}1.2KEmbedShare URLCopyEmbedCopy",
    ],
)
def test_markup_and_what_crawlers_bring_is_removed(text):
    assert lines_of(text) == LINES


@pytest.mark.parametrize(
    "tag",
    [
        "[Verse 1: Mira Quell & Ozan]",
        "[Pre-Chorus: Mira Quell, Ozan & Bee, The Ladder Club, Tin Orchard & The Long Meadow Choir]",
        "[Hook\nby Ozan]",
        "[Verse 3 [live]]",
        *("Chorus:", "CHORUS x2", "Verse 2:", "Refrain 2x", "Repeat chorus"),
        *("(Chorus)", "(Repeat chorus)", "(x2)", "{Bridge}", "【Hook】", "<Outro>", "*spoken*"),
        *("~ solo ~", "---", "== Verse ==", "# Bridge"),
    ],
)
def test_section_tags_are_no_lines(tag):
    assert lines_of(f"{LINES[0]}\n{tag}\n{LINES[1]} (x3)\n{LINES[2]}\n{tag}") == LINES


def test_ad_libs_and_names_of_speakers_stay():
    text = f"{LINES[0]} (hey, hey!)\n(oh yeah)\nMira: {LINES[1]}"
    assert lines_of(text) == [f"{LINES[0]} (hey, hey!)", "(oh yeah)", f"mira: {LINES[1]}"]


def test_artists_that_differ_in_spelling_are_the_same(tmp_path):
    names = ["Tin Orchard", "tin orchard", "TIN  ORCHARD", "Tin Orchard feat. Mira", "", "Mira"]
    rows = [(name, f"Song {i}", f"{TEXT}\n{i}") for i, name in enumerate(names)]
    songs, _ = read(tmp_path, rows)
    assert [song.artist for song in songs] == [*["Tin Orchard"] * 4, "Unknown artist", "Mira"]


def test_exact_copies_are_left_out_and_told(tmp_path):
    songs, summary = read(tmp_path, [("A", "One", TEXT), ("a", "one", TEXT.upper())] * 2)
    assert len(songs) == 1 and "duplicates: 3 (first: row 3" in summary


def test_everything_stays_without_cleaning(tmp_path):
    rows = [("A feat. B", "One", f"[Intro]<br>{TEXT}"), ("A", "Two", "nan"), ("A", "Two", "nan")]
    songs, _ = read(tmp_path, rows, clean=False)
    assert [song[1:] for song in songs] == rows


def test_songs_in_one_line_are_told(tmp_path):
    songs, summary = read(tmp_path, [("A", "One", " ".join([*LINES] * 5))])
    assert len(songs) == 1 and "note: 1 song without line breaks" in summary


def test_comments_that_are_never_closed_take_no_time():
    text = "<!--" * 100_000
    start = time.process_time()
    assert clean_lyrics(text, Summary()) == text
    assert time.process_time() - start < 10


def test_a_comment_is_removed(tmp_path):
    songs, _ = read(tmp_path, [("A", "One", f"<!-- a <b>\nnote -->{TEXT}<!-- end -->")])
    assert songs[0].text == TEXT


def test_characters_that_json_splits_are_joined():
    assert clean_lyrics(json.dumps("la 🙂\nla"), Summary()) == "la 🙂\nla"
    assert clean_lyrics("half \ud83d of it", Summary()) == "half \ufffd of it"
