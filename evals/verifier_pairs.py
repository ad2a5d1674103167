"""Claims with the sentences they cite, and whether those carry them: what the verifier is measured on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from app.answers.verification import Evidence
from app.errors import BadInput
from evals.cases import Gold, read_rows
from evals.lint import Fault, wrong_with
from ingest.articles import Article

PairPart = Literal["a", "b"]
Label = Literal["supported", "contradicted", "neither"]
PARTS: Final[tuple[PairPart, ...]] = get_args(PairPart)
FOLDER: Final = Path(__file__).parent / "verifier"
TRUE_KIND: Final = "paraphrase"
KINDS: Final = (TRUE_KIND, "number", "date", "name", "negation", "direction", "speaker", "overgeneral")
MAX_EVIDENCE: Final = 2
_FIELDS: Final = ("id", "kind", "claim", "evidence", "label")
_SOURCE: Final = ("outlet", "author", "published", "kind")  # as the article has them; who speaks may be read elsewhere


@dataclass(frozen=True)
class CitedSentence:
    """A sentence of an article, word for word, with what the verifier is told of where it is from."""

    article: str  # id
    evidence: Evidence


@dataclass(frozen=True)
class Pair:
    """A claim as an answer makes it, what it cites, and whether that carries it."""

    id: str
    kind: str  # one of KINDS: what was altered, or a true paraphrase
    claim: str
    cited: tuple[CitedSentence, ...]
    label: Label

    @property
    def korean(self) -> bool:
        """Whether the claim is in Korean; the sentences are all in English."""
        return any("가" <= letter <= "힣" for letter in self.claim)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What ``Verifier.check`` takes."""
        return tuple(each.evidence for each in self.cited)


def load_pairs(part: PairPart) -> list[Pair]:
    """The pairs of that part that come with Hanmi: A for rules and bars, B for the figures that are reported."""
    return read_pairs(FOLDER / f"pairs_{part}.jsonl")


def read_pairs(file: Path) -> list[Pair]:
    """The pairs in the order of the file. Raises BadDataset that names file, line and reason."""
    return read_rows(file, read_pair, "pair")


def read_pair(row: Mapping[str, Any]) -> Pair:
    """The pair in a parsed line. Raises BadInput with the reason."""
    if sorted(row) != sorted(_FIELDS):
        raise BadInput(f"a pair has {', '.join(_FIELDS)}, no more and no less")
    texts = [row[name] for name in ("id", "kind", "claim", "label")]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise BadInput("id, kind, claim and label must be texts that are not blank")
    if row["kind"] not in KINDS:
        raise BadInput(f"there is no kind {row['kind']!r}; the kinds are {', '.join(KINDS)}")
    if row["label"] not in get_args(Label):
        raise BadInput(f"there is no label {row['label']!r}; the labels are {', '.join(get_args(Label))}")
    if (row["kind"] == TRUE_KIND) != (row["label"] == "supported"):
        raise BadInput(f"a {TRUE_KIND} is supported, and nothing else is: {row['kind']} cannot be {row['label']}")
    cited = row["evidence"]
    if not isinstance(cited, list) or not 1 <= len(cited) <= MAX_EVIDENCE:
        raise BadInput(f"evidence is a list of one to {MAX_EVIDENCE} sentences")
    return Pair(row["id"].strip(), row["kind"], row["claim"], tuple(_cited(each) for each in cited), row["label"])


def as_json(pair: Pair) -> dict[str, Any]:
    """The pair as a line of a file has it; ``read_pair`` reads it again."""
    cited = [{"article": each.article, **asdict(each.evidence)} for each in pair.cited]
    return {"id": pair.id, "kind": pair.kind, "claim": pair.claim, "evidence": cited, "label": pair.label}


def faults(parts: Sequence[Sequence[Pair]], articles: Mapping[str, Article] | None) -> Iterator[Fault]:
    """What is wrong with the parts, pair by pair and then between them; ``articles`` by id.

    A sentence of more than 60 words, or not in its article word for word; what is said of its source is not so; an id,
    or a claim over the same sentences, that is there twice; an article that two parts cite. Without articles what
    needs them is left out.
    """
    pairs = [pair for part in parts for pair in part]
    for pair in pairs:
        yield from (Fault(pair.id, what) for each in pair.cited for what in _wrong_with(each, articles))
    for id_, count in Counter(pair.id for pair in pairs).items():
        if count > 1:
            yield Fault(id_, f"the id is there {count} times")
    first: dict[tuple[str, tuple[CitedSentence, ...]], str] = {}
    for pair in pairs:
        if (other := first.setdefault((pair.claim, pair.cited), pair.id)) != pair.id:
            yield Fault(pair.id, f"it is {other} once more")
    yield from _shared(parts)


def _cited(value: object) -> CitedSentence:
    names = ("article", *Evidence.__dataclass_fields__)
    if not isinstance(value, dict) or sorted(value) != sorted(names):
        raise BadInput(f"a sentence of the evidence has {', '.join(names)}, no more and no less")
    if not all(isinstance(value[name], str) and value[name].strip() for name in ("article", "text")):
        raise BadInput("article and text of the evidence must be texts that are not blank")
    if not all(value[name] is None or isinstance(value[name], str) for name in names):
        raise BadInput("what is said of a sentence's source must be a text or null")
    return CitedSentence(value["article"], Evidence(**{name: value[name] for name in names[1:]}))


def _wrong_with(cited: CitedSentence, articles: Mapping[str, Article] | None) -> Iterator[str]:
    yield from wrong_with(Gold(cited.article, cited.evidence.text), articles, "a cited sentence")
    article = articles.get(cited.article) if articles is not None else None
    for name in _SOURCE if article is not None else ():
        said, known = getattr(cited.evidence, name), getattr(article, name)
        if said != known:
            yield f"{name} is {said!r}, but of {cited.article} it is {known!r}"


def _shared(parts: Sequence[Sequence[Pair]]) -> Iterator[Fault]:
    """The first pair of each later part that cites an article of an earlier one, article by article."""
    cited_in: dict[str, int] = {}
    for number, part in enumerate(parts):
        for pair in part:
            for article in dict.fromkeys(each.article for each in pair.cited):
                if cited_in.setdefault(article, number) != number:
                    yield Fault(pair.id, f"{article} is cited in another part too")
                    cited_in[article] = number
