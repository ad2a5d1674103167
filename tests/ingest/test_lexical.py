import random

import pytest

from ingest.lexical import LexicalIndex, LexicalRow, analyse, date_words
from ingest.records import Filters


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("$350 billion", ["350", "billion"]),
        ("$1,350.5", ["1350.5"]),
        ("18.7 percent", ["18.7", "percent"]),
        ("18.7%.", ["18.7"]),
        ("3,000, 4,000", ["3000", "4000"]),
        ("U.S. troops", ["us", "troop"]),
        ("Trump's allies’ demands", ["trump", "alli", "demand"]),
        ("it's don't we’re she’ll", []),
        ("hell shell well id", ["hell", "shell", "well", "id"]),
        ("self-reliance", ["selfreli", "self", "relianc"]),
        ("KF-21", ["kf21", "kf", "21"]),
        ("KF21", ["kf", "kf21", "21"]),
        ("non\u2011nuclear", ["nonnuclear", "non", "nuclear"]),
        ("US–ROK", ["us", "rok"]),
        ("2025-09-30", ["2025", "09", "30"]),
        ("350bn", ["350", "350bn", "bn"]),
        ("전작권의", ["전작", "작권", "권의"]),
        ("韓 한 미국", ["韓", "한", "미국"]),
        ("한미FTA는", ["한미", "fta", "는"]),
        ("ＲＯＫ ﬁve", ["rok", "five"]),
        ("Sŏul Café", ["soul", "cafe"]),
        ("co\u00adoperation", ["cooper"]),
        ("O'Brien", ["obrien"]),
        ("the of and 🙂 — !?", []),
        ("", []),
    ],
)
def test_analyse(text, tokens):
    assert analyse(text) == tokens


def test_words_are_cut_the_same_decomposed_or_composed():
    assert analyse("한미") == analyse("한미") == ["한미"]


def test_a_monster_of_a_word_is_dropped_and_the_rest_kept():
    assert analyse("a" * 5000 + "b tariff") == ["tariff"]


def test_date_words():
    assert [date_words(date) for date in ("2025", "2025-09", "2025-09-05", None)] == [
        "2025",
        "September 2025",
        "5 September 2025",
        "",
    ]


ROWS = [
    LexicalRow("a", "Washington wants a cash investment.", "Self-reliance", "The Diplomat", "analysis", "2025-09"),
    LexicalRow("b", "Seoul weighs the investment and investment banks.", "Banks", "Yonhap", "news", "2024-05-06"),
    LexicalRow("c", "전작권 전환은 한국의 과제다.", "Transfer", None, None, None),
    LexicalRow("d", "Nothing to see here, about grain.", "Grain", "YONHAP", "opinion", "2025"),
]


@pytest.fixture(params=["memory", "folder"])
def index(request, tmp_path):
    if request.param == "memory":
        return LexicalIndex.build(ROWS)
    LexicalIndex.build(ROWS, tmp_path / "lexical")
    return LexicalIndex.open(tmp_path / "lexical")


def ids(hits):
    return [hit.chunk_id for hit in hits]


def test_best_first_and_only_chunks_with_a_token(index):
    assert ids(index.search(analyse("investments"), 10)) == ["b", "a"]
    assert ids(index.search(analyse("전작권을"), 10)) == ["c"]


def test_title_outlet_and_date_count_as_words(index):
    assert ids(index.search(analyse("diplomat"), 10)) == ["a"]
    assert ids(index.search(analyse("selfreliance"), 10)) == ["a"]
    assert ids(index.search(analyse("September"), 10)) == ["a"]
    assert set(ids(index.search(analyse("2025"), 10))) == {"a", "d"}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(outlets=("yonhap",)), {"b", "d"}),
        (Filters(outlets=("The Diplomat", "Yonhap")), {"a", "b", "d"}),
        (Filters(kinds=("Analysis",)), {"a"}),
        (Filters(outlets=("Yonhap",), kinds=("news",)), {"b"}),
        (Filters(published_from="2025-09-15"), {"a", "d"}),
        (Filters(published_from="2025-10"), {"d"}),
        (Filters(published_to="2024"), {"b"}),
        (Filters(published_from="2024-05-06", published_to="2024-05-06"), {"b"}),
        (Filters(published_from="2024-05-07", published_to="2024-12"), set()),
        (Filters(outlets=("nobody",)), set()),
        (Filters(), {"a", "b", "c", "d"}),
    ],
)
def test_filters(index, filters, found):
    words = analyse("Washington Seoul 전작권 grain")
    hits = index.search(words, 10, filters)
    assert set(ids(hits)) == found
    assert all(hit in index.search(words, 10) for hit in hits), "a filter must not change a score"


def test_a_filter_date_that_is_none_is_an_error():
    with pytest.raises(ValueError, match="no date"):
        Filters(published_from="soon")


def test_nothing_in_nothing_out(index):
    assert index.search([], 10) == index.search(["invest"], 0) == []
    assert LexicalIndex.build([]).search(["invest"], 5) == []


def test_a_repeated_token_counts_again(index):
    once, twice = index.search(["grain"], 1)[0], index.search(["grain", "grain"], 1)[0]
    assert twice.score == pytest.approx(2 * once.score)


def test_scores_are_bm25(index):
    """Against the formula, with tantivy's fieldnorms (exact for fields of up to 40 tokens)."""
    import math

    bags = {
        row.chunk_id: analyse(" ".join(filter(None, (row.title, row.outlet, date_words(row.published)))))
        + analyse(row.text)
        for row in ROWS
    }
    mean = sum(map(len, bags.values())) / len(bags)
    containing = sum("invest" in bag for bag in bags.values())
    idf = math.log(1 + (len(bags) - containing + 0.5) / (containing + 0.5))
    for hit in index.search(["invest"], 10):
        bag = bags[hit.chunk_id]
        tf = bag.count("invest")
        expected = idf * tf * 2.2 / (tf + 1.2 * (1 - 0.75 + 0.75 * len(bag) / mean))
        assert hit.score == pytest.approx(expected, rel=1e-4)


def test_equal_scores_keep_the_order_of_the_rows():
    rows = [LexicalRow(f"{number:02}", "the same words", "Title") for number in range(40)]
    random.Random(5).shuffle(rows)
    assert ids(LexicalIndex.build(rows).search(["word"], 40)) == [row.chunk_id for row in rows]


def test_any_token_can_be_searched(index):
    assert index.search(['"', "AND", "field:x", "a b", "", "*"], 5) == []


def test_no_folder_is_a_value_error(tmp_path):
    with pytest.raises(ValueError, match=r"."):
        LexicalIndex.open(tmp_path / "missing")
