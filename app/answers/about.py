"""Answers to questions about an article as a thing: what its record says, or the sentences that give its gist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.about import About
from app.answers.schema import Language
from app.answers.units import MAX_UNITS, RankedSentence, Source, stands_alone
from app.labels import display_date
from app.render.prose import escape_markdown
from app.retrieval import Passage, ScoreParts
from app.texts import text
from ingest.chunking import Chunk
from ingest.lexical import analyse
from ingest.records import ArticleRecord

NAMED = 5  # titles that a reply about the collection lists


def reply_about(about: About, articles: Sequence[ArticleRecord], language: Language) -> str:
    """What the records say; where they are several, what the collection holds. ``articles``: at least one."""
    if len(articles) > 1 or about == "collection":
        return _collection(articles, language)
    (article,) = articles
    when = display_date(article.published, language)
    written = {"title": article.title, "outlet": article.outlet, "author": article.author, "date": when}
    values = {name: escape_markdown(value or "") for name, value in written.items()}
    known = {"date": when, "author": article.author, "outlet": article.outlet}[about]
    return text(f"about_{about}" if known else f"about_no_{about}", language, **values)


def _collection(articles: Sequence[ArticleRecord], language: Language) -> str:
    """How many, from which outlets and when, and the newest titles."""
    outlets = Counter(article.outlet for article in articles if article.outlet)
    dates = sorted(article.published for article in articles if article.published)
    newest = sorted(articles, key=lambda article: article.published or "", reverse=True)[:NAMED]
    span = list(dict.fromkeys(display_date(date, language) for date in (dates[0], dates[-1]))) if dates else []
    about = ", ".join([*(outlet for outlet, _ in outlets.most_common(NAMED)), " – ".join(span)]).strip(", ")
    lines = [f"- {escape_markdown(one.title)} ({display_date(one.published, language)})" for one in newest]
    titles = "\n".join(lines).replace(" ()", "")
    code = "about_collection" if len(articles) > 1 else "about_one_article"
    return text(code, language, count=len(articles), about=escape_markdown(about), titles=titles)


def rank_for_gist(source: Source, record: ArticleRecord, chunks: Mapping[str, Chunk]) -> list[RankedSentence]:
    """The opening sentence, then those that hold most of what the article often speaks of, each time of what is left.

    After SumBasic (Nenkova & Vanderwende 2005): a sentence is worth what its words make up of the article, over the
    root of their number so that short ones do not win; the words of a chosen one count squared from then on. At most
    five; [] for an article without a whole sentence.
    """
    found = [
        RankedSentence(_unread(chunk, record), span, 0.0, 0.0, 1.0)
        for chunk in (chunks[chunk_id] for chunk_id in record.chunk_ids if chunk_id in chunks)
        for span in chunk.sentences
        if chunk.start <= span.start and span.end <= chunk.end and stands_alone(chunk, span)
    ]
    sentences = list({sentence.span: sentence for sentence in found}.values())
    words = {sentence.span: frozenset(analyse(source.words(sentence.span))) for sentence in sentences}
    counts = Counter(word for held in words.values() for word in held)
    share = {word: count / sum(counts.values()) for word, count in counts.items()}
    chosen: list[RankedSentence] = []
    while sentences and len(chosen) < MAX_UNITS:
        best = sentences[0] if not chosen else max(sentences, key=lambda one: _worth(words[one.span], share))
        chosen.append(replace(best, score=1.0 - len(chosen) / 100))
        sentences.remove(best)
        share.update({word: share[word] ** 2 for word in words[best.span]})
    return chosen


def _worth(words: frozenset[str], share: Mapping[str, float]) -> float:
    return sum(share[word] for word in words) / len(words) ** 0.5 if len(words) >= _TELLING else 0.0


_TELLING: Final = 6  # words, without stop words, from which a sentence says enough


def _unread(chunk: Chunk, record: ArticleRecord) -> Passage:
    """A chunk that nothing was compared with."""
    return Passage(chunk, record, 0.0, ScoreParts(0.0, 0.0, 0.0, 0.0, 0.0), (0.0,) * len(chunk.sentences))
