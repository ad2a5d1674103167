import json
import os
import re
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfWriter

from ingest.embedding import NoEmbeddings
from ingest.errors import IndexMismatch, IngestError
from ingest.index import open_index
from ingest.index_settings import estimate_pieces
from ingest.lexical import analyse
from ingest.readers import MAX_TEXT_BYTES
from ingest.sync import load_state, sync
from tests.ingest.make_files import make_pdf
from tests.ingest.samples import TestEmbeddings, vectors_of


@pytest.fixture
def corpus(tmp_path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "articles").mkdir(parents=True)
    for name in ("tariffs", "troops", "shipyards"):
        write(folder, f"{name}.md", f"Seoul and Washington talk about {name} again. A second sentence about {name}.")
    return folder


def write(corpus, name, body, **fields):
    """A file that has lain there for a while, as most files of a corpus have."""
    path = corpus / "articles" / name
    front = "".join(f"{key}: {value}\n" for key, value in ({"title": name} | fields).items())
    path.write_text(f"---\n{front}---\n\n{body}\n", encoding="utf-8")
    return path


@pytest.fixture
def settled(monkeypatch):
    """As if every file had lain untouched for long before it was read."""
    monkeypatch.setattr("ingest.sync_report.UNSETTLED_NS", -(10**18))


@pytest.fixture
def run(corpus, location, tmp_path):
    """Sync with test vectors; ``run.embeddings`` counts what was embedded."""

    def run(**options):
        run.embeddings = options.pop("embeddings", None) or TestEmbeddings()
        return sync(corpus, location, run.embeddings, cache_dir=tmp_path / "cache", **options)

    run.state_folder = location if isinstance(location, Path) else tmp_path / "cache"
    return run


def texts(location):
    index = open_index(location)
    return {article_id: index.article(article_id).text for article_id in index.articles()}


def test_add_replace_remove_and_skip(run, corpus, location):
    first = run()
    assert (first.added, first.replaced, first.removed) == (["shipyards", "tariffs", "troops"], [], [])
    assert first.chunks == first.embedded == 3
    write(corpus, "troops.md", "Something else about troops. With figures: 28,500.")
    (corpus / "articles" / "tariffs.md").unlink()
    write(corpus, "summit.md", "A summit was held in Gyeongju.")
    second = run()
    assert (second.added, second.replaced, second.removed) == (["summit"], ["troops"], ["tariffs"])
    assert second.unchanged == 1
    assert len(run.embeddings.embedded) == second.embedded == 2
    assert set(texts(location)) == {"shipyards", "troops", "summit"}
    assert "28,500" in texts(location)["troops"]
    third = run()
    assert (third.added, third.replaced, third.removed, third.unchanged) == ([], [], [], 3)
    assert run.embeddings.embedded == []
    assert open_index(location).generation == 2, "nothing changed, so nothing moved"


def test_the_report_as_json(run, corpus):
    (corpus / "articles" / "empty.md").write_text("")
    report = run().as_dict()
    assert json.loads(json.dumps(report)) == report
    assert report["failed"] == [{"file": "empty.md", "reason": "the file is empty"}]
    assert report["added"] == ["shipyards", "tariffs", "troops"]
    assert report["seconds"] > 0


def test_an_unchanged_file_is_not_read(run, corpus, settled, monkeypatch):
    run()
    monkeypatch.setattr("ingest.corpus_files.read_article", lambda *_: pytest.fail("read again"))
    assert run().unchanged == 3


def test_a_file_written_to_just_before_it_was_read_is_read_again(run, corpus, monkeypatch):
    run()
    monkeypatch.setattr("ingest.corpus_files.read_article", lambda *_: pytest.fail("read again"))
    with pytest.raises(pytest.fail.Exception, match="read again"):
        run()


@pytest.mark.parametrize("same_size", [True, False])
def test_other_words_under_the_old_time_are_noticed(run, corpus, location, settled, same_size):
    path = write(corpus, "figures.md", "The figure is 350.")
    run()
    before = path.stat()
    write(corpus, "figures.md", "The figure is 450." if same_size else "The figure is 1,450.")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert run().replaced == ["figures"]
    assert "450" in texts(location)["figures"]


def test_other_reading_code_reads_everything(run, settled, monkeypatch):
    run()
    monkeypatch.setattr("ingest.sync.code_digest", lambda: "another version of the code")
    reads = []
    from ingest.corpus_files import read_article

    monkeypatch.setattr(
        "ingest.corpus_files.read_article", lambda path, root: reads.append(path.name) or read_article(path, root)
    )
    assert run().unchanged == 3
    assert len(reads) == 3


def test_a_lost_state_costs_a_reading_and_nothing_else(run):
    run()
    (run.state_folder / "sync.json").unlink()
    report = run()
    assert (report.unchanged, report.embedded, run.embeddings.embedded) == (3, 0, [])
    (run.state_folder / "sync.json").write_text("{broken")
    assert run().unchanged == 3


def test_a_file_that_becomes_unreadable_keeps_its_article(run, corpus, location):
    run()
    before = texts(location)
    (corpus / "articles" / "troops.md").write_bytes(b"")
    for _ in range(2):
        report = run()
        assert [failure.file for failure in report.failed] == ["troops.md"]
        assert (report.kept, report.removed) == (["troops"], [])
        assert texts(location) == before
    report = run(rebuild=True)
    assert report.kept == ["troops"]
    assert texts(location) == before, "a rebuild takes it over from the old index"
    write(corpus, "troops.md", "Readable again.")
    assert run().replaced == ["troops"]


def test_a_readable_file_takes_the_place_of_an_unreadable_one(run, corpus, location):
    write(corpus, "a.md", "The old text.", id="x")
    write(corpus, "c.md", "Other words.", id="y")
    run()
    for name in ("a.md", "c.md"):
        (corpus / "articles" / name).write_bytes(b"")
    write(corpus, "b-new.md", "The new text.", id="x")
    write(corpus, "c-copy.md", "Other words.", id="z")
    report = run()
    assert sorted(failure.file for failure in report.failed) == ["a.md", "c.md"]
    assert (report.replaced, report.added, report.removed) == (["x"], ["z"], ["y"])
    assert (report.kept, report.duplicates) == ([], [])
    assert (texts(location)["x"], texts(location)["z"]) == ("The new text.", "Other words.")
    assert run().unchanged == 5


def test_without_a_state_a_failure_removes_nothing(run, corpus, location):
    run()
    (run.state_folder / "sync.json").unlink()
    (corpus / "articles" / "troops.md").write_bytes(b"")
    report = run()
    assert (report.removed, report.kept) == ([], ["troops"])
    assert "troops" in texts(location)


def test_bad_files_are_named_and_the_others_go_in(run, corpus, location):
    articles = corpus / "articles"
    (articles / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (articles / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    (articles / "link.md").symlink_to(articles / "nowhere.md")
    (articles / "picture.png").write_bytes(b"\x89PNG")
    (articles / ".hidden.md").write_text("hidden")
    report = run()
    assert {failure.file for failure in report.failed} == {"binary.txt", "broken.pdf", "link.md"}
    assert all(failure.reason for failure in report.failed)
    assert report.ignored == ["picture.png"]
    assert report.added == ["shipyards", "tariffs", "troops"]
    assert load_state(run.state_folder).report["failed"]


def truncated_pdf(path, monkeypatch):
    whole = make_pdf(path, [[("A line of the page.", 11, 20)]]).read_bytes()
    path.write_bytes(whole[: len(whole) // 3])


def pdf_with_password(path, monkeypatch):
    writer = PdfWriter(clone_from=make_pdf(path, [[("A line of the page.", 11, 20)]]))
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(path)


def over_the_limit(path, monkeypatch):
    with path.open("wb") as stream:
        stream.truncate(MAX_TEXT_BYTES + 1)


def no_permission(path, monkeypatch):
    """As root sees none, the reading itself refuses."""
    path.write_text("Secret words.")
    read_bytes = Path.read_bytes

    def refusing(read):
        if read.name == path.name:
            raise PermissionError(13, "Permission denied", str(read))
        return read_bytes(read)

    monkeypatch.setattr(Path, "read_bytes", refusing)


BAD_INPUT = [
    ("bad.md", lambda path, _: path.write_bytes(b""), "the file is empty"),
    ("bad.txt", lambda path, _: path.write_bytes(bytes(range(256)) * 20), "no text"),
    ("bad.pdf", truncated_pdf, "damaged|cut off|cannot be read"),
    ("bad.pdf", pdf_with_password, "password"),
    ("bad.md", over_the_limit, "limit of 20 MB"),
    (
        "bad.md",
        lambda path, _: path.write_text("---\ntitle: [never closed\n---\n\nWords."),
        "front matter cannot be read",
    ),
    ("bad.md", lambda path, _: path.write_text("---\npublished: 2025-02-30\n---\n\nWords."), "no such day"),
    ("bad.md", lambda path, _: path.symlink_to("nowhere.md"), "link points at no file"),
    ("bad.md", no_permission, "no permission"),
    (os.fsdecode(b"\xff\xfe-bad.md"), lambda path, _: path.write_text("Words."), "not UTF-8"),
]


@pytest.mark.parametrize("earlier", [False, True], ids=["new", "indexed before"])
@pytest.mark.parametrize(("name", "spoil", "reason"), BAD_INPUT, ids=[reason for _, _, reason in BAD_INPUT])
def test_bad_input_is_reported_with_a_reason_and_nothing_is_lost(
    corpus, tmp_path, monkeypatch, name, spoil, reason, earlier
):
    path = corpus / "articles" / name
    if earlier and "UTF" not in reason:
        if path.suffix == ".pdf":
            make_pdf(path, [[("What the file held before.", 11, 20)]])
        else:
            path.write_text("What the file held before.")
    index = tmp_path / "index"
    sync(corpus, index, TestEmbeddings())
    before = texts(index)
    path.unlink(missing_ok=True)
    spoil(path, monkeypatch)
    write(corpus, "summit.md", "A summit was held in Gyeongju.")
    report = sync(corpus, index, TestEmbeddings())
    ((file, said),) = report.failed
    assert file == os.fsencode(name).decode("utf-8", "backslashreplace")
    assert re.search(reason, said)
    assert (report.added, report.replaced, report.removed) == (["summit"], [], [])
    assert texts(index) == before | {"summit": "A summit was held in Gyeongju."}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_listed_keeps_its_articles(run, corpus, location):
    write_in = corpus / "articles" / "2025"
    write_in.mkdir()
    write(corpus, "2025/summit.md", "A summit was held.")
    run()
    write_in.chmod(0)
    try:
        report = run()
    finally:
        write_in.chmod(0o755)
    assert report.removed == []
    assert report.failed


def test_unlisted_folders_keep_their_articles(run, corpus, location, monkeypatch):
    (corpus / "articles" / "2025").mkdir()
    write(corpus, "2025/summit.md", "A summit was held.")
    run()
    walk = os.walk

    def broken(root, onerror):
        onerror(PermissionError(13, "Permission denied", str(Path(root) / "2025")))
        return ((folder, [], names) for folder, _, names in walk(root) if not folder.endswith("2025"))

    monkeypatch.setattr("ingest.corpus_files.os.walk", broken)
    report = run()
    assert [failure.file for failure in report.failed] == ["2025/"]
    assert (report.removed, report.kept) == ([], ["2025__summit"])


def test_a_name_that_is_no_utf8_is_reported_and_the_others_go_in(run, corpus, location):
    articles = os.fsencode(corpus / "articles")
    try:
        Path(os.fsdecode(articles + b"/\xff\xfe-bad name.md")).write_text("Words.")
    except OSError:
        pytest.skip("this file system takes no such names")
    Path(os.fsdecode(articles + b"/\xff.png")).write_bytes(b"")
    Path(os.fsdecode(articles + b"/sub\xff")).mkdir()
    Path(os.fsdecode(articles + b"/sub\xff/good.md")).write_text("Words in it.")
    report = run()
    assert report.failed == [
        (r"\xff\xfe-bad name.md", "the file's name is not UTF-8; rename it"),
        (r"sub\xff/", "the folder's name is not UTF-8; rename it"),
    ]
    assert report.ignored == [r"\xff.png"]
    assert report.added == ["shipyards", "tariffs", "troops"]
    assert json.loads(json.dumps(report.as_dict(), ensure_ascii=False).encode()) == report.as_dict()
    assert run().unchanged == 3


def test_the_same_text_under_two_names_is_indexed_once(run, corpus, location):
    shutil.copy(corpus / "articles" / "troops.md", corpus / "articles" / "a copy of troops.md")
    write(corpus, "troops2.txt", "Seoul and Washington talk about troops again.  A second sentence about troops.")
    report = run()
    assert report.added == ["shipyards", "tariffs", "troops"]
    assert {(duplicate.file, duplicate.kept) for duplicate in report.duplicates} == {
        ("a copy of troops.md", "troops.md"),
        ("troops2.txt", "troops.md"),
    }
    (corpus / "articles" / "troops.md").unlink()
    report = run()
    assert (report.added, report.removed) == (["troops2"], ["troops"])
    assert [duplicate.file for duplicate in report.duplicates] == ["a copy of troops.md"]


def test_the_same_id_is_indexed_once(run, corpus, location):
    write(corpus, "one.md", "The first text.", id="shared")
    write(corpus, "other.md", "The second text.", id="shared")
    for report in (run(), run()):
        (duplicate,) = report.duplicates
        assert (duplicate.file, duplicate.kept) == ("other.md", "one.md")
        assert "another text" in duplicate.reason
        assert texts(location)["shared"] == "The first text."


def test_notices_that_differ_in_one_figure_are_two(run, corpus, location):
    notice = "The national emergency of June 26, 2008, continues for {} year."
    write(corpus, "notice-2024.md", notice.format("1"))
    write(corpus, "notice-2025.md", notice.format("2"))
    assert not run().duplicates
    assert {"notice-2024", "notice-2025"} <= set(texts(location))


def test_the_same_words_of_two_years_are_two(run, corpus, location):
    write(corpus, "a.md", "The national emergency continues.", published="2024-06-20")
    write(corpus, "b.md", "The national emergency continues.", published="2025-06-20")
    write(corpus, "cc.md", "The national emergency continues.", published="2025-06")
    report = run()
    assert [(duplicate.file, duplicate.kept) for duplicate in report.duplicates] == [("cc.md", "b.md")]


def test_a_renamed_file_is_another_article_unless_it_has_an_id(run, corpus, location):
    write(corpus, "old.md", "Words that stay.", id="fixed")
    run()
    (corpus / "articles" / "old.md").rename(corpus / "articles" / "new.md")
    report = run()
    assert (report.added, report.removed, report.unchanged, report.embedded) == ([], [], 4, 0)


def test_a_dry_run_says_and_does_nothing(run, corpus, location):
    report = run(dry_run=True)
    assert (report.added, report.dry_run) == (["shipyards", "tariffs", "troops"], True)
    assert not (isinstance(location, Path) and location.exists())
    run()
    write(corpus, "troops.md", "Changed.")
    (corpus / "articles" / "tariffs.md").unlink()
    before = texts(location)
    report = run(dry_run=True)
    assert (report.added, report.replaced, report.removed, report.unchanged) == ([], ["troops"], ["tariffs"], 1)
    assert run.embeddings.embedded == []
    assert texts(location) == before
    assert run().replaced == ["troops"]


def test_another_model_needs_a_rebuild(run, location):
    run()
    other = TestEmbeddings("another model")
    for options in ({}, {"dry_run": True}):
        with pytest.raises(IndexMismatch, match="test vectors in the index, another model asked for"):
            run(embeddings=other, **options)
    assert open_index(location).settings.embedding == "test vectors"
    report = run(embeddings=TestEmbeddings("another model"), rebuild=True)
    assert report.chunks == report.embedded == 3
    assert open_index(location).settings.embedding == "another model"
    assert run(embeddings=TestEmbeddings("another model")).unchanged == 3


def test_a_failing_embedding_leaves_the_index_as_it_was(run, corpus, location):
    run()
    before = texts(location)
    write(corpus, "new.md", "New words.")

    class Failing(TestEmbeddings):
        def embed(self, texts, progress=None):
            raise IngestError("the endpoint failed")

    for options in ({}, {"rebuild": True}):
        with pytest.raises(IngestError, match="the endpoint failed"):
            run(embeddings=Failing(), **options)
        assert texts(location) == before
    assert run().added == ["new"]


def test_progress_comes_to_its_end(run, corpus):
    seen = []
    for number in range(30):
        write(corpus, f"more-{number}.md", f"Article {number}. " * 400)
    run(progress=seen.append)
    last = seen[-1]
    assert last.files_read == last.files == 33
    assert last.chunks_embedded == last.chunks_found > 100
    assert [step.chunks_embedded for step in seen] == sorted(step.chunks_embedded for step in seen)


def test_no_folder_is_an_error_and_removes_nothing(run, corpus, location):
    run()
    corpus.rename(corpus.with_name("elsewhere"))
    with pytest.raises(IngestError, match="There is no folder"):
        run()
    assert len(texts(location)) == 3


def test_an_empty_folder_empties_the_index(run, corpus, location):
    run()
    for path in (corpus / "articles").iterdir():
        path.unlink()
    assert len(run().removed) == 3
    assert texts(location) == {}


def test_a_folder_without_articles_in_it_is_the_articles(tmp_path):
    (tmp_path / "plain").mkdir()
    for name in ("README.md", "speech.txt", "names.toml"):
        (tmp_path / "plain" / name).write_text("Some words.")
    report = sync(tmp_path / "plain", tmp_path / "index", TestEmbeddings())
    assert (report.added, report.ignored) == (["speech"], ["README.md", "names.toml"])


def test_bm25_alone(run, location):
    run(embeddings=NoEmbeddings("no model here"))
    index = open_index(location)
    assert index.settings.embedding == "none"
    (hit,) = index.lexical(analyse("shipyards"), 1)
    assert index.article_of(hit.chunk_id) == "shipyards"


def test_the_state_tells_when_and_what(run, corpus):
    started = time.time()
    run()
    state = load_state(run.state_folder)
    assert state.corpus == str(corpus.resolve())
    assert state.report["chunks"] == 3
    assert abs(started - time.time()) < 60
    assert state.finished_at.startswith("20")


def test_the_real_model(corpus, tmp_path, minilm):
    from ingest.embedding import MiniLMEmbeddings

    embeddings = MiniLMEmbeddings(minilm)
    sync(corpus, tmp_path / "index", embeddings)
    index = open_index(tmp_path / "index")
    (hit,) = index.dense(embeddings.embed(["American soldiers stationed abroad"])[0], 1)
    assert index.article_of(hit.chunk_id) == "troops"
    counts, chunks = index.piece_document_frequency()
    assert chunks == 3
    assert counts.max() == 3


def test_estimated_pieces_of_korean_and_english(minilm):
    for text in ("Seoul and Washington talk about tariffs and troops.", "한국과 미국이 방위비 분담금을 논의했다."):
        (estimate,) = estimate_pieces([text])
        (pieces,) = minilm.count_pieces([text])
        assert 0.4 * pieces < estimate < 2 * pieces


def test_vectors_belong_to_their_chunks(run, corpus, location):
    for number in range(40):
        write(corpus, f"more-{number}.md", f"Words of article {number} here. " * 60)
    run()
    index = open_index(location)
    for record in index.articles().values():
        for chunk in index.chunks(record.chunk_ids).values():
            assert index.dense(vectors_of([chunk.text])[0], 1)[0].score == pytest.approx(1, abs=1e-5)
            assert np.isfinite(index.dense(vectors_of([chunk.text])[0], 1)[0].score)
