"""The fixed words around an answer on every surface, in English and Korean, and how a date is written in each."""

from __future__ import annotations

from app.answers.schema import Basis, Language, Status

SHAPES: dict[Status, str] = {"answered": "●", "partial": "◐", "not_in_corpus": "○", "conversation": "·", "error": "✕"}

STATUS_WORDS: dict[Language, dict[Status, str]] = {
    "en": {
        "answered": "answered",
        "partial": "partly answered",
        "not_in_corpus": "the articles don't say",
        "conversation": "about Hanmi and its articles",
        "error": "no answer",
    },
    "ko": {
        "answered": "답변함",
        "partial": "일부만 답변함",
        "not_in_corpus": "기사에 없음",
        "conversation": "안내",
        "error": "답변하지 못함",
    },
}

LABELS: dict[Language, dict[str, str]] = {
    "en": {
        "citation": "Citation {number}: {source}",
        "nearest": "Nearest in the articles",
        "matched_via": "matched via",
        "names": "names understood",
        "open": "original",
        "undated": "undated",
        "sources": "Sources",
        "place": "article {article}, characters {start}–{end}, SHA-256 {sha256}",
        "unsupported": "not supported",
        "written": "written by {model}",
        "flag_instruction": "reads like an instruction to a machine; shown as the article's words only",
        "open_page": "Open in browser",
        "share": "Share in channel",
        "helpful": "Helpful",
        "unhelpful": "Not helpful",
        "delete": "Delete this answer",
        "delete_sure": "The answer goes from here and from where Hanmi keeps it; this cannot be undone.",
        "keep": "Keep",
    },
    "ko": {
        "citation": "인용 {number}: {source}",
        "nearest": "가장 가까운 기사 내용",
        "matched_via": "연결된 이름",
        "names": "인식한 이름",
        "open": "원문",
        "undated": "날짜 없음",
        "sources": "출처",
        "place": "기사 {article}, 글자 {start}–{end}, SHA-256 {sha256}",
        "unsupported": "근거 없음",
        "written": "{model} 작성",
        "flag_instruction": "기계에 대한 지시처럼 읽히는 문장으로, 기사 내용으로만 표시합니다",
        "open_page": "브라우저에서 열기",
        "share": "채널에 공유",
        "helpful": "도움이 됨",
        "unhelpful": "도움이 안 됨",
        "delete": "이 답변 삭제",
        "delete_sure": "이곳과 Hanmi의 저장소에서 답변이 삭제되며 되돌릴 수 없습니다.",
        "keep": "유지",
    },
}

# Kinds of article that argue: an answer made of them alone is somebody's view.
OPINION_KINDS = ("opinion", "op-ed", "analysis", "column", "commentary", "editorial")

# What a question may ask for (app.answers.asked_for), as it stands in a sentence.
KIND_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "share": "a percentage",
        "sum": "an amount",
        "count": "a number",
        "number": "a figure",
        "time": "a date",
        "person": "a name",
    },
    "ko": {"share": "비율", "sum": "금액", "count": "수", "number": "수치", "time": "날짜", "person": "이름"},
}

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def display_date(published: str | None, language: Language) -> str:
    """A partial ISO date in words: "2025-09" → "September 2025", "2025년 9월"; "" without a date."""
    if not published:
        return ""
    parts = [int(part) for part in published.split("-")]
    if language == "ko":
        return " ".join(f"{part}{unit}" for part, unit in zip(parts, "년월일", strict=False))
    words = [str(parts[0]), *(_MONTHS[month - 1] for month in parts[1:2]), *(str(day) for day in parts[2:3])]
    return " ".join(reversed(words))


def display_basis(basis: Basis, language: Language) -> list[str]:
    """What an answer rests on, in short parts: ["3 articles", "2 outlets", "April 2023 – November 2025"]."""
    if not basis.articles:
        return []
    if language == "ko":
        parts = [f"기사 {basis.articles}건", *([f"매체 {basis.outlets}곳"] if basis.outlets > 1 else [])]
    else:
        parts = [f"{basis.articles} article{'s' if basis.articles > 1 else ''}"]
        parts += [f"{basis.outlets} outlets"] if basis.outlets > 1 else []
    dates = dict.fromkeys(display_date(date, language) for date in (basis.oldest, basis.newest) if date)
    return [*parts, " – ".join(dates)] if dates else parts
