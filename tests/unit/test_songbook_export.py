"""The songbooks of the site: a list of all songs and a file for each artist."""

import csv
import gzip
import re

from common.files import read_json
from data.lyrics.songs import PLAIN_SONGBOOK, SONGBOOK
from export.songbook import write_songs
from tests.helpers import ROOT


def test_every_song_is_listed_and_has_its_text(tmp_path):
    count = write_songs(tmp_path)
    artists = read_json(tmp_path / "songs" / "index.json")["artists"]
    texts = {
        artist["slug"]: read_json(tmp_path / "songs" / f"{artist['slug']}.json")
        for artist in artists
    }
    listed = {f"{a['slug']}/{slug}": title for a in artists for slug, title in a["songs"]}
    rows = [
        row
        for path in (SONGBOOK, PLAIN_SONGBOOK)
        for row in csv.DictReader(path.open(newline="", encoding="utf-8"))
    ]
    assert count == len(rows) == len(listed)
    for row in rows:
        artist, _, slug = row["link"].partition("/")
        assert listed[row["link"]].replace("\u2019", "'") == row["song"]
        text = texts[artist][slug]
        assert re.sub("[\u201c\u201d]", '"', text).replace("\u2019", "'") == row["text"].strip()


def test_files_are_small_enough_to_load_on_demand(tmp_path):
    write_songs(tmp_path)
    sizes = [len(gzip.compress(path.read_bytes())) for path in (tmp_path / "songs").iterdir()]
    assert max(sizes) < 110_000 and len(sizes) > 40, "bytes, as hosts send them"


def test_the_page_says_how_many_songs_there_are(tmp_path):
    count = write_songs(tmp_path)
    artists = read_json(tmp_path / "songs" / "index.json")["artists"]
    html = (ROOT / "web" / "songbook.html").read_text(encoding="utf-8")
    assert html.count(f"{count:,} songs by {len(artists)} artists") == 2
