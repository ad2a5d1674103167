"""A kill while Chroma saves its vectors leaves files that do not fit each other; those from before are put back."""

import shutil

import pytest

from ingest.errors import IndexUnavailable
from ingest.index import open_index
from ingest.vector_files import COPIES, PICKLE, vectors_kept
from tests.ingest.samples import SETTINGS, make_article, put, set_scale, split, vectors_of

ARTICLES = [make_article(number, sentences=30) for number in range(8)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An index whose vectors Chroma has saved, as it lies while a writer writes."""
    set_scale(monkeypatch.setattr, 10)
    index = tmp_path / "index"
    with open_index(index, SETTINGS, write=True) as writer:
        put(writer, *ARTICLES)
        writer.commit()
    with vectors_kept(index, writing=True):
        return shutil.copytree(index, tmp_path / "killed")


@pytest.fixture(autouse=True)
def saved(folder):
    """Where the files are; killed in the middle of the next saving: two of five are others."""
    (saved,) = [file.parent for file in folder.glob(f"chroma/*/{PICKLE}")]
    with (saved / "length.bin").open("ab") as file:
        file.write(b"\0" * 400)
    (saved / "header.bin").write_bytes(b"\1" * 100)
    return saved


def found(folder):
    index = open_index(folder)
    texts = {chunk.text: chunk.chunk_id for article in ARTICLES for chunk in split(article)}
    return all(index.dense(vectors_of([text])[0], 1)[0].chunk_id == chunk_id for text, chunk_id in texts.items())


def test_the_next_reader_finds_every_vector(folder):
    assert found(folder)
    assert not (folder / COPIES).exists()


def test_the_next_writer_goes_on(folder):
    with open_index(folder, SETTINGS, write=True) as writer:
        put(writer, make_article(50))
        writer.commit()
    assert found(folder)
    assert not (folder / COPIES).exists()


def test_without_the_copies_nobody_opens_it(folder):
    """What the copies are for: once Chroma can mend this itself, they may go."""
    shutil.rmtree(folder / COPIES)
    with pytest.raises(IndexUnavailable):
        open_index(folder)


@pytest.mark.parametrize("cut", [0, 2000])
def test_a_pickle_that_was_cut_off_counts_for_nothing(folder, saved, cut):
    (saved / PICKLE).write_bytes((saved / PICKLE).read_bytes()[:cut])
    assert found(folder)


def test_copies_from_before_a_saving_that_was_completed_are_not_put_back(folder, saved):
    copy = folder / COPIES / saved.name
    for file in copy.iterdir():
        shutil.copyfile(file, saved / file.name)  # saved after the copies were made
        file.write_bytes(b"of an earlier state")
    assert found(folder)
    assert not (folder / COPIES).exists()


def test_what_a_kill_left_of_a_copy_is_never_put_back(folder):
    (folder / COPIES).rename(folder / "vectors-unfinished")
    with pytest.raises(IndexUnavailable):
        open_index(folder)
