"""Less common song formats: CSV dialects, encodings, JSON, and text files."""

import csv
import io
import json
import zipfile

import pytest

from common.cli import GeneError
from data.lyrics.cleaning import clean_lyrics
from data.lyrics.songs import read_songs
from data.lyrics.summary import Summary

LINES = [
    "the kettle sings by the gate",
    "and the lantern hums all night",
    "my brother waits for the rain",
    "a red umbrella on the stair",
]
TEXT = "\n".join([*LINES, "", *reversed(LINES)])
SONGS = [(f"Band {i % 3}", f"Song {i}", f"{TEXT}\nnumber {i}") for i in range(9)]
HEADER = ("artist", "song", "text")


def as_csv(header=HEADER, songs=SONGS, **options):
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n", **options)
    writer.writerows([header, *songs] if header else songs)
    return file.getvalue()


def read(path, data, **options):
    """Write a file and read it; returns [(artist, title, text)] and the lines of the summary."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_path(path, **options)


def read_path(path, **options):
    summary = Summary(path)
    found = [tuple(song[1:]) for song in read_songs(path, summary=summary, **options)]
    return found, summary.lines()


@pytest.mark.parametrize("delimiter", ["~", "^", ":", "\x01"], ids=repr)
def test_rare_delimiters_are_told_by_the_header(tmp_path, delimiter):
    assert read(tmp_path / "t.csv", as_csv(delimiter=delimiter))[0] == SONGS


def test_spaces_before_quotes_and_a_quoted_separator_line(tmp_path):
    spaced = "\n".join(", ".join(f'"{cell}"' for cell in row) for row in [HEADER, *SONGS])
    assert read(tmp_path / "t.csv", spaced)[0] == SONGS
    assert read(tmp_path / "s.csv", '"sep=;"\n' + as_csv(delimiter=";"))[0] == SONGS


def test_quotes_within_quotes_that_nobody_escaped(tmp_path):
    songs = [
        (artist, title, text.replace("sings", '"sings"').replace("my", '"my"'))
        for artist, title, text in SONGS
    ]
    raw = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [HEADER, *songs])
    assert read(tmp_path / "t.csv", raw)[0] == songs
    inches = as_csv(quoting=csv.QUOTE_ALL).replace('"Song 5"', '"Song 5 6\'1""')
    found, lines = read(tmp_path / "i.csv", inches)
    assert len(found) == 9 and found[5][1] == "Song 5 6'1\"", lines


def test_a_title_before_the_header(tmp_path):
    assert read(tmp_path / "t.csv", "My songs of 2024,,\n" + as_csv())[0] == SONGS


def test_the_well_known_table_without_its_header(tmp_path):
    rows = [(artist, title, "/a/x.html", text) for artist, title, text in SONGS]
    assert read(tmp_path / "t.csv", as_csv(None, rows))[0] == SONGS
    numbered = [(i, *row) for i, row in enumerate(SONGS)]
    assert read(tmp_path / "n.csv", as_csv(None, numbered))[0] == SONGS


@pytest.mark.parametrize(
    "header", [("artista", "título", "letra"), ("Künstler", "Titel", "Songtext")]
)
def test_names_of_columns_with_accents(tmp_path, header):
    assert read(tmp_path / "t.csv", as_csv(header, delimiter=";"))[0] == SONGS


def test_a_column_of_different_values_is_the_title(tmp_path):
    rows = [(title, text) for _, title, text in SONGS]
    found, _ = read(tmp_path / "t.csv", as_csv(("prompt", "completion"), rows))
    assert found == [("Unknown artist", title, text) for _, title, text in SONGS]


# Made of sentences in which the letters of the language occur as usual.
RUSSIAN = "трамвай поёт, а мой колодец ждёт\nсад помнит старый чайник"  # noqa: RUF001
JAPANESE = "静かな梯子を忘れていく\n私の港に答える"
FRENCH = "l'été à Zoë, où mûrit la forêt\nMünchen grüßt den Bär, ça va"


@pytest.mark.parametrize(
    "encoding, text",
    [
        *((name, RUSSIAN) for name in ("cp1251", "koi8-r", "cp866", "iso8859-5")),
        *((name, JAPANESE) for name in ("shift_jis", "euc_jp", "iso2022_jp")),
        *((name, FRENCH) for name in ("cp1252", "mac_roman", "cp850", "utf-16-be", "utf-32")),
        ("gb18030", "安静的梯子回答我的港口\n麦田又忘记你"),
        ("euc_kr", "조용한 등불을 깨우고\n나의 돌멩이는 깨우고 있네"),
    ],
)
def test_encodings(tmp_path, encoding, text):
    songs = [(artist, title, f"{text}\n" * 4 + title) for artist, title, _ in SONGS]
    assert read(tmp_path / "t.csv", as_csv(songs=songs).encode(encoding))[0] == songs


def test_zero_bytes_after_the_end(tmp_path):
    assert read(tmp_path / "t.csv", as_csv().encode() + bytes(5000))[0] == SONGS


OBJECTS = [dict(artist=artist, title=title, lyrics=text) for artist, title, text in SONGS]


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"columns": HEADER, "data": SONGS}),
        "\n".join(map(json.dumps, SONGS)),
        ",\n".join(map(json.dumps, OBJECTS)),
        "".join(json.dumps(item, indent=1) for item in OBJECTS),
        json.dumps(OBJECTS)[:-1] + ",]",
        "\ufeff" + json.dumps(OBJECTS),
        json.dumps([item | {"lyrics": item["lyrics"].split("\n")} for item in OBJECTS]),
        json.dumps(
            [
                {
                    "artist": a,
                    "title": t,
                    "verses": [verse.split("\n") for verse in x.split("\n\n")],
                }
                for a, t, x in SONGS
            ]
        ),
        json.dumps({"rows": [{"row_idx": 1, "row": item} for item in OBJECTS]}),
    ],
    ids=lambda data: data[:30],
)
def test_json_in_more_shapes(tmp_path, data):
    assert read(tmp_path / "t.json", data)[0] == SONGS


def test_json_without_names(tmp_path):
    unknown = [("Unknown artist", title, text) for _, title, text in SONGS]
    by_title = json.dumps({title: text for _, title, text in SONGS})
    assert read(tmp_path / "t.json", by_title)[0] == unknown
    nested = json.dumps({"Band 0": {title: text for _, title, text in SONGS}})
    assert read(tmp_path / "n.json", nested)[0] == [("Band 0", t, x) for _, t, x in SONGS]
    texts = json.dumps([text for _, _, text in SONGS])
    assert [song[2] for song in read(tmp_path / "l.json", texts)[0]] == [x for _, _, x in SONGS]


def test_the_whole_songs_of_json_that_was_cut_off(tmp_path):
    found, lines = read(tmp_path / "t.json", json.dumps(OBJECTS)[:-90])
    assert found == SONGS[:-1] and any("damaged JSON objects: 1" in line for line in lines)
    with pytest.raises(GeneError, match=r"not valid JSON .*; export it again"):
        read(tmp_path / "s.json", str(OBJECTS))


@pytest.mark.parametrize(
    "name",
    [
        "{artist}/Album/{title}.txt",
        "lyrics/{artist}/{title}.txt",
        "songs-main/{artist}/{title}.txt",
        "{artist}/{title}/lyrics.txt",
        "{number:02d} - {artist} - {title}.txt",
        "{number:02d}. {artist} – {title}.txt",
    ],
)
def test_names_of_files(tmp_path, name):
    for number, (artist, title, text) in enumerate(SONGS, 1):
        path = tmp_path / name.format(artist=artist, title=title, number=number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert sorted(read_path(tmp_path)[0]) == sorted(SONGS)


@pytest.mark.parametrize("artist", ["50 Cent", "311", "7 Rings", "U2", "The 1975"])
def test_numbers_in_names_of_artists_stay(tmp_path, artist):
    (tmp_path / f"{artist} - Rain.txt").write_text(TEXT)
    assert read_path(tmp_path)[0] == [(artist, "Rain", TEXT)]


def test_underscores_in_names_of_files(tmp_path):
    (tmp_path / "Tin_Orchard-Red_Rain.txt").write_text(TEXT)
    assert read_path(tmp_path)[0] == [("Tin Orchard", "Red Rain", TEXT)]


@pytest.mark.parametrize("head", ["Title: {1}\nArtist: {0}\nYear: 1999\n\n", "# {1}\nby: {0}\n\n"])
def test_artist_and_title_in_the_first_lines(tmp_path, head):
    for number, song in enumerate(SONGS):
        (tmp_path / f"{number}.txt").write_text(head.format(*song) + song[2])
    assert read_path(tmp_path)[0] == SONGS


@pytest.mark.parametrize(
    "join",
    [
        lambda songs: "\n<|endoftext|>\n".join(text for _, _, text in songs),
        lambda songs: "\n".join(f"<|startsong|>\n{x}\n<|endsong|>" for _, _, x in songs),
        lambda songs: "\n\n".join(f"## {title}\n\n{text}" for _, title, text in songs),
        lambda songs: "\n\n".join(f"{i}. {s[1]}\n\n{s[2]}" for i, s in enumerate(songs, 1)),
    ],
)
def test_one_text_with_many_songs(tmp_path, join):
    found, _ = read(tmp_path / "band.txt", join(SONGS))
    assert [song[2] for song in found] == [text for _, _, text in SONGS]
    assert {title for _, title, _ in found} in ({""}, {title for _, title, _ in SONGS})


def test_a_song_in_each_line(tmp_path):
    texts = [(text + "\n" + text).replace("\n", " ") for _, _, text in SONGS]
    assert len(read(tmp_path / "t.txt", "\n".join(texts))[0]) == 9


def test_one_bad_file_never_stops_a_folder(tmp_path):
    (tmp_path / "a - b.txt").write_text(TEXT)
    (tmp_path / "empty.txt").touch()
    (tmp_path / "z.csv.gz").write_bytes(b"\x1f\x8b broken")
    (tmp_path / "page.html").write_text("<!doctype html><p>404")
    with zipfile.ZipFile(tmp_path / "notes.docx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    found, lines = read_path(tmp_path)
    assert found == [("a", "b", TEXT)]
    assert any("files without songs: 4" in line for line in lines)


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path.read_bytes()


@pytest.mark.parametrize(
    "name, data, advice",
    [
        ("t.csv", b"version https://git-lfs.github.com/spec/v1\noid x\n", "git lfs pull"),
        ("t.html", b"<html><body>hello</body></html>", "save its text"),
        ("t.xml", b"<?xml version='1.0'?><songs/>", "CSV or JSON"),
        ("t.h5", b"\x89HDF\r\n\x1a\n" + bytes(9), "CSV"),
        ("t.feather", b"ARROW1\0\0" + bytes(9), "CSV or Parquet"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path, name, data, advice):
    with pytest.raises(GeneError, match=advice):
        read(tmp_path / name, data)


def test_archives_that_cannot_be_read_say_what_to_do(tmp_path):
    inner = zipped(tmp_path / "i.zip", {"t.csv": as_csv()})
    zipped(tmp_path / "o.zip", {"inner.zip": inner})
    with pytest.raises(GeneError, match="archive inside an archive; unpack the outer one"):
        read_path(tmp_path / "o.zip")
    zipped(tmp_path / "t.odt", {"mimetype": "x", "content.xml": "<x/>"})
    with pytest.raises(GeneError, match="office document; save it as"):
        read_path(tmp_path / "t.odt")
    locked = bytearray(inner)
    locked[6] |= 1
    locked[inner.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "l.zip").write_bytes(locked)
    with pytest.raises(GeneError, match="encrypted files; unpack"):
        read_path(tmp_path / "l.zip")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\u2028"),
        lambda text: text.replace("\n", "\\\\n"),
        lambda text: text.replace("\n", " \\ "),
        lambda text: text.replace("\n\n", "\n \n").replace("\n", "\n\n"),
        lambda text: repr(text.split("\n")),
        lambda text: repr(text.encode()),
        lambda text: json.dumps(text),
        lambda text: f"&lt;i&gt;{text}&lt;/i&gt;",
        lambda text: f"Rain Lyrics\n{text}\nYou might also like12KEmbed",
        lambda text: f"{text}\n\n******* This Lyrics is NOT for Commercial use *******\n(14096178)",
        lambda text: f"{text}\nSubmitted by: someone\nCopyright © 2001 Someone\nWriter(s): A. B.",
        lambda text: f"{text}\nhttps://example.org/lyrics/rain",
        lambda text: "\n".join(f"Am    G/B  C7\n{line}" for line in text.split("\n")),
        lambda text: f"--- Chorus ---\n{text}\n# Bridge\nRepeat the chorus x2\n/Refrain/",
    ],
)
def test_what_is_no_lyrics_is_removed(change):
    cleaned = clean_lyrics(change(TEXT), Summary())
    lines = [line.strip() for line in cleaned.split("\n") if line.strip()]
    assert [line for line in lines if line[0] != "["] == [*LINES, *reversed(LINES)]


def test_lines_that_only_look_like_chords_or_credits_stay():
    text = "A\nwritten by the hand of the sea\nhe said so\n- break my heart -\ncome home"
    assert clean_lyrics(text, Summary()) == text


@pytest.mark.parametrize(
    "text",
    ["#N/A", "We do not have the lyrics for this song yet.", "[Chorus]\n(x2)", "...\n!"],
)
def test_songs_without_words_are_left_out(tmp_path, text):
    songs = [*SONGS, ("Band 0", "None", text)]
    found, lines = read(tmp_path / "t.csv", as_csv(songs=songs))
    assert found == SONGS and any("songs without lyrics: 1" in line for line in lines)
