"""Distinguish content words, which carry the meaning of a song, from function words.

The decoder prefers lines with new content words, and lines that do not end in a dangling word,
after which the sentence must continue ("we walked to the"). The kinds of the words are stored in
vocabulary.tsv, so that the web page needs no word lists. The lists are English; in songs in other
languages, all words count as content words.
"""

from collections.abc import Iterable

from data.lyrics.tokenizer import is_word

CONTENT = 0
FUNCTION = 1  # such as "me", "here", "will"; also slots, so that a visitor's word may be repeated
DANGLING = 2  # a function word that leaves a line unfinished, such as "the", "and", "of"
PUNCTUATION = 3  # also special tokens, except slots

_ARTICLES = "a an the"
_CONJUNCTIONS = "and but or nor if that because than as whether though although unless"
_PREPOSITIONS = "of to at for with from by into onto upon among between toward towards in on"
_POSSESSIVES = "my your his her our their its whose"
_PRONOUNS = "i he she we they who which"
_DETERMINERS = "every each no these those this some any very too so not"
_VERBS = "is are was were am be been isn't aren't wasn't weren't ain't don't doesn't didn't"
_MODALS = "can't couldn't won't wouldn't shouldn't"
_CONTRACTED = (
    "i'm you're he's she's it's we're they're that's there's who's what's i've you've we've "
    "they've i'll you'll he'll she'll it'll we'll they'll i'd you'd he'd she'd we'd they'd"
)
_DANGLING = frozenset(
    " ".join(
        [
            *(_ARTICLES, _CONJUNCTIONS, _PREPOSITIONS, _POSSESSIVES, _PRONOUNS),
            *(_DETERMINERS, _VERBS, _MODALS, _CONTRACTED),
        ]
    ).split()
)
_FUNCTION = frozenset(
    (
        "me you him us them it mine yours ours theirs one ones here there now then up down out off "
        "over under again all both just only like what how why when where while do does did has "
        "have had will would can could should shall may might must being more most such own same "
        "about after before through away back oh ah yeah hey well let's"
    ).split()
)


def word_kind(word: str) -> int:
    """Return the kind of a lowercase token."""
    if word in _DANGLING:
        return DANGLING
    if word in _FUNCTION or (word.startswith("<unknown ") and word != "<unknown word>"):
        return FUNCTION
    is_special = " " in word
    return CONTENT if is_word(word) and not is_special else PUNCTUATION


def word_kinds(words: Iterable[str]) -> list[int]:
    """Return the kind of each token of a vocabulary, special tokens included."""
    return [word_kind(word) for word in words]
