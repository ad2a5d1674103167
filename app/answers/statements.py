"""A sentence as the words that say something, in order, and which of them it denies.

English by its own words; Korean through the tables, each word with the stems of its English renderings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.korean import HANGUL_RUN, read_korean
from app.names import Name, NameTables, Term
from ingest.lexical import STOP_WORDS, analyse

_WORD = re.compile(
    r"(?:[A-Za-z]\.){2,}(?:-[A-Za-z]+)*|\d+(?:[.,]\d+)+|(?:[A-Z]|Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Adm|Lt|Col|Jr|Sr|St|No)\.(?=\s)|[A-Za-z0-9À-ɏḀ-ỿ]+(?:[-’'][A-Za-z0-9À-ɏḀ-ỿ]+)*(?:[’'](?=\s|$))?|[,;:.!?—–()“”\"]"
)
_BOUNDARY = frozenset(",;:.!?—–()")
_CLAUSE_LIST = "but although though while whereas because unless except yet and which who whose if"
_CLAUSE_WORDS = frozenset(_CLAUSE_LIST.split())
# A word that denies what follows it.
_HARD_LIST = "not never no nor neither without cannot none nobody nothing nowhere hardly barely scarcely"
_HARD = frozenset(_HARD_LIST.split())
_NOBODY = frozenset(("none", "nobody", "neither", "nothing"))  # they deny the verb, which stands further off
_HARD_PHRASES = (
    ("no", "longer"),
    ("rather", "than"),
    ("instead", "of"),
    ("as", "opposed", "to"),
    ("in", "place", "of"),
    ("far", "from"),
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
    ("nothing", "less"),
    ("never", "ending"),
)
# Words that deny the noun behind them, and verbs that deny the verb that hangs on them: "refused to pay".
_LACK_LIST = "halt prevent avert withdraw lack lose loss absence devoid deprive crisis erosion collapse shortage"
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
    r"(?:un(?!i|der|til|less|anim)|in(?=(?:ability|capable|sufficient|adequate|complete|correct|effective))|im(?=possib)"
    r"|ir(?=re)|dis(?=agree|approv|regard|trust|satisf|honest|loyal|obey)|non-?)\w{4,}"
)
_PREFIX = re.compile(r"(?:un|in|im|ir|dis|non-?)")
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
_KEPT_LIST = """more most less least above below over under before after up down off out against all together back
forward within beyond inside outside away apart"""
_KEPT = frozenset(_KEPT_LIST.split())
_RATHER_REACH = 12  # words between "rather" and "than"
_HARD_REACH, _SOFT_REACH = 3, 3  # content words that a denial reaches
_KOREAN_NOT = re.compile(
    r"지\s?(?:는|도|를)?\s?(?:않|못|말)|(?<![가-힣])(?:안|못)\s(?=[가-힣])|없(?!이는)|(?<![가-힣])아니|아닌|아니라"
)


_KOREAN_DEGREE = re.compile(r"(?<![가-힣])[덜더](?=\s)")


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


@dataclass(frozen=True)
class Statement:
    """A text's words, and whether it denies anything at all."""

    words: tuple[Word, ...]
    tokens: tuple[tuple[int, int, str], ...]  # every word and mark: start, end, small letters
    denies: bool  # holds a hard denial
    hints: bool  # holds a word that may stand for one


def read_statement(text: str, tables: NameTables) -> Statement:
    """The words of a text, English or Korean, with what is denied."""
    if re.search("[가-힣]", text):
        return _korean(text, tables)
    tokens = tuple(_tokens(text))
    names = [(hit.start, hit.end) for hit in tables.find(text) if hit.name.group != "topics"]
    words = [replace(word, named=any(start <= word.start < end for start, end in names)) for word in _content(tokens)]
    denials = list(_denials(tokens))
    marked = _asked(_mark(words, tokens, denials), tokens)
    hints = any(word.stems & _SOFT or word.firm for word in marked)
    return Statement(tuple(marked), tokens, bool(denials), hints or bool(denials))


def undone(word: Word, other: Word) -> bool:
    """Whether one word is the other with "un" or the like before it: "unreasonable", "reasonable"."""
    return any(
        _UN.fullmatch(one.text) and stem(_PREFIX.sub("", one.text)) in two.stems
        for one, two in ((word, other), (other, word))
    )


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


def _tokens(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _WORD.finditer(text):
        word = match[0].lower().replace("’", "'")
        if word.endswith("n't") or word == "cannot":
            cut = match.end() - 3
            yield match.start(), cut, word[:-3]
            yield cut, match.end(), "not"
        else:
            bare = word.removesuffix("'s").removesuffix("'") if len(word) > 1 else word
            yield match.start(), match.end(), bare


def _content(tokens: Sequence[tuple[int, int, str]]) -> Iterator[Word]:
    clause = 0
    for start, end, word in tokens:
        if word in _BOUNDARY or word in _CLAUSE_WORDS:
            clause += 1
            continue
        if word in _HARD or not word[0].isalnum():
            continue
        if (word in STOP_WORDS or word in _AUXILIARY) and word not in _KEPT:
            continue
        pieces = {stem(piece) for piece in word.split("-")} if "-" in word else set()
        if word.endswith("est"):
            pieces.add(stem(word.removesuffix("est")))
        yield Word(start, end, word, frozenset({stem(word), *pieces}), clause)


def _denials(tokens: Sequence[tuple[int, int, str]]) -> Iterator[int]:
    """The places, among all tokens, of the last word of each hard denial."""
    words = [word for _, _, word in tokens]
    for at, word in enumerate(words):
        for phrase in _HARD_PHRASES:
            if tuple(words[at : at + len(phrase)]) == phrase:
                yield at + len(phrase) - 1
                break
        else:
            if word == "than" and "rather" in words[max(0, at - _RATHER_REACH) : at - 1]:
                yield at
            elif word in _HARD and not any(_stands(words, at, phrase) for phrase in _EMPTY):
                yield at


def _stands(words: Sequence[str], at: int, phrase: Sequence[str]) -> bool:
    """Whether the phrase stands around this place."""
    return any(
        tuple(words[first : first + len(phrase)]) == tuple(phrase)
        for first in range(max(0, at - len(phrase) + 1), at + 1)
    )


def _mark(words: list[Word], tokens: Sequence[tuple[int, int, str]], denials: Sequence[int]) -> list[Word]:
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
        firm = bool(word.stems & (_FIRM | _LACK | _AWAY)) and _governs(words, tokens, place)
        if firm:
            words[place + 1] = replace(words[place + 1], firm=True, head=True)
        if word.stems & _SOFT or firm or _UN.fullmatch(word.text):
            for further in range(place + 1, min(len(words), place + 1 + _SOFT_REACH)):
                if words[further].clause == word.clause:
                    words[further] = replace(words[further], soft=True)
    return words


def _asked(words: list[Word], tokens: Sequence[tuple[int, int, str]]) -> list[Word]:
    """What stands in a question asserts nothing."""
    start = 0
    for first, end, token in tokens:
        if token == "?":
            words = [replace(word, soft=True) if start <= word.start < first else word for word in words]
        if token in (".", "!", "?"):
            start = end
    return words


def _governs(words: Sequence[Word], tokens: Sequence[tuple[int, int, str]], place: int) -> bool:
    """Whether the next word is a verb that hangs on this one: "refused to pay", "stopped paying", "unable to pay"."""
    if place + 1 >= len(words) or words[place + 1].clause != words[place].clause:
        return False
    between = [word for start, end, word in tokens if start >= words[place].end and end <= words[place + 1].start]
    if words[place].stems & _AWAY:
        return "from" in between and "to" not in between
    if words[place].stems & _LACK:
        return between in ([], ["of"], ["their"], ["its"], ["his"], ["her"], ["the"], ["any"])
    return "to" in between or words[place + 1].text.endswith("ing") or between == ["of"]


def _boundary_between(tokens: Sequence[tuple[int, int, str]], start: int, end: int) -> bool:
    return any(
        (word in _BOUNDARY or word in ("but", "although", "while", "because", "if"))
        for first, last, word in tokens
        if first >= start and last <= end
    )


def _korean(text: str, tables: NameTables) -> Statement:
    denials = [match.start() for match in _KOREAN_NOT.finditer(text)]
    words = []
    for found in read_korean(text, tables):
        english = found.entry.english if isinstance(found.entry, Term) else ()
        if isinstance(found.entry, Name):
            english = (found.entry.name,)
        stems = {stem(piece) for one in english for piece in one.lower().split()}
        stems |= {stem(piece) for piece in (found.english or "").lower().split()}
        if len(found.stem) == 1 and HANGUL_RUN.match(found.stem):
            continue
        if not stems and not HANGUL_RUN.match(found.stem):
            continue
        denied = any(found.start <= at <= found.end + 2 for at in denials)
        words.append(
            Word(
                found.start,
                found.end,
                found.stem,
                frozenset(stems or {found.stem}),
                0,
                hard=denied,
                head=denied,
                named=isinstance(found.entry, Name),
                tail=found.tail,
            )
        )
    for match in _KOREAN_DEGREE.finditer(text):
        degree = "less" if match[0] == "덜" else "more"
        words.append(Word(match.start(), match.end(), degree, frozenset({degree}), 0))
    words.sort(key=lambda word: word.start)
    soft = any(word.stems & _SOFT for word in words)
    return Statement(tuple(words), (), bool(denials), soft or bool(denials))
