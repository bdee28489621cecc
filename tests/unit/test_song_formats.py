"""Songs in all common formats: CSV dialects, encodings, containers, and text files."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile

import duckdb
import pytest

import train.lyrics.__main__
from common.cli import GeneError
from data.lyrics.songs import read_songs
from data.lyrics.summary import Summary
from tests.helpers import assert_main_refuses

TEXT = "the kettle sings by the gate\nand the lantern hums\n\nZoë’s boat waits for the rain"
SONGS = [(f"Band {i % 3}", f"Song {i}", f"{TEXT}\nnumber {i} is here") for i in range(12)]


def table(header, songs=SONGS, delimiter=",", quote='"', escape='""', end="\n"):
    def cell(value):
        return quote + value.replace(quote, escape) + quote if quote else value

    rows = [header, *(delimiter.join(cell(value) for value in song) for song in songs)]
    return end.join(rows).replace("\n", end) + end


def read(path, **options):
    """(songs, lines of the summary)"""
    summary = Summary(path)
    return list(read_songs(path, summary=summary, **options)), summary.lines()


def assert_read(path, data, songs=SONGS, **options):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    found, lines = read(path, **options)
    assert [song[1:] for song in found] == list(songs), lines
    return lines


@pytest.mark.parametrize(
    "header",
    [
        "Artist,Song,Lyrics",
        "ARTIST_NAME,SONG_NAME,LYRICS",
        "singer,track,song_lyrics",
        "band,title,SLyric",
        " Artist , Track Name ,TEXT ",
    ],
)
def test_columns_are_found_by_their_names(tmp_path, header):
    assert_read(tmp_path / "t.csv", table(header))


def test_a_first_row_with_too_few_cells_is_no_header(tmp_path):
    path = tmp_path / "songs.csv"
    path.write_text("ext\n" + table("artist,song,text").partition("\n")[2])
    found, _ = read(path)
    assert [song.title for song in found] == [title for _, title, _ in SONGS]


def test_a_header_may_have_fewer_cells_than_the_rows(tmp_path):
    path = tmp_path / "songs.csv"
    rows = [f'{i},"{text}","Band {i % 2}"' for i, (_, _, text) in enumerate(SONGS)]
    path.write_text("\n".join(["a,b", *rows]))
    found, lines = read(path)
    assert {song.artist for song in found} == {"Band 0", "Band 1"}
    assert "text = b" in lines[0] and "artist = number 3" in lines[0]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(tmp_path, delimiter):
    assert_read(
        tmp_path / "t.csv", table(f"artist{delimiter}song{delimiter}text", SONGS, delimiter)
    )
    header = f"sep={delimiter}\nartist{delimiter}song{delimiter}text"
    assert_read(tmp_path / "s.csv", table(header, SONGS, delimiter))


def test_other_quotes(tmp_path):
    quoted = [(a, t, x.replace("sings", '"sings"')) for a, t, x in SONGS]
    assert_read(tmp_path / "b.csv", table("artist,song,text", quoted, escape='\\"'), quoted)
    plain = [(a, t, x.replace("’", "")) for a, t, x in SONGS]
    data = table("'artist','song','text'", plain, quote="'")
    assert_read(tmp_path / "s.csv", data, plain)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(tmp_path, encoding):
    assert_read(tmp_path / "t.csv", table("artist,song,text").encode(encoding))


def test_a_cyrillic_encoding(tmp_path):
    songs = [
        (a, t, f"трамвай поёт, и мой фонарь спит {t}\nфонарь ждёт зимы")  # noqa: RUF001
        for a, t, _ in SONGS
    ]
    assert_read(tmp_path / "t.csv", table("artist,song,text", songs).encode("cp1251"), songs)


@pytest.mark.parametrize("end", ["\r", "\r\n", "\r\r\n"])
def test_line_ends(tmp_path, end):
    assert_read(tmp_path / "t.csv", table("artist,song,text", end=end).encode())


def test_a_wrong_byte_and_a_zero_byte(tmp_path):
    data = table("artist,song,text").encode()
    assert_read(tmp_path / "z.csv", data.replace(b"lantern", b"lan\0tern", 1))
    wrong = data.replace(b"boat", b"b\xe9at", 1)
    (tmp_path / "w.csv").write_bytes(wrong)
    assert "béat" in read(tmp_path / "w.csv")[0][0].text and len(read(tmp_path / "w.csv")[0]) == 12


def test_without_header_and_columns_by_hand(tmp_path):
    data = table("artist,song,text").split("\n", 1)[1]
    assert_read(tmp_path / "t.csv", data)
    odd = table("who,what,how")
    lines = assert_read(tmp_path / "o.csv", odd, columns=dict(artist="who", title="2", text="How"))
    assert "artist = who, title = what, text = how" in lines[0]
    with pytest.raises(GeneError, match="no column nothing; found: who, what, how"):
        read(tmp_path / "o.csv", columns=dict(text="nothing"))


def test_only_a_text_with_commas(tmp_path):
    texts = [f"one, two, three {i}\nand four, five" for i in range(5)]
    data = "lyrics\n" + "".join(f'"{text}"\n' for text in texts)
    songs = [("Unknown artist", "", text) for text in texts]
    assert_read(tmp_path / "t.csv", data, songs)


def test_a_row_per_line(tmp_path):
    rows = [
        f"{artist},{title},{line},{number}"
        for artist, title, text in SONGS
        for number, line in enumerate(text.split("\n"))
    ]
    data = "artist,track_title,lyric,line\n" + "\n".join(rows)
    assert_read(tmp_path / "t.csv", data)


def test_broken_rows_are_skipped_and_reported(tmp_path):
    data = table("artist,song,text")
    (tmp_path / "q.csv").write_text(data.replace('"Band 2","Song 5"', '"Song 5'))
    songs, lines = read(tmp_path / "q.csv")
    assert len(songs) == 11 and any("broken rows" in line and "row 7" in line for line in lines)
    cut = data + '"Band 1","Last","the green lan'
    assert "cut off" in assert_read(tmp_path / "c.csv", cut)[2]
    assert_read(tmp_path / "t.csv", data.replace('here"\n', 'here",\n'))
    again = assert_read(tmp_path / "h.csv", data + "artist,song,text\n")
    assert "repeated header rows: 1" in again[2]
    assert_read(tmp_path / "x.csv", "# my songs\n\n" + data + " , , \n\x1a")


def test_unquoted_commas_are_joined(tmp_path):
    songs = [("A", f"S {i}", f"la la, and so on, {i}") for i in range(5)]
    assert_read(tmp_path / "t.csv", table("artist,song,text", songs, quote=""), songs)


def test_compressed_files(tmp_path):
    data = table("artist,song,text").encode()
    for pack in (
        gzip.compress,
        bz2.compress,
        lzma.compress,
        lambda d: gzip.compress(bz2.compress(d)),
    ):
        assert_read(tmp_path / "t.csv", pack(data))


def test_a_damaged_archive_gives_what_can_be_read(tmp_path):
    many = [(f"Band {i}", "t", f"{TEXT} {i * 7919} {i * 104729}") for i in range(9000)]
    packed = gzip.compress(table("artist,song,text", many).encode())
    (tmp_path / "t.csv.gz").write_bytes(packed[: len(packed) // 2])
    songs, lines = read(tmp_path / "t.csv.gz")
    assert 3000 < len(songs) < 6000
    assert any("whose end is damaged" in line for line in lines)


def test_archives(tmp_path):
    data = table("artist,song,text").encode()
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("archive/ok.csv", data)
        archive.writestr("__MACOSX/._ok.csv", b"\0")
        archive.writestr("../evil.csv", data)
        archive.writestr("picture.png", b"\x89PNG\r\n\x1a\n")
    songs, lines = read(tmp_path / "t.zip")
    assert len(songs) == 12
    assert any("path outside the archive: 1" in line for line in lines)
    assert any("files without songs: 1 (picture.png, a picture" in line for line in lines)
    with tarfile.open(tmp_path / "t.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("a/ok.csv")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("a/link.csv")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/passwd"
        archive.addfile(link)
    songs, lines = read(tmp_path / "t.tar.gz")
    assert len(songs) == 12 and any("links: 1" in line for line in lines)


def test_a_bomb_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", b"artist,text\nA," + b"la " * (30 << 20))
    with pytest.raises(GeneError, match="unpacks to more than"):
        read(tmp_path / "t.zip")


def test_many_small_bombs_are_one_bomb(tmp_path):
    small = gzip.compress(b"artist,text\nA," + b"la " * (8 << 20))
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        for i in range(8):
            archive.writestr(f"{i}.csv.gz", small)
    with pytest.raises(GeneError, match="unpacks to more than"):
        read(tmp_path / "t.zip")


def test_json_in_all_its_shapes(tmp_path):
    objects = [dict(artist=a, title=t, lyrics=x) for a, t, x in SONGS]
    assert_read(tmp_path / "a.json", json.dumps(objects))
    assert_read(tmp_path / "l.jsonl", "\n".join(map(json.dumps, objects)))
    broken = "\n".join([*map(json.dumps, objects), '{"artist": "X", "lyr'])
    assert "lines that are not JSON: 1" in assert_read(tmp_path / "b.jsonl", broken)[2]
    genius = {"name": "Band", "songs": [dict(title=t, lyrics=x) for _, t, x in SONGS]}
    assert_read(
        tmp_path / "g.json", json.dumps(genius, indent=1), [("Band", t, x) for _, t, x in SONGS]
    )
    nested = [dict(primary_artist={"name": a}, title=t, lyrics=x.split("\n")) for a, t, x in SONGS]
    assert_read(tmp_path / "n.json", json.dumps({"data": nested}))
    columns = {key: {str(i): o[key] for i, o in enumerate(objects)} for key in objects[0]}
    assert_read(tmp_path / "c.json", json.dumps(columns))


def test_parquet(tmp_path):
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (artist TEXT, title TEXT, lyrics TEXT, n INT)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, 1)", SONGS)
        connection.execute(f"COPY t TO '{tmp_path / 't.parquet'}' (FORMAT parquet)")
    assert_read(tmp_path / "u.parquet", (tmp_path / "t.parquet").read_bytes())


def test_a_folder_of_texts(tmp_path):
    (tmp_path / "Band 0").mkdir()
    (tmp_path / "Band 0" / "Song 0.txt").write_text(SONGS[0][2])
    (tmp_path / "Band 1 - Song 1.txt").write_text(SONGS[1][2])
    (tmp_path / "README.txt").write_text("read me")
    (tmp_path / "x.lrc").write_text(
        "[ar:Band 2]\n[ti:Song 2]\n[00:01.50]la <00:02.00>lo\n[00:09]lu"
    )
    cues = (
        "1\n00:00:01,000 --> 00:00:02,000\n<i>la lo</i>\n\n2\n00:00:03,000 --> 00:00:04,000\nlu\n"
    )
    (tmp_path / "Band 0 - y.srt").write_text(cues)
    found = {(song.artist, song.title): song.text for song in read(tmp_path)[0]}
    assert found == {
        ("Band 0", "Song 0"): SONGS[0][2],
        ("Band 1", "Song 1"): SONGS[1][2],
        ("Band 2", "Song 2"): "la lo\nlu",
        ("Band 0", "y"): "la lo\nlu",
    }


@pytest.mark.parametrize("separator", ["\n---\n", "\n\n\n", "\n\n* * *\n\n"])
def test_one_text_with_many_songs(tmp_path, separator):
    texts = [song[2] for song in SONGS]
    songs = [("my band", "", text) for text in texts]
    assert_read(tmp_path / "my band.txt", separator.join(texts) + "\n", songs)


def test_dry_run_says_what_it_would_read(tmp_path, capsys):
    (tmp_path / "t.csv").write_text(table("artist,song,text"))
    train.lyrics.__main__.main(["--songs", str(tmp_path / "t.csv"), "--dry-run"])
    out = capsys.readouterr().out
    assert "songs: 12 by 3 artists, 2" in out and "Band 2: Song 2" in out and "Song 3" not in out
    assert f"--songs {tmp_path}/t.csv --run NAME\n" in out, "the next command"
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
    wrong = ["--songs", tmp_path / "t.csv", "--columns", "lyrics=x"]
    assert_main_refuses(capsys, train.lyrics.__main__.main, wrong, "text=NAME")
    resumed = ["--run", "t", "--dry-run", "--resume"]
    assert_main_refuses(capsys, train.lyrics.__main__.main, resumed, "omit --resume")
