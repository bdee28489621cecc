"""Golden files: results that a Python module and its JavaScript twin must both produce.

    python -m tests.golden      regenerates them with Python; read the diff before you commit it

`tests/unit/test_golden_files.py` checks Python against them, and `tests/js/golden.test.js` checks
JavaScript.
"""

import base64
import itertools
import json
import random
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from common.prng import Random, counter_uniforms
from data.avatars import face_code, people, toonhead
from data.avatars.labelled_images import attributes_as_json
from data.avatars.mixture import mix_labels
from data.lyrics.slots import SongSlots, title_words
from data.lyrics.tokenizer import detokenize, tokenize
from data.lyrics.typography import typed_forms, typeset
from data.lyrics.vocabulary import (
    BOS_EOS,
    NEWLINE,
    PAD,
    SLOT_TOKENS,
    SPECIAL_TOKENS,
    UNK,
    Vocabulary,
)
from export.song_index import build_index
from generate.enlarge import enlarge
from generate.lyrics.config import GenerationConfig
from generate.lyrics.decoder import LyricsDecoder
from generate.lyrics.line_score import TokenProperties, log_frequencies
from generate.lyrics.samplers import sample_token
from generate.lyrics.song_cache import apply_song_cache, following_tokens
from generate.lyrics.title_affinity import title_affinity
from metrics.copied_phrases import COPIED_PHRASE_LENGTH
from tests.golden.song_reader import song_reader_golden

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
    "静かな梯子、私の港に答える。\n「果樹園」が目を覚ます\uff01",
    "安静的梯子回答我的港口\uff0c麦田又忘记你",
    "love 你 and me, 한국어 노래는 좋다",
    "พระจันทร์ร้องเพลงของน้ำ ที่นี่",
    "ຂ້ອຍຮັກເຈົ້າ မြန်မာစကား ភាសាខ្មែរ",
    "¿Quién canta? ¡Ay! (¿otra vez?)",
    "قلبي، هل يوقظ الفانوس؟",
    "मेरी नाव गाती है। तेरी बगीचा॥",
    "IRMAK \u0131s\u0131t\u0131r \u0130yi \u0130NC\u0130",
    "か\u3099ラスの靴 が",
    'I said, "It\'s Anna. \'Cause ANNA knows!" "No? no... (no) no." i\'m',
    '"¿ah?" 2nd, (never) said: "ok"\n"so',
    "ßa ǆep ŉo ﬁn 𐐨𐐩 თბილისი ijs",
]
FORMS = {"i": "I", "i'm": "I'm", "anna": "Anna"}


def words_golden():
    """Texts, their tokens, and the text that they make, plain and as people write it."""
    return [
        {
            "text": text,
            "words": tokenize(text),
            "joined": detokenize(tokenize(text)),
            "written": typeset(tokenize(text), FORMS),
            "typed": [list(map(list, forms.items())) for forms in typed_forms(text)],
        }
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


COUNTS = [0, 5, 0, 40, 30, 9, 8, 7, 7, 3, 2, 1, 1, 20]
RHYMES = TokenProperties(
    np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 0, -1]),
    np.array([3, 3, 3, 3, 0, 0, 2, 0, 0, 1, 0, 2, 0, 3]),
    log_frequencies(COUNTS),
    np.array([0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 1, 1, 0, 0]),
)
NO_RHYMES = TokenProperties(*np.zeros((4, 14), int))


def pretend_step(size=14, title=()):
    """A function like `LyricsModel.step`.

    Its logits depend on the last token and the position; tokens of the title are more likely.
    """

    def step(token, position):
        position = (position or 0) + 1
        draws = Random(token * 1000 + position % 5)
        return [draws.uniform() * 6 + title.count(i) / 2 for i in range(size)], position

    return step


def pretend_affinity(title):
    """How much each token belongs to a title, as the fake network thinks."""
    logits, _ = pretend_step(title=title)(BOS_EOS, None)
    without, _ = pretend_step()(BOS_EOS, None)
    return title_affinity(np.array(logits), np.array(without), RHYMES.kinds)


def pretend_song(prompt, config, seed, properties=NO_RHYMES, title=()):
    """The tokens that follow a prompt in a song of the fake network."""
    step = pretend_step(title=title)
    position = None
    for token in [BOS_EOS, *prompt]:
        logits, position = step(token, position)
    decoder = LyricsDecoder(prompt, config, seed, properties, title, pretend_affinity(title))
    rows = [(logits, position)] * config.candidates_per_line
    while not decoder.is_over:
        tokens = decoder.draw([np.array(logits) for logits, _ in rows])
        rows = [
            row if token == PAD else step(token, row[1])
            for token, row in zip(tokens, rows, strict=True)
        ]
        chosen = decoder.choose_line()
        if chosen is not None:
            rows = [rows[chosen]] * len(rows)
    return decoder.tokens[len(prompt) :]


def decoder_golden():
    """Songs of the fake network, with and without loop guard and repeated n-grams."""
    config = GenerationConfig(form="none", lines=9, num_candidates=1)
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
    """Songs of the fake network in forms, from prompts that fit the form and that do not."""
    config = GenerationConfig(num_candidates=1)
    properties = RHYMES
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
        song = pretend_song(prompt, replace(config, **settings), seed, properties)
        cases.append({"prompt": prompt, "settings": settings, "seed": seed, "song": song})
    return with_config(config, cases) | {
        "rhyme_classes": RHYMES.rhyme_classes.tolist(),
        "kinds": RHYMES.kinds.tolist(),
    }


def candidates_golden():
    """Songs of the fake network whose lines are chosen, in forms and without one."""
    config = GenerationConfig(lines=12)
    properties = RHYMES._replace(quotation_mark=12, brackets=(11, 13))
    cases = []
    prompts = [[4, 5], [], [4, NEWLINE, 7, NEWLINE, NEWLINE, 5]]
    for prompt, form, count, temperature in itertools.product(
        prompts, ["none", "aabba", "abab CC abab CC"], (2, 12), (0, 0.7, 1.5)
    ):
        settings = {"form": form, "num_candidates": count, "temperature": temperature}
        song = pretend_song(prompt, replace(config, **settings), 3, properties)
        cases.append({"prompt": prompt, "settings": settings, "seed": 3, "song": song})
    return with_config(config, cases) | {
        "rhyme_classes": properties.rhyme_classes.tolist(),
        "kinds": properties.kinds.tolist(),
        "counts": COUNTS,
        "quotation_mark": properties.quotation_mark,
        "brackets": properties.brackets,
    }


SLOT_WORDS = [*SPECIAL_TOKENS, *SLOT_TOKENS[:3], "happy", "day"]


def titles_golden():
    """Songs of the fake network with a title, whose words and their like are more likely."""
    config = GenerationConfig(lines=8, form="aabb aabb")
    cases = []
    for title, prompt, bonus in itertools.product(
        ([], [5], [8, 4, 10, 8], [12, 6]), ([], [5, 8, NEWLINE, NEWLINE, 4]), (0, 1, 2.5)
    ):
        settings = {"title_bonus": bonus}
        song = pretend_song(prompt, replace(config, **settings), 5, RHYMES, title)
        cases.append({"title": title, "prompt": prompt, "settings": settings, "song": song})
    affinities = [
        {"title": title, "affinity": pretend_affinity(title).tolist()}
        for title in ([], [5], [8, 4, 10, 8], [12, 6])
    ]
    return with_config(config, cases) | {
        "affinities": affinities,
        "rhyme_classes": RHYMES.rhyme_classes.tolist(),
        "kinds": RHYMES.kinds.tolist(),
        "counts": COUNTS,
    }


def slots_golden():
    """Titles and beginnings with unknown words, and songs in which only their slots may occur."""
    vocabulary = Vocabulary(SLOT_WORDS + list("abcde"), [1] * 14)
    properties = RHYMES._replace(slots=vocabulary.slots)
    config = GenerationConfig(form="aabba", temperature=1.5)
    texts = [
        ("", "happy"),
        ("Happy Birthday, Anna!", "anna's day is Happy\nAnna"),
        ("", "Zoë 李 Łukasz نور Anna Bo"),
        ("!!! ... ?", "🙂 , 🙂 🎂"),
        ("one two three four five six seven eight nine ten", "ten nine"),
        ("<unknown 1>", "<unknown 2> <unknown word> day"),
        ("x" * 300, "X" * 300),
    ]
    cases = []
    for title, text in texts:
        slots = SongSlots(vocabulary)
        title_tokens = slots.encode(title_words(title))
        prompt = slots.encode(tokenize(text))
        song = pretend_song(prompt, config, 7, properties, title_tokens)
        cases.append(
            {
                "title": title,
                "text": text,
                "title_tokens": title_tokens,
                "prompt": prompt,
                "unknown": slots.without_slot(tokenize(text)),
                "song": song,
                "words": slots.decode(song),
            }
        )
    text = "".join(
        f"{word}\t{count}\t{rhyme}\t{kind}\n"
        for word, count, rhyme, kind in zip(
            vocabulary.words, COUNTS, RHYMES.rhyme_classes, RHYMES.kinds, strict=True
        )
    )
    return {"config": asdict(config), "vocabulary": "# 14 words\n" + text, "cases": cases}


def song_cache_golden():
    """Beginnings of songs, the logits that the cache leads to, and songs of the fake network with it."""
    source = random.Random(3)
    config = GenerationConfig(form="none", lines=9, num_candidates=1)
    cases = []
    for length, weight in itertools.product((0, 1, 2, 5, 9, 40), (0.05, 0.6)):
        prompt = [source.choice([4, 5, 6, NEWLINE]) for _ in range(length)]
        logits = np.array([round(source.gauss(0, 3) * 64) / 64 for _ in range(14)])
        mixed = logits.copy()
        apply_song_cache(prompt, mixed, weight)
        settings = {"cache_weight": weight}
        cases.append(
            {
                "prompt": prompt,
                "settings": settings,
                "following": following_tokens(prompt),
                "logits": logits.tolist(),
                "mixed": [round(logit, 9) for logit in mixed.tolist()],
                "song": pretend_song(prompt, replace(config, **settings), 5),
            }
        )
    return with_config(config, cases)


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
                "learned": songs,
                "max_bytes": max_bytes,
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


def people_golden():
    rules = people.own_rules()
    cases = []
    for seed, wildness in itertools.product([*range(12), 2**32 - 1], [0, 0.3, 1]):
        person = people.person_of_seed(seed, toonhead.ATTRIBUTES, 3, rules, wildness)
        noise = [round(float(value), 5) for value in person.noise]
        cases.append({"seed": seed, "wildness": wildness, "labels": person.labels, "noise": noise})
    attributes = attributes_as_json(toonhead.ATTRIBUTES)
    content = {"attributes": attributes, "rules": [rule._asdict() for rule in rules]}
    content |= {"seeds": people.seeds_from(7, 16), "cases": cases}
    return json.loads(json.dumps(content))


NAMES = [
    "Ada",
    "ada",
    " Ada\n\t Lovelace ",
    "Ada Lovelace",
    "",
    "Zo\u00eb",
    "Zoe\u0308",
    "\u05d3\u05d5\u05d3",
    "\U0001f469\u200d\U0001f4bb\U0001f600",
    "\ud800lone",
    "\u00a0\u3000\ufeff x",
    "x" * 10_000,
]


def face_code_golden():
    rules = people.own_rules()
    cases = []
    for name in NAMES:
        labels = face_code.labels_of_name(name, toonhead.ATTRIBUTES, rules)
        code = face_code.encode(labels, toonhead.ATTRIBUTES)
        case = {"name": name, "seed": face_code.seed_of_name(name)}
        cases.append(case | {"labels": labels, "code": code})
    return cases


def mixture_golden():
    colors = sorted(toonhead.SWATCHES)
    cases = []
    for first, tenth in itertools.product(range(8), range(0, 11, 2)):
        labels = [
            people.person_of_seed(seed, toonhead.ATTRIBUTES, 0).labels for seed in (first, 100)
        ]
        hot = mix_labels(*labels, tenth / 10, toonhead.ATTRIBUTES, colors)
        cases.append(
            {"labels": labels, "amount": tenth / 10, "hot": [round(float(x), 5) for x in hot]}
        )
    return {"colors": colors, "cases": cases}


def enlarge_golden():
    """Small pictures of a disk and of random colors, and what they are enlarged to."""
    y, x = np.mgrid[:6, :6] - 2.5
    disk = np.zeros((6, 6, 4), "uint8")
    disk[..., 0] = 255 * (y > x)
    disk[..., 3] = 255 * np.clip(3 - np.hypot(x, y), 0, 1)
    noise = np.random.default_rng(1).integers(0, 256, (4, 4, 4), dtype="uint8")
    noise[..., 3] |= 15  # colors of almost transparent pixels depend on rounding
    return [
        {"pixels": pixels.tolist(), "side": side, "large": enlarge(pixels, side).tolist()}
        for pixels, side in ((disk, 6), (disk, 24), (noise, 13))
    ]


GOLDEN = {
    "enlarge": enlarge_golden,
    "people": people_golden,
    "face_code": face_code_golden,
    "mixture": mixture_golden,
    "words": words_golden,
    "random": random_golden,
    "samplers": samplers_golden,
    "decoder": decoder_golden,
    "song_form": song_form_golden,
    "candidates": candidates_golden,
    "titles": titles_golden,
    "slots": slots_golden,
    "song_cache": song_cache_golden,
    "song_index": song_index_golden,
    "song_reader": song_reader_golden,
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
