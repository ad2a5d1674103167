"""What a model writes, read as it comes: whole sentences, each with the numbers of the sentences that it cites.

A model is asked for ``[2.4]`` and writes much else; what stands for a citation in any of the usual forms is taken out
of the words, and so is its markup. Nothing is given out that a later piece could change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple
from unicodedata import category

from ingest.articles import Span
from ingest.sentences import split_sentences

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))  # what would turn words round or hide in them
MAX_MARKER_CHARS = 80  # a longer bracket is prose
Opens = Literal["", "paragraph", "bullet", "number"]


class Ref(NamedTuple):
    """A sentence of a passage, both counted from 1; the whole passage where ``sentence`` is None."""

    passage: int
    sentence: int | None


class Written(NamedTuple):
    """A sentence of the model's."""

    text: str  # its words alone, single spaces
    refs: tuple[Ref, ...]  # what it cites and was sent, each once, in order
    unknown: int = 0  # citations of what was never sent
    opens: Opens = ""  # what begins with it


# What stands in a bracket that cites: 2.4 · 2.4, 2.5 · 2.4-2.6 · passage 2, sentence 4 · ^2.4 · 2.4†source
_WORD = (
    r"(?:passages?|sources?|sentences?|sent|ref(?:erence)?s?|cit(?:ation|e)s?|see(?: also)?|cf|p|s|no|#|§"
    r"|출처|문장|대목)[.:]?"
)
_NUMBER = r"\d{1,3}(?:[.:]\d{1,3})?"
_RANGE = r"\s*(?:[-–—~]|to)\s*"
_ITEM = rf"(?:{_WORD}\s*)?{_NUMBER}(?:{_RANGE}{_NUMBER})?(?:†\S*)?"
_CITES = re.compile(rf"\^?\s*{_ITEM}(?:(?:\s*(?:[,;/&·、]|and|및)\s*|\s+){_ITEM})*\s*", re.IGNORECASE)
_PART = re.compile(
    rf"(?P<word>{_WORD})?\s*(?P<passage>\d{{1,3}})(?:[.:](?P<sentence>\d{{1,3}}))?"
    rf"(?:{_RANGE}(?:(?P<to_passage>\d{{1,3}})[.:])?(?P<to>\d{{1,3}}))?",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"(?P<link>!?\[[^\[\]\n]*\]\((?:[^()\s]|\([^()\s]*\))*(?:\s\"[^\"\n]*\")?\))"
    rf"|(?P<lead>according to\s+)?(?:\[\[(?P<double>[^\[\]\n]{{1,{MAX_MARKER_CHARS}}})\]\]"
    rf"|[\[【［〔](?P<square>[^\[\]【】［］〔〕\n]{{1,{MAX_MARKER_CHARS}}})[\]】］〕]"
    rf"|[(（](?P<round>[^()（）\n]{{1,{MAX_MARKER_CHARS}}})[)）])"
    r"(?:\((?:https?:|#)[^()\s]*\))?(?P<tail>에 (?:따르면|의하면),?)?"
    r"|(?P<markup>\*{1,3}(?=\S)|(?<=\S)\*{1,3}|__|`+|</?(?:b|i|u|em|strong|su[bp]|br|p|span|cite|ref|mark)\b[^<>]*>)",
    re.IGNORECASE,
)
_LINK_LABEL = re.compile(r"!?\[([^\[\]\n]*)\]")
# "(2.4) percent" is a figure, whatever sentences there are.
_FIGURE = re.compile(r"\s*(?:%|percent|per cent|points?\b|times\b|million|billion|trillion|퍼센트|프로|배|조|억)")
_UNCLOSED = re.compile(
    rf"(?:[\[【［〔][^\]】］〕\n]{{0,{MAX_MARKER_CHARS}}}|[(（]\s*\d[^)）\n]{{0,{MAX_MARKER_CHARS}}}|[\]】］〕)）]에\s)\Z"
)
_HALF = re.compile(r"\s*[\[【［〔(（]{1,2}\^?\s*(?:\d[\d.,:;\s–—~-]*)?\Z")
_STOPS = frozenset(".!?…。．！？‽")
_WORDS_AFTER = 3  # that may decide whether a full stop ends a sentence; more would be read again and again
_BLOCK = re.compile(r"\s*(?:>\s*)*(?:(?P<bullet>[-*•·▪–—]\s+)|(?P<number>\d{1,2}[.)]\s+))?(?:\[[ xX]\]\s+)?")
_NO_PROSE = re.compile(r"\s*(?:#{1,6}\s|```|~~~|\|?[\s:|-]*-{3}[\s:|-]*$|[*_]{3,}\s*$)")
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)[^*_]+(?:\*\*|__)\s*:?\s*")


class SentenceReader:
    """Takes pieces of text, gives whole sentences; how the text was cut into pieces makes no difference.

    A sentence counts as whole once the word after it is there, or its line is over. Headings are left out.
    """

    def __init__(self, sentences: Sequence[int]) -> None:
        """``sentences``: how many each passage has that the model was sent, in their order."""
        self._counts = tuple(sentences)
        self._line = ""
        self._due = 0  # words after a full stop that are still to be seen
        self._opens: Opens = "paragraph"
        self._fresh = True  # nothing of this line was given out
        self._listed = False  # this line is an item of a list
        self._leads = False  # this line has its citations in front of the sentences
        self._waiting: Written | None = None  # the end of a line without a citation; it may come on the next

    def feed(self, piece: str) -> list[Written]:
        """The sentences that are whole now."""
        return [written for char in piece for written in self._take(char)]

    def end(self) -> list[Written]:
        """What is left when no more comes; half a marker is left out."""
        self._line = _HALF.sub("", self._line)
        return [*self._end_line(), *self._release()]

    def _take(self, char: str) -> Iterator[Written]:
        if char in "\n\r\v\f\x85\u2028\u2029":
            yield from self._end_line()
        elif char.isspace() or category(char) not in _UNSEEN:
            self._line += char
            if char in _STOPS:
                self._due = _WORDS_AFTER
            if char.isspace() and self._due and not _UNCLOSED.search(self._line[-MAX_MARKER_CHARS - 1 :]):
                self._due -= 1
                yield from self._whole()

    def _whole(self) -> Iterator[Written]:
        """The sentences of the line after which another word has come."""
        if _NO_PROSE.match(self._line):
            return
        line = self._read()
        for at in range(len(line.spans) - 1):
            yield from self._give(line, at)
            self._fresh, self._opens = False, ""
        if len(line.spans) > 1:
            self._line = self._line[line.last_begins(self._leads) :]

    def _end_line(self) -> Iterator[Written]:
        line, blank = self._read(), not self._line.strip()
        if blank or _NO_PROSE.match(self._line):
            self._line, self._fresh, self._leads, self._opens = "", True, False, "paragraph"
            return
        heading = self._fresh and bool(_BOLD_LINE.fullmatch(self._line))
        if not line.spans and line.cites and self._waiting:
            cited = [ref for cite in line.cites for ref in cite.refs]
            self._waiting = self._with(self._waiting, cited)
        if not heading:
            for at in range(len(line.spans)):
                yield from self._give(line, at)
                self._opens = ""
        self._opens = "paragraph" if heading or self._listed else ""
        self._line, self._fresh, self._leads, self._listed = "", True, False, False

    def _give(self, line: _Line, at: int) -> Iterator[Written]:
        """What waited, and the sentence, or that waits in its turn: without a citation, at the end of its line."""
        yield from self._release()
        span, last = line.spans[at], at == len(line.spans) - 1
        words = _tidy(line.text[span.start : span.end])
        if not any(char.isalnum() for char in words):
            return
        opens = (line.opens or self._opens) if at == 0 and self._fresh else ""
        self._listed = self._listed or opens in ("bullet", "number")
        written = self._with(Written(words, (), 0, opens), line.cited_by(at, self._leads))
        if last and not (written.refs or written.unknown):
            self._waiting = written
        else:
            yield written

    def _release(self) -> Iterator[Written]:
        if self._waiting is not None:
            yield self._waiting
            self._waiting = None

    def _with(self, written: Written, cites: Sequence[Ref]) -> Written:
        known = [cite for cite in cites if self._exists(cite)]
        refs = tuple(dict.fromkeys([*written.refs, *known]))
        return written._replace(refs=refs, unknown=written.unknown + len(cites) - len(known))

    def _exists(self, ref: Ref) -> bool:
        if not 1 <= ref.passage <= len(self._counts):
            return False
        return ref.sentence is None or 1 <= ref.sentence <= self._counts[ref.passage - 1]

    def _read(self) -> _Line:
        """The line without markers and markup, and what they said."""
        line = _Line()
        raw, at = self._line, 0
        if self._fresh and (block := _BLOCK.match(raw)):
            at = block.end()
            line.opens = "bullet" if block["bullet"] else "number" if block["number"] else ""
        for token in _TOKEN.finditer(raw, at):
            line.add(raw, at, token.start())
            at = token.end()
            if not self._read_token(token, line):
                line.add(raw, token.start(), at)
        line.add(raw, at, len(raw))
        line.spans = split_sentences(line.text)
        if self._fresh and line.spans and line.cites and not self._leads:
            self._leads = line.cites[0].place <= line.spans[0].start and not line.cites[0].ahead
        return line

    def _read_token(self, token: re.Match[str], line: _Line) -> bool:
        """Whether the token is no words; what it cites is added to the line."""
        if token["markup"]:
            return True
        if token["link"]:
            label = _LINK_LABEL.match(token["link"])
            if label and _CITES.fullmatch(label[1]):
                line.cites.append(_Cite(len(line.text), token.start(), _refs(label[1])))
            elif label and not token["link"].startswith("!"):
                line.add(token.string, token.start() + 1, token.start() + label.end() - 1)
            return True
        inside = token["double"] or token["square"] or token["round"]
        if not _CITES.fullmatch(inside):
            return False
        refs = _refs(inside)
        if token["round"]:
            dotted = all(ref.sentence is not None and self._exists(ref) for ref in refs)
            if not dotted or _FIGURE.match(token.string, token.end()):
                return False
        line.cites.append(_Cite(len(line.text), token.start(), refs, bool(token["lead"] or token["tail"])))
        return True


class _Cite(NamedTuple):
    """A marker that was taken out of a line."""

    place: int  # in the words that are left
    start: int  # in the line as it came
    refs: list[Ref]
    ahead: bool = False  # of the sentence that follows: "According to [2.4], …"


class _Line:
    """A line as its reader sees it."""

    def __init__(self) -> None:
        self.text = ""
        self.places: list[int] = []  # where each character of text stands in the line as it came
        self.cites: list[_Cite] = []
        self.spans: list[Span] = []  # of the sentences in text
        self.opens: Opens = ""

    def add(self, raw: str, start: int, end: int) -> None:
        self.text += raw[start:end]
        self.places += range(start, end)

    def cited_by(self, at: int, leads: bool) -> list[Ref]:
        """What the sentence cites: inside it and behind it, or where citations lead, in front of it."""
        return [ref for cite in self.cites if self._owner(cite, leads) == at for ref in cite.refs]

    def _owner(self, cite: _Cite, leads: bool) -> int:
        """The index of the sentence that a marker belongs to."""
        if leads or cite.ahead:
            owners = [at for at, span in enumerate(self.spans) if cite.place < span.end]
            return owners[0] if owners else len(self.spans) - 1
        owners = [at for at, span in enumerate(self.spans) if span.start < cite.place]
        return owners[-1] if owners else 0

    def last_begins(self, leads: bool) -> int:
        """Where the last sentence begins in the line as it came, its markers with it."""
        last = len(self.spans) - 1
        ahead = [cite.start for cite in self.cites if self._owner(cite, leads) == last]
        return min([self.places[self.spans[last].start], *ahead])


def _refs(inside: str) -> list[Ref]:
    """What a bracket cites: a range as each of its sentences."""
    found: list[Ref] = []
    for part in _PART.finditer(inside):
        passage, sentence = int(part["passage"]), part["sentence"]
        if (part["word"] or "").lower().startswith("sent") and sentence is None and found:
            found[-1] = Ref(found[-1].passage, passage)  # passage 2, sentence 4
            continue
        first = Ref(passage, int(sentence) if sentence else None)
        found.append(first)
        if part["to"]:
            found += _up_to(first, part["to_passage"], int(part["to"]))
    return found


def _up_to(first: Ref, to_passage: str | None, to: int) -> list[Ref]:
    """The rest of a range: within a passage all sentences, of passages all, across passages its end alone."""
    if first.sentence is None:
        return [Ref(passage, None) for passage in range(first.passage + 1, to + 1)] if not to_passage else []
    if to_passage and int(to_passage) != first.passage:
        return [Ref(int(to_passage), to)]
    return [Ref(first.passage, sentence) for sentence in range(first.sentence + 1, to + 1)]


def _tidy(words: str) -> str:
    """Single spaces, none before a full stop that a marker stood in front of."""
    tidy = re.sub(r"\s+(?=[.,;:!?…。](?:\s|[\"”’)]|\Z))", "", " ".join(words.split())).lstrip(",;:. ")
    return tidy[:1].upper() + tidy[1:] if tidy[:1].islower() and words.lstrip()[:1] in ",;:." else tidy
