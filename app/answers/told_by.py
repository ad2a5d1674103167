"""Whose words a claim says they are, against whose words the evidence is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answers.english_words import stem
from app.answers.proper_names import homes, known_names, names_nobody
from app.korean import read_korean
from app.names import Name, NameTables
from app.romanise import fold
from ingest.attribution import quoted_speaker

_TITLES_LIST = """president vice prime minister secretary general ambassador chairman chairwoman chair leader foreign
defense defence mr ms mrs dr director chief spokesperson spokesman spokeswoman senator representative congressman
congresswoman governor premier adviser advisor envoy admiral commander assistant deputy acting former first the of
national security south north korean korea american u.s. us south-korean state white house press trade unification
republic"""
_TITLES = frozenset(_TITLES_LIST.split())
# Besides saying: what only somebody's own words do.
_SPEAKS = (
    r"(?:said|says|told|tells|stated|states|argued|argues|argue|warned|warns|noted|notes|stressed|stresses|insisted|insists"
    r"|claimed|claims|explained|explains|declared|declares|emphasi[sz]ed|emphasi[sz]es|remarked|added|adds|wrote|writes"
    r"|believes|believed|thinks|promised|promises|pledged|pledges|vowed|vows|announced|announces|acknowledged|admitted"
    r"|asserted|asserts|maintains|maintained|described|describes|called|calls|expressed|expresses|voiced|thanked|praised"
    r"|credited|recalled|predicted|reiterated|reaffirmed|affirmed|suggested|asked|posted|reported|confirmed)"
)
_NAME = r"(?P<name>(?:(?:[A-Z][\w’'.-]*|of|the)\s+){0,5}?[A-Z][\w’'-]+)"
_SAID = re.compile(rf"{_NAME}(?:,[^,]{{3,60}},)?\s+(?:also |later |then |has |had |\w+ly )?{_SPEAKS}\b")
_ACCORDING = re.compile(rf"\b(?:[Aa]ccording to|[Ii]n the (?:words|view) of|[Qq]uoting|[Cc]iting)\s+(?:the )?{_NAME}")
_KOREAN_SAID = re.compile(
    r"(?:다고|라고|라며|다며|자고|냐고|[\"”’])\s*(?:말|밝|강조|설명|주장|전|덧붙|지적|평가|적|비판|경고|언급|촉구|당부|전망|썼|했)"
    r"[가-힣]*[.\s]*\Z"
)
_SPEAKING = ("people", "offices", "institutions", "countries")
# Stems of words of speech and of will, and how many words behind a name they may stand.
_WILL_LIST = """say tell state argue warn note stress insist claim explain declare emphasize remark add write believe
think promise pledge vow announce acknowledge admit assert maintain describe call express voice thank praise credit
recall predict reiterate reaffirm affirm suggest ask post report confirm demand urge want seek press threaten reject
dismiss refuse oppose accuse agree welcome commit underscore hope propose request deny criticize condemn support
clear view speak highlight recognize commend congratulate share discuss applaud decide intend plan offer invite
convey point see reveal disclose assess estimate judge find concern alarm"""
_WILL = frozenset(map(stem, _WILL_LIST.split()))
_WILL_REACH, _CLOSE_REACH = 12, 3
_GOVERNMENT = re.compile(r"Administration|White House|[Gg]overnment|행정부|백악관|정부")
_LABEL = re.compile(r"(?P<label>[A-Z][A-Z .’'-]{3,40}):")  # of a transcript
_PRONOUNS = frozenset(("It", "He", "She", "They", "We", "I", "This", "That", "These", "Those", "Both", "The"))


def claimed_speakers(claim: str, tables: NameTables) -> list[str]:
    """Whom the claim names as speaking, as written there, each once: "according to Yonhap, Lee said" names two."""
    if re.search("[가-힣]", claim):
        found = [quoted_speaker(claim) or _korean_speaker(claim, tables)]
    else:
        found = [match["name"] for cue in (_ACCORDING, _SAID) for match in cue.finditer(claim)]
        found.append(quoted_speaker(claim))
    # A name may come back short of its last letter.
    whole = [re.search(rf"{re.escape(one)}\w*", claim) for one in found if one]
    names = dict.fromkeys(match[0] for match in whole if match)
    return [name for name in names if name.split()[0] not in _PRONOUNS and not names_nobody(name)]


def _korean_speaker(claim: str, tables: NameTables) -> str | None:
    """The first person or institution that is a subject, where the sentence ends on a word of speech."""
    if not _KOREAN_SAID.search(claim):
        return None
    for word in read_korean(claim, tables):
        if isinstance(word.entry, Name) and word.tail in ("은", "는", "이", "가") and word.entry.group in _SPEAKING:
            return word.stem
    return None


def is_told_by(
    speaker: str, texts: Sequence[str], speakers: Sequence[str], sources: Sequence[str], tables: NameTables
) -> bool:
    """Whether a claim's speaker is one the evidence has: who speaks or is quoted in it, or who wrote or published it.

    ``texts``: the cited sentences; ``speakers``: theirs, where known; ``sources``: authors and outlets. Somebody whom a
    sentence names before a word of speech or of will ("Washington is demanding …") speaks there too: right before it,
    where another speaker is known.
    """
    labels = [match["label"].title() for text in texts if (match := _LABEL.match(text))]
    known = [one for one in (*map(quoted_speaker, texts), *labels, *speakers, *sources) if one]
    if _GOVERNMENT.search(speaker) and any(_GOVERNMENT.search(other) for other in known):
        return True
    if any(_same(speaker, other, tables) for other in known):
        return True
    if not speakers and known_names(speaker, tables) & homes("\n".join(sources)):
        return True  # "Washington said" of a document of the White House
    reach = _CLOSE_REACH if speakers or labels else _WILL_REACH
    return any(_speaks_in(speaker, text, reach, tables) for text in texts)


def _same(one: str, other: str, tables: NameTables) -> bool:
    if known_names(one, tables) & known_names(other, tables):
        return True
    words = [{fold(word) for word in re.findall(r"[^\W_]+", text)} - _TITLES for text in (one, other)]
    return bool(words[0] & words[1]) or not words[0]


def _speaks_in(speaker: str, text: str, reach: int, tables: NameTables) -> bool:
    surname = fold(re.split(r"\s+", speaker.strip())[-1])
    wanted = known_names(speaker, tables)
    ends = [hit.end for hit in tables.find(text) if hit.name.name in wanted]
    ends += [word.end() for word in re.finditer(r"[^\W_]+", text) if fold(word[0]) == surname]
    return any(_WILL & set(_stems_behind(text, end, reach)) for end in ends if not text.startswith(("’s", "'s"), end))


def _stems_behind(text: str, at: int, reach: int) -> list[str]:
    """Stems of the words behind a name, to the end of its sentence; of a short reach, to the next comma."""
    end = r"[.!?](?:\s|\Z)" if reach > _CLOSE_REACH else r"[,.!?](?:\s|\Z)"
    rest = re.split(end, text[at:], maxsplit=1)[0]
    return [stem(word.lower()) for word in re.findall(r"[A-Za-z]+", rest)[:reach]]
