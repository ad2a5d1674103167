"""Words as the lexical index sees them, and the BM25 index over them: the only module that knows tantivy and Snowball.

The analyser is ours, so that a question and a chunk are cut the same way whatever the library does; tantivy gets the
tokens joined by spaces and only parts them again.
"""

from __future__ import annotations

import calendar
import math
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import Stemmer  # type: ignore[import-not-found]  # it has no stubs
import tantivy

from ingest.articles import date_range
from ingest.records import Filters, Hit

ANALYSER_VERSION = "1"

_STOP_WORDS = """
a about above after again against all also although am among an and another any anyone anything are aren't around
as at be because been before being below between both but by can can't cannot could couldn't did didn't do does
doesn't doing don't down during each either else ever every few for from further had hadn't has hasn't have
haven't having he he'd he'll he's her here here's hers herself him himself his how however i i'd i'll i'm i've if
in into is isn't it it'd it'll it's its itself just let's many me more most much must my myself neither no nor not
of off often on once one's only or other others ought our ours ourselves out over own per perhaps quite rather
really same shall she she'd she'll she's should shouldn't since so some someone something still such than that
that's the their theirs them themselves then there there's therefore these they they'd they'll they're they've
this those though through thus to too toward towards under until unto up upon very was wasn't we we'd we'll we're
we've were weren't what what's whatever when whenever where where's whether which while who who's whom whose why
will with within without won't would wouldn't yet you you'd you'll you're you've your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# One run of one script, an abbreviation with points (U.S.), or a number with its thousands and decimals.
TOKEN = re.compile(
    r"(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)*)"
    r"|(?P<points>(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_]))"
    r"|(?P<syllables>[가-힣\u3040-\u30ff\u3400-\u9fff]+)"
    r"|(?P<word>(?:(?![가-힣\u3040-\u30ff\u3400-\u9fff])[^\W\d_])+(?:'(?:(?![가-힣])[^\W\d_])+)*)"
)
HYPHENATED = re.compile(r"[^\W_]+(?:'[^\W_]+)*(?:-[^\W_]+(?:'[^\W_]+)*)+")
HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00ad": None})
MAX_TOKEN_CHARS = 100  # tantivy drops terms of more than 65,530 bytes; nothing that long is a word

_local = threading.local()


def analyse(text: str) -> list[str]:
    """The tokens of a text in order, repeats kept; [] when it has no letter or digit outside stop words.

    Lower case, compatibility forms and accents folded ("Sŏul" → "soul"), English words stemmed and stop words
    dropped, numbers whole ("$1,350.5" → "1350.5"), abbreviations without their points ("U.S." → "us"), possessives
    off, hyphenated words joined and apart ("KF-21" → "kf21", "kf", "21"), a number stuck to letters likewise
    ("KF21" → "kf", "kf21", "21"), Hangul as syllable bigrams ("전작권" → "전작", "작권"; one syllable alone stays).
    """
    return [token for word in text.split() for token in _analyse_word(word)]


@lru_cache(maxsize=1 << 16)  # about 20 MB when full; nine words of ten in an article have been seen before
def _analyse_word(word: str) -> tuple[str, ...]:
    tokens: list[str] = []
    folded = _fold(word)
    for match in HYPHENATED.finditer(folded):
        if any(character.isalpha() for character in match[0]):  # 2025-09 is no word
            tokens.extend(_stem(match[0].replace("-", "")))
    previous: tuple[str, str, int] | None = None
    for match in TOKEN.finditer(folded):
        kind = match.lastgroup or "word"
        if previous and previous[2] == match.start() and {kind, previous[0]} == {"number", "word"}:
            tokens.append(previous[1] + match[0])
        tokens.extend(_tokens_of(kind, match[0]))
        previous = (kind, match[0], match.end())
    return tuple(token for token in tokens if len(token) <= MAX_TOKEN_CHARS)


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word.translate(HYPHENS))
    bare = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    return unicodedata.normalize("NFKC", bare).translate(HYPHENS).casefold()


def _tokens_of(kind: str, text: str) -> Iterable[str]:
    if kind == "number":
        return [text.replace(",", "")]
    if kind == "points":
        return [text.replace(".", "")]
    if kind == "syllables":
        return [text] if len(text) == 1 else [text[i : i + 2] for i in range(len(text) - 1)]
    return _stem(text)


def _stem(word: str) -> list[str]:
    bare = word.removesuffix("'s").replace("'", "")
    if not bare or word in STOP_WORDS or bare in STOP_WORDS:
        return []
    if not hasattr(_local, "stemmer"):  # one a thread: a Snowball stemmer must not be shared by two
        _local.stemmer = Stemmer.Stemmer("english")
    stem: str = _local.stemmer.stemWord(bare)
    return [stem]


class LexicalRow(NamedTuple):
    """One chunk as the lexical index takes it: its text, and the metadata of its article."""

    chunk_id: str
    text: str
    title: str
    outlet: str | None = None
    kind: str | None = None
    published: str | None = None  # ISO 8601, possibly partial


class LexicalIndex:
    """BM25 (k1 1.2, b 0.75: tantivy's own) over the chunks of an index, in memory or in a folder; never changed.

    Title, outlet and date of the article count as words of each chunk. A change of the collection makes a new
    LexicalIndex: tantivy keeps counting deleted chunks in its word frequencies, so that an index with a history
    would score otherwise than a fresh one.
    """

    def __init__(self, index: tantivy.Index) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def build(
        cls,
        rows: Iterable[LexicalRow],
        directory: Path | None = None,
        tokens: Callable[[str], list[str]] = analyse,
    ) -> LexicalIndex:
        """An index of the rows; in ``directory`` (made, must be empty) or, without one, in memory.

        Chunks of equal score keep the order of the rows. ``tokens``: another analyser, to be compared with ours; its
        tokens hold no white space.
        """
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(_schema(), path=str(directory) if directory else None)
        _register(index)
        # One thread gives one order of the documents, so that equal scores come in the order of the rows every time.
        writer = index.writer(heap_size=64_000_000, num_threads=1)
        for row in rows:
            writer.add_document(_document(row, tokens))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return cls(index)

    @classmethod
    def open(cls, directory: Path) -> LexicalIndex:
        """The index that ``build`` wrote into the folder. Raises ValueError when there is none, or a broken one."""
        index = tantivy.Index.open(str(directory))
        _register(index)
        return cls(index)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(self, tokens: Sequence[str], k: int, filters: Filters | None = None) -> list[Hit]:
        """The k best chunks that hold at least one of the tokens (as ``analyse`` gives them), best first.

        A repeated token counts as often as it is repeated. [] for no tokens, no chunk, or k < 1.
        """
        if k < 1 or not tokens or not len(self):
            return []
        words = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._term(token, count)) for token, count in Counter(tokens).items()]
        )
        query = words
        if filters:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, q) for q in (words, *self._filters(filters))])
        found = self._searcher.search(query, k, count=False).hits
        return [Hit(self._searcher.doc(address)["chunk_id"][0], float(score)) for score, address in found]

    def token_weights(self, tokens: Sequence[str]) -> dict[str, float]:
        """How much each token tells, by BM25's IDF: ln(1 + (N - n + ½) / (n + ½)), above 0."""
        total = len(self)
        holding = {token: self._searcher.doc_freq("words", token) for token in tokens}
        return {token: math.log1p((total - n + 0.5) / (n + 0.5)) for token, n in holding.items()}

    def _term(self, token: str, count: int) -> tantivy.Query:
        term = tantivy.Query.term_query(self._schema, "words", token, "freq")
        return term if count == 1 else tantivy.Query.boost_query(term, float(count))

    def _filters(self, filters: Filters) -> list[tantivy.Query]:
        queries: list[tantivy.Query] = []
        for name, values in (("outlet", filters.outlets), ("kind", filters.kinds)):
            if values:
                # tantivy takes no lone surrogates, which JSON can bring
                keys = sorted({value.casefold().encode("utf-8", "replace").decode() for value in values})
                queries.append(tantivy.Query.term_set_query(self._schema, name, keys))
        first, last = filters.days()
        integer = tantivy.FieldType.Integer
        if first is not None or last is not None:
            # An article may have appeared on any day of its partial date: the two ranges have to meet.
            queries.append(tantivy.Query.range_query(self._schema, "last_day", integer, first or 1))
            queries.append(tantivy.Query.range_query(self._schema, "first_day", integer, 1, last or 99_991_231))
        return [tantivy.Query.boost_query(query, 0.0) for query in queries]  # a filter adds nothing to the score


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("chunk_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="ours", index_option="freq")
    builder.add_text_field("outlet", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("first_day", indexed=True, fast=True)
    builder.add_integer_field("last_day", indexed=True, fast=True)
    return builder.build()


def _register(index: tantivy.Index) -> None:
    index.register_tokenizer("ours", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())


def _document(row: LexicalRow, tokens: Callable[[str], list[str]]) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("chunk_id", row.chunk_id)
    head = " ".join(filter(None, (row.title, row.outlet, date_words(row.published))))
    document.add_text("words", " ".join(tokens(head) + tokens(row.text)))
    if row.outlet:
        document.add_text("outlet", row.outlet.casefold())
    if row.kind:
        document.add_text("kind", row.kind.casefold())
    if row.published:
        first, last = date_range(row.published)
        document.add_integer("first_day", first)
        document.add_integer("last_day", last)
    return document


def date_words(published: str | None) -> str:
    """A date as a question would write it: "2025-09-30" → "30 September 2025"; "" for none."""
    if not published:
        return ""
    year, month, day = [*published.split("-"), "", ""][:3]
    return " ".join(filter(None, (day.lstrip("0"), calendar.month_name[int(month or 0)], year)))
