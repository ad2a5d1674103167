"""A written answer while it comes: pieces in, checked sentences out; then some of them mended or dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.answers.checking import Checked, ClaimChecker
from app.answers.markers import SentenceReader, Written
from app.answers.prompts import DROP, NOTHING_FOUND, PART_MISSING
from app.answers.schema import Claim, Turn
from app.answers.sent_passages import Sent
from app.answers.written import Numbers

MAX_CHARS: Final = 12_000  # of an answer; two to six sentences are asked for
MAX_CLAIMS: Final = 24
_NOTHING = re.compile(rf"\W*{NOTHING_FOUND}\W*", re.IGNORECASE)
_PART = re.compile(rf"\W*{PART_MISSING}\b", re.IGNORECASE)
# What models write of their own accord where they find nothing; it claims nothing of the articles' matter.
_ABSENT = re.compile(
    r"\b(?:passages?|articles?|sources?|texts?|excerpts?)\b.{0,40}\b(?:do(?:es)?|did)(?:n[’']t| not)\b.{0,30}"
    r"\b(?:say|mention|contain|provide|specify|address|include|give|state|answer|discuss|cover|indicate)"
    r"|(?:글|기사|자료|지문|대목|본문|출처).{0,60}(?:언급|포함|설명|나와|나오|제공|명시|다루|찾|확인|내용|정보|답).{0,12}"
    r"(?:없|않)\S{1,5}\Z",
    re.IGNORECASE,
)
# Frames around an answer that say nothing themselves.
_FRAME = re.compile(
    r"\W*(?:(?:sources?|references?|citations?|answer|summary|출처|참고(?: ?문헌)?|답변?|요약)\W*"
    r"|(?:based on|according to) the .{0,40}(?:passages?|articles?|sources?|texts?|documents?)\W*"
    r"|here (?:is|are|'s) .{0,80}:|(?:제공된|주어진) .{0,40}(?:따르면|바탕으로|기반으로).{0,40}:)\Z",
    re.IGNORECASE,
)

Told = tuple[int, Claim]  # a sentence's place in the answer, and the sentence


class Draft:
    """An answer while it is written: pieces in, checked sentences out."""

    def __init__(self, asked: list[Turn], sent: Sequence[Sent], checker: ClaimChecker, numbers: Numbers) -> None:
        self.asked = asked
        self.checker = checker
        self.told = ""  # as the model wrote it
        self.checked: list[Checked] = []
        self.dropped: set[int] = set()
        self.uncited: list[str] = []  # words that cite nothing
        self.part_missing = self.nothing_found = self.too_long = False
        self._counts = [len(one.spans) for one in sent]
        self._reader = SentenceReader(self._counts)
        self._numbers = numbers
        self._seen: set[str] = set()  # sentences, each told once
        self._lead: Written | None = None  # a line that ends in a colon, until its list comes
        self._above = ""  # … and while its list lasts

    def take(self, piece: str) -> Iterator[Told]:
        """A piece of the answer. ``too_long`` is set when no more will be read."""
        for at in range(0, len(piece), MAX_CHARS):
            part = piece[at : at + MAX_CHARS]
            self.told += part
            yield from self._take(self._reader.feed(part))
            if len(self.told) > MAX_CHARS or len(self.checked) >= MAX_CLAIMS:
                self.too_long = True
                return

    def end(self) -> Iterator[Told]:
        """What is left when the answer is whole."""
        yield from self._take(self._reader.end())
        if self._lead is not None:
            yield self._check(self._lead)

    def mend(self, at: int, line: str) -> Iterator[Told]:
        """A sentence in place of another, if it is carried; or none."""
        if line.strip(' .*`"').upper() == DROP:
            self.dropped.add(at)
            return
        reader = SentenceReader(self._counts)
        for written in (*reader.feed(line), *reader.end()):
            old = self.checked[at]
            mended = self.checker.check(written._replace(opens=old.written.opens), self._before(at))
            if mended.supported:
                self.checked[at] = mended
                yield at, self._numbers.claim(mended)
            return

    def _take(self, sentences: Sequence[Written]) -> Iterator[Told]:
        for written in sentences:
            cites = bool(written.refs or written.unknown)
            if written.text in self._seen or _FRAME.match(written.text):
                continue  # a small model may repeat itself without end
            if not cites and self._says_nothing(written.text):
                continue
            self._seen.add(written.text)
            if not cites:
                self.uncited.append(written.text)
            if not cites and written.text.endswith((":", "：")):
                self._lead = written
                continue
            if self._lead is not None:
                self._above = self._lead.text
                yield self._check(self._lead._replace(refs=written.refs, unknown=written.unknown))
                self._lead = None
            elif written.opens == "paragraph":
                self._above = ""
            yield self._check(written)

    def _says_nothing(self, words: str) -> bool:
        """Whether the words only say that the passages do not answer, or not all."""
        if _NOTHING.fullmatch(words):
            self.nothing_found = True
        elif _PART.match(words) or _ABSENT.search(words):
            self.part_missing = True
        else:
            return False
        return True

    def _check(self, written: Written) -> Told:
        above = self._above if written.opens in ("bullet", "number") else ""
        before = self._before(len(self.checked)) if written.opens != "paragraph" else None
        self.checked.append(self.checker.check(written, before, above))
        return len(self.checked) - 1, self._numbers.claim(self.checked[-1])

    def _before(self, at: int) -> Checked | None:
        return self.checked[at - 1] if at else None
