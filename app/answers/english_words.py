"""The words of an English text that say something, each with the stems it is compared by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.lexical import STOP_WORDS, analyse

Token = tuple[int, int, str]  # start, end, and the word or mark in small letters

_WORD = re.compile(
    r"(?:[A-Za-z]\.){2,}(?:-[A-Za-z]+)*|\d+(?:[.,]\d+)+"
    r"|(?:[A-Z]|Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Adm|Lt|Col|Jr|Sr|St|No)\.(?=\s)"
    r"|[A-Za-z0-9À-ɏḀ-ỿ]+(?:[-’'][A-Za-z0-9À-ɏḀ-ỿ]+)*(?:[’'](?=\s|$))?|[,;:.!?—–()“”\"]"
)
BOUNDARY = frozenset(",;:.!?—–()")
_CLAUSE_LIST = "but although though while whereas because unless except yet and which who whose if"
_CLAUSE_WORDS = frozenset(_CLAUSE_LIST.split())
# Denials, which are marked (app/answers/denials.py) and no words of content.
_HARD_LIST = "not never no nor neither without cannot none nobody nothing nowhere hardly barely scarcely"
HARD = frozenset(_HARD_LIST.split())
_NO_ADVERBS = frozenset(("comply", "supply", "apply", "rely", "imply", "reply", "multiply", "ally", "fly", "assembly"))
_IRREGULAR_LIST = """rose:rise risen:rise fell:fall fallen:fall grew:grow grown:grow won:win lost:lose began:begin
begun:begin kept:keep held:hold gave:give given:give took:take taken:take sold:sell bought:buy lent:lend sent:send
brought:bring left:leave met:meet built:build withdrew:withdraw withdrawn:withdraw froze:freeze frozen:freeze
shrank:shrink shrunk:shrink sank:sink sunk:sink broke:break broken:break forbade:forbid forbidden:forbid struck:strike
stricken:strike sought:seek told:tell said:say paid:pay made:make became:become came:come went:go gone:go thought:think
knew:know known:know forgot:forget forgotten:forget drew:draw drawn:draw threw:throw thrown:throw wrote:write
written:write spoke:speak spoken:speak chose:choose chosen:choose led:lead fought:fight caught:catch taught:teach
sprang:spring swore:swear sworn:swear shook:shake shaken:shake overthrew:overthrow upheld:uphold died:die born:birth
slid:slide stood:stand understood:understand overtook:overtake undertook:undertake undertaken:undertake hid:hide
hidden:hide arose:arise spent:spend meant:mean felt:feel dealt:deal laid:lay stuck:stick rode:ride ran:run saw:see
seen:see got:get worse:worse worst:worse better:better denied:deny allies:ally"""
_IRREGULAR = dict(pair.split(":") for pair in _IRREGULAR_LIST.split())
# Words that stand between a denial and what it denies, and words that count as content here though no index keeps them.
_AUXILIARY_LIST = """be been being is are was were am do does did have has had will would shall should can could may
might must to a an the any it its their his her of in that this yet ever also even as so very too still"""
_AUXILIARY = frozenset(_AUXILIARY_LIST.split())
_KEPT_LIST = """many few more most less least above below over under before after up down off out against all together
back forward within beyond inside outside away apart"""
_KEPT = frozenset(_KEPT_LIST.split())


@dataclass(frozen=True)
class Word:
    """One word that says something; ``stems`` are what it is compared by."""

    start: int
    end: int
    text: str  # in small letters
    stems: frozenset[str]
    clause: int  # words of one clause share it
    hard: bool = False  # denied outright: "not", "no", "without"
    firm: bool = False  # denied by the verb it hangs on: "refused to"
    soft: bool = False  # behind a word that may deny it: "baseless"
    head: bool = False  # the first word that a hard denial or a firm verb reaches
    named: bool = False  # part of a name
    tail: str = ""  # Korean endings

    @property
    def denied(self) -> bool:
        """Whether it is said not to be so; two denials cancel out."""
        return self.hard != self.firm

    @property
    def doubted(self) -> bool:
        """Whether anything at all denies it."""
        return self.hard or self.firm or self.soft


def stem(word: str) -> str:
    """One English word's stem, irregular forms brought to their verb's; the word itself where it is a stop word."""
    lemma = _IRREGULAR.get(word, word)
    found = analyse(lemma)
    return found[0] if found else lemma


def is_adverb(word: str) -> bool:
    """Whether it ends like "rapidly", and is not "comply" or "supply"."""
    return word.endswith("ly") and word not in _NO_ADVERBS


def is_irregular(word: str) -> bool:
    """Whether it is the irregular form of a verb: "rose", "sold"."""
    return word in _IRREGULAR


def tokens_of(text: str) -> Iterator[Token]:
    """Every word and mark in order, possessives off; "didn't" is two, the second of them "not"."""
    for match in _WORD.finditer(text):
        word = match[0].lower().replace("’", "'")
        if word.endswith("n't") or word == "cannot":
            cut = match.end() - 3
            if word[:-3]:
                yield match.start(), cut, word[:-3]
            yield cut, match.end(), "not"
        else:
            bare = word.removesuffix("'s").removesuffix("'") if len(word) > 1 else word
            yield match.start(), match.end(), bare


def content(tokens: Sequence[Token]) -> Iterator[Word]:
    """The words that say something, in order: no marks, no denials, none that only hold a sentence together."""
    clause = 0
    for start, end, word in tokens:
        if word in BOUNDARY or word in _CLAUSE_WORDS:
            clause += 1
            continue
        if word in HARD or not word[0].isalnum():
            continue
        if (word in STOP_WORDS or word in _AUXILIARY) and word not in _KEPT:
            continue
        pieces = {stem(piece) for piece in word.split("-")} if "-" in word else set()
        if word.endswith("est"):
            pieces.add(stem(word.removesuffix("est")))
        yield Word(start, end, word, frozenset({stem(word), *pieces}), clause)
