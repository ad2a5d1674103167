"""Files of every kind become articles, and files that cannot are refused with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pypdf import PdfWriter

from ingest.errors import UnreadableArticle
from ingest.readers import MAX_TEXT_BYTES, read_article
from tests.ingest.make_files import make_docx, make_pdf

FIXTURES = Path(__file__).parent.parent / "fixtures" / "articles"
OWNERS = Path(__file__).parents[2] / "corpus" / "articles" / "us-pushes-south-korea-self-reliance.md"


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def marked(article) -> list[tuple[str, str, str]]:
    return [(mark.kind, mark.label, article.text[mark.start : mark.end]) for mark in article.marks]


# --- fields


def test_the_owners_article_reads_as_the_corpus_says():
    article, removals = read_article(OWNERS, OWNERS.parents[1])
    assert article.id == "us-pushes-south-korea-self-reliance"
    assert (article.outlet, article.section, article.kind) == ("The Diplomat", "Trans-Pacific View", "analysis")
    assert (article.published, article.author, article.url, article.lang) == ("2025-09", None, None, "en")
    first, second, *_, last = article.text.split("\n\n")
    assert first.startswith("Amid the formation of the China-North Korea-Russia coalition")
    assert second.startswith("Caption: U.S. President Donald J. Trump")
    assert marked(article) == [("caption", "", second)]
    assert last.endswith("remains truly “ironclad.”")
    assert "Recent Features" not in article.text
    assert removals.total == 0


def test_the_id_comes_from_the_path_inside_the_corpus(tmp_path):
    path = write(tmp_path / "articles" / "2025" / "Lee’s Visit, 방미.md", "---\ntitle: A\n---\n\nText.")
    assert read_article(path, tmp_path)[0].id == "2025__lee-s-visit-방미"
    assert read_article(path)[0].id == "lee-s-visit-방미"


@pytest.mark.parametrize("date", ["2025", "2025-09", "2025-09-30"])
def test_partial_dates_stay_as_partial_as_they_are(tmp_path, date):
    path = write(tmp_path / "a.md", f"---\ntitle: A\npublished: {date}\n---\n\nText.")
    assert read_article(path)[0].published == date


def test_numbers_dates_and_empty_fields_of_the_front_matter_are_text_or_absent(tmp_path):
    front = "id: 007\ntitle: 1984\nauthor: [Kim Min-ji, Lee Ho]\nurl: ~\nkind:"
    article, _ = read_article(write(tmp_path / "a.md", f"---\n{front}\n---\n\nText."))
    assert (article.id, article.title, article.author) == ("007", "1984", "Kim Min-ji, Lee Ho")
    assert (article.url, article.kind) == (None, None)


NOT_HTTP = ["javascript:alert(1)", "file:///etc/hosts", "ftp://example.org/a", "https://", "https://a b"]


@pytest.mark.parametrize("url", NOT_HTTP)
def test_an_address_that_is_not_http_is_left_out(tmp_path, url):
    path = write(tmp_path / "a.md", f"---\ntitle: A\nurl: '{url}'\n---\n\nText.")
    assert read_article(path)[0].url is None


def test_a_heading_on_top_is_the_title_where_no_field_is(tmp_path):
    article, removals = read_article(write(tmp_path / "a.md", "# Seoul Waits\n\nText follows here.\n"))
    assert (article.title, article.text, removals.repeated_title) == ("Seoul Waits", "Text follows here.", 2)


def test_a_file_without_any_title_is_called_by_its_name(tmp_path):
    article, _ = read_article(write(tmp_path / "seoul_waits-again.txt", "It rained in Seoul. The talks went on."))
    assert article.title == "seoul waits again"


def test_the_language_is_found_from_the_letters(tmp_path):
    korean = write(tmp_path / "k.md", "---\ntitle: 제목\n---\n\n한국과 미국은 FTA 재협상에 합의했다.")
    english = write(tmp_path / "e.md", "---\ntitle: A\n---\n\nThe word 전작권 means wartime operational control.")
    assert (read_article(korean)[0].lang, read_article(english)[0].lang) == ("ko", "en")


# --- encodings

KOREAN = "한국과 미국은 서울에서 만났다. “관세는 15퍼센트다”라고 장관은 말했다. 투자액은 3,500억 달러다."
ENGLISH = "The ministers’ “ironclad” deal – worth €350 billion – was signed in a café in Seoul."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be"])
def test_korean_text_reads_the_same_in_every_encoding(tmp_path, encoding):
    assert read_article(write(tmp_path / "a.txt", KOREAN.encode(encoding)))[0].text == KOREAN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_english_text_reads_the_same_in_every_encoding(tmp_path, encoding):
    assert read_article(write(tmp_path / "a.txt", ENGLISH.encode(encoding)))[0].text == ENGLISH


@pytest.mark.parametrize("charset", ["euc-kr", "utf-8", "nonsense"])
def test_a_korean_page_reads_whatever_charset_it_declares(tmp_path, charset):
    page = f'<html><head><meta charset="{charset}"><title>제목</title></head><body><p>{KOREAN}</p></body></html>'
    assert read_article(write(tmp_path / "a.html", page.encode("cp949")))[0].text == KOREAN


# --- HTML


def test_a_page_gives_its_fields_text_and_marks_without_boilerplate():
    article, removals = read_article(FIXTURES / "page.html")
    assert (article.title, article.outlet, article.section) == ("Allies Rethink the Yard", "Example Daily", "Asia")
    assert (article.author, article.published, article.kind) == ("Kim Min-ji, John O'Hara", "2025-09-30", "opinion")
    assert article.url == "https://example.org/2025/allies-rethink"
    assert marked(article) == [
        ("caption", "", "Caption: The yard in Ulsan, Aug. 25, 2025."),
        ("heading", "", "What comes next"),
    ]
    assert "Copyright" not in article.text
    assert "never seen" not in article.text
    assert (removals.struck_out, removals.comments) == (1, 3)


def test_scholarly_and_dublin_core_tags_are_read(tmp_path):
    page = """<html><head><meta name="citation_title" content="Yards">
    <meta name="citation_author" content="Kim, Min-ji"><meta name="citation_author" content="Lee, Ho">
    <meta name="citation_publication_date" content="2024/5/2"><meta name="DC.publisher" content="Example Press">
    </head><body><p>The text of the article is here.</p></body></html>"""
    article, _ = read_article(write(tmp_path / "a.htm", page))
    assert (article.title, article.author) == ("Yards", "Kim, Min-ji, Lee, Ho")
    assert (article.published, article.outlet) == ("2024-05-02", "Example Press")


def test_headings_and_captions_of_a_page_without_an_article_element_stay(tmp_path):
    page = """<html><head><title>Yards</title></head><body><h1>Yards</h1><p>The first paragraph of the text.</p>
    <figure><figcaption>A dry dock in Busan.</figcaption></figure>
    <h2>Costs</h2><p>The second paragraph.</p></body></html>"""
    article, removals = read_article(write(tmp_path / "a.html", page))
    assert marked(article) == [("caption", "", "A dry dock in Busan."), ("heading", "", "Costs")]
    assert (removals.boilerplate, removals.repeated_title) == (0, 1)


def test_a_date_that_a_page_writes_in_no_known_way_is_left_out(tmp_path):
    head = '<meta name="date" content="last week"><title>A B</title>'
    page = f"<html><head>{head}</head><body><p>Some text here.</p></body></html>"
    assert read_article(write(tmp_path / "a.html", page))[0].published is None


# --- PDF

BODY = "The ministers met in Seoul and spoke about ships and about steel for hours"


def test_a_pdf_gives_paragraphs_headings_and_properties_without_running_lines(tmp_path):
    pages = [
        [
            ("Example Daily", 8, 0),
            *([("Allies Rethink the Yard", 18, 30)] if number == 1 else []),
            (f"{BODY}, as they had", 11, 30),
            ("done in 2023 over 28,500 troops (twice).", 11, 13),
            (f"{BODY}, with long-", 11, 26),
            ("term aims.", 11, 13),
            *([("What comes next", 14, 30)] if number == 2 else []),
            (
                f"Part {['one', 'two', 'three'][number - 1]} begins on this page, and it goes on to the next",
                11,
                26,
            ),
            (f"{number} / 3", 8, 400),
        ]
        for number in (1, 2, 3)
    ]
    info = {"Title": "Allies Rethink the Yard", "Author": "Kim Min-ji", "CreationDate": "D:20250930080000+09'00'"}
    article, removals = read_article(make_pdf(tmp_path / "a.pdf", pages, info))
    assert (article.title, article.author) == ("Allies Rethink the Yard", "Kim Min-ji")
    assert article.published is None  # the file says when it was made, not when its text was published
    paragraphs = article.text.split("\n\n")
    assert paragraphs[0] == f"{BODY}, as they had done in 2023 over 28,500 troops (twice)."
    assert paragraphs[1] == f"{BODY}, with long-term aims."
    assert marked(article) == [("heading", "", "What comes next")]
    assert "Example Daily" not in article.text
    assert (removals.boilerplate, removals.repeated_title) == (12, 4)


def test_a_pdf_with_an_owners_password_alone_is_read(tmp_path):
    plain = make_pdf(tmp_path / "plain.pdf", [[(BODY, 11, 0)]])
    writer = PdfWriter(clone_from=plain)
    writer.encrypt("", "owner", algorithm="AES-256")
    writer.write(tmp_path / "a.pdf")
    assert read_article(tmp_path / "a.pdf")[0].text == BODY


# --- DOCX


def test_a_docx_gives_text_marks_and_properties(tmp_path):
    article, removals = read_article(make_docx(tmp_path / "a.docx"))
    assert (article.title, article.author) == ("Allies Rethink the Yard", "Kim Min-ji")
    assert article.published is None  # the file says when it was made, not when its text was published
    assert article.text == (
        "They met for the 21st time with 28,500[1] troops and steel.\n\nWhat comes next\n\nDry docks in Busan.\n"
        "Training for 1,200 welders.\nYard | Ships\nUlsan | 12\n\nSigned in Seoul\nIn duplicate\n\nThe yard in Ulsan."
    )
    assert marked(article) == [("heading", "", "What comes next"), ("caption", "", "The yard in Ulsan.")]
    assert (removals.struck_out, removals.repeated_title) == (1, 4)


# --- what cannot be read

FRONT = "---\ntitle: A\n{}\n---\n\nText."


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.md", "", "empty"),
        ("a.md", " \n\n", "no text"),
        ("a.md", "---\ntitle: A\n---\n", "no text"),
        ("a.md", "***\n\n###\n", "no text"),
        ("a.md", bytes(range(256)) * 20, "binary"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + b"a" * 100, "binary"),
        ("a.md", "---\ntitle: [A\n---\n\nText.", "front matter"),
        ("a.md", "---\ntitle: A\nid: b: c\n---\n\nText.", "front matter cannot be read in line 3"),
        ("a.md", "---\n- a\n- b\n---\n\nText.", "no list of fields"),
        ("a.md", "---\ntitle: A\n\nText.", "no end"),
        ("a.md", "---\ntitle: {a: b}\n---\n\nText.", "field “title”"),
        ("a.md", FRONT.format("published: 2025-02-30"), "no such day"),
        ("a.md", FRONT.format("published: soon"), "no date"),
        ("a.md", FRONT.format("published: 2025-13"), "no date"),
        ("a.md", FRONT.format('id: "a\\nb"'), "id"),
        ("a.pdf", b"junk" * 100, "no PDF"),
        ("a.docx", b"PK\x03\x04 junk", "damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
        ("a.html", "<html><body></body></html>", "no article text"),
        ("a.xyz", "Text.", "not read"),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(tmp_path, name, content, reason):
    with pytest.raises(UnreadableArticle, match=reason):
        read_article(write(tmp_path / name, content))


def test_a_truncated_pdf_is_refused(tmp_path):
    whole = make_pdf(tmp_path / "whole.pdf", [[(BODY, 11, 20 * n)] for n in range(30)]).read_bytes()
    for share in (0.2, 0.5, 0.9, 0.99):
        cut = write(tmp_path / "cut.pdf", whole[: int(len(whole) * share)])
        with pytest.raises(UnreadableArticle, match="cut off"):
            read_article(cut)


def test_a_pdf_that_needs_a_password_is_refused(tmp_path):
    writer = PdfWriter(clone_from=make_pdf(tmp_path / "plain.pdf", [[(BODY, 11, 0)]]))
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(tmp_path / "a.pdf")
    with pytest.raises(UnreadableArticle, match="password"):
        read_article(tmp_path / "a.pdf")


def test_a_scanned_pdf_is_refused(tmp_path):
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(tmp_path / "a.pdf")
    with pytest.raises(UnreadableArticle, match="scanned"):
        read_article(tmp_path / "a.pdf")


def test_a_damaged_pdf_is_refused_wherever_it_is_damaged(tmp_path):
    whole = make_pdf(tmp_path / "whole.pdf", [[(BODY, 11, 20)], [(BODY, 11, 20)]]).read_bytes()
    for start in range(9, len(whole) - 40, 37):
        damaged = whole[:start] + b"\x00<<(" * 8 + whole[start + 32 :]
        try:
            read_article(write(tmp_path / "a.pdf", damaged))
        except UnreadableArticle:
            continue


def test_a_text_over_the_limit_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "a.md"
    with path.open("wb") as stream:
        stream.truncate(MAX_TEXT_BYTES + 1)
    with pytest.raises(UnreadableArticle, match="limit of 20 MB"):
        read_article(path)


def test_a_broken_link_is_refused(tmp_path):
    (tmp_path / "a.md").symlink_to(tmp_path / "nowhere.md")
    with pytest.raises(UnreadableArticle, match="link points at no file"):
        read_article(tmp_path / "a.md")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_refused(tmp_path):
    write(tmp_path / "a.md", "Text.").chmod(0)
    with pytest.raises(UnreadableArticle, match="permission"):
        read_article(tmp_path / "a.md")


def test_a_file_that_the_system_refuses_to_open_is_refused(tmp_path, monkeypatch):
    write(tmp_path / "a.md", "Text.")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UnreadableArticle, match="permission"):
        read_article(tmp_path / "a.md")


def refuse(path):
    raise PermissionError(13, "Permission denied", str(path))


def test_a_folder_with_an_articles_name_is_refused(tmp_path):
    (tmp_path / "a.md").mkdir()
    with pytest.raises(UnreadableArticle, match="cannot be read"):
        read_article(tmp_path / "a.md")
