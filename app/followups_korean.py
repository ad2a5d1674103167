"""Korean follow-up questions: "왜?", "그럼 일본은?", "그는 언제 …?", and questions that leave out their subject."""

from __future__ import annotations

import re

from app.context import Context, fitted_particle, people, swap, written_form
from app.korean import QUESTION_WORDS, Word, read_korean
from app.names import Name, NameTables

_CONNECTOR = re.compile(
    r"^(?:(?:그럼|그러면|그렇다면|그리고|그런데|근데|그래서|하지만|그러나|또|또한|아니|음|아)[,\s]+)+"
)
_MORE = re.compile(
    r"(?:좀 )?(?:더|조금 더)? ?(?:자세히|자세하게|구체적으로)(?: (?:알려 ?줘요?|알려 ?주세요|설명해 ?줘요?|설명해"
    r" ?주세요|말해 ?줘요?))?|계속(?:해 ?줘요?|해 ?주세요)?|더 (?:알려 ?줘요?|알려 ?주세요|말해 ?줘요?)"
    r"|예를 ?들(?:면|어)(?:요)?|예시는요?|또 ?있(?:나요|어요?)|그 ?외에는요?|다른 ?것은요?|더 ?있나요"
)
_ENDING = (
    r"(?:요|죠|지|인가요?|입니까|일까요?|이죠|이에요|예요|야|이야|이지|였나요|이었나요|그런가요?|그렇죠|그랬나요"
    r"|그래요?|그런 ?거(?:죠|예요|야|지)|뭔가요|뭐야|뭐예요|무엇인가요|무엇입니까|뭐죠|알려 ?줘|알려 ?주세요)?"
)
_BARE_WH = re.compile(
    rf"(?:그건|그게|그것은|이건|이게)?\s*(?P<wh>왜|언제|어디서|어디에서|어디|누가|누구|얼마나|얼마|어떻게|무엇을"
    rf"|무엇|뭘|몇 ?(?:명|개|년|번|퍼센트|%)|어떤 ?(?:방식|형식|형태|조건|이유)(?:으로|로)?|(?:그 ?)?(?:이유|원인"
    rf"|배경|목적|결과|시기|근거)(?:는|은)?)\s*{_ENDING}"
)
_ABOUT = re.compile(
    r"(?P<what>.+?)(?:은|는|이|가|도|에는|에서는|때는|의 ?경우(?:는|에는|엔)?|엔)?\s*(?:요|어때요?|어떤가요"
    r"|어떻습니까|어떤지|어땠나요|어떻게 ?되나요|어떻게 ?돼요?|마찬가지인가요)?"
)
_HOW_ABOUT = re.compile(r"\s+(?:어때요?|어떤가요|어떻습니까|어떤지|어땠나요)$")
_PERSON = re.compile(
    r"(?<![가-힣])(?:(?P<she>그녀)|그(?:분|사람)?|그 사람)(?P<tail>는|은|가|이|의|를|을|에게|도|와|과)(?![가-힣])"
)
_THEY = re.compile(r"(?<![가-힣])(?:그들|이들|그 사람들)(?P<tail>은|이|의|을|에게|도|과)?(?![가-힣])")
_THING = re.compile(
    r"(?<![가-힣])(?:(?:그|이)것(?P<tail>은|이|의|을|에|도|과|으로)?|(?:그|이)(?P<short>걸|건|게)|(?:이"
    r"|그)(?P<object>를|에))(?![가-힣])"
)
_DEMONSTRATIVE = re.compile(
    r"(?<![가-힣])(?:그|이|해당|그런|이런) (?P<noun>합의|협정|거래|요구|조약|투자|회담|결정|선언|법|법안|훈련|공장"
    r"|회사|정책|성명|금액|돈|관세|문제|사건|발언|주장|계획|제안|기지|조직|기구|협의체|조치|약속|무기|미사일|사람들"
    r"|나라|국가|글)"
)
_PLACE = re.compile(r"(?<![가-힣])(?:거기|그곳|그 ?나라)(?=에|는|의|서|로|가|도)")
_NOUN_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("합의|협정|거래|조약|선언|성명|회담|약속|계획|제안", ("agreements", "topics")),
    ("법|법안", ("laws",)),
    ("훈련", ("exercises",)),
    ("회사|공장", ("companies", "places")),
    ("조직|기구|협의체", ("institutions", "forces")),
    ("무기|미사일", ("weapons",)),
    ("나라|국가", ("countries",)),
)
_THING_GROUPS = (
    "agreements",
    "laws",
    "topics",
    "exercises",
    "weapons",
    "events",
    "companies",
    "institutions",
    "forces",
    "places",
)
_REQUEST = re.compile(r"(?:줘요?|주세요|주십시오|해봐|알려|요약|정리|설명)\s*[.!]*$")
_THEN = re.compile(r"(?:당시|그때|그 ?당시|그날|그 ?해)(?:에|에는|의|는)?\s")
_EARLY = 1  # words that may stand before a pronoun that points back
_MAX_LEFT_OUT = 3  # content words of a question that may have left out its subject; a longer one is complete


def resolve_korean(question: str, context: Context, tables: NameTables) -> str | None:
    """The completed question, or None where it is complete already."""
    bare = question.strip().rstrip("?!. ~").strip()
    core = _CONNECTOR.sub("", bare)
    if _MORE.fullmatch(core):
        return context.question
    asked = _BARE_WH.fullmatch(core)
    if asked:
        return _ask_again(asked["wh"], context, tables)
    words = read_korean(core, tables)
    how_about = _HOW_ABOUT.sub("", core)
    if how_about != core and len(how_about.split()) <= 2:
        about = _replaced(how_about, read_korean(how_about, tables), context, tables, led=True)
    else:
        about = _replaced(core, words, context, tables, led=core != bare)
    if about:
        return about
    resolved = _pronouns(question, words, context, tables)
    return resolved or _with_subject(core, words, context, tables)


def _ask_again(wh: str, context: Context, tables: NameTables) -> str:
    """The last question with another question word in the place of its own."""
    before = context.question.rstrip("?!. ")
    asked = [word for word in read_korean(before, tables) if word.role == "question"]
    if not asked or not re.search(r"[가-힣]", before):
        return f"{before} — {wh}?"
    last = asked[-1]
    if before[last.end :].strip(" 은는이가을를?").strip() and any(wh.startswith(word) for word in QUESTION_WORDS):
        # "얼마를 요구했나요" → "왜 요구했나요": the particle goes with the word.
        return f"{before[: last.start]}{wh}{before[last.end :]}?"
    kept = before[: last.start].strip()
    return f"{kept} {wh}?" if kept else f"{before} — {wh}?"


def _replaced(core: str, words: list[Word], context: Context, tables: NameTables, led: bool) -> str | None:
    """The last question about something else: "일본은?", "2024년에는?"; None for a whole question."""
    if len(core.split()) > 3 or any(word.role in ("question", "predicate") for word in words):
        return None
    short = led or re.search(r"(?:은|는|도|에는|에서는|요|엔|어때요?|어떤가요|경우는?)$", core)
    if not short or len([word for word in words if word.english is None]) > 2:
        return None
    about = _ABOUT.fullmatch(core)
    what = about["what"].strip() if about else core
    swapped = swap(context.question.rstrip("?!. "), what, tables)
    if swapped:
        return f"{swapped}?"
    if len(words) > 1 and not led:
        return None  # "1998년 구속된 분은?" says itself what it asks for
    return f"{what} — {context.question.rstrip('?!. ')}?"


def _pronouns(question: str, words: list[Word], context: Context, tables: NameTables) -> str | None:
    text = question
    person = _early(_PERSON, text)
    if person and not any(
        isinstance(word.entry, Name) and word.entry.group == "people" and word.end <= person.start() for word in words
    ):
        name = next(people(context, "she" if person["she"] else "he"), None)
        if name:
            text = _put(text, person, _korean_form(name, context))
    thing = _early(_THING, text)
    if thing:
        noun = _thing_asked(context, tables)
        if noun:
            text = _put(text, thing, noun)
    demonstrative = _early(_DEMONSTRATIVE, text)
    if demonstrative:
        groups = next((groups for nouns, groups in _NOUN_GROUPS if re.fullmatch(nouns, demonstrative["noun"])), ())
        name = next((found.name for group in groups for found in context.names if found.name.group == group), None)
        if name is None:
            return f"{text.rstrip('?!. ')} — {context.question.rstrip('?!. ')}?"
        form = _korean_form(name, context)
        text = text[: demonstrative.start()] + form + fitted_particle(form, text[demonstrative.end() :])
    place = _early(_PLACE, text)
    places = [found.written for found in context.names if found.name.group == "places"]
    if place and places:
        text = text[: place.start()] + places[-1] + text[place.end() :]
    they = _early(_THEY, text)
    if text == question and (they or thing or person or place or _THEN.match(text)):
        return f"{text.rstrip('?!. ')} — {context.question.rstrip('?!. ')}?"
    return text if text != question else None


def _early(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """A pronoun among the first words; one that comes later means something in its own sentence."""
    match = pattern.search(text)
    return match if match and len(text[: match.start()].split()) <= _EARLY else None


def _put(text: str, match: re.Match[str], form: str) -> str:
    groups = match.groupdict()
    tail = (
        groups.get("tail")
        or {"걸": "을", "건": "은", "게": "이"}.get(groups.get("short") or "", "")
        or groups.get("object")
        or ""
    )
    return text[: match.start()] + form + fitted_particle(form, tail) + text[match.end() :]


def _korean_form(name: Name, context: Context) -> str:
    written = written_form(name, context)
    return written if re.search(r"[가-힣]", written) or not name.korean else name.korean[0]


def _thing_asked(context: Context, tables: NameTables) -> str | None:
    """What the last question was about: a name that is no person, or else the noun before its question word."""
    for group in _THING_GROUPS:
        for found in context.names:
            if found.name.group == group:
                return found.written
    words = read_korean(context.question, tables)
    for place, word in enumerate(words):
        if word.role == "question" and place and words[place - 1].role != "question":
            return words[place - 1].stem
    return None


def _with_subject(core: str, words: list[Word], context: Context, tables: NameTables) -> str | None:
    """The question with the topic of the last one in front, where it has no subject of its own; else None."""
    content = [word for word in words if word.role != "question"]
    if not content or len(content) > _MAX_LEFT_OUT or _REQUEST.search(core):
        return None
    if any(word.role == "subject" or isinstance(word.entry, Name) for word in content):
        return None
    if not any(word.role == "predicate" for word in content):
        return None
    topic = _topic(context, tables)
    return f"{topic} {core}?" if topic else None


def _topic(context: Context, tables: NameTables) -> str | None:
    """The last question as far as its first subject: "윤석열 대통령은"; its first name where it has none."""
    before = context.question
    for word in read_korean(before, tables):
        if word.role == "question":
            break
        if word.role == "subject":
            return before[: word.end]
    return context.names[0].written if context.names else None
