"""Tiny made-up sets in the files' own forms."""

from __future__ import annotations

import json
from pathlib import Path

NEWS = [
    ("Harbour reopens", "The Daily", "The harbour of Ulsan reopened on Monday. Fishing boats left before dawn."),
    ("Bridge is late", "Evening Post", "The bridge to Geoje will open two years late, the mayor said."),
    ("Bakers strike", "The Daily", "Bakers in Mokpo stopped work. They ask for shorter nights and better ovens."),
    ("Snow in the hills", "Evening Post", "Heavy snow closed three mountain roads near Sokcho on Friday."),
]


def write_multihop(folder: Path) -> Path:
    """Four articles, three questions (one null); a fact is written with other white space than the article has."""
    folder.mkdir(parents=True)
    corpus = [
        {
            "title": title,
            "author": None,
            "source": outlet,
            "published_at": "2023-11-27T08:45:59+00:00",
            "category": "news",
            "url": f"https://example.org/{number}",
            "body": body,
        }
        for number, (title, outlet, body) in enumerate(NEWS)
    ]
    questions = [
        multihop_question("When did the harbour of Ulsan reopen?", ["The harbour of Ulsan  reopened\non Monday."]),
        multihop_question("What do the bakers in Mokpo ask for?", ["shorter nights and better ovens"]),
        multihop_question("Who won the chess cup in Lisbon?", []),
    ]
    (folder / "corpus.json").write_text(json.dumps(corpus), "utf-8")
    (folder / "MultiHopRAG.json").write_text(json.dumps(questions), "utf-8")
    return folder


def multihop_question(query: str, facts: list[str]) -> dict[str, object]:
    kind = "inference_query" if facts else "null_query"
    return {"query": query, "answer": "", "question_type": kind, "evidence_list": [{"fact": fact} for fact in facts]}


def write_squad(folder: Path) -> Path:
    """Two pages with three paragraphs; two answerable questions and one that is not."""
    folder.mkdir(parents=True)
    norman = "The Normans gave their name to Normandy. Their leader Rollo swore fealty to King Charles."
    rhine = "The Rhine begins in the Alps. It flows into the North Sea after 1,230 kilometres."
    later = "Norman castles were built of stone. The oldest of them stands near the coast."
    asked = [
        squad_question("q-rollo", "Who was the leader of the Normans that swore fealty to King Charles?", "Rollo"),
        squad_question("q-viking", "Which Viking burned the castles?", None),
    ]
    flows = [squad_question("q-rhine", "Into which sea does the Rhine flow?", "North Sea")]
    pages = [
        {"title": "Norman_people", "paragraphs": [{"context": norman, "qas": asked}, {"context": later, "qas": []}]},
        {"title": "Rhine", "paragraphs": [{"context": rhine, "qas": flows}]},
    ]
    (folder / "dev.json").write_text(json.dumps({"data": pages}), "utf-8")
    return folder


def squad_question(question_id: str, question: str, answer: str | None) -> dict[str, object]:
    answers = [{"text": answer, "answer_start": 0}] * 2 if answer else []
    return {"id": question_id, "question": question, "answers": answers, "is_impossible": answer is None}


def write_scifact(folder: Path) -> Path:
    """Three abstracts, three claims; one is judged not at all, one has a judgement of 0 besides."""
    (folder / "qrels").mkdir(parents=True)
    abstracts = [
        ("11", "Aspirin and headache", "Aspirin shortens headache in adults."),
        ("12", "Sleep and memory", "Sleep improves memory of lists of words."),
        ("13", "Zinc", "Zinc does not shorten colds."),
    ]
    corpus = [{"_id": name, "title": title, "text": text} for name, title, text in abstracts]
    queries = [("1", "Aspirin shortens headache."), ("2", "Sleep improves memory."), ("3", "Tea cures colds.")]
    write_lines(folder / "corpus.jsonl", corpus)
    write_lines(folder / "queries.jsonl", [{"_id": name, "text": text, "metadata": {}} for name, text in queries])
    judged = "query-id\tcorpus-id\tscore\n1\t11\t1\n2\t12\t1\n2\t13\t0\n"
    (folder / "qrels" / "train.tsv").write_text(judged, "utf-8")
    return folder


def write_lines(file: Path, rows: list[dict[str, object]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
