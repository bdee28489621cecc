"""A candidate for the next line of a song."""

from dataclasses import dataclass, field

from common.prng import Random
from generate.lyrics.config import GenerationConfig


@dataclass
class Candidate:
    """A candidate for the next line.

    Attributes:
        random: Random number generator of the candidate, used for the whole song.
        config: The settings with which its tokens are drawn.
        tokens: The tokens so far, including the line break at the end of a finished line, and a
            blank line if the stanza ends.
        drawn_tokens: The tokens that were drawn, not forced; not recorded if there is only one
            candidate per line.
        log_probabilities: The log-probability of each drawn token, as predicted by the network and
            the cache of the song.
        line_break: The log-probability of the line break after the line, plus that of the blank
            line after a stanza; 0 before either is written.
        is_finished: Whether the candidate is complete.
        ends_song: Whether the song ends after these tokens.
    """

    random: Random
    config: GenerationConfig
    tokens: list[int] = field(default_factory=list)
    drawn_tokens: list[int] = field(default_factory=list)
    log_probabilities: list[float] = field(default_factory=list)
    line_break: float = 0.0
    is_finished: bool = False
    ends_song: bool = False
