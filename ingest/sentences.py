"""Where sentences end, in English and Korean: a rule set of our own.

A line holds one sentence or several. Inside it every full stop, question mark, exclamation mark and ellipsis is a
candidate; what stands before and after decides. On two lists labelled by hand the rules do better than four libraries
(``evals/sentence_boundaries.py``; the numbers are in ``evals/RESULTS.md``).
"""

from __future__ import annotations

import re

from ingest.articles import Span

SENTENCES_VERSION = "1"


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_QUOTES = "\"'”’»」』"
_CLOSERS = _QUOTES + ")\\]}》〉）］】"
_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_CANDIDATE = re.compile(
    r"(?P<stop>\.(?:[ \u00a0]\.){2,3}|[.!?…。．！？‽]+)"
    rf"(?P<close>[{_CLOSERS}]*)"
    r"(?P<note>(?:\[\d{1,3}\])+|[⁰¹²³⁴-⁹]+|\d{1,3}(?=\s+[A-Z“\"]))?"  # a footnote's number
    r"(?P<gap>\s*)"
    r"|[—–-](?:\s?”\s+(?=“)|\s+(?=Q\s+[A-Z]|[A-Z][A-Z.’'\- ]{1,40}:\s))"  # or a speaker broken off by the next
)
_NEXT = re.compile(
    r"(?P<open>[“\"'‘«(\[{「『《〈（【]*)(?P<dash>[–—])?\W?\s*"
    r"(?P<word>[^\W\d_](?:[\w’'\-]*\w)?|\d[\d,.]*)?"
)
_NEW_TURN = re.compile(r"Q\s+[A-Z“\"(]|\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)\s+[A-Z]")  # a question; item (b) of a list
_BEFORE = re.compile(r"[\w.’'&/@:\-]*\Z")
_RUN_ON = re.compile(r"(?:[A-Z][a-z]+|[IA])(?=[\s,’'])")
_LIST_LABEL = re.compile(
    r"\W*(?:(?i:section|article|chapter|part|paragraph|annex|step)\s+[\dIVXL]{1,4}|"
    r"\d{1,3}|[A-Za-z]|[ivx]{1,5}|[IVX]{1,5}|[가-하]|제\s?\d+[조항장절])"
)

_HANGUL = re.compile(r"[가-힣]")
_KOREAN_ENDINGS = "다요까죠오라자네지음함임됨군걸"  # the last syllables of Korean sentences
_KOREAN_PARTICLE = re.compile(r"(?:이?라[고며는던면]|하[고며는였]|[고며는은이가을를의도])")
_KOREAN_DATE = re.compile(r"(?:\d{4}|(?<!\d)\d{1,2})(?P<more>(?:\.\s?\d{1,2}){0,2})\Z")

# Abbreviations, by what may follow them.
_TITLES = _words(
    """Mr Mrs Ms Mx Dr Prof Gen Lt Col Maj Capt Cmdr Cdr Adm Sgt Cpl Pvt Pfc Spc Brig Sen Sens Rep Reps Gov Govs Amb
    Sec Secy Pres Rev Hon Fr Msgr Messrs Mt Ft Supt Insp Atty Asst Assoc Dir Min Del Cllr Ald Pub"""
)
_NEVER_LAST = _words("vs v cf viz e.g i.e approx ca incl resp")
_NUMBERED = _words("App No Nos no nos Art Arts Fig Figs Vol Vols Ch Pt p pp para paras Sec sec art vol Op")
_MONTHS = _words("Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec")
_DAYS = _words("Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun")
_COMPANIES_AND_STATES = _words(
    """Inc Corp Ltd Co LLC Cos Ala Ariz Ark Calif Colo Conn Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb
    Nev Okla Ore Pa Tenn Tex Va Vt Wash Wis Wyo"""
)
_MAY_BE_LAST = _words(
    "Bros Jr JR Sr SR St Ave Blvd Univ Dept Intl Natl Assn Bldg Esq al Ph.D Gov't Govt Ont Que Hwy Inf Div Cav Regt"
)
_JOINED = re.compile(r"\b(?:or|and) \S+\Z")  # "KORUS FTA or U.S. Most Favored Nation tariff"
_COUNTRIES = _words("U.S U.K U.N E.U U.S.A U.S.S.R U.A.E D.C D.P.R.K R.O.K P.R.C N.Y N.J N.C S.C L.A N.D.A.A")
_NO_VOWEL = re.compile(r"[A-Z][bcdfghjklmnpqrstvwxz]{1,4}")  # Rgt, Bldg, Mfg: abbreviations nobody listed
_INITIALS = re.compile(r"[A-Z]|(?:[A-Za-z]{1,2}\.)+[A-Za-z]{1,2}")
_ABBREVIATIONS = _TITLES | _NEVER_LAST | _NUMBERED | _MONTHS | _DAYS | _COMPANIES_AND_STATES | _MAY_BE_LAST

# Words that, capitalised, nearly always open a sentence; the second list holds those that are no Korean name either.
_OPENERS = _words(
    """The This That These Those It Its He She His Her They Their We Our You Your I But And Or So Yet If When While
    Where Why How What Who Which Whether Although Though Because Since After Before Until Unless Once As At By
    For From In Into On Of To With Without Under Over Between Among Amongst Through Throughout During Despite
    Amid Against About Above Even Still Also However Moreover Meanwhile Nevertheless Nonetheless Instead Then
    Thus Therefore Hence Indeed Here There Now Today Yesterday Tomorrow Last Such Some Many Most Much More Both
    Each Every Any All Another Other Others Several Few No Not Nor Neither Either Only Just Perhaps Maybe
    Earlier Later Recently Finally Additionally Furthermore Similarly Likewise Rather Like Unlike Given Asked
    According Yes Well Let Is Are Was Were Do Does Did Has Have Had Can Could Would Should Might Must An A My
    Critics Officials Experts Analysts Nobody Nothing Everyone Everything Someone"""
)
_SURE_OPENERS = _words("The This That These Those It He She They But However Its His Their There If When")
_AFTER_TIME = _MONTHS | _words(
    """Eastern Central Pacific Mountain Korean Korea Seoul Beijing Tokyo Washington London Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday January February March April May June July August September October November
    December"""
)
_TIME_ZONE = re.compile(r"[ECMPA][SD]?T|GMT|UTC|[A-Z]{2,4}T")
_ROLES = _words(
    "President Secretary Chairman Chair Chief Ambassador Senator Representative General Commander Governor Mayor Vice"
)
_ACTORS = _words(
    """Lee Trump Biden Yoon Moon Park Kim Xi Putin Obama Hegseth Rubio Bessent Lutnick Ishiba Kishida Abe Takaichi Seoul
    Washington Beijing Tokyo Pyongyang Moscow Lawmakers"""
)
_VERB_NEXT = re.compile(
    r"\s(?:said|says|told|has|had|have|is|was|were|are|will|would|did|does|also|could|should|may|might|must|wants?|"
    r"wanted|announced|agreed|later|then|now|never|made|met|took|went|called|signed|pledged|asked|argued|warned)\b"
)
_SPEECH = (
    "(?:asked|asks|said|says|wrote|writes|told|added|replied|answered|declared|shouted|exclaimed|wondered|demanded|"
    "posted|quipped|joked|yelled|cried|responded|continued|insisted|argued|remarked|tweeted)"
)
_ATTRIBUTION = re.compile(
    rf"(?:[A-Z][\w.’'\-]*,?\s+){{1,5}}(?:\w+ly\s+|has\s+|had\s+|also\s+|once\s+|then\s+)?{_SPEECH}\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMERAL = re.compile(r"\d|[IVXL]+\b")


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
    """Offsets in the line at which its second, third … sentence starts."""
    cuts: list[int] = []
    begin = 0
    for match in _CANDIDATE.finditer(line):
        cut = _next_start(line, begin, match)
        if cut is not None:
            cuts.append(cut)
            begin = cut
    return cuts


def _next_start(line: str, begin: int, match: re.Match[str]) -> int | None:
    """Where the next sentence starts if this candidate ends one, else None; ``begin``: where this one starts."""
    if match.end() == len(line):
        return None
    if match["stop"] is None:
        return match.end()
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
    quote = match["close"][
        :1
    ]  # a straight one may open the next sentence: the quotes before it, up to 2,000 characters, tell
    opening = quote in ("'", '"') and line.count(quote, max(0, match.start() - 2000), match.end("stop")) % 2 == 0
    start = match.end("stop") if opening else match.end()
    if word and _HANGUL.match(word[-1]):
        if match["close"] and not opening:
            return None if _HANGUL.match(after) or after.isdigit() else start
        ended = word[-1] in _KOREAN_ENDINGS or match["stop"] != "."
        return start if ended and (after.isalnum() or after in "“‘「『《〈(\"'") else None
    if match["stop"][-1] in "。！？":
        return start
    plain = re.search(r"(?:[a-z]{2,}|\d)\Z", word) and not re.search(r"[.@/:]", word)
    return start if (plain or not word or match["close"]) and _RUN_ON.match(line, match.end()) else None


def _ends_sentence(line: str, begin: int, match: re.Match[str], word: str, following: re.Match[str]) -> bool:
    stop, close, next_word = match["stop"], match["close"], following["word"] or ""
    korean = bool(word) and bool(_HANGUL.match(word[-1]))
    quoted = any(mark in close for mark in _QUOTES)
    if _NEW_TURN.match(line, match.end()):
        return True
    if following["dash"] or (next_word.islower() and not korean):
        return False
    if ")" in close and not _opened_at_start(line, begin, match.start()):
        return False
    if korean and quoted and not following["open"]:
        return not _KOREAN_PARTICLE.match(line, match.end())
    if stop[-1] in "。！？":
        return True
    if "?" in stop or "!" in stop:
        return not (quoted and next_word not in _OPENERS and _ATTRIBUTION.match(line, match.end()))
    if len(stop) > 1 or stop == "…":
        return _ellipsis_ends(line, match)
    if match["note"] and match["note"].isdigit() and not close:
        return _ends_before_note(word, next_word)
    return _full_stop_ends(line, begin, match, word, next_word)


def _opened_at_start(line: str, begin: int, end: int) -> bool:
    """Whether the parenthesis that closes after ``end`` opened where a sentence starts."""
    opened = line.rfind("(", begin, end)
    return opened <= begin or not line[begin:opened].strip(" \"'“‘")


def _ellipsis_ends(line: str, match: re.Match[str]) -> bool:
    """An ellipsis that stands apart marks words left out; one at the end of a word, a close quote or four dots end."""
    if match["close"] or match["stop"].count(".") > 3:
        return True
    return match.start() > 0 and not line[match.start() - 1].isspace() and " " not in match["stop"]


def _ends_before_note(word: str, next_word: str) -> bool:
    """Whether digits glued to a full stop are a footnote's, as in "dormant.12 Carter", and no decimals."""
    if word.isalpha():
        return len(word) > 2 and word not in _ABBREVIATIONS
    return bool(_YEAR.fullmatch(word)) and next_word in _OPENERS


def _full_stop_ends(line: str, begin: int, match: re.Match[str], word: str, next_word: str) -> bool:
    bare = word.rsplit("-", 1)[-1].lstrip("'’:/")
    opener = next_word.replace("’", "'").split("'")[0]  # "It’s" opens what "It" does
    ends = True
    if match.start() - begin < 24 and _LIST_LABEL.fullmatch(line, begin, match.start()):
        ends = False
    elif bare[-1:].isdigit():
        ends = not _within_korean_date(line, match, next_word)
    elif bare in _NEVER_LAST or (bare in _NUMBERED and _NUMERAL.match(next_word)):
        ends = False
    elif not match["close"] and (bare in _TITLES or (bare.isupper() and bare.capitalize() in _TITLES)):
        ends = opener in _SURE_OPENERS
    elif bare in _MONTHS or bare in _DAYS:
        ends = not (next_word[:1].isdigit() or next_word in _MONTHS)
    elif bare.lower() in ("a.m", "p.m"):
        ends = not (next_word in _AFTER_TIME or _TIME_ZONE.fullmatch(next_word))
    elif (
        bare in _COMPANIES_AND_STATES or bare in _MAY_BE_LAST or _INITIALS.fullmatch(bare) or _NO_VOWEL.fullmatch(bare)
    ):
        ends = opener in _OPENERS or _subject_follows(line, match, bare, next_word)
        if (
            bare in _COUNTRIES
            and opener not in _SURE_OPENERS
            and _JOINED.search(line, max(begin, match.start() - 16), match.start())
        ):
            ends = False
    return ends


def _within_korean_date(line: str, match: re.Match[str], next_word: str) -> bool:
    """Whether the stop is one of "2025. 8. 25." with more to come."""
    date = _KOREAN_DATE.search(line, max(0, match.start() - 14), match.start())
    # Near by: to look through the whole of a long line for each of its stops takes for ever.
    if date is None or not _HANGUL.search(line, max(0, match.start() - 60), match.end() + 60):
        return False
    if re.fullmatch(r"\d{1,2}\.", next_word) or (date["more"] and re.fullmatch(r"\d{1,2}", next_word)):
        return True
    return bool(date["more"]) and bool(_HANGUL.match(next_word))


def _subject_follows(line: str, match: re.Match[str], bare: str, next_word: str) -> bool:
    """Whether a new subject stands after an abbreviation: "Hyundai Motor Co. Kia was", "in the U.S. Lee"."""
    if bare in _COMPANIES_AND_STATES or bare == "I":
        next_end = line.find(next_word, match.end()) + len(next_word)
        return next_word not in _ROLES and bool(_VERB_NEXT.match(line, next_end))
    return bare in _COUNTRIES and next_word in _ACTORS
