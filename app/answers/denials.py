"""Which words of an English text are denied: outright, by a verb such as "refuse", or by a word that may deny them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.answers.english_words import BOUNDARY, HARD, Token, Word, stem
from ingest.lexical import analyse

_NOBODY = frozenset(("none", "nobody", "neither", "nothing"))  # they deny the verb, which stands further off
_HARD_PHRASES = (
    ("no", "longer"),
    ("rather", "than"),
    ("instead", "of"),
    ("as", "opposed", "to"),
    ("in", "place", "of"),
    ("far", "from"),
    *((word, "short", "of") for word in ("stop", "stops", "stopped", "stopping")),
)
# Cues that deny nothing.
_EMPTY = (
    ("not", "only"),
    ("not", "just"),
    ("not", "merely"),
    ("not", "simply"),
    ("not", "least"),
    ("no", "doubt"),
    ("no", "matter"),
    ("no", "less"),
    ("no", "fewer"),
    ("no", "more", "than"),
    ("no", "later"),
    ("no", "small"),
    ("none", "other"),
    ("nothing", "but"),
    ("whether", "or", "not"),
    ("if", "not"),
    ("never", "before"),
    ("no", "sooner"),
    ("not", "until"),
    ("without", "delay"),
    ("without", "question"),
    ("nothing", "less"),
    ("never", "ending"),
)
# Words that deny the noun behind them, and verbs that deny the verb that hangs on them: "refused to pay".
_LACK_LIST = "halt prevent avert withdraw lack lose deprive"
_WANT_LIST = "loss absence devoid crisis erosion collapse shortage lack"  # … of
_WANT = frozenset(token for word in _WANT_LIST.split() for token in (analyse(word) or [word]))
_AWAY_LIST = "shift pivot wean turn move bar ban prevent block prohibit stop keep"  # … from
_AWAY = frozenset(token for word in _AWAY_LIST.split() for token in analyse(word))
_FIRM_LIST = "refuse decline fail unable incapable avoid stop cease refrain unwilling forbid rule"
# Words that may answer a "not", but are no "not" of their own.
_SOFT_LIST = """refuse refusal reject rejection oppose deny decline fail failure avoid prevent stop ban block prohibit
bar forbid cease end abandon cancel scrap lack absent absence unable unwilling reluctant unlikely impossible rule
dismiss rebuff halt exclude refrain resist withhold baseless unfounded groundless false little few doubt doubtful
object loath quit drop reverse revoke lift remove eliminate deter discourage dissuade warn against neither short
ignore overlook neglect underestimate deprive miss lose spare exempt outside unresolved incomplete unfinished
unrealistic unjustified skeptical unaware keep only yet beyond suspend withdraw"""
_SOFT = frozenset(token for word in _SOFT_LIST.split() for token in (analyse(word) or [word]))
_LACK = frozenset(token for word in _LACK_LIST.split() for token in (analyse(word) or [word]))
_FIRM = frozenset(token for word in _FIRM_LIST.split() for token in (analyse(word) or [word]))
# Verbs that hand a denial on: "without seeking to develop" denies developing.
_LIGHT_LIST = "seek plan want intend try wish need expect hope mean go able have get make require"
_LIGHT = frozenset(token for word in _LIGHT_LIST.split() for token in (analyse(word) or [word]))
_UN = re.compile(
    r"(?:un(?!i|der|til|less|anim)|in(?=(?:ability|capable|depend|sufficient|adequate|complete|correct|effective))|im(?=possib)"
    r"|ir(?=re)|dis(?=agree|approv|regard|trust|satisf|honest|loyal|obey)|non-?)\w{4,}"
)
_PREFIX = re.compile(r"(?:un|in|im|ir|dis|non-?)")
_RATHER_REACH = 12  # words between "rather" and "than"
_HARD_REACH, _SOFT_REACH = 3, 3  # content words that a denial reaches


def with_denials(words: Sequence[Word], tokens: Sequence[Token]) -> tuple[list[Word], bool]:
    """The words with what denies them, and whether anything is denied outright. What a question asks is in doubt."""
    denials = list(_denials(tokens))
    return _asked(_mark(list(words), tokens, denials), tokens), bool(denials)


def may_deny(word: Word) -> bool:
    """Whether a word may answer a "not": "refuse", "baseless"."""
    return bool(word.stems & _SOFT)


def undone(word: Word, other: Word) -> bool:
    """Whether one word is the other with "un" or the like before it: "unreasonable", "reasonable"."""
    return any(
        _UN.fullmatch(one.text) and stem(_PREFIX.sub("", one.text)) in two.stems
        for one, two in ((word, other), (other, word))
    )


def _denials(tokens: Sequence[Token]) -> Iterator[int]:
    """The places, among all tokens, of the last word of each hard denial."""
    words = [word for _, _, word in tokens]
    for at, word in enumerate(words):
        for phrase in _HARD_PHRASES:
            if tuple(words[at : at + len(phrase)]) == phrase:
                yield at + len(phrase) - 1
                break
        else:
            empty = any(_stands(words, at, phrase) for phrase in _EMPTY)
            parted = word == "than" and "rather" in words[max(0, at - _RATHER_REACH) : at - 1]
            if parted or (word in HARD and not empty and not _unequalled(words, at)):
                yield at


def _stands(words: Sequence[str], at: int, phrase: Sequence[str]) -> bool:
    """Whether the phrase stands around this place."""
    return any(
        tuple(words[first : first + len(phrase)]) == tuple(phrase)
        for first in range(max(0, at - len(phrase) + 1), at + 1)
    )


def _unequalled(words: Sequence[str], at: int) -> bool:
    """Whether it is "no country has been more powerful than", which denies nothing of what is compared."""
    behind = words[at + 1 : at + 1 + _RATHER_REACH]
    if words[at] not in ("no", "nobody", "never", "nothing") or "than" not in behind:
        return False
    between = behind[: behind.index("than")]
    return not BOUNDARY & set(between) and any(word == "more" or word.endswith("er") for word in between)


def _mark(words: list[Word], tokens: Sequence[Token], denials: Sequence[int]) -> list[Word]:
    for at in denials:
        end = tokens[at][1]
        reached = 0
        for place, word in enumerate(words):
            if word.start < end or reached == _HARD_REACH:
                continue
            if _boundary_between(tokens, end, word.start):
                break
            head = word.head or not reached or tokens[at][2] in _NOBODY
            words[place] = replace(word, hard=not word.hard, head=head)
            reached += not (word.stems & _LIGHT)
    for place, word in enumerate(words):
        firm = bool(word.stems & (_FIRM | _LACK | _AWAY | _WANT)) and _governs(words, tokens, place)
        if firm:
            words[place + 1] = replace(words[place + 1], firm=True, head=True)
        if word.stems & _SOFT or firm or _UN.fullmatch(word.text):
            for further in range(place + 1, min(len(words), place + 1 + _SOFT_REACH)):
                between = [token[2] for token in tokens if word.end <= token[0] < words[further].start]
                if words[further].clause == word.clause and "with" not in between:
                    words[further] = replace(words[further], soft=True)
    return words


def _asked(words: list[Word], tokens: Sequence[Token]) -> list[Word]:
    """What stands in a question asserts nothing."""
    start = 0
    for first, end, token in tokens:
        if token == "?":
            words = [replace(word, soft=True) if start <= word.start < first else word for word in words]
        if token in (".", "!", "?"):
            start = end
    return words


def _governs(words: Sequence[Word], tokens: Sequence[Token], place: int) -> bool:
    """Whether the next word is a verb that hangs on this one: "refused to pay", "stopped paying", "unable to pay"."""
    if place + 1 >= len(words) or words[place + 1].clause != words[place].clause:
        return False
    between = [word for start, end, word in tokens if start >= words[place].end and end <= words[place + 1].start]
    if words[place].stems & _AWAY:
        return "from" in between and "to" not in between
    if words[place].stems & _WANT and between == ["of"]:
        return True
    if words[place].stems & _LACK:
        return between in ([], ["their"], ["its"], ["his"], ["her"], ["the"], ["any"])
    if not words[place].stems & _FIRM:
        return False
    return "to" in between or words[place + 1].text.endswith("ing") or between == ["of"]


def _boundary_between(tokens: Sequence[Token], start: int, end: int) -> bool:
    return any(
        (word in BOUNDARY or word in ("but", "although", "while", "because", "if"))
        for first, last, word in tokens
        if first >= start and last <= end
    )
