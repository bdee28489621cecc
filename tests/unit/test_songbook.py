"""The songbook has the properties that the documentation states."""

from collections import Counter

import pytest

from data.lyrics.songs import SONGBOOK, read_songs
from data.lyrics.tokenizer import tokenize


@pytest.fixture(scope="module")
def book():
    return list(read_songs(SONGBOOK))


def lines_of(song):
    return {" ".join(words) for words in map(tokenize, song.text.splitlines()) if words}


def test_bands_and_songs(book):
    songs = Counter(song.artist for song in book)
    assert len(songs) >= 12 and min(songs.values()) >= 20 and max(songs.values()) >= 60
    assert len(book) >= 300
    assert len({(song.artist, song.title.lower()) for song in book}) == len(book)


def test_words(book):
    assert sum(len(song.text.split()) for song in book) >= 70_000


def test_lines_are_distinct(book):
    """Each song's lines counted once, so that its choruses do not weigh."""
    lines = [line for song in book for line in lines_of(song)]
    assert len(set(lines)) / len(lines) >= 0.93


def test_no_song_repeats_another(book):
    sheets = [lines_of(song) for song in book]
    owners = {}
    for i, sheet in enumerate(sheets):
        for line in sheet:
            owners.setdefault(line, []).append(i)
    shared = Counter((a, b) for songs in owners.values() for a in songs for b in songs if a < b)
    for (a, b), count in shared.items():
        assert count <= 0.2 * min(len(sheets[a]), len(sheets[b])), (book[a].title, book[b].title)


def test_every_song_is_a_song(book):
    for song in book:
        words = tokenize(song.text)
        assert 120 <= sum(word != "\n" for word in words) <= 600, song.title
        assert song.text.count("[Verse]") >= 1 or "[Refrain]" in song.text, song.title
        assert "<" not in song.text and "http" not in song.text, song.title
