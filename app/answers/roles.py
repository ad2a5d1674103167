"""Who does what to whom: whether the doer in a claim is, in its evidence, the one it is done to.

No parser: names stand before or behind the word that joins them, and a passive turns them round. Only a clear exchange
counts; where the order cannot be told, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.answers.actors import PRONOUNS, Named
from app.answers.english_words import Token, Word, is_adverb, is_irregular
from app.answers.order import Exchanged
from app.answers.polarity import load_opposites
from app.answers.statements import Statement

_SENTENCE_END = frozenset(".!?;")
_PASSIVE_LIST = "be been being is are was were get got gets"
_PASSIVE = frozenset(_PASSIVE_LIST.split())
_MAX_GAP = 9  # tokens between a verb and the name that it belongs to
# Behind these a word is a noun; behind those, a verb.
_BEFORE_NOUNS_LIST = "the a an this that these those its his her their our my no any some of for on in by with from and"
_BEFORE_NOUNS = frozenset(_BEFORE_NOUNS_LIST.split())
_BEFORE_VERBS_LIST = """to will would shall should can could may might must has have had did does do not never also be
been being is are was were who which"""
_BEFORE_VERBS = frozenset(_BEFORE_VERBS_LIST.split())
_NO_VERBS = frozenset(("now", "also", "still", "then", "again", "later", "today", "already", "just", "both", "alike"))
_WAY_REACH = 12
_OWNER_REACH = 5
_BY_REACH = 5
_CLOSE = 4  # tokens behind a verb in which even "DPRK missiles" names whom it is done to
_BEFORE_TIMES = frozenset(("in", "on", "at", "during", "last", "this", "earlier", "yesterday", "today", "jointly"))
_ARTICLE_CHARS = 5  # "to the "
_FROM = frozenset(("from", "by"))
_TO = frozenset(("to", "for", "toward", "towards", "against", "into", "on"))
_KOREAN_DOER, _KOREAN_TAKER = ("은", "는", "이", "가", "께서"), ("에", "에게", "을", "를", "한테")
_ADJECTIVE = re.compile(r"(?:an|ese|ish|u\.?s\.?|rok|dprk|u\.?k\.?|eu)\Z")  # "Korean workers", "U.S. troops"
_OTHERS_LIST = """experts officials critics analysts lawmakers observers protesters media reporters sources economists
scholars diplomats aides supporters opponents voters conservatives liberals extremists"""
_CLAUSES = frozenset(("that", "which", "who", "because", "while", "when", "if", "but", "whose", "where"))
_OTHERS = frozenset(_OTHERS_LIST.split())


@dataclass(frozen=True)
class _Deed:
    word: Word
    before: tuple[str, ...]  # who stands on the doing side, the nearest last
    behind: tuple[str, ...]  # who stands on the other, the nearest first
    kinds: frozenset[str]  # what the deed is compared by
    others: bool = False  # it is done by people without a name: "experts", "officials"


def exchanged_roles(
    claim: Statement, given: Statement, claimed: Sequence[Named], held: Sequence[Named]
) -> Iterator[Exchanged]:
    """Deeds of the claim whose doer is, in the evidence, the one it is done to; ``claimed``, ``held``: their names."""
    for read, exchanged in ((_deeds, _exchanged), (_ways_of, _turned)):
        deeds = list(read(given, held))
        for deed in read(claim, claimed):
            same = [other for other in deeds if other.kinds & deed.kinds]
            if same and all(exchanged(deed, other) for other in same):
                yield Exchanged(deed.word.start, deed.word.end)
    # A verb here may be a noun there: "Russia supports China", "China's support for Russia".
    held_pairs = {pair for deed in (*_deeds(given, held), *_ways_of(given, held)) for pair in _pairs(deed)}
    for deed in (*_deeds(claim, claimed), *_ways_of(claim, claimed)):
        if any(
            (kind, taker, giver) in held_pairs and (kind, giver, taker) not in held_pairs
            for kind, giver, taker in _pairs(deed)
        ):
            yield Exchanged(deed.word.start, deed.word.end)


def _pairs(deed: _Deed) -> Iterator[tuple[str, str, str]]:
    """Each kind of a deed with its nearest doer and the nearest whom it is done to."""
    if deed.before and deed.behind and deed.before[-1] != deed.behind[0]:
        for kind in deed.kinds:
            yield kind, deed.before[-1], deed.behind[0]


def _exchanged(deed: _Deed, other: _Deed) -> bool:
    """Whether the claim's doer is only ever on the evidence's receiving side, and somebody else is its doer."""
    if not deed.before:
        return False
    doer = deed.before[-1]
    if doer in other.before or doer not in other.behind:
        return False
    if not other.before:
        return other.others
    return other.before[-1] not in (*deed.before, *PRONOUNS)  # "we" may be the doer


def _turned(deed: _Deed, other: _Deed) -> bool:
    """Whether what goes from one to the other in the claim goes the other way in the evidence."""
    giver, taker = deed.before[:1], deed.behind[:1]
    given_by, taken_by = other.before[:1], other.behind[:1]
    from_taker = bool(giver and giver == taken_by and given_by != giver)
    to_giver = bool(taker and taker == given_by and taken_by != taker)
    return (from_taker and (to_giver or not taker or not given_by)) or (to_giver and not giver)


def _deeds(statement: Statement, names: Sequence[Named]) -> Iterator[_Deed]:
    """Verbs with the names before and behind them in their sentence; of a Korean text by its particles."""
    if not statement.tokens:
        yield from _korean_deeds(statement, names)
    every, names = names, [name for name in names if not _modifies(name, statement)]
    for word, place in _placed(statement, names):
        tokens = statement.tokens
        compares = _compares(word)
        if not compares and not _is_verb(tokens, place, names):
            continue
        first, last = _sentence(tokens, place)
        before = [name.key for name in names if first <= name.start and name.end <= word.start]
        close = tokens[min(len(tokens) - 1, place + _CLOSE)][0]
        behind = [
            name.key
            for name in every
            if word.end <= name.start and name.end <= last and (name in names or name.start <= close)
        ]
        if not compares and _is_passive(tokens, place):
            by = _by_whom(tokens, place, every)
            if by is None:
                continue
            before, behind = [by], [key for key in before if key != by]
        if before and not compares and _parted(tokens, names, place):
            continue
        others = any(token[2] in _OTHERS for token in tokens if first <= token[0] < word.start)
        yield _Deed(word, tuple(before), tuple(behind), word.stems | compares, others)


def _modifies(name: Named, statement: Statement) -> bool:
    """Whether a name only says what kind of thing follows: "a South Korean battery plant"."""
    place = next((at for at, token in enumerate(statement.tokens) if token[0] >= name.end), None)
    if place is None or statement.tokens[place][0] > name.end + 1:
        return False
    following = statement.tokens[place]
    if not _ADJECTIVE.search(statement.tokens[place - 1][2]):
        return False
    content = any(word.start == following[0] for word in statement.words)
    return content and not following[2].endswith(("ed", "ing", "s")) and not is_irregular(following[2])


def _parted(tokens: Sequence[Token], names: Sequence[Named], place: int) -> bool:
    """Whether a clause begins between the nearest name before a verb and the verb: "…, which he discussed"."""
    end = max((name.end for name in names if name.end <= tokens[place][0]), default=0)
    between = [word for start, _, word in tokens[:place] if start >= end]
    return any(word in _CLAUSES for word in (between[1:] if between[:1] == ["who"] else between))


def _placed(statement: Statement, names: Sequence[Named]) -> Iterator[tuple[Word, int]]:
    """Words that are no part of a name, with their place among the tokens."""
    places = {start: at for at, (start, _, _) in enumerate(statement.tokens)}
    for word in statement.words:
        if word.start in places and not any(name.start <= word.start < name.end for name in names):
            yield word, places[word.start]


def _compares(word: Word) -> frozenset[str]:
    """What a word of comparison says, so that "behind" and "shy of" are one."""
    classes = load_opposites().forms.get(word.text, {}).get("standing", set())
    return frozenset(f"standing {number}" for number in classes)


def _korean_deeds(statement: Statement, names: Sequence[Named]) -> Iterator[_Deed]:
    def keys(tails: Sequence[str]) -> tuple[str, ...]:
        starts = {word.start for word in statement.words if word.named and word.tail in tails}
        return tuple(name.key for name in names if name.start in starts)

    before, behind = keys(_KOREAN_DOER), keys(_KOREAN_TAKER)
    if len(before) == 1 and behind:
        for word in statement.words:
            if not word.named:
                yield _Deed(word, before, behind, word.stems)


def _ways_of(statement: Statement, names: Sequence[Named]) -> Iterator[_Deed]:
    """Words with whom what they say comes from, and whom it goes to: "arms exports from Russia to Iran"."""
    tokens = statement.tokens
    for word, place in _placed(statement, names):
        owner = _owner(tokens, place, names)
        following = [(at, tokens[at]) for at in range(place + 1, min(len(tokens), place + 1 + _WAY_REACH))]
        givers: list[str] = []
        takers: list[str] = []
        for at, (_, end, preposition) in following:
            if preposition in _SENTENCE_END:
                break
            of = preposition == "of" and at == place + 1 and bool(owner)
            kind = givers if preposition in _FROM else takers if preposition in _TO or of else None
            if kind is not None and at + 1 < len(tokens):
                kind += [name.key for name in names if 0 <= name.start - end <= _ARTICLE_CHARS][:1]
        givers = givers or owner
        if givers and takers:
            yield _Deed(word, tuple(givers[:1]), tuple(takers[:1]), word.stems)


def _owner(tokens: Sequence[Token], place: int, names: Sequence[Named]) -> list[str]:
    """Whose it is, in a list of one or none: "Russia's unjust invasion", "Russian troop movements"."""
    near, far = tokens[max(0, place - 2)][0], tokens[max(0, place - _OWNER_REACH)][0]
    owners = [
        name.key
        for name in names
        if name.end < tokens[place][0]
        and (name.start >= near or (name.start >= far and any(token[1] == name.end + 2 for token in tokens)))
    ]
    return owners[-1:]


def _is_verb(tokens: Sequence[Token], place: int, names: Sequence[Named]) -> bool:
    """Whether a word is used as a verb, by its ending and the word before it."""
    word = tokens[place][2]
    start, before = tokens[place - 1][1:] if place else (0, "")
    if "-" in word or before in _BEFORE_NOUNS or is_adverb(word):
        return False
    if before in _BEFORE_VERBS or is_adverb(before) or is_irregular(word) or word.endswith("ed"):
        return True
    if word.endswith("ing") or word in _NO_VERBS:
        return False
    follows_name = any(name.end == start for name in names)
    return follows_name and (word.endswith("s") or not _ADJECTIVE.search(before))


def _sentence(tokens: Sequence[Token], place: int) -> tuple[int, int]:
    """Where, in characters, the sentence around a token begins and ends."""
    first = next((at for at in range(place, -1, -1) if tokens[at][2] in _SENTENCE_END), None)
    last = next((at for at in range(place, len(tokens)) if tokens[at][2] in _SENTENCE_END), None)
    return (tokens[first][1] if first is not None else 0, tokens[last][0] if last is not None else tokens[-1][1])


def _is_passive(tokens: Sequence[Token], place: int) -> bool:
    """A participle behind a form of "be", or before "by"."""
    word = tokens[place][2]
    participle = word.endswith(("ed", "en")) or is_irregular(word) or word in ("set", "put")
    behind = [token[2] for token in tokens[place + 1 : place + 1 + _BY_REACH]]
    before = {token[2] for token in tokens[max(0, place - 3) : place]}
    return behind[:1] == ["by"] or (
        participle and bool(before & _PASSIVE or ("by" in behind and behind[0] in _BEFORE_TIMES))
    )


def _by_whom(tokens: Sequence[Token], place: int, names: Sequence[Named]) -> str | None:
    for at in range(place + 1, min(len(tokens), place + 1 + _MAX_GAP)):
        if tokens[at][2] in _SENTENCE_END:
            return None
        if tokens[at][2] == "by":
            start = tokens[at][1]
            return next((name.key for name in names if 0 <= name.start - start <= 40), None)
    return None
