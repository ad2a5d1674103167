"""Reads Korean text through the tables: words without their endings, compounds taken apart, numbers in English."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.inflection import is_tail, role
from app.korean_numbers import DATE, NUMBER, english_date, english_number
from app.names import Name, NameTables, Term
from app.romanise import is_hangul

HANGUL_RUN = re.compile(r"[가-힣]+")
_TOKEN = re.compile(r"[가-힣]+|(?:[A-Za-z]\.){2,}|[A-Za-z0-9À-ɏ]+(?:[-'’.][A-Za-z0-9]+)*")
_MAX_SYLLABLES = 40
_MAX_JOINED = 4  # words written apart that one entry may cover: "미국 국토 안보 수사국"

# Question words: what English asks with. "얼마나" is "how much" or "how long"; the words beside it tell.
QUESTION_WORDS = {
    "얼마나": "how much",
    "얼마": "how much",
    "언제": "when",
    "누구": "who",
    "누가": "who",
    "누굴": "who",
    "왜": "why",
    "어디": "where",
    "어딜": "where",
    "몇": "how many",
    "무엇": "what",
    "무언": "what",
    "뭐": "what",
    "뭘": "what",
    "뭔": "what",
    "무슨": "what",
    "어떤": "what",
    "어떠": "how",
    "어떻": "how",
    "어때": "how",
    "어땠": "how",
    "어느": "which",
}
# Words that hold a sentence together and say nothing of its subject; they are not asked of the tables.
_FUNCTION_WORDS_LIST = """있 있는 없 것 거 걸 게 건 수 등 및 또는 혹은 그리고 그런데 그러나 하지만 그래서 그러면
그럼 대한 대해 대해서 대하여 관한 관해 관해서 관하여 관련 관련해 관련해서 관련하여 위한 위해 위해서 위하여 따르
따르면 따른 따라 때문 인해 인한 통한 통해 통해서 이 그 저 이런 그런 저런 이것 그것 저것 이번 해당 좀 더 가장 매우
너무 아주 모두 다 또 다시 현재 지금 최근 정도 경우 때 뒤 후 전 중 말 하 한 할 해 했 하고 되 된 될 돼 됐 되어 되었
라 라고 란 이라는 라는 알려 알려줘 설명 설명해 요약 요약해 말해 말해줘 얘기해 이야기해 궁금 궁금한 궁금합 가르쳐
찾아 찾아줘 보여 보여줘 정리 정리해 부탁 부탁해 부탁드려 싶 주 줘 주세요 줄 준 어서 아니 이상 두 세 네 일 대 년 월
않 않은 않는 않았 못 안 여러 각 각각 실제 실제로 정말 과연 혹시 바로 이미 아직 계속 함께 같이 대로 데 바 점 씨 님
개 번 명 원 측 제 내용 무엇인 누구인 의하 의하면 글 기사 문서 자료 누구 본문 당시 그때 이후 이전 동안 사이 가운데
약 총 거의 단 만 만약 이를 그를 이에 그에 대비 별 각자 겁 건가 걸까 인가 일까 입니까 어치 가지"""
_FUNCTION_WORDS = frozenset(_FUNCTION_WORDS_LIST.split())
# A function word of one syllable with another tail than these is the beginning of some other word (수+지 is a name).
_SHORT_TAILS_LIST = """은 는 이 가 을 를 의 에 도 로 만 과 와 들 들은 들이 들을 들의 까지 부터 에서 에는 에도 이나
나 인가 인가요 입니까 이라고 라고 이었나요 인지 이야 이죠 보다 처럼 이고 이며 으로 에게 에서는 이지 이지만 이라 라
다 인데 마다 이란"""
_SHORT_TAILS = frozenset(_SHORT_TAILS_LIST.split())
# What comes off a word no table knows, so that it can be shown: no ending that may as well be its last syllable.
_PLAIN_TAIL = re.compile(
    r"(?:(?:들)?(?:은|는|이|가|을|를|의|에|도|와|과|으로|로|에서|에서는|에는|에게|까지|부터|처럼|보다|만)"
    r"|(?:이)?(?:란|라는|야|죠|인가요?|입니까|인지)"
    r"|(?:하|되|했|됐|하였|되었)[가-힣]*(?:다|까|요|나|는|지)|한|된)$"
)
_LIGHT_LIST = """있 없 하 한 할 해 했 되 된 될 돼 됐 않 못 주 줄 준 싶"""
_LIGHT = frozenset(_LIGHT_LIST.split())
# Behind a stem of one syllable these are rather the rest of a noun: 사진 is no form of 사다, nor 사실.
_SECOND_SYLLABLES = frozenset("진질실신시인일임상중전후")
_SKIPPED_FINAL = re.compile(r"(?:주세요|줘|줘요|주십시오|달라|주시겠)$")


@dataclass(frozen=True)
class Word:
    """One word of a Korean text without its endings: ``text[start:end]`` is the word with them."""

    start: int
    end: int
    stem: str
    role: str = "other"  # subject, object, adnominal, predicate, other, question
    entry: Name | Term | None = None
    english: str | None = None  # a number, date or question word in English, or a word in Latin letters
    tail: str = ""  # the endings, as written

    @property
    def bridged(self) -> bool:
        """Whether the tables, or its own nature, carry the word into English."""
        return self.entry is not None or self.english is not None


def read_korean(text: str, tables: NameTables) -> list[Word]:
    """The content words and question words of a Korean text, in order; function words are left out.

    A word that no table knows has neither ``entry`` nor ``english``. Words in Latin letters come through as they are.
    """
    words: list[Word] = []
    at = 0
    latin = {found.start: found for found in tables.find(text)}
    while at < len(text):
        found = latin.get(at)
        starts = text[at] in tables.mixed_starts and not _inside_number(text, at)
        mixed = tables.mixed_forms.match(text, at) if starts else None
        if mixed:
            entry = tables.mixed["".join(mixed[0].split())]
            words.append(Word(at, mixed.end(), mixed[0], entry=entry))
            at = _skip_tail(text, mixed.end())
        elif found:
            words.append(Word(found.start, found.end, found.written, entry=found.name))
            at = _skip_tail(text, found.end)
        elif (date := DATE.match(text, at)) and not _inside_number(text, at):
            words.append(Word(at, date.end(), date[0].strip(), english=english_date(date)))
            at = _skip_tail(text, date.end())
        elif (number := NUMBER.match(text, at)) and number["digits"]:
            words.append(Word(at, number.end(), number[0].strip(), english=english_number(number)))
            at = _skip_tail(text, number.end())
        elif token := _TOKEN.match(text, at):
            at = _read_token(text, token, tables, words)
        else:
            at += 1
    return words


def _inside_number(text: str, at: int) -> bool:
    return at > 0 and (text[at - 1].isdigit() or text[at - 1] in ".,")


def _skip_tail(text: str, at: int) -> int:
    """Past the endings written right behind a number or a Latin word: "THAAD는", "3,500억 달러를"."""
    run = HANGUL_RUN.match(text, at)
    return run.end() if run and is_tail(run[0]) else at


def _read_token(text: str, token: re.Match[str], tables: NameTables, words: list[Word]) -> int:
    if not is_hangul(token[0][0]):
        words.append(Word(token.start(), token.end(), token[0], english=token[0]))
        return _skip_tail(text, token.end())
    if token.start() and text[token.start() - 1] in ")]”’\"'」』" and is_tail(token[0]):
        return token.end()  # the endings of what stands in brackets or quotation marks: "(NCG)은"
    joined = _joined_entry(text, token, tables)
    if joined:
        words.append(joined)
        return joined.end
    words.extend(split_word(token[0], token.start(), tables))
    return token.end()


def _joined_entry(text: str, token: re.Match[str], tables: NameTables) -> Word | None:
    """An entry that the text writes as several words: "방위비 분담금을", "주한 미군"."""
    runs = [token]
    while len(runs) < _MAX_JOINED:
        following = HANGUL_RUN.match(text, runs[-1].end() + 1)
        if following is None or text[runs[-1].end()] not in " \u00a0-·":
            break
        runs.append(following)
    for count in range(len(runs), 1, -1):
        joined = "".join(run[0] for run in runs[:count])
        if len(joined) > _MAX_SYLLABLES:
            continue
        shorter = len(joined) - len(runs[count - 1][0])
        for size in range(len(joined), shorter, -1):
            entry = tables.hangul.get(joined[:size])
            if entry and is_tail(joined[size:]):
                return _word(token.start(), runs[count - 1].end(), joined[:size], joined[size:], entry)
    return None


def _word(start: int, end: int, stem: str, tail: str, entry: Name | Term | None) -> Word:
    verb = isinstance(entry, Term) and entry.verb
    if verb:  # the last syllable of a verb's stem may carry the ending: 낮춘, 낮출
        return Word(start, end, stem, role(_verb_tail(stem, tail), verb=True), entry, tail=tail)
    return Word(start, end, stem, role(tail, verb=False), entry, tail=tail)


def _verb_tail(stem: str, tail: str) -> str:
    final = (ord(stem[-1]) - 0xAC00) % 28
    return "은" if not tail and final in (4, 8) else tail


def split_word(word: str, at: int, tables: NameTables) -> list[Word]:
    """The parts of one written word: words of the tables, question words, and what is unknown.

    ``at`` is where the word begins in the text. Over 40 syllables, which no Korean word has, it is unknown as it is.
    """
    if len(word) > _MAX_SYLLABLES:
        return [Word(at, at + len(word), word)]
    whole = _whole_entry(word, tables)
    if whole:
        return [_word(at, at + len(word), word[:whole], word[whole:], tables.hangul[word[:whole]])]
    if _is_function_word(word):
        return []
    for asked, english in QUESTION_WORDS.items():
        if word.startswith(asked) and is_tail(word[len(asked) :]):
            return [Word(at, at + len(word), asked, "question", english=english)]
    parts = _best_split(word, tables)
    known = [size for start, size, entry in parts if entry]
    words: list[Word] = []
    for place, (start, size, entry) in enumerate(parts):
        last = place + 1 == len(parts)
        stem_end = start + size
        if entry is None and last:
            stem_end = start + len(_PLAIN_TAIL.sub("", word[start:]) or word[start:])
        if entry is None and known and stem_end == start + 1:
            continue  # an affix of a known word: 미국산
        tail = word[stem_end:] if last else ""
        end = at + (len(word) if last else stem_end)
        words.append(_word(at + start, end, word[start:stem_end], tail, entry))
    return words


def _is_function_word(word: str) -> bool:
    if (
        _SKIPPED_FINAL.search(word)
        and len(word) <= 6
        and word[:2] in ("알려", "설명", "요약", "말해", "찾아", "보여", "정리")
    ):
        return True
    for size in range(1, min(5, len(word)) + 1):
        stem, tail = word[:size], word[size:]
        if stem in _FUNCTION_WORDS and (
            is_tail(tail) if size > 1 or stem in _LIGHT else not tail or tail in _SHORT_TAILS
        ):
            return True
    return False


def _whole_entry(word: str, tables: NameTables) -> int:
    """Size of the longest entry of two syllables or more that is the word but for its endings; 0 for none."""
    for size in range(len(word), 1, -1):
        if word[:size] in tables.hangul and word[:size] not in _FUNCTION_WORDS and is_tail(word[size:]):
            return size
    return 0


def _best_split(word: str, tables: NameTables) -> list[tuple[int, int, Name | Term | None]]:
    """Parts (start, size, entry) that cover the word up to its endings; the more in long entries the better."""
    length = len(word)
    best: list[tuple[float, list[tuple[int, int, Name | Term | None]]] | None] = [None] * (length + 1)
    best[0] = (0.0, [])
    answer: tuple[float, list[tuple[int, int, Name | Term | None]]] = (float("-inf"), [])
    for at in range(length + 1):
        here = best[at]
        if here is None:
            continue
        score, parts = here
        if parts and is_tail(word[at:]):
            total = score + 0.5 * (length - at)
            if total > answer[0]:
                answer = (total, parts)
        for size in range(1, length - at + 1):
            entry = tables.hangul.get(word[at : at + size])
            if entry and _allowed(word, at, size, entry):
                step = score + size * size
                extended = [*parts, (at, size, entry)]
            elif size == 1:
                step, extended = score - 1.5, _with_unknown(parts, at)
            else:
                continue
            target = best[at + size]
            if target is None or step > target[0]:
                best[at + size] = (step, extended)
    return answer[1]


def _allowed(word: str, at: int, size: int, entry: Name | Term) -> bool:
    """Whether an entry may stand here: one of a single syllable only as a whole word."""
    if isinstance(entry, Term) and entry.verb and at:
        return False
    return size > 1 or (at == 0 and is_tail(word[1:]) and word[1:2] not in _SECOND_SYLLABLES)


def _with_unknown(
    parts: list[tuple[int, int, Name | Term | None]], at: int
) -> list[tuple[int, int, Name | Term | None]]:
    if parts and parts[-1][2] is None:
        start, size, _ = parts[-1]
        return [*parts[:-1], (start, size + 1, None)]
    return [*parts, (at, 1, None)]
