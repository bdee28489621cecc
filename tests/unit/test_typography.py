"""Songs are typeset with capitals, names and curly quotes, and can be tokenized again."""

import pytest

from data.lyrics.songs import SONGBOOK, read_songs
from data.lyrics.tokenizer import detokenize, tokenize
from data.lyrics.typography import FormCounter, typed_forms, typeset
from data.lyrics.vocabulary import SPECIAL_TOKENS, Vocabulary
from tests.golden import FORMS, TEXTS


@pytest.mark.parametrize(
    "text, written",
    [
        ("hello\nworld", "Hello\nWorld"),
        ("when i say i'm anna", "When I say I’m Anna"),
        ("stop. go! why? so... so", "Stop. Go! Why? So... so"),
        ('she said, "i know"\n"so', "She said, “I know”\n“So"),
        ("'cause it's (never) late", "’Cause it’s (never) late"),
        ("¿quién? ¡ay!", "¿Quién? ¡Ay!"),
        ("2nd of may\nßa", "2nd of may\nßa"),
        ("თბილისი", "თბილისი"),
        ("", ""),
    ],
)
def test_text_as_people_write_it(text, written):
    assert typeset(tokenize(text), FORMS) == written


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_written_is_read_as_the_same_words(text):
    words = tokenize(detokenize(tokenize(text)))
    assert tokenize(typeset(words, FORMS)) == words


def test_songs_of_people_keep_their_capitals():
    """Of 100 songs of the songbook, nearly all lines come back as they were written."""
    counter = FormCounter()
    songs = [song.text for song, _ in zip(read_songs(SONGBOOK), range(100), strict=False)]
    for song in songs:
        counter.add(song)
    forms = counter.forms({word for song in songs for word in tokenize(song)})
    assert forms["i"] == "I" and forms["i'm"] == "I'm" and "the" not in forms
    wanted = [line for song in songs for line in song.splitlines() if line and line[0] != "["]
    written = [typeset(tokenize(line), forms) for line in wanted]
    same = [
        line.replace("'", "’") == text
        for line, text in zip(wanted, written, strict=True)
        if '"' not in line
    ]
    assert sum(same) / len(same) > 0.96


def test_forms_are_those_of_most_songs():
    counter = FormCounter()
    counter.add("we met rose\nand Rose and Rose\nA ROSE IS A ROSE\nthe Rose")
    counter.add("the will of Will\nwill Will")
    assert counter.forms(["rose", "will", "the"]) == {"rose": "Rose", "will": "Will"}
    counter.add("the will, the will")
    assert counter.forms(["will"]) == {}
    assert counter.forms(["\u0131s\u0131", "i"]) == {"i": "İ"}, "Turkish"
    assert typeset(["iyi"], {"i": "İ"}) == "İyi"


def test_a_title_before_names_does_not_change_the_ordinary_word():
    counter = FormCounter()
    for name in ["Pike"] * 9:
        counter.add(f"and Miss {name} sang to Mr. {name}")
    assert counter.forms(["miss", "mr", "pike"]) == {"miss": "Miss", "mr": "Mr", "pike": "Pike"}
    counter.add("i miss you")
    counter.add("ALL OF IT LOUD")
    assert counter.forms(["miss", "mr"]) == {"mr": "Mr"}


def test_what_a_person_types_stays():
    certain, doubtful = typed_forms("Dear Zoë, I LOVE you\nNina and McCoy")
    assert certain == {"zoë": "Zoë", "i": "I", "mccoy": "McCoy"}
    assert doubtful == {"dear": "Dear", "love": "LOVE", "nina": "Nina"}


def test_the_vocabulary_file_holds_the_forms(tmp_path):
    words = [*SPECIAL_TOKENS, "i", "the", "anna"]
    vocabulary = Vocabulary(words, [1] * 7, forms={"i": "I", "anna": "Anna"})
    vocabulary.save(tmp_path / "vocabulary.tsv")
    again = Vocabulary.load(tmp_path / "vocabulary.tsv")
    assert again.forms == {"i": "I", "anna": "Anna"} and again.words == words
    assert again.sha256() == vocabulary.sha256() == Vocabulary(words, [1] * 7).sha256()
