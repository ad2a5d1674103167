"""Korean questions that take more than one search: "X와 Y의 … 차이", "합의 전후로", two questions in one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.comparisons import SOURCES
from app.context import fitted_particle, names_in
from app.followups import make_standalone
from app.korean import read_korean
from app.names import NameTables

_JOINED = re.compile(r"(?<=[가-힣A-Za-z0-9])(?:와|과|이랑|랑|하고)\s+(?:의\s+)?|\s+(?:및|대|vs\.?)\s+")
_PARTICLE = re.compile(r"(?:의|은|는|이|가|을|를|에서는|에서|에는|에|도)$")
_CUE = re.compile(
    r"\s*(?:[을를이가은는의]\s+|의\s*)?"
    r"(?:비교|차이|대조|견해차|다른 점|어떻게 (?:다른|다르|달)|다른가|다릅니까|다른지).*$"
)
_COMPARES = re.compile(r"비교|차이|대조|견해차|다른 점|다르|다른가|다른지|달라|달랐|다릅")
_EACH = re.compile(r"(?:각각|서로|다르게)\s+")
_SAYS = re.compile(
    r"(?:말|보도|주장|평가|설명|지적|강조|비판|분석|언급|전망|발언)(?:하|한|했|할|을|은|은\b)|썼|밝혔|전했|다뤘|보았|봤"
)
_YEARS = re.compile(r"(?P<one>\d{4}년(?:\s*\d{1,2}월)?)(?:과|와|\s*및|,)\s*(?P<two>\d{4}년(?:\s*\d{1,2}월)?)")
_BEFORE_AND_AFTER = re.compile(r"(?P<before>이전|전)(?:에)?(?:과|와)\s*(?P<after>이후|후)|(?<=[가-힣]\s)전후(?:로|에)")
_GOES_ON = re.compile(r"(?<!라)(?<!다)(?<!자)(?<!냐)(?:고|며)\s*[,，]?\s+")
_QUOTED_ENDS = re.compile(r"(?<=[?？])\s+(?:그리고\s+|또\s+)?(?=\S)")
_HEADS: Final = 6  # words of a thing compared


def split_korean(question: str, tables: NameTables) -> tuple[str, ...]:
    """The questions to be searched apart, in order; () where one search does."""
    bare = " ".join(question.split()).rstrip("?!.？ ")
    return _two_questions(bare, tables) or _two_times(bare) or _compared(bare, tables)


def _two_times(bare: str) -> tuple[str, ...]:
    years = _YEARS.search(bare)
    if years:
        return tuple(_put(bare, years, years[side]) for side in ("one", "two"))
    match = _BEFORE_AND_AFTER.search(bare)
    if match:
        sides = (match["before"], match["after"]) if match["before"] else ("전에", "후에")
        return tuple(_put(bare, match, side) for side in sides)
    return ()


def _compared(bare: str, tables: NameTables) -> tuple[str, ...]:
    compares = bool(_COMPARES.search(bare))
    for joint in _JOINED.finditer(bare):
        before, behind = bare[: joint.start()], bare[joint.end() :]
        if compares and (parts := _heads(before, behind)):
            return parts
        one, other = before.split(" ")[-1], behind.split(" ")[0]
        particle = _PARTICLE.search(other)
        other = other[: particle.start()] if particle else other
        groups = [{hit.name.group for hit in names_in(word, tables)} for word in (one, other)]
        says = all(group & SOURCES for group in groups) and bool(_SAYS.search(bare))
        apart = compares or bool(_EACH.search(behind))
        if not (one and other and all(groups) and (says or apart)):
            continue
        rest = _CUE.sub("", _EACH.sub("", behind[len(other) :]))
        if not _PARTICLE.sub("", rest).strip():
            continue
        prefix = before[: len(before) - len(one)]
        return tuple(_mark(f"{prefix}{word}{fitted_particle(word, rest)}") for word in (one, other))
    return ()


def _heads(before: str, behind: str) -> tuple[str, ...]:
    """Two things of as many words that end in the same one: "대미 수출 비중과 대중 수출 비중을 비교"."""
    other = _PARTICLE.sub("", _CUE.sub("", behind)).split(" ")
    words = before.split(" ")
    if not 2 <= len(other) <= min(_HEADS, len(words)) or other[-1] != words[-1]:
        return ()
    prefix = words[: len(words) - len(other)]
    return tuple(_mark(" ".join([*prefix, *thing])) for thing in (words[-len(other) :], other))


def _two_questions(bare: str, tables: NameTables) -> tuple[str, ...]:
    """Two in one: "얼마를 투자하기로 했고 누가 서명했나요"; the second as a follow-up of the first."""
    pieces = [piece.rstrip("?？ ") for piece in _QUOTED_ENDS.split(bare)]
    if len(pieces) == 1:
        pieces = _halves(bare, tables)
    if len(pieces) != 2 or not all(_asks(piece, tables) for piece in pieces):
        return ()
    first = _mark(pieces[0])
    second, resolved = make_standalone(_mark(pieces[1]), [{"role": "user", "content": first}], tables, "ko")
    if not resolved and not names_in(second, tables):
        second = f"{second.rstrip('?')} — {first}"
    return first, second


def _halves(bare: str, tables: NameTables) -> list[str]:
    asked = [word for word in read_korean(bare, tables) if word.role == "question"]
    if len(asked) < 2:
        return []
    cut = next(iter(_GOES_ON.finditer(bare, asked[0].end - 1, asked[-1].start)), None)
    return [_finished(bare[: cut.end()].rstrip(" ,，")), bare[cut.end() :]] if cut else []


def _finished(half: str) -> str:
    """The first half of a sentence as a sentence: "했고" → "했나요", "얼마이고" → "얼마인가요"."""
    if half.endswith(("이고", "이며")):
        return f"{half[:-2]}인가요"
    stem = half[:-1]
    return f"{stem}인가요" if re.search(r"(?:얼마|누구|어디|언제|무엇|뭐)$", stem) else f"{stem}나요"


def _asks(piece: str, tables: NameTables) -> bool:
    words: Sequence[str] = [word.role for word in read_korean(piece, tables)]
    return "question" in words and len(words) >= 2


def _put(bare: str, match: re.Match[str], words: str) -> str:
    return _mark(f"{bare[: match.start()]}{words}{bare[match.end() :]}")


def _mark(words: str) -> str:
    return f"{words.strip(' ,?')}?"
