"""The plain songbook has the properties that the documentation states."""

import csv
import re
from collections import Counter, defaultdict

import pytest

from common.cli import GeneError
from data.lyrics import songbook_plan
from data.lyrics.songs import PLAIN_SONGBOOK, read_songs
from data.lyrics.tokenizer import tokenize

SONGS = 6_984
WORDS = 1_100_000
ARTISTS = 72
FREQUENT_EVERYDAY_WORDS = 391
NAMES = 200
VOCABULARY = 2_500  # different words that cover COVERAGE of the text
COVERAGE = 0.95


@pytest.fixture(scope="module")
def book():
    return list(read_songs(PLAIN_SONGBOOK))


@pytest.fixture(scope="module")
def counts(book):
    return Counter(word for song in book for word in split_words(song.text))


def split_words(text):
    return [word for word in tokenize(text) if word[0].isalnum()]


def lines_of(song):
    return {" ".join(words) for words in map(split_words, song.text.splitlines()) if words}


def test_columns_and_line_ends():
    table = PLAIN_SONGBOOK.read_bytes()
    assert table.startswith(b"artist,song,link,text\n")
    assert b"\r" not in table


def test_links_are_distinct():
    with open(PLAIN_SONGBOOK, newline="", encoding="utf-8") as file:
        links = [row["link"] for row in csv.DictReader(file)]
    assert len(set(links)) == len(links)


def test_size(book, counts):
    assert len(book) >= SONGS
    assert counts.total() >= WORDS
    assert len({song.artist for song in book}) >= ARTISTS


def test_artists_are_those_of_the_plan(book):
    assert {song.artist for song in book} <= {artist.name for artist in songbook_plan.artists()}
    assert len({(song.artist, song.title.casefold()) for song in book}) == len(book)


def test_every_song_has_a_title_verses_and_a_chorus(book):
    for song in book:
        tags = re.findall(r"^\[(.*)\]$", song.text, re.MULTILINE)
        assert song.title
        assert tags.count("Verse") >= 2 and "Chorus" in tags, song.title
        assert set(tags) <= {"Verse", "Chorus", "Bridge"}, song.title
        assert song.text.startswith("["), song.title
        assert 85 <= len(split_words(song.text)) <= 245, song.title


def test_lines_are_distinct(book):
    owners = Counter(line for song in book for line in lines_of(song))
    assert sum(count == 1 for count in owners.values()) / len(owners) >= 0.92


def test_no_song_repeats_another(book):
    sheets = [lines_of(song) for song in book]
    owners = defaultdict(list)
    for i, sheet in enumerate(sheets):
        for line in sheet:
            owners[line].append(i)
    shared = Counter((a, b) for songs in owners.values() for a in songs for b in songs if a < b)
    for (a, b), count in shared.items():
        smaller = min(len(sheets[a]), len(sheets[b]))
        assert count <= 0.15 * smaller, (book[a].title, book[b].title)


def test_no_phrase_is_in_many_songs(book):
    """Sequences of eight words, each counted once in a song, so that choruses do not weigh."""
    phrases = Counter()
    for song in book:
        words = split_words(song.text)
        phrases.update({tuple(words[i : i + 8]) for i in range(len(words) - 7)})
    assert max(phrases.values()) <= 3, phrases.most_common(3)


def test_few_words_cover_the_text(counts):
    frequent = sum(count for _, count in counts.most_common(VOCABULARY))
    assert frequent / counts.total() >= COVERAGE


def test_everyday_words_and_names_occur(counts):
    everyday = songbook_plan.everyday_words()
    names = {name.lower() for name in songbook_plan.first_names()}
    assert sum(counts[word] >= 5 for word in everyday) >= FREQUENT_EVERYDAY_WORDS
    assert len(names & counts.keys()) >= NAMES


def test_plan_is_varied():
    assert len(songbook_plan.artists()) >= 25
    plan = {
        artist: [
            songbook_plan.assignment(artist, number)
            for number in range(1, songbook_plan.SONGS_PER_ARTIST + 1)
        ]
        for artist in songbook_plan.artists()
    }
    for songs in plan.values():
        assert len({song.subject for song in songs}) == len(songs)
    everything = [song for songs in plan.values() for song in songs]
    assert max(Counter(song.subject for song in everything).values()) <= 15
    dealt = Counter(word for song in everything for word in song.words)
    assert min(dealt[word] for word in songbook_plan.everyday_words()) >= 10
    assert len({song.first_name for song in everything}) > 104
    assert all(len(set(song.words)) == 3 for song in everything)


def test_unknown_artist_or_number_is_one_clear_line(capsys):
    for argv in (["Nobody"], ["Walter Fenn", "--first", "95"], ["Walter Fenn", "--count", "0"]):
        with pytest.raises(GeneError, match="choose"):
            songbook_plan.main(argv)
    songbook_plan.main(["walter fenn", "--first", "100", "--count", "1"])
    assert "100. " in capsys.readouterr().out
