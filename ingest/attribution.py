"""Who is quoted or paraphrased in a sentence, in English and Korean; rather nobody than the wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterator


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_SAID = (
    "said|says|told|wrote|writes|added|argued|argues|warned|warns|noted|notes|stressed|insisted|insists|claimed|claims|"
    "explained|explains|stated|declared|emphasized|emphasised|remarked|replied|responded|observed|acknowledged|admitted|"
    "contended|contends|asserted|asserts|quipped|recalled|complained|countered|testified|tweeted|joked"
)
_MAY_SAY = (  # speech only beside "that" or a quotation
    "announced|suggested|suggests|predicted|predicts|promised|vowed|pledged|concluded|concludes|urged|asked|asks|posted|"
    "denied|called|calls|described|describes|continued|boasted|lamented|reiterated|reaffirmed|confirmed|threatened|"
    "demanded|demands|believes|thinks|hinted|maintained|maintains"
)
_TOKEN = (
    r"(?:(?:Gen|Sen|Rep|Adm|Lt|Col|Maj|Capt|Cmdr|Sgt|Brig|Amb|Dr|Mr|Mrs|Ms|Prof|Gov|Sec|Min|St|Jr|Sr)\."
    r"|(?:[A-Z]\.)+|[A-Z][\w’'\-]*)"
)
_NAME = rf"{_TOKEN}(?:(?:,?\s+(?=[JS]r\.)|\s+(?:(?:of the|of|for|and|de|van|von)\s+(?=[A-Z]))?){_TOKEN}){{0,7}}"
_BESIDE = (
    r"(?:\s+(?:also|then|later|once|has|had|again|have|himself|herself|\w+ly|"
    r"on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day))*"
)
_ASIDE = r"(?:,\s+[^,;:“”\"]{3,90},)"
_SUBJECT = re.compile(
    rf"(?P<name>{_NAME})(?:{_ASIDE})?{_BESIDE}\s+(?:(?P<said>{_SAID})|(?:{_MAY_SAY}))\b(?!\s+to\s+(?:be|have)\b)"
)
_LOWER_ROLE = r"(?P<role>(?:the\s+)?(?:[a-z][\w\-]*\s+){0,5})"
_INVERTED = re.compile(rf"[,”\"’'?!]\s+(?:{_SAID}|{_MAY_SAY})\s+{_LOWER_ROLE}(?P<name>{_NAME})")
_LINKS = r"(?:in|on|at|of|to|from|for|who|which|and|as|by|is|was|has|said)\b"
_ACCORDING = re.compile(rf"\b[Aa]ccording\s+to\s+{_LOWER_ROLE}(?P<name>{_NAME})(?!\s+(?!{_LINKS})[a-z])")
_OPINION = re.compile(
    rf"\b[Ii]n\s+(?P<name>{_NAME}?)[’']s\s+(?:own\s+)?(?:view|words|telling|opinion|account|assessment|reading)\b"
    rf"|\b[Ii]n\s+the\s+(?:words|view|opinion)\s+of\s+(?:the\s+)?(?P<of>{_NAME})"
)
_PRONOUN = re.compile(rf"(?:\b[Hh]e|\b[Ss]he){_BESIDE}\s+(?:{_SAID})\b|[,”\"]\s+(?:said|added)\s+(?:he|she)\b")
_DID = (
    r"(?:\w+ed|is|was|has|had|will|would|told|met|spoke|came|went|took|flew|made|left|gave|sat|began|became|wrote|did|"
    r"says|said|holds|held|serves|runs|ran|led|leads|knows|knew|wants|calls|thinks|won|lost|rose|fell|kept|put)\b"
)
_QUOTED = re.compile(r"“[^“”]*(?:”|\Z)|\"[^\"]*(?:\"|\Z)|\A[^“”]*”")
_WHOLLY_QUOTED = re.compile(r"[“\"][^“”\"]+[”\"]?\Z")
_CLAUSE_START = re.compile(r"[,;:—–”\"(]\s*\Z|\b(?:that|as|and|but|while|where)\s+\Z")
_ROLE = re.compile(  # a common noun before or instead of a title: "analyst Kim said", "said former ambassador Kim"
    r"(?:advis[eo]r|minister|president|professor|analyst|spokes\w+|columnist|lawmaker|senator|expert|director|secretary|"
    r"chief|commander|general|ambassador|economist|envoy|negotiator|author|scholar|researcher|fellow|leader|governor|"
    r"chairman|chair|reporter|journalist|diplomat|strategist|historian|representative|speaker|premier|executive|head|"
    r"officer|candidate|prosecutor|lawyer|critic|colleague|counterpart|deputy)\s*\Z",
    re.IGNORECASE,
)
_LEADING = _words(
    """The A An On In At From By For With To Of As But And Or So Yet If When While Where Although Though Because Since
    After Before Until Once Still Also However Meanwhile Then Later Earlier Last Now Today Yesterday Even Only Asked
    This That These Those Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May
    June July August September October November December Separately Instead Indeed Moreover Here There Like Unlike
    Former Speaking"""
)
_PREPOSITIONS = _words("On In At From By For With To Of After Before Since During Until")
_PLACES = _words(
    """Seoul Washington Tokyo Beijing Pyongyang Moscow Brussels Gyeongju Busan Osan Korea Japan China America Russia
    Georgia Hanoi Singapore Congress Asia Europe Ukraine Taiwan Philadelphia Geneva Daegu Jeju Incheon Ulsan"""
)
_OFFICES = _words(
    """Secretary Minister Director Chairman President Speaker Under Assistant Deputy Chief Vice Acting Attorney Prime
    General Ambassador CEO Presidents Ministers Leaders Secretaries Senator Governor Premier State Advisor Adviser"""
)
_NO_PERSON = _words(
    """House Pentagon Ministry Department Office Army Navy Command Council Commission Committee Bank Party Agency
    Congress Senate Assembly Institute University Center Forces Government Samsung Hyundai Posco POSCO Reuters
    Yonhap CNN Times Post Herald Inc Corp Co Ltd Group Company Chiefs Court Treasury NATO UN EU Administration
    Embassy Diplomat Street Journal Daily Service Association Union Foundation Board Cabinet Alliance"""
)
_NO_SPEAKER = _words(
    """Koreans Americans Democrats Republicans Japanese Chinese Europeans Russians Critics Officials Analysts Experts
    Lawmakers Sources Supporters Reports Observers Many Some Most Few Nobody Everyone Others Each People Protesters
    Workers Voters Polls He She They It We I You Who Someone Anyone One All None Economists Diplomats Aides Reporters
    Scholars Opponents Article Articles Section Table Figure Act Treaty Agreement Sheet Statement Constitution
    Resolution Strategy Memorandum Order Proclamation Survey Poll Law Bill Declaration Chapter Annex Paragraph Report Q
    Nothing What Whatever Whether How Why Nor Neither Either Whoever Which Having Both"""
)


def quoted_speaker(sentence: str, previous: str = "") -> str | None:
    """Who is quoted or paraphrased in a sentence, as written there: "Gen. Brunson", "White House", "이재명 대통령".

    "He said" is resolved from the sentence before, and so is a sentence that only goes on quoting, if that leaves no
    doubt. None for nobody, for the unnamed ("officials said", "the president said"), and for two in one sentence.
    """
    if re.search(r"[가-힣]", sentence):
        return _korean_speaker(sentence, previous)
    named = set(_named_speakers(sentence))
    if named:
        return named.pop() if len(named) == 1 else None
    outside = _mask(sentence)
    pronoun = _PRONOUN.search(outside)
    if pronoun:
        return None if any(_persons(outside[: pronoun.start()])) else _person_of(previous)
    if _WHOLLY_QUOTED.match(sentence) and re.search(r"[”\"].*\w\.\Z", previous, re.DOTALL):
        earlier = set(_named_speakers(previous))
        return earlier.pop() if len(earlier) == 1 else None
    return None


def _mask(sentence: str) -> str:
    """The sentence with the words of its quotations blanked: who speaks stands outside of them."""
    return _QUOTED.sub(lambda match: re.sub(r"[^“”\",.?!]", "_", match[0]), sentence)


def _named_speakers(sentence: str) -> Iterator[str]:
    yield from _who_says(sentence)
    outside = _mask(sentence)
    for match in _ACCORDING.finditer(outside):
        role = match["role"].removeprefix("the ")
        if not role.strip() or _ROLE.search(role):
            yield from _clean_name(match["name"])
    for match in _OPINION.finditer(outside):
        yield from _clean_name(match["name"] or match["of"])


def _who_says(sentence: str) -> Iterator[str]:
    outside = _mask(sentence)
    quoting = outside != sentence
    for match in _SUBJECT.finditer(outside):
        before = outside[max(0, match.start() - 30) : match.start()]
        opens_clause = not before.strip() or _CLAUSE_START.search(before) or _ROLE.search(before)
        speech = match["said"] or quoting or re.match(r"\s+(?:\w+\s+){0,2}that\b", outside[match.end() :])
        if opens_clause and speech:
            yield from _clean_name(match["name"])
    for match in _INVERTED.finditer(outside):
        role = match["role"].removeprefix("the ")
        if not role.strip() or _ROLE.search(role):
            yield from _clean_name(match["name"])


def _clean_name(written: str) -> Iterator[str]:
    """The name without the words that merely open the sentence; nothing for what is no speaker."""
    tokens = re.sub(r"[’']s\Z", "", written).split()
    after_preposition = False
    while tokens and (tokens[0] in _LEADING or (after_preposition and tokens[0] in _PLACES)):
        after_preposition = after_preposition or tokens[0] in _PREPOSITIONS
        tokens.pop(0)
    if "of" in tokens[2:] and tokens[0] not in _OFFICES and not _NO_PERSON.intersection(tokens[: tokens.index("of")]):
        tokens = tokens[: tokens.index("of")]  # "Victor Cha of CSIS", but not "Secretary of State Marco Rubio"
    unnamed = all(token in _OFFICES or token.islower() for token in tokens)
    if not unnamed and not any(re.split(r"[’']", token)[0] in _NO_SPEAKER for token in tokens):
        yield " ".join(tokens)


def _persons(outside: str) -> Iterator[str]:
    """The names in a text that look like those of people."""
    for match in re.finditer(_NAME, outside):
        for name in _clean_name(match[0]):
            acronym = re.search(r"\b[A-Z]{2,}\b", name)
            if not acronym and not _NO_PERSON.union(_PLACES).intersection(name.split()):
                yield name


def _person_of(previous: str) -> str | None:
    """The one person a "he" after this sentence can be: its speaker, or the only person it names, as its subject."""
    speakers = {name for name in _who_says(previous) if name in set(_persons(name))}
    if speakers:
        return speakers.pop() if len(speakers) == 1 else None
    outside = _mask(previous)
    subject = re.match(rf"(?P<name>{_NAME})(?:{_ASIDE})?\s+{_DID}", outside)
    persons = set(_persons(outside))
    if subject and len(persons) == 1 and persons == set(_clean_name(subject["name"])):
        return persons.pop()
    return None


_KOREAN_TITLE = (
    "대통령|부총리|총리|차관보|장관|차관|대사|의원|원내대표|대표|위원장|실장|수석|대변인|교수|소장|석좌|연구위원|연구원|사령관|총장|"
    "후보|지사|시장|회장|사장|차장|국장|청장|특사|보좌관|비서관|원장|박사|대장|제독|고문|본부장|총재|의장|칼럼니스트|변호사"
)
_KOREAN_BODY = (
    "국방부|외교부|통일부|산업부|산업통상자원부|기획재정부|기재부|국무부|재무부|상무부|백악관|대통령실|합참|합동참모본부|한국은행|"
    "주한미군사령부|주한미군|국가정보원|국정원|금융위원회|통계청|관세청|국토안보부|의회조사국|연합뉴스|외무성"
)
_KOREAN_SUBJECT = re.compile(
    rf"(?<!\S)(?P<name>(?:[가-힣A-Z][가-힣A-Za-z·\-]*\s+){{0,6}}?[가-힣]*(?:{_KOREAN_TITLE})"
    rf"|(?:[가-힣]{{1,4}}\s)?(?:{_KOREAN_BODY}))"
    r"(?:\([^)]*\))?(?P<particle>은|는|이|가|에 따르면|에 의하면)(?=[\s,])"
)
_KOREAN_VERB = (
    "(?:말|밝|강조|설명|주장|전|덧붙|지적|평가|답|했|썼|적|비판|경고|언급|물|반박|역설|촉구|당부|전망|분석|시사|"
    "단언|토로|일축|부인)"
)
_KOREAN_SAID = re.compile(
    r"(?:라고|라며|라면서|다고|다며|다면서|냐고|자고|고|며|면서)[”\"’']?\s+(?:[^\s“”\"]+\s+){0,6}?"
    rf"{_KOREAN_VERB}\S*\s*\Z"
)
_KOREAN_LAST = re.compile(rf"\s(?:\S+\s+){{0,2}}{_KOREAN_VERB}\S*\s*\Z")
_BEFORE_KOREAN_NAME = re.compile(  # a word before the name that is none of it: "이날 워싱턴에서 위성락 실장은"
    r"(?!김정은|주한|주미).*(?:에서|에게|에|은|는|을|를|의|도|으로|까지|부터|와|과|날|한|된|인|며|고|해|란|없이|라)\Z"
    r"|지난|오늘|또|또한|그러나|하지만|그리고|특히|다만|이어|앞서|당시|이후|한편"
)


def _korean_speaker(sentence: str, previous: str) -> str | None:
    outside = _mask(sentence)
    named = {name for name, particle in _korean_subjects(outside) if particle.startswith("에")}
    bare = outside.rstrip(" .!?…”\"’'")
    if not named and _KOREAN_SAID.search(bare):
        named = {name for name, _ in _korean_subjects(bare)}
        if re.match(r"(?:[가-힣]+\s)?그(?:는|녀는)\s", outside):
            named = {name for name, particle in _korean_subjects(_mask(previous)) if particle in "은는"}
    return named.pop() if len(named) == 1 else None


def _korean_subjects(outside: str) -> Iterator[tuple[str, str]]:
    """Names and their particles; with 이 or 가 only between "…고" and the last verb, or it is another clause's."""
    topic = re.match(r"[가-힣]{2,}[은는]\s", outside)
    for match in _KOREAN_SUBJECT.finditer(outside):
        words = match["name"].split()
        cut = max((at + 1 for at, word in enumerate(words[:-1]) if _BEFORE_KOREAN_NAME.fullmatch(word)), default=0)
        if all(re.fullmatch(_KOREAN_TITLE, word) for word in words[cut:]):
            continue
        before = words[cut - 1] if cut else outside[max(0, match.start() - 9) : match.start()].rstrip()
        if match["particle"] in "이가":
            inverted = re.search(r"[고며][”\"’']?\Z", before)
            names_speaker = bool(inverted and _KOREAN_LAST.match(outside, match.end()))
        else:
            names_speaker = not (topic and match.start() > 0 and match["particle"] in "은는")
        if names_speaker:
            yield " ".join(words[cut:]), match["particle"]
