"""The same questions in Korean, where the tables of names and terms know every word that is needed."""

from __future__ import annotations

from app.names import TOKEN, NameTables
from app.question_patterns import Asked
from app.romanise import fold
from app.texts import with_particles

_SPEND = {"invest": "투자하기로", "spend": "지출하기로", "contribute": "부담하기로", "provide": "제공하기로"}
_PEOPLE = frozenset(["사람", "노동자", "근로자", "직원", "군인", "병사", "장병", "학생", "시민", "국민"])
_DONE_TO = {"detained": "구금된", "killed": "사망한", "deployed": "파병된", "arrested": "체포된", "stationed": "주둔한"}


def in_korean(asked: Asked, tables: NameTables) -> str | None:
    """A question made of an English sentence, asked in Korean; None where a word of it is not in the tables."""
    make = {
        "demand": _demand,
        "rate": _rate,
        "count": _count,
        "investment": _investment,
        "sum": _sum,
        "promised": _sum,
    }.get(asked.kind)
    question = make(asked.parts, tables) if make else None
    return with_particles(question) if question else None


def said_in_korean(person: str, topic: str) -> str:
    """What a person said about a topic."""
    return with_particles(f"{person}은(는) {topic}에 대해 무엇이라고 말했나요?")


def topic_in_korean(outlet: str, topic: str, tables: NameTables) -> str:
    """What an outlet says about a topic."""
    return with_particles(f"{_name(outlet, tables) or outlet}은(는) {topic}에 대해 무엇이라고 하나요?")


def _demand(parts: dict[str, str], tables: NameTables) -> str | None:
    subject, of = _name(parts["subject"], tables), _name(parts["of"], tables)
    end = "요구하고 있나요" if parts["verb"] == "demanding" else "요구해 왔나요"
    return f"{subject}은(는) {of}에 무엇을 {end}?" if subject and of else None


def _rate(parts: dict[str, str], tables: NameTables) -> str | None:
    rate = _term(parts["rate"], tables)
    moved = "올랐나요" if parts["verb"] in ("raise", "increase") else "낮아졌나요"
    return f"{rate}은(는) 몇 퍼센트로 {moved}?" if rate else None


def _count(parts: dict[str, str], tables: NameTables) -> str | None:
    """People alone: other things are counted with words of their own."""
    *before, noun = parts["counted"].split()
    counted, done = _term(noun, tables), _DONE_TO.get(parts["verb"])
    of = _name(" ".join(before), tables) if before else ""
    if counted not in _PEOPLE or done is None or of is None:
        return None
    return f"{done} {of} {counted}은(는) 몇 명인가요?".replace("  ", " ")


def _investment(parts: dict[str, str], tables: NameTables) -> str | None:
    owner, place = _name(parts["owner"], tables), _name(parts["rest"], tables)
    if not parts["noun"].startswith("investment") or not (owner and place):
        return None
    return f"{owner}이(가) {place}에 투자하는 금액은 얼마인가요?"


def _sum(parts: dict[str, str], tables: NameTables) -> str | None:
    subject, verb = _name(parts["subject"], tables), _SPEND.get(parts["verb"])
    return f"{subject}은(는) 얼마를 {verb} 했나요?" if subject and verb else None


def _name(written: str, tables: NameTables) -> str | None:
    """The Korean form of the one name in the words; "Seoul" stays the country it stands for."""
    found = tables.find(written)
    return next(iter(found[0].name.korean), None) if len(found) == 1 else None


def _term(written: str, tables: NameTables) -> str | None:
    key = " ".join(fold(token[0]) for token in TOKEN.finditer(written))
    known = tables.reverse.get(key, ()) or tables.reverse.get(key.removesuffix("s"), ())
    return next((korean for korean in known if korean in _PEOPLE), None) or next(iter(known), None)
