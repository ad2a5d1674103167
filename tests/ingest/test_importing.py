"""JSON lines become Markdown files, and nothing that is there is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.errors import UnreadableArticle
from ingest.importing import import_jsonl
from ingest.readers import read_article


def lines(path: Path, *rows: object) -> Path:
    written = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(written) + "\n", encoding="utf-8")
    return path


ROW = {
    "id": "fact-sheets__2025-11-13-joint",
    "title": "JOINT FACT SHEET on a **Meeting**: “Ships”",
    "source": "White House",
    "published_at": "2025-11-13",
    "category": "fact-sheets",
    "url": "https://example.org/a",
    "body": "The first line\nof the text. \\###\n\n---\n\nThe end: 25 percent.",
}


def test_a_line_becomes_a_file_with_its_fields_and_its_body(tmp_path):
    report = import_jsonl(lines(tmp_path / "in.jsonl", ROW), tmp_path / "out")
    assert (len(report.written), report.unchanged, report.problems) == (1, 0, ())
    assert report.written[0].name == "fact-sheets__2025-11-13-joint.md"
    assert report.written[0].read_text(encoding="utf-8").endswith(ROW["body"])
    article, _ = read_article(report.written[0])
    assert (article.id, article.outlet, article.published) == (ROW["id"], "White House", "2025-11-13")
    assert (article.title, article.section) == ("JOINT FACT SHEET on a Meeting: “Ships”", "fact-sheets")
    assert (article.kind, article.url) == ("fact sheet", ROW["url"])
    assert article.text == "The first line of the text.\n\nThe end: 25 percent."


@pytest.mark.parametrize(
    ("title", "category", "kind"),
    [
        ("Joint Statement from the Leaders", "statements-releases", "joint statement"),
        ("Readout of the President’s Call", "statements-releases", "readout"),
        ("Remarks by the President in Press Conference", "speeches-remarks", "press conference"),
        ("The Leaders Meet", "press-briefings", "press briefing"),
        ("A Proclamation on Imports", "presidential-actions", "proclamation"),
        ("Why the statement on tariffs was late", "technology", None),
        ("Whatever", "Opinion", "opinion"),
    ],
)
def test_the_kind_comes_from_title_and_category(tmp_path, title, category, kind):
    report = import_jsonl(lines(tmp_path / "in.jsonl", ROW | {"title": title, "category": category}), tmp_path / "out")
    article, _ = read_article(report.written[0])
    assert (article.kind, article.section) == (kind, category)


def test_bad_lines_are_reported_by_number_and_the_others_written(tmp_path):
    source = lines(
        tmp_path / "in.jsonl",
        ROW,
        "{broken",
        "",
        "[1, 2]",
        ROW | {"id": "b", "body": " "},
        ROW | {"id": "c", "title": ""},
        ROW | {"id": "d", "published_at": "yesterday"},
        ROW | {"id": "e"},
    )
    report = import_jsonl(source, tmp_path / "out")
    assert [path.stem for path in report.written] == [ROW["id"], "e"]
    assert [(number, reason.split()[0]) for number, reason in report.problems] == [
        (2, "not"),
        (4, "not"),
        (5, "there"),
        (6, "there"),
        (7, "published_at:"),
    ]


def test_the_same_again_changes_nothing_and_other_content_is_never_overwritten(tmp_path):
    import_jsonl(lines(tmp_path / "in.jsonl", ROW), tmp_path / "out")
    again = import_jsonl(lines(tmp_path / "in.jsonl", ROW), tmp_path / "out")
    assert (again.written, again.unchanged, again.problems) == ((), 1, ())
    other = import_jsonl(lines(tmp_path / "in.jsonl", ROW | {"body": "Another text."}), tmp_path / "out")
    assert (other.written, other.unchanged) == ((), 0)
    assert "not overwritten" in other.problems[0][1]
    assert "25 percent" in (tmp_path / "out" / f"{ROW['id']}.md").read_text(encoding="utf-8")


def test_ids_that_are_no_file_names_get_safe_and_different_ones(tmp_path):
    ids = [
        "../../etc/passwd",
        "a/b",
        "a:b",
        "A",
        "a",
        "CON",
        ".hidden",
        "가" * 200,
        "x" * 400,
        "https://example.org/1?x=2",
    ]
    report = import_jsonl(lines(tmp_path / "in.jsonl", *(ROW | {"id": one} for one in ids)), tmp_path / "out")
    assert report.problems == ()
    assert all(path.parent == tmp_path / "out" and len(path.name.encode()) < 255 for path in report.written)
    assert len({path.name.lower() for path in report.written}) == len(ids)
    assert [read_article(path)[0].id for path in report.written] == ids


def test_a_line_without_an_id_is_called_by_its_title(tmp_path):
    row = {name: value for name, value in ROW.items() if name != "id"}
    report = import_jsonl(lines(tmp_path / "in.jsonl", row), tmp_path / "out")
    assert read_article(report.written[0])[0].id == "joint-fact-sheet-on-a-meeting-ships"


def test_broken_characters_in_a_line_do_not_stop_the_import(tmp_path):
    row = ROW | {"body": "Half \ud83d a pair.\u2028Next."}
    report = import_jsonl(lines(tmp_path / "in.jsonl", row), tmp_path / "out")
    assert read_article(report.written[0])[0].text == "Half a pair. Next."


def test_a_source_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(UnreadableArticle, match="No such file"):
        import_jsonl(tmp_path / "none.jsonl", tmp_path / "out")


def test_two_articles_of_one_title_get_ids_of_their_own_the_same_each_time(tmp_path):
    row = {name: value for name, value in ROW.items() if name != "id"}
    rows = [row, row | {"body": "Another text."}, row | {"published_at": "2024-11-13"}, row]
    report = import_jsonl(lines(tmp_path / "in.jsonl", *rows), tmp_path / "out")
    assert (len(report.written), report.unchanged, report.problems) == (3, 1, ())
    ids = [read_article(path)[0].id for path in report.written]
    assert ids[0] == "joint-fact-sheet-on-a-meeting-ships"
    assert all(one.startswith(f"{ids[0]}-") for one in ids[1:])
    assert len(set(ids)) == 3
    again = import_jsonl(tmp_path / "in.jsonl", tmp_path / "out")
    assert (again.written, again.unchanged, again.problems) == ((), 4, ())
    changed = import_jsonl(lines(tmp_path / "in.jsonl", row | {"body": "Yet another."}), tmp_path / "out")
    assert "not overwritten" in changed.problems[0][1]  # an article that was imported before and has changed since
