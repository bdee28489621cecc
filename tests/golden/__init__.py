"""Golden files: what the Python half and the JavaScript half of one thing must both give.

    python -m tests.golden      writes them anew from the Python half; read the difference before you commit it

`tests/unit/test_golden_files.py` holds Python to them, `tests/js/golden.test.js` JavaScript.
"""

import base64
import itertools
import json
import random
import re
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np

from common.prng import Random, counter_uniforms
from data.lyrics.songs import SONGBOOK, read_songs
from data.lyrics.tokenizer import detokenize, tokenize
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, UNK
from export.song_index import RUN, pack
from generate.lyrics.decoder import sing
from generate.lyrics.rhyme import rhyme
from generate.lyrics.samplers import Sampling, choose

FOLDER = Path(__file__).parent

TEXTS = [
    "",
    " ",
    "\n\n\n",
    "hello world",
    "Hello   World",
    "HELLO\tWORLD\n",
    "  two \n lines  ",
    "runnin runnin' running",
    "can't, won't; don't!",
    "“Curly” ‘quotes’ it’s fine",
    "dash – and — and --- end",
    "well--no",
    "mother-in-law",
    "wait… what...",
    "what?!",
    "(in brackets) and (open",
    'a "quoted" line\nand "an open',
    "[Chorus]\nla la la\n[x2]",
    "[Verse 1: someone]\n\nfirst\n\n\n\nsecond\r\n \r\nthird\rfourth",
    "sing [x2] it [again",
    "\ufeffbyte order mark",
    "zero\u200bwidth soft\u00adhyphen",
    "no\u00a0break\u2003em\u3000wide",
    "a\u2028b\u2029c\x85d\x0be",
    "e\u0301cole \u00e9cole",
    "STRASSE straße İstanbul ΣΑΣ ΟΔΟΣ",
    "emoji 🙂 👩‍👩‍👧 ok🙂",
    "שלום עולם",
    "مرحبا، بالعالم",
    "日本語 の 歌",
    "<img src=x onerror=alert(1)>",
    "a\x00b\x07c",
    "1,000 3.14 $5 50% #1 @me",
    '"',
    '"""',
    "...",
    ". . .",
    "((()))",
    "'cause 'twas rock 'n' roll",
    "don`t don´t donʼt",
    "x" * 300,
    "[" * 50,
    "[a[b]c]",
    "– –",
    "-- --",
    'A line, with "one" and "two".\n\n(Oh!)\n',
    "\U0001d400bold \ufb01ligature",
]


def words_golden():
    """Texts, their words, and the text that the words make again."""
    return [
        {"text": text, "words": tokenize(text), "joined": detokenize(tokenize(text))}
        for text in TEXTS
    ]


def random_golden():
    """The first numbers of some seeds."""
    result = []
    for seed in (0, 1, 7, 12345, 2**31, 2**32 - 1):
        integers, uniforms = Random(seed), Random(seed)
        result.append(
            {
                "seed": seed,
                "integers": [integers.uint32() for _ in range(20)],
                "uniforms": [uniforms.uniform() for _ in range(5)],
                "streams": [counter_uniforms(seed, stream, 5).tolist() for stream in (0, 2, 1001)],
            }
        )
    return result


def settings_of(sampling):
    """A Sampling by the names that JavaScript has for its fields."""
    return {
        re.sub("_(.)", lambda found: found[1].upper(), name): value
        for name, value in asdict(sampling).items()
    }


def samplers_golden():
    """Scores and a sampling, and the words that 30 numbers choose. The scores are whole 64ths: exact in both."""
    source, result = random.Random(1), []
    kinds = [
        {},
        {"min_p": 0},
        {"top_k": 3},
        {"nucleus": 0.7},
        {"min_p": 0.2, "top_k": 9, "nucleus": 0.9},
    ]
    for randomness, spread, kind in itertools.product((0, 0.05, 0.5, 0.8, 1, 2), (1, 6), kinds):
        scores = [round(source.gauss(0, spread) * 64) / 64 for _ in range(50)]
        sampling, seed = Sampling(randomness, **kind), source.getrandbits(32)
        draw = Random(seed)
        result.append(
            {
                "scores": scores,
                "settings": settings_of(sampling),
                "seed": seed,
                "chosen": [choose(scores, sampling, draw) for _ in range(30)],
            }
        )
    return result


def pretend_step(size=14):
    """A network that is none: scores that hang on the last word and on how many words were read."""

    def step(word, read):
        read = (read or 0) + 1
        draw = Random(word * 1000 + read % 5)
        return [draw.uniform() * 6 for _ in range(size)], read

    return step


def writer_golden():
    """Songs of the pretended network: with and without guard, randomness and runs that must not come again."""
    result, seed = [], [4, 5, NEWLINE, 6]
    for randomness, guard, no_repeat, number in itertools.product(
        (0, 0.4, 1.2), (True, False), (0, 2, 3), (1, 2)
    ):
        sampling = Sampling(randomness, guard=guard, no_repeat=no_repeat)
        song = list(sing(pretend_step(), seed, sampling, 9, number))
        assert BOS_EOS not in song
        result.append(
            {
                "seed": seed,
                "settings": settings_of(sampling) | {"lines": 9, "number": number},
                "song": song,
            }
        )
    return result


def rhyme_golden():
    """The words of the songbook's commonest thousand, some that are none, and what they rhyme on."""
    counts = Counter(word for song in read_songs(SONGBOOK) for word in tokenize(song.text))
    words = [word for word, _ in counts.most_common(1000)] + [
        "",
        "'s",
        "grey",
        "they",
        "école",
        "x2",
        "日本語",
    ]
    return [[word, rhyme(word)] for word in words]


def form_golden():
    """Songs of the pretended network in forms, from seeds that keep to the form and from such as do not."""
    sounds, result = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 0, -1]), []
    seeds = [
        [4, 5],
        [],
        [4, NEWLINE, 7, NEWLINE, 5, NEWLINE, 8, NEWLINE, 9],
        [4, NEWLINE, NEWLINE, 5, NEWLINE, NEWLINE, 6, NEWLINE, NEWLINE, 7],
    ]
    forms = ["abab AABB abab AABB", "aabba", "AA AA", "abcb abcb abcb"]
    for (number, seed), form, randomness in itertools.product(enumerate(seeds), forms, (0, 0.8)):
        lines = 7 + 4 * number
        song = list(
            sing(
                pretend_step(), seed, Sampling(randomness, form=form), lines, number, sounds=sounds
            )
        )
        settings = settings_of(Sampling(randomness, form=form)) | {"lines": lines, "number": number}
        result.append({"seed": seed, "sounds": sounds.tolist(), "settings": settings, "song": song})
    return result


def memory_golden():
    """Songs of few words packed, and what is copied in others that are made of pieces of them."""
    source, result = random.Random(2), []
    for count, length, words, limit in (
        (1, 6, 40, 10**6),
        (5, 30, 40, 10**6),
        (60, 30, 4000, 10**6),
        (60, 30, 4000, 5000),
    ):
        songs = [
            [f"Band {i % 3}", f"Söng {i}", [source.randrange(2, words) for _ in range(length)]]
            for i in range(count)
        ]
        packed = pack(songs, limit)
        sung = [_patch(source, songs, words) for _ in range(6)]
        share = json.loads(packed.split(b"\n")[0])["share"]
        runs = [copied_runs(song, songs) for song in sung] if share == 1 else None
        result.append(
            {
                "packed": base64.b64encode(packed).decode(),
                "share": share,
                "sung": sung,
                "runs": runs,
            }
        )
    return result


def _patch(source, songs, words):
    sung = []
    for _ in range(3):
        song = source.choice(songs)[2]
        begin = source.randrange(len(song))
        sung += song[begin : begin + source.randrange(30)] + [
            source.randrange(3, words) for _ in range(3)
        ]
    return sung


def copied_runs(sung, songs):
    """The runs that `web/core/song-index.js` finds, looked for in the songs themselves."""
    runs = []
    for start in range(len(sung) - RUN + 1):
        run = sung[start : start + RUN]
        found = [
            (artist, title)
            for artist, title, song in songs
            for i in range(len(song))
            if song[i : i + RUN] == run
        ]
        if UNK in run or not found:
            continue
        artist, title = found[0]
        if (
            runs
            and runs[-1]["title"] == title
            and runs[-1]["start"] + runs[-1]["length"] == start + RUN - 1
        ):
            runs[-1]["length"] += 1
        else:
            runs.append({"start": start, "length": RUN, "artist": artist, "title": title})
    return runs


GOLDEN = {
    "words": words_golden,
    "random": random_golden,
    "samplers": samplers_golden,
    "writer": writer_golden,
    "rhyme": rhyme_golden,
    "form": form_golden,
    "memory": memory_golden,
}


def write():
    """Write every golden file."""
    for name, make in GOLDEN.items():
        (FOLDER / f"{name}.json").write_text(
            json.dumps(make(), indent=0, ensure_ascii=True) + "\n", encoding="utf-8"
        )


def read(name):
    """The cases of a golden file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
