"""Golden files: results that a Python module and its JavaScript twin must both give.

    python -m tests.golden      regenerates them with Python; read the diff before you commit it

`tests/unit/test_golden_files.py` compares Python with them, `tests/js/golden.test.js` JavaScript.
"""

import base64
import itertools
import json
import random
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from common.prng import Random, counter_uniforms
from data.lyrics.tokenizer import detokenize, tokenize
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, UNK
from export.song_index import build_index
from generate.lyrics.config import GenerationConfig
from generate.lyrics.decoder import LyricsDecoder
from generate.lyrics.samplers import sample_token
from metrics.copied_phrases import COPIED_PHRASE_LENGTH

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
    """Texts, their tokens, and the text that the tokens make again."""
    return [
        {"text": text, "words": tokenize(text), "joined": detokenize(tokenize(text))}
        for text in TEXTS
    ]


def random_golden():
    """The first random numbers of some seeds."""
    result = []
    for seed in (0, 1, 7, 12345, 2**31, 2**32 - 1):
        integers = Random(seed)
        uniforms = Random(seed)
        result.append(
            {
                "seed": seed,
                "integers": [integers.uint32() for _ in range(20)],
                "uniforms": [uniforms.uniform() for _ in range(5)],
                "streams": [counter_uniforms(seed, stream, 5).tolist() for stream in (0, 2, 1001)],
            }
        )
    return result


def with_config(config, cases):
    """Cases with the settings that they share; each names only those that differ, in `settings`."""
    return {"config": asdict(config), "cases": cases}


def samplers_golden():
    """Logits, settings, and the tokens of 30 draws. Logits are whole 64ths, exact in both languages."""
    source = random.Random(1)
    config = GenerationConfig()
    cases = []
    kinds = [
        {},
        {"min_p": 0},
        {"top_k": 3},
        {"top_p": 0.7},
        {"min_p": 0.2, "top_k": 9, "top_p": 0.9},
    ]
    for temperature, spread, kind in itertools.product((0, 0.05, 0.5, 0.8, 1, 2), (1, 6), kinds):
        logits = [round(source.gauss(0, spread) * 64) / 64 for _ in range(50)]
        settings = {"temperature": temperature, **kind}
        seed = source.getrandbits(32)
        draws = Random(seed)
        chosen = [
            sample_token(np.array(logits), replace(config, **settings), draws) for _ in range(30)
        ]
        cases.append({"logits": logits, "settings": settings, "seed": seed, "chosen": chosen})
    return with_config(config, cases)


def pretend_step(size=14):
    """A function like `LyricsModel.step`; its logits depend on the last token and the position."""

    def step(token, position):
        position = (position or 0) + 1
        draws = Random(token * 1000 + position % 5)
        return [draws.uniform() * 6 for _ in range(size)], position

    return step


def pretend_song(prompt, config, seed, rhyme_classes=None):
    """The tokens that follow a prompt in a song of the pretended network."""
    step = pretend_step()
    position = None
    for token in [BOS_EOS, *prompt]:
        logits, position = step(token, position)
    decoder = LyricsDecoder(prompt, config, seed, rhyme_classes)
    while (token := decoder.next_token(logits)) is not None:
        logits, position = step(token, position)
    return decoder.tokens[len(prompt) :]


def decoder_golden():
    """Songs of the pretended network, with and without loop guard and repeated n-grams."""
    config = GenerationConfig(form="none", lines=9)
    prompt = [4, 5, NEWLINE, 6]
    cases = []
    for temperature, loop_guard, size, seed in itertools.product(
        (0, 0.4, 1.2), (True, False), (0, 2, 3), (1, 2)
    ):
        settings = {
            "temperature": temperature,
            "loop_guard": loop_guard,
            "no_repeat_ngram_size": size,
        }
        song = pretend_song(prompt, replace(config, **settings), seed)
        assert BOS_EOS not in song
        cases.append({"prompt": prompt, "settings": settings, "seed": seed, "song": song})
    return with_config(config, cases)


def song_form_golden():
    """Songs of the pretended network in forms, from prompts that fit the form and that do not."""
    config = GenerationConfig()
    rhyme_classes = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 0, -1])
    prompts = [
        [4, 5],
        [],
        [4, NEWLINE, 7, NEWLINE, 5, NEWLINE, 8, NEWLINE, 9],
        [4, NEWLINE, NEWLINE, 5, NEWLINE, NEWLINE, 6, NEWLINE, NEWLINE, 7],
    ]
    forms = ["abab AABB abab AABB", "aabba", "AA AA", "abcb abcb abcb"]
    cases = []
    for (seed, prompt), form, temperature in itertools.product(enumerate(prompts), forms, (0, 0.8)):
        settings = {"temperature": temperature, "form": form, "lines": 7 + 4 * seed}
        song = pretend_song(prompt, replace(config, **settings), seed, rhyme_classes)
        cases.append({"prompt": prompt, "settings": settings, "seed": seed, "song": song})
    return with_config(config, cases) | {"rhyme_classes": rhyme_classes.tolist()}


def song_index_golden():
    """Indexes of short songs, and the phrases that are copied in songs patched together from them."""
    source = random.Random(2)
    result = []
    for count, length, vocabulary, max_bytes in (
        (1, 6, 40, 10**6),
        (5, 30, 40, 10**6),
        (60, 30, 4000, 10**6),
        (60, 30, 4000, 5000),
    ):
        songs = [
            [f"Band {i % 3}", f"Söng {i}", [source.randrange(2, vocabulary) for _ in range(length)]]
            for i in range(count)
        ]
        index = build_index(songs, max_bytes)
        patched = [_patch(source, songs, vocabulary) for _ in range(6)]
        share = json.loads(index.split(b"\n")[0])["share"]
        copies = [find_copies(song, songs) for song in patched] if share == 1 else None
        result.append(
            {
                "index": base64.b64encode(index).decode(),
                "share": share,
                "songs": patched,
                "copies": copies,
            }
        )
    return result


def _patch(source, songs, vocabulary):
    patched = []
    for _ in range(3):
        song = source.choice(songs)[2]
        start = source.randrange(len(song))
        patched += song[start : start + source.randrange(30)]
        patched += [source.randrange(3, vocabulary) for _ in range(3)]
    return patched


def find_copies(tokens, songs):
    """What `web/core/song-index.js` finds, looked for in the songs themselves."""
    copies = []
    for start in range(len(tokens) - COPIED_PHRASE_LENGTH + 1):
        end = start + COPIED_PHRASE_LENGTH
        phrase = tokens[start:end]
        sources = [
            (artist, title)
            for artist, title, song in songs
            for i in range(len(song))
            if song[i : i + COPIED_PHRASE_LENGTH] == phrase
        ]
        if UNK in phrase or not sources:
            continue
        artist, title = sources[0]
        last = copies[-1] if copies else None
        if last and last["title"] == title and last["start"] + last["length"] == end - 1:
            last["length"] += 1
        else:
            length = COPIED_PHRASE_LENGTH
            copies.append({"start": start, "length": length, "artist": artist, "title": title})
    return copies


GOLDEN = {
    "words": words_golden,
    "random": random_golden,
    "samplers": samplers_golden,
    "decoder": decoder_golden,
    "song_form": song_form_golden,
    "song_index": song_index_golden,
}


def write():
    """Write every golden file."""
    for name, make in GOLDEN.items():
        (FOLDER / f"{name}.json").write_text(
            json.dumps(make(), indent=0, ensure_ascii=True) + "\n", encoding="utf-8"
        )


def read(name):
    """The content of a golden file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
