"""Words by which a claim says more than its evidence: all for many, only, the largest, permanently, a majority."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class _Kind(NamedTuple):
    claimed: re.Pattern[str]  # the word that needs bearing out
    given: re.Pattern[str]  # what in the evidence bears it out


def _any(*words: str) -> re.Pattern[str]:
    """Any of the words, Korean ones with whatever follows; a part in brackets says what may not stand beside it."""
    english = "|".join(word for word in words if word.isascii())
    korean = "|".join(word for word in words if not word.isascii())
    return re.compile(rf"\b(?:{english})\b" + (f"|{korean}" if korean else ""), re.IGNORECASE)


_KINDS = (
    _Kind(
        _any(
            r"(?<!after )(?<!above )(?<!at )(?<!of )all(?= (?:of |the )?[a-z]{3,})(?! (?:over|but|options|kinds))",
            r"(?:every|entire)(?! (?:year|month|week|day|quarter|time|few|two|three))",
            "everyone",
            "everybody",
            "entirely",
            "wholly",
            "all of them",
            *("모든", "전원", "모두"),
        ),
        _any(
            *(
                "all",
                "every",
                r"every\w+",
                "each",
                r"entire\w*",
                r"whol\w+",
                r"full\w*",
                r"complete\w*",
                r"total\w*",
                "any",
            ),
            *(
                r"unanimous\w*",
                "both",
                "across",
                r"universal\w*",
                "throughout",
                "none",
                "no",
                "without",
                "never",
                "always",
            ),
            *("only", "comprehensive", r"\w+ly basis", "100 ?percent", "모든", "전원", "모두", "전체", "만장일치"),
        ),
    ),
    _Kind(
        _any("always", "invariably", "at all times", "in every case", "항상", "언제나"),
        _any(r"\w*ever", "every", "all", r"consistent\w*", r"constant\w*", r"continu\w+", "always", "항상", "언제나"),
    ),
    _Kind(
        _any(
            r"permanent(?:ly)?(?! (?:member|representative|mission|seat))",
            *("forever", "indefinitely", "for good", "영구", "영원히"),
        ),
        _any(
            *(r"permanent\w*", "forever", r"indefinite\w*", r"endur\w+", "lasting", "never", r"perpetual\w*"),
            *(r"irreversibl\w+", "영구", "영원"),
        ),
    ),
    _Kind(
        _any(
            r"(?<!not )only(?! (?:if|when|after|just))", "solely", "exclusively", "sole", "nothing but", "오직", "유일"
        ),
        _any(
            *("only", r"sole\w*", r"exclusive\w*", "just", "alone", "merely", r"unique\w*", "single", "nothing"),
            *("no other", "오직", "유일", "단독"),
        ),
    ),
    _Kind(
        _any(
            "majority",
            r"most (?:of the |of |[A-Z]\w+|people|members|countries|workers)",
            *("대다수", "과반", "대부분"),
        ),
        _any(
            *(r"majorit\w+", "most", "more than half", "over half", "two-thirds", "three-quarters", "nearly all"),
            *("almost all", r"[5-9]\d(?:\.\d+)? ?(?:%|percent)", "대다수", "과반", "대부분"),
        ),
    ),
    _Kind(
        _any(
            *("guarantee[sd]?", "certain to", "bound to", "inevitabl[ey]", "undoubtedly", "definitely", "proven?"),
            *("proves", "without doubt", "반드시", "틀림없"),
        ),
        _any(
            *(r"guarantee\w*", r"certain\w*", "bound", r"inevitabl\w+", r"ensur\w+", r"assur\w+", r"undoubt\w+"),
            *(r"defini\w+", r"prove\w*", "proof", r"clear\w*", "must", "ironclad", r"demonstrat\w+", "반드시", "보장"),
        ),
    ),
    _Kind(
        _any("immediately", "at once", "right away", "overnight", "즉시", "즉각"),
        _any(
            *(r"immediate\w*", "at once", "right away", "overnight", r"prompt\w*", r"swift\w*", "now", "today"),
            *(r"quick\w*", r"soon\w*", r"urgent\w*", "즉시", "즉각"),
        ),
    ),
)
_NO_SUPERLATIVE = """west east rest interest request test guest protest contest forest invest latest harvest quest
arrest conquest best chest northwest northeast southwest southeast manifest honest modest midwest closest"""
_SUPERLATIVE = re.compile(
    r"\b(?:the|its|their|his|her|our|[A-Za-z]+['’]s) "
    rf"(?P<word>(?:most|least) \w+|(?!(?:{'|'.join(_NO_SUPERLATIVE.split())})\b)[a-z]{{3,}}est)\b"
    r"|(?P<korean>최대|최초|최고|최다)",
    re.IGNORECASE,
)
_TOP = _any(
    *("most", "least", "top", "leading", "first", "number one", r"no\. ?1", "record", "unmatched", r"unprecedent\w+"),
    *("unparalleled", "never", "main", "only", "primary", "historic", "maximum", r"[a-z]{3,}est", "최"),
)


def overclaims(claim: str, evidence: str) -> Iterator[str]:
    """The words of the claim, English or Korean, that go beyond anything the evidence says; in no order."""
    for kind in _KINDS:
        match = kind.claimed.search(claim)
        if match and not kind.given.search(evidence):
            yield match[0]
    superlative = _SUPERLATIVE.search(claim)
    if superlative and not _TOP.search(evidence):
        yield superlative["word"] or superlative["korean"]
