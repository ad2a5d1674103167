"""Where sentences end, in English and Korean: a rule set of our own.

Two libraries were compared with it on boundaries labelled by hand (``evals/sentence_boundaries.py``). A line is a
sentence of its own or holds several; inside a line every full stop, question mark, exclamation mark or ellipsis is a
candidate, and what stands before and after it decides.
"""

from __future__ import annotations

import re

from ingest.articles import Span

SENTENCES_VERSION = "1"


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


CLOSERS = "\"'”’»)\\]}」』》〉）］】"
QUOTES = "\"'”’»」』"
_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_CANDIDATE = re.compile(
    r"(?P<stop>\.(?:[ \u00a0]\.){2,3}|[.!?…。．！？‽]+)"
    rf"(?P<close>[{CLOSERS}]*)"
    r"(?P<note>(?:\[\d{1,3}\])+|[⁰¹²³⁴-⁹]+|\d{1,3}(?=\s+[A-Z“\"]))?"
    r"(?P<gap>\s*)"
)
_NEXT = re.compile(
    r"(?P<open>[“\"'‘«(\[{「『《〈（【]*)(?P<bullet>[•·▪‣*\-–—]+\s*)?[“\"'‘(\[]*"
    r"(?P<word>[^\W\d_](?:[\w’'\-]*\w)?|\d[\d,.]*)?(?P<rest>\W{0,2}[a-z]*)"
)
_BEFORE = re.compile(r"[\w.’'&/@:\-]*\Z")
_HANGUL = re.compile(r"[가-힣]")
_KOREAN_ENDINGS = (
    "다요까죠오라자네지음함임됨군걸"  # last syllables of a Korean sentence; what may run on without a space after it
)
_KOREAN_PARTICLE = re.compile(r"(?:이?라[고며는던면]|하[고며는였]|[고며는은이가을를의도])")
_KOREAN_DATE = re.compile(r"\d{4}\.\s?\d{1,2}(?:\.\s?\d{1,2})?\Z")

_TITLES = _words(
    """Mr Mrs Ms Mx Dr Prof Gen Lt Col Maj Capt Cmdr Cdr Adm Vice-Adm Sgt Cpl Pvt Pfc Spc Brig Sen Sens Rep Reps
    Gov Govs Lt.-Gen Amb Sec Secy Pres Rev Hon Fr Msgr Messrs Mt Ft Supt Insp Atty Asst Assoc Dir Min Del Cllr
    Ald Sr.Col"""
)
_NEVER = _words("vs v cf viz e.g i.e al.cf approx ca incl resp")
_NUMBERED = _words("No Nos no nos Art Arts Fig Figs Vol Vols Ch Pt p pp para paras Sec sec art vol Op")
_MONTHS = _words("Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec")
_DAYS = _words("Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun")
_SOFT = _words(
    """Inc Corp Ltd Co LLC Bros Cos Jr Sr St Ave Blvd Rd Univ Dept Intl Natl Assn Bldg Esq Ala Ariz Ark Calif Colo
    Conn Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Tenn Tex Va Vt Wash Wis Wyo
    al Ph.D Pty GmbH Gov't Govt Sask Ont Que Hwy"""
)
_STARTERS = _words(
    """The This That These Those It Its He She His Her They Their We Our You Your I But And Or So Yet If When While
    Where Why How What Who Which Whether Although Though Because Since After Before Until Unless Once As At By
    For From In Into On Of To With Without Under Over Between Among Amongst Through Throughout During Despite
    Amid Against About Above Even Still Also However Moreover Meanwhile Nevertheless Nonetheless Instead Then
    Thus Therefore Hence Indeed Here There Now Today Yesterday Tomorrow Last Such Some Many Most Much More Both
    Each Every Any All Another Other Others Several Few No Not Nor Neither Either Only Just Perhaps Maybe
    Earlier Later Recently Finally Additionally Furthermore Similarly Likewise Rather Like Unlike Given Asked
    According Yes Well Let Is Are Was Were Do Does Did Has Have Had Can Could Would Should Might Must An A My
    Critics Officials Experts Analysts Nobody Nothing Everyone Everything Someone That's It's He's She's They're
    We're I'm I've There's Here's What's Don't Doesn't"""
)
_STRONG_STARTERS = _words("The This That These Those It He She They But However Its His Their There If When")
_AFTER_TIME = _words(
    """EST EDT ET CST CDT CT MST PST PDT PT GMT UTC KST JST Eastern Central Pacific Mountain Korean Korea Seoul
    Beijing Tokyo Washington London Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February
    March April May June July August September October November December"""
)
_MODIFIED = _words(
    """President Secretary Army Navy Air Forces Force Marine Marines Congress Senate House Department Treasury
    Trade State Chairman Chair Chief Ambassador Senator Representative General Commander Government
    Administration Embassy Court Supreme Steel Bank Federal Reserve Customs Immigration Indo Pacific Space Coast
    National Defense Vice Special"""
)
_VERB_NEXT = re.compile(
    r"\s(?:said|says|told|has|had|have|is|was|were|are|will|would|did|does|also|could|should|may|might|must|wants?|wanted|"
    r"announced|agreed|later|then|now|never|made|met|took|went|called|signed|pledged|asked|argued|warned|remains?)\b"
)
_SPEECH = (
    "(?:asked|asks|said|says|wrote|writes|told|added|replied|answered|declared|shouted|exclaimed|wondered|demanded|posted|"
    "quipped|joked|yelled|cried|responded|continued|insisted|argued|remarked|tweeted)"
)
_ATTRIBUTION = re.compile(
    rf"(?:[A-Z][\w.’'\-]*,?\s+){{1,5}}(?:\w+ly\s+|has\s+|had\s+|also\s+|once\s+|then\s+)?{_SPEECH}\b"
)
_INITIALS = re.compile(r"(?:[A-Za-z]{1,2}\.)+[A-Za-z]{1,2}\Z")
_LIST_LABEL = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[ivx]{1,5}|[IVX]{1,5}|[가-하])\Z")
_RUN_ON = re.compile(r"(?:[A-Z][a-z]+|[IA])(?=[\s,’'])")


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences of text, in order; [] for text of white space alone.

    Trimmed of white space, never overlapping, together covering every character that is no white space. A line break
    always ends a sentence: headings, list items and captions are lines of their own.
    """
    spans: list[Span] = []
    for line in _LINE.finditer(text):
        begin = line.start()
        for cut in [*_cuts(line[0]), len(line[0])]:
            _append_trimmed(spans, text, begin, line.start() + cut)
            begin = line.start() + cut
    return spans


def _append_trimmed(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        spans.append(Span(start, start + len(stripped)))


def _cuts(line: str) -> list[int]:
    """Offsets in the line at which a second, third … sentence starts."""
    cuts: list[int] = []
    begin = 0
    for match in _CANDIDATE.finditer(line):
        cut = _next_start(line, begin, match)
        if cut is not None:
            cuts.append(cut)
            begin = cut
    return cuts


def _next_start(line: str, begin: int, match: re.Match[str]) -> int | None:
    """Where the next sentence starts if this candidate ends one, else None.

    ``begin``: start of the current sentence.
    """
    if match.end() == len(line):
        return None
    before = _BEFORE.search(line, max(begin, match.start() - 40), match.start())
    word = before[0] if before else ""
    if not match["gap"]:
        return _next_start_unspaced(line, match, word)
    following = _NEXT.match(line, match.end())
    assert following is not None  # every part of the pattern may be empty
    return match.end() if _ends_sentence(line, begin, match, word, following) else None


def _next_start_unspaced(line: str, match: re.Match[str], word: str) -> int | None:
    """The same for a candidate that no white space follows: "끝났다.그는", "the deal.The President"."""
    after = line[match.end()]
    if match["note"] or after in ".,;:!?…":
        return None
    opening = match["close"][:1] in ('"', "'") and line.count(match["close"][0], 0, match.end("stop")) % 2 == 0
    start = match.end("stop") if opening else match.end()
    stop = match["stop"]
    if word and _HANGUL.match(word[-1]):
        if match["close"] and not opening:
            return None if _HANGUL.match(after) or after.isdigit() else start
        ended = word[-1] in _KOREAN_ENDINGS or stop != "."
        return start if ended and (after.isalnum() or after in "“‘「『(\"'") else None
    if stop[-1] in "。！？":
        return start
    plain = re.search(r"(?:[a-z]{2,}|\d)\Z", word) and not re.search(r"[.@/:]", word)
    if (plain or word == "" or match["close"]) and _RUN_ON.match(line, match.end()):
        return start
    return None


def _ends_sentence(line: str, begin: int, match: re.Match[str], word: str, following: re.Match[str]) -> bool:
    stop, close, next_word = match["stop"], match["close"], following["word"] or ""
    korean = bool(word) and bool(_HANGUL.match(word[-1]))
    if next_word[:1].islower() and next_word.islower() and not korean:
        return False
    if ")" in close and not _opened_at_start(line, begin, match.start()):
        return False
    if korean and any(mark in close for mark in QUOTES) and not following["open"]:
        return not _KOREAN_PARTICLE.match(line, match.end())
    if stop[-1] in "。！？":
        return True
    if "?" in stop or "!" in stop:
        quoted = any(mark in close for mark in QUOTES)
        return not (quoted and next_word not in _STARTERS and _ATTRIBUTION.match(line, match.end()))
    if len(stop) > 1 or stop == "…":
        return _ellipsis_ends(line, match)
    if match["note"] and match["note"].isdigit() and not (close or re.search(r"[a-z]{3,}\Z", word)):
        return False
    return _full_stop_ends(line, begin, match, word, following)


def _opened_at_start(line: str, begin: int, end: int) -> bool:
    """Whether the parenthesis that closes after ``end`` opened where a sentence starts."""
    opened = line.rfind("(", begin, end)
    return opened <= begin or not line[begin:opened].strip(" \"'“‘")


def _ellipsis_ends(line: str, match: re.Match[str]) -> bool:
    """An ellipsis that stands apart marks words left out; one at the end of a word, a close quote or four dots end."""
    if match["close"] or match["stop"].count(".") > 3:
        return True
    return match.start() > 0 and not line[match.start() - 1].isspace() and " " not in match["stop"]


def _full_stop_ends(line: str, begin: int, match: re.Match[str], word: str, following: re.Match[str]) -> bool:
    next_word = following["word"] or ""
    bare = word.rsplit("-", 1)[-1].lstrip("'’:/")
    if _LIST_LABEL.fullmatch(line[begin : match.start()]):
        return False
    if bare[-1:].isdigit():
        return not _within_korean_date(line, match, next_word)
    if bare in _NEVER:
        return False
    if bare in _TITLES and not match["close"]:
        return next_word in _STRONG_STARTERS
    if bare in _NUMBERED and next_word[:1].isdigit():
        return False
    if bare in _MONTHS or bare in _DAYS:
        return not (next_word[:1].isdigit() or next_word in _MONTHS)
    if bare.lower() in ("a.m", "p.m"):
        return next_word not in _AFTER_TIME and next_word not in _MONTHS
    if bare in _SOFT or _INITIALS.search(bare) or (len(bare) == 1 and bare.isupper()):
        return _ends_after_abbreviation(line, match, bare, following)
    return True


def _within_korean_date(line: str, match: re.Match[str], next_word: str) -> bool:
    """Whether the stop is one of "2025. 8. 25." with more to come."""
    date = _KOREAN_DATE.search(line, max(0, match.start() - 14), match.start())
    digits_follow = re.fullmatch(r"\d{1,2}[.,]?\d{0,2}\.?", next_word) is not None
    return bool(date) and (digits_follow or bool(_HANGUL.match(next_word)))


def _ends_after_abbreviation(line: str, match: re.Match[str], bare: str, following: re.Match[str]) -> bool:
    """An abbreviation that may or may not end its sentence does so before a word that opens one."""
    next_word = following["word"] or ""
    if next_word in _STARTERS:
        return True
    if _HANGUL.match(next_word) or next_word[:1].isdigit():
        return False
    if len(bare) == 1 and bare != "I":
        return False
    return next_word not in _MODIFIED and bool(_VERB_NEXT.match(line, following.end("word")))
