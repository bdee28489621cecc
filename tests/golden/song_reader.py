# ruff: noqa: RUF001
"""The golden file of reading songs: messy texts and files, and the songs that Python reads from them.

`tests/js/song-reader.test.js` holds the page to it.
"""

import base64
import gzip
import json
import random
import tempfile
from pathlib import Path

from common.cli import GeneError
from data.lyrics.cleaning import clean_lyrics, reason_to_skip
from data.lyrics.columns import artist_name, field_of
from data.lyrics.corpus import open_corpus
from data.lyrics.songs import read_songs
from data.lyrics.summary import Summary

LINES = [
    "the kettle sings by the gate",
    "and Zoë’s lantern hums all night",
    "a boat waits for the rain",
    "nobody paints the ladder blue",
    "my pebble sleeps under the bell",
]

# Parts of messy texts, of which random ones are put together.
PARTS = [
    *("[Chorus]", "[Verse 1: Someone & A]", "(Chorus)", "{Bridge}", "【Hook】", "<Outro>"),
    *("*spoken*",),
    *("~ solo ~", "== Verse ==", "# Chorus", "(x2)", "(Repeat chorus)", "Verse 2:", "CHORUS x2"),
    *("Repeat chorus", "---", "- - -", "[a[b]c]", f"[{'long ' * 15}]", "[two\nlines]", "Refrão"),
    *("REFRÃO:", "İntro", "CHORUſ", "verso ii", "Pre Chorus:", "припев", "サビ", "(bis)", "3x"),
    *("la la (x2)", "solo flight", "Break it down (x4) now", "bridge over water", "Part of me"),
    *("<br>", "<BR/>\n", "<p>", "</p>", "</div> ", "<i>", "</i>", "<img src=x onerror=alert(1)>"),
    *("<!-- note\nmore -->", "<!--", "&amp;", "&lt;br&gt;", "&nbsp;", "&#39;", "&#x27;", "&#146;"),
    *("&#0;", "&#13;", "&eacute", "&notit;", "&bogus;", "&#99999999;", "&#xFDD0;", "&copy 2020"),
    *("\\n", "\\r\\n", "\\\\n", "\\'", '\\"', " / ", " // ", " | ", "'", '"', "<", "&", "\\"),
    *("2 ContributorsSong Lyrics", "2 Contributors", "TranslationsEspañolSong Lyrics[Verse]"),
    *("My Song Lyrics\n", "See Band LiveGet tickets as low as $39", "You might also like"),
    *("1.2KEmbedShare URLCopyEmbedCopy", "(1409617829201)", "Submitted by Someone", "12Embed"),
    *("Writer(s): A, B", "Written by C", "Copyright 2020", "© 2020 X", "www.example.com", "..."),
    *("Am  G  C", "C | G | Am", "e|--0--2--3--", "N.C. F#m7", "A", "Dm/F  Bb\nAm\nG7\nwords"),
    *("zoÃ«", "donâ€™t", "â€œhiâ€\x9d", "voilÃ  le", "ðŸ™‚", "Â", "Ã‚Â", "РџСЂРёРІРµС‚"),
    *("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "âˆ†", "‚Äô", "√©", "├⌐", "Å¡", "à¤¹", "naïve", "\x85", "\x92", "â€�"),
    *("['a', \"b\\n\"]", "b'abc\\xc3\\xa9'", '"a\\nb"', "nan", "Instrumental", "?"),
    *(
        "日本語の歌",
        "한국어",
        "🙂",
        "e\u0301cole",
        "\t",
        "\x0b",
        "\u2028",
        "\x1c",
        "\xa0",
        "\u200b",
    ),
]
SEPARATORS = ["\n", "\n\n", " ", "", "\r\n", "\n \n", "\\n"]
NAMES = [
    *("Künstler", "ARTIST_NAME", "Song Title", "Título", "SLyric", "lyrics-url", "Straße", "ſong"),
    *("Lyrics", "line no.", "", "_", "ﬁeld", "Τίτλος", "/tin-orchard/", "/3doors_down/", " A  b "),
]


def text_cases():
    """Messy texts, each clean, and the reason to skip it."""
    source = random.Random(7)
    texts = []
    for _ in range(250):
        parts = source.choices(PARTS + LINES, k=source.choice([1, 2, 3, 5, 8]))
        text = source.choice(SEPARATORS).join(parts)
        wrap = source.random()
        if wrap < 0.05:
            text = repr(text.split("\n"))
        elif wrap < 0.1:
            text = source.choice([repr(text), repr(text.encode()), json.dumps(text)])
        texts.append(text)
    texts += ["\n\n".join(LINES + LINES), json.dumps("🙂 la\nla"), "half \ud83d of \ude42"]
    return [[text, clean_lyrics(text, Summary()), reason_to_skip(text)] for text in texts]


def songs(count):
    """Rows of a table: artist, title and text."""
    return [
        (f"Band {i % 3}", f"Song {i}", "\n".join([*LINES[i % 5 :], f"number {i} is here"]))
        for i in range(count)
    ]


def table(header=("artist", "song", "text"), rows=None, delimiter=",", quote='"', escape='""'):
    """The text of a table."""

    def cell(value):
        return quote + value.replace(quote, escape) + quote if quote else value

    body = [delimiter.join(map(cell, row)) for row in rows or songs(4)]
    return "\n".join([delimiter.join(header), *body]) + "\n"


def files():
    """{name: content} of single files."""
    plain = table()
    spoken = [(artist, title, text.replace("gate", '"gate"')) for artist, title, text in songs(4)]
    texts = [text for _, _, text in songs(4)]
    genius = [{"title": t, "artist": a, "lyrics": x} for a, t, x in songs(4)]
    nested = {"artist": "Tin Choir", "albums": [{"songs": [{"name": "1", "text": texts[:1]}]}]}
    lines = [(a, t, str(i), line) for a, t, x in songs(4) for i, line in enumerate(x.split("\n"))]
    russian = [("Группа", f"Песня {i}", "окно поёт у ворот\nа лодка ждёт дождя") for i in range(3)]
    return {
        "usual.csv": plain,
        "vagalume.csv": table(("ALink", "SName", "SLink", "Lyric", "language"), _vagalume()),
        "semicolons.csv": table(delimiter=";"),
        "tabs.tsv": table(delimiter="\t"),
        "declared.csv": "sep=|\n" + table(delimiter="|"),
        "carets.csv": table(delimiter="^"),
        "backslash.csv": table(rows=spoken, escape='\\"'),
        "stray.csv": table(rows=spoken, escape='"'),
        "single.csv": table(("'artist'", "'song'", "'text'"), quote="'", escape="''"),
        "spaced.csv": plain.replace('","', '", "'),
        "no-header.csv": plain.partition("\n")[2],
        "short-header.csv": "ext\n" + plain.partition("\n")[2],
        "note.csv": "# exported\nMy songs,,\n" + plain,
        "ragged.csv": plain + "A,only two\n" + '"B","Long","a, line",x,y\nA,b,c,,\n',
        "unquoted.csv": "artist,song,text\n" + "".join(f"A,{i},{LINES[i]}, oh\n" for i in range(4)),
        "cut.csv": plain[:-30],
        "twice.csv": plain + plain,
        "lines.csv": table(("artist", "song", "line", "lyrics"), lines),
        "only-text.csv": table(("lyrics",), [(x,) for x in texts]),
        "index.csv": table(("", "band", "track_name", "lyrics"), [("1", *r) for r in songs(4)]),
        "guests.csv": table(rows=[("Tin feat. X", "1", LINES[0]), ("TIN", "2", LINES[1])]),
        "empty-cells.csv": table(rows=[("A", "1", "nan"), ("A", "2", "[x]"), ("A", "3", LINES[0])]),
        "table.txt": plain,
        "latin.csv": plain.encode("cp1252"),
        "dos.csv": plain.replace("’", "'").encode("cp850"),
        "mac.csv": plain.replace("\n", "\r").encode("mac_roman"),
        "utf16.csv": plain.encode("utf-16"),
        "utf16-no-mark.csv": plain.encode("utf-16-be"),
        "mark.csv": plain.encode("utf-8-sig"),
        "one-bad-byte.csv": plain.encode().replace(b"paints", b"p\x92ints"),
        "russian.csv": table(rows=russian).encode("koi8_r"),
        "japanese.txt": ("静かな梯子、港に答える〜\nやかんが歌う門のそば\n" * 9).encode("euc_jp"),
        "jis.txt": ("静かな梯子、港に答える\n" * 3).encode("iso2022_jp"),
        "utf8-cut.txt": "\n".join(LINES).encode()[:-3] + "ë".encode()[:1],
        "genius.json": json.dumps(genius),
        "genius-one.json": json.dumps(genius[0], ensure_ascii=False),
        "nested.json": json.dumps(nested),
        "songs.json": json.dumps({"Tin": {"songs": genius[:2]}, "10": genius[2:4], "2": []}),
        "titles.json": json.dumps({"b": texts[0], "9": texts[1], "1": texts[2]}),
        "verses.json": json.dumps({"song": "A", "lyrics": [LINES[:2], LINES[2:]]}),
        "objects.json": json.dumps({"song": "A", "lyrics": [{"line": line} for line in LINES]}),
        "pandas.json": json.dumps({"text": {"1": texts[0], "0": texts[1]}, "song": {"1": "One"}}),
        "split.json": json.dumps({"columns": ["song", "text"], "data": [["A", texts[0]]]}),
        "rows.json": json.dumps([["artist", "song", "text"], [None, 2.50, texts[0]]]),
        "damaged.json": json.dumps(genius)[:-40],
        "joined.json": json.dumps(genius[0]) + json.dumps(genius[1]),
        "not-a-number.json": '{"song": NaN, "year": 1e400, "lyrics": "' + LINES[0] + '"}',
        "lines.jsonl": "".join(json.dumps(song) + ",\n" for song in genius) + "{broken\n",
        "words.json": '{"a": 1, "b": "short"}',
        "one.txt": "\n".join(LINES),
        "rules.txt": "\n---\n".join(texts) + "\n***\n" + texts[0],
        "empty-lines.txt": "\n\n\n".join(texts),
        "stanzas.txt": "\n\n".join(texts),
        "headings.txt": "".join(f"# Song {i}\n\n{text}\n\n" for i, text in enumerate(texts)),
        "numbered.txt": "".join(f"{i}. Song\n\n{text}\n\n" for i, text in enumerate(texts, 1)),
        "fields.txt": "\n---\n".join(f"Title: S{i}\nby: T\n\n{x}" for i, x in enumerate(texts)),
        "long-lines.txt": "\n".join(" ".join(LINES * 3) + f" {i}" for i in range(3)),
        "many-lines.txt": "\n\n".join(f"{text}\n{i}" for i in range(8) for text in texts),
        "end-of-text.txt": "<|endoftext|>\n".join(f"{text}\n" for text in texts),
        "Tin Orchard - Rain.lrc": "[ar: Tin]\n[by:me]\n"
        + "".join(f"[00:0{i}.10]{line}<00:02.0>\n" for i, line in enumerate(LINES)),
        "rain.srt": "".join(
            f"{i}\n00:00:0{i},0 --> 00:00:0{i + 1},0\n<i>{line}</i>\n\n"
            for i, line in enumerate(LINES)
        ),
        "rain.vtt": "WEBVTT\n\n00:01.0 --> 00:02.0\n" + "\n".join(LINES),
        "page.html": "<!DOCTYPE html><p>" + LINES[0],
        "document.txt": b"%PDF-1.7",
        "binary.txt": bytes(range(256)) * 4,
        "empty.txt": "",
        "blank.txt": " \n\n",
        "table-without-lyrics.csv": "artist,song\nA,b\n",
    }


def _vagalume():
    return [("/tin-orchard/", title, "/a/b.html", text, "en") for _, title, text in songs(5)]


def folders():
    """{name: {path: content}} of folders, whose texts are one song each."""
    text = "\n".join(LINES)
    return {
        "artists": {
            "Tin Orchard/Rain.txt": text,
            "Tin Orchard/02 - Gate.txt": f"{text}\n\n\n{text}\nAgain",
            "lyrics/Ada/Album/lyrics.txt": f"# The Bell\n\n{text}!",
            "Ada_Wren-Sun.txt": f"Artist: Ada\n{text}?",
            "50 Cent - 3. x.txt": f"{text}...",
            "readme.txt": text,
            ".git/config": text,
            "Thumbs/a.txt": text,
            "songs.csv": table(rows=songs(3)),
            "rain.LRC": f"[ti:Rain]\n[00:01.00]{LINES[0]}",
            "picture.png": b"\x89PNG\r\n",
            "empty.txt": "",
        },
    }


def unsupported_files():
    """{name: content} of files that Python reads and the page does not."""
    chinese = "安静的梯子回答我的港口，麦田又忘记你\n" * 20
    return {
        "songs.csv.gz": gzip.compress(table().encode(), mtime=0),
        "songs.zip": b"PK\x03\x04",
        "songs.parquet": b"PAR1",
        "chinese.txt": chinese.encode("gb18030"),
        "wide.txt": LINES[0].encode("utf-32"),
    }


def corpus_case():
    """A table of songs in several scripts, and the vocabulary and tokens that Python makes of it."""
    rows = [
        *songs(16),
        ("静かな港", "梯子", "静かな梯子、私の港に答える。\n「果樹園」が目を覚ます"),
        ("École", "E\u0301cole", "l'e\u0301cole chante sous la pluie\nl’école dort"),
        ("Irmak", "Işık", "IRMAK \u0131s\u0131t\u0131r beni\n\u0130yi geceler"),
        ("Band 1", "HTML", f"<p>{LINES[0]}</p><p>{LINES[1]}</p>[Chorus]<br>la la (x2)"),
        ("Band 2", "Genius", f"3 ContributorsGenius Lyrics[Verse]\n{LINES[2]}\n{LINES[3]}12Embed"),
    ]
    content = table(rows=rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "songs.csv"
        path.write_text(content, encoding="utf-8")
        corpus = open_corpus(f"{folder}/cache", path, 2, 16384)
        return {
            "table": content,
            "words": corpus.vocabulary.words[4:],
            "counts": list(map(int, corpus.vocabulary.counts[4:])),
            "training": _encoded(corpus, "training"),
            "validation": _encoded(corpus, "validation"),
        }


def _encoded(corpus, split):
    return [corpus.tokens[start:end].tolist() for start, end in corpus.songs(split)]


def _read(path):
    """What Python reads from a file or a folder."""
    summary = Summary(path)
    try:
        found = [[song.artist, song.title, song.text] for song in read_songs(path, summary=summary)]
    except GeneError:
        return {"songs": []}
    return {
        "songs": found,
        "skipped": dict(sorted((_kind(name), n) for name, n in summary.skipped.items())),
        "repaired": dict(sorted(summary.repaired.items())),
    }


def _kind(reason):
    """A reason without the flag of the command line that it mentions."""
    return reason.partition(" (")[0]


def _case(root, contents):
    """Files, written to a folder and read by Python."""
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _encoded_files(contents):
    return {
        name: base64.b64encode(content if isinstance(content, bytes) else content.encode()).decode()
        for name, content in contents.items()
    }


def song_reader_golden():
    """The content of the golden file."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _case(root, files())
        single = [
            {"files": _encoded_files({name: content}), **_read(root / name)}
            for name, content in files().items()
        ]
        several = []
        for name, contents in folders().items():
            _case(root / name, contents)
            several.append({"files": _encoded_files(contents), **_read(root / name)})
    return {
        "texts": text_cases(),
        "names": [[name, field_of(name), artist_name(name)] for name in NAMES],
        "files": single,
        "folders": several,
        "unsupported": _encoded_files(unsupported_files()),
        "corpus": corpus_case(),
    }
