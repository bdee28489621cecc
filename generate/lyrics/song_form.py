"""The form of a song, asked of a network while it sings: stanzas, a chorus that comes back, rhyme.

A form is stanzas of letters, a letter a line, such as "abab CCDD abab CCDD". Lines of one letter rhyme within their
stanza. A stanza in capitals is a chorus: where it stands again, it is sung word for word as the first time.

What must come next is forced, and no line begins with a comma or another mark that stands behind a word; rhyme is only
pulled at. As a line grows towards the length of the one that it must rhyme with, the scores of all rhyming words rise.
After one of them it is drawn to its end; before, it may hardly end unless it is longer than that line.
`web/core/song-form.js` is the twin of this file; `tests/golden/form.json` holds the two together.
"""

import numpy as np

from data.lyrics.vocabulary import BOS_EOS, NEWLINE

FORMS = {
    "ballad": "abcb abcb abcb abcb",
    "chorus": "abab CCDD abab CCDD",
    "couplets": "aabb aabb aabb aabb",
    "limerick": "aabba",
    "none": "",
}
PULL, STEP = 6.0, 2.0  # on the scores: at most, and for each word nearer to the wanted length
EARLY = 5  # words before the wanted length from which on it pulls


def stanzas(words):
    """The stanzas of a song, each a list of lines, each a list of words; the last line is the one being sung.

    words: numbers, the sign that begins a song left out.
    """
    found = [[[]]]
    for word in words:
        if word != NEWLINE:
            found[-1][-1].append(word)
        elif found[-1][-1]:
            found[-1].append([])
        elif len(found[-1]) > 1:
            found[-1].pop()
            found.append([[]])
    return found


def forced(words, form):
    """The number that must come after `words`, or None when there is a choice. SONG ends the song."""
    plan, sung = form.split(), stanzas(words)
    place, (*lines, line) = len(sung) - 1, sung[-1]
    if place >= len(plan):
        return BOS_EOS
    if not line and len(lines) >= len(plan[place]):
        return NEWLINE if place + 1 < len(plan) else BOS_EOS
    before = plan.index(plan[place])
    if not plan[place].isupper() or before == place or len(lines) >= len(sung[before]):
        return None
    again = [*sung[before][len(lines)], NEWLINE]
    return again[len(line)] if line == again[: len(line)] and len(line) < len(again) else None


def is_last(words, form):
    """Would a new line after `words` end the last line of the form?"""
    plan, sung = form.split(), stanzas(words)
    return len(sung) >= len(plan) and len(sung[-1]) >= len(plan[-1])


def steer(words, scores, form, sounds):
    """Change the scores of the word after `words` to what the form asks for, in place.

    scores: float64 (vocabulary,); sounds: what each word rhymes on, as of `generate.lyrics.rhyme.sounds_of`.
    """
    sung = stanzas(words)
    *lines, line = sung[-1]
    scores[BOS_EOS] = -np.inf
    if not line:
        scores[NEWLINE] = scores[sounds < 0] = -np.inf
        return
    model = _model(form.split(), len(sung) - 1, lines)
    wanted = _last(model, sounds)
    if wanted is None:
        return
    late, end = len(line) - len(model) + EARLY, _last(line, sounds)
    rhyming = np.flatnonzero(sounds == sounds[wanted])
    scores[rhyming[rhyming != wanted]] += min(PULL, max(0.0, STEP * late))
    if end is not None and sounds[end] == sounds[wanted] and end != wanted:
        scores[NEWLINE] += PULL
    elif late <= EARLY:
        scores[NEWLINE] -= PULL


def _model(plan, place, lines):
    """The line above that the one being sung must rhyme with; empty when there is none."""
    letters = plan[place] if place < len(plan) else ""
    same = [
        line
        for letter, line in zip(letters, lines)
        if letter == letters[len(lines) : len(lines) + 1]
    ]
    return same[-1] if same else []


def _last(line, sounds):
    """The last word of a line that can rhyme, or None."""
    return next((word for word in reversed(line) if sounds[word] > 0), None)
