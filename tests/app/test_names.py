from pathlib import Path

import pytest

from app.errors import TablesInvalid
from app.names import Name, NameTables

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def tables() -> NameTables:
    return NameTables.load(CORPUS)


def found(tables: NameTables, text: str) -> list[tuple[str, str]]:
    return [(hit.written, hit.name.name) for hit in tables.find(text)]


@pytest.mark.parametrize(
    "written",
    [
        "Yoon Suk-yeol",
        "Yoon Suk Yeol",
        "YOON SUK-YEOL",
        "yoon sukyeol",
        "Yun Seok-yeol",
        "Yun Seok Yeol",
        "Yun Sŏngnyŏl",
        "Yoon Seok-yeol",
        "Suk-yeol Yoon",
        "Yoon Suk-yeol's",
    ],
)
def test_every_spelling_of_a_korean_name_is_that_name(tables, written):
    assert [name for _, name in found(tables, f"What did {written} say?")] == ["Yoon Suk-yeol"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Mun Chae-in", "Moon Jae-in"),
        ("Fumio Kishida", "Kishida Fumio"),
        ("Kim Jong-un", "Kim Jong Un"),
        ("Kim Chŏngŭn", "Kim Jong Un"),
        ("Chŏng Kyŏngdu", "Jeong Kyeong-doo"),
        ("Sanae Takaichi", "Takaichi Sanae"),
        ("wartime operational control", "wartime operational control"),
        ("OPCON", "wartime operational control"),
        ("opcon", "wartime operational control"),
        ("R.O.K.", "South Korea"),
        ("P'anmunjŏm", "Panmunjom"),
        ("korus fta", "KORUS FTA"),
        ("123 Agreement", "123 Agreement"),
        ("Democratic People’s Republic of Korea", "North Korea"),
    ],
)
def test_other_forms_lead_to_the_name(tables, written, name):
    assert found(tables, f"about {written} today") == [(written, name)]


@pytest.mark.parametrize(
    "ordinary",
    [
        "tell us about it",
        "an ira of his own",
        "chips and salsa",
        "smart people",
        "the sofa in the oval room",
        "ice on the road",
        "HOW MUCH DID THEY ASK US TO PAY",
    ],
)
def test_acronyms_do_not_match_ordinary_words(tables, ordinary):
    assert found(tables, ordinary) == []


def test_acronyms_match_in_capitals(tables):
    assert [name for _, name in found(tables, "Do the IRA, ICE and the SMA matter to the US?")] == [
        "Inflation Reduction Act",
        "Immigration and Customs Enforcement",
        "Special Measures Agreement",
        "United States",
    ]


def test_the_longest_form_wins(tables):
    text = "North Korea and the Korean War; the Washington Declaration; Latin America; The Washington Post"
    names = [name for _, name in found(tables, text)]
    assert names == ["North Korea", "Korean War", "Washington Declaration", "Latin America", "The Washington Post"]


def test_a_surname_matches_only_where_it_stands_alone(tables):
    assert found(tables, "Did Yoon resign?") == [("Yoon", "Yoon Suk-yeol")]
    assert found(tables, "What did President Lee say?") == [("Lee", "Lee Jae-myung")]
    assert found(tables, "What did Yoon Mee-hyang do?") == []
    assert found(tables, "Did Jennifer Harris win?") == []
    assert found(tables, "the moon over the park") == []


def test_lee_myung_bak_is_not_lee_jae_myung(tables):
    assert found(tables, "Did President Lee Myung-bak sign it?") == [("Lee Myung-bak", "Lee Myung-bak")]


def test_the_teams_tables_hold_what_the_collection_needs(tables):
    assert len(tables.names) >= 180
    assert len(tables.terms) >= 600
    assert all(1 <= len(term.english) <= 4 for term in tables.terms)


def test_search_forms_bring_a_new_word_each_and_leave_out_initials(tables):
    korea = next(name for name in tables.names if name.name == "South Korea")
    assert korea.search_forms() == ("South Korea", "ROK", "Republic of Korea", "Seoul", "South Korean")
    assert korea.hangul_forms() == ("한국", "대한민국", "남한")


def write(folder: Path, names: str = "", terms: str = "") -> Path:
    (folder / "names.toml").write_text(names, encoding="utf-8")
    (folder / "terms.toml").write_text(terms, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ("[[people]\n", "names.toml cannot be read"),
        ('[[persons]]\nname = "A"\nforms = ["B"]\n', "[[persons]] is no group"),
        ('[people]\nname = "A"\nforms = ["B"]\n', "two brackets"),
        ('[[people]]\nforms = ["B"]\n', "has no name"),
        ('[[people]]\nname = "Ann"\nform = ["B"]\n', "has 'form'"),
        ('[[people]]\nname = "Ann"\n', "has no other form"),
        ('[[people]]\nname = "Ann"\nforms = "Bea"\n', "must be a list"),
        ('[[people]]\nname = "Ann"\nforms = ["한국"]\n', "belongs under korean"),
        ('[[people]]\nname = "Ann"\nkorean = ["Korea"]\n', "belongs under forms"),
        ('[[laws]]\nname = "Act"\nforms = ["IRA"]\n', "put it under exact"),
        ('[[people]]\nname = "Ann"\nforms = ["Anna"]\npronoun = "her"\n', "write he, she, they or it"),
        (
            '[[people]]\nname = "Ann"\nforms = ["Bea"]\n[[people]]\nname = "Cat"\nforms = ["bea"]\n',
            '"bea" stands under both "Ann" and "Cat"',
        ),
    ],
)
def test_a_wrong_entry_is_named_with_the_reason(tmp_path, names, says):
    with pytest.raises(TablesInvalid, match=r"names\.toml") as caught:
        NameTables.load(write(tmp_path, names=names))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ('"관세" = "tariff"\n', "outside a section"),
        ('[a]\n"tariff" = "관세"\n', "is not Korean"),
        ('[a]\n"관세" = ""\n', "needs English words"),
        ('[a]\n"관세" = 3\n', "needs English words"),
        ('[a]\n"관세" = "tariff"\n[b]\n"관세" = "duty"\n', "stands in both [a] and [b]"),
    ],
)
def test_a_wrong_term_is_named_with_the_reason(tmp_path, terms, says):
    with pytest.raises(TablesInvalid, match=r"terms\.toml") as caught:
        NameTables.load(write(tmp_path, terms=terms))
    assert says in str(caught.value)


def test_missing_tables_are_empty_tables(tmp_path):
    tables = NameTables.load(tmp_path)
    assert tables.names == ()
    assert tables.find("Yoon Suk-yeol and OPCON") == []


def test_a_team_adds_a_name_in_three_lines(tmp_path):
    tables = NameTables.load(write(tmp_path, names='[[people]]\nname = "Hong Gil-dong"\nkorean = ["홍길동"]\n'))
    assert found(tables, "Is Hong Gildong here?") == [("Hong Gildong", "Hong Gil-dong")]
    assert isinstance(tables.hangul["홍길동"], Name)


def test_a_corpus_without_tables_uses_the_shipped_ones(tmp_path):
    shipped = CORPUS
    assert NameTables.load(tmp_path, shipped).find("OPCON")
    assert not NameTables.load(tmp_path).find("OPCON")
    (tmp_path / "names.toml").write_text("", encoding="utf-8")
    own = NameTables.load(tmp_path, shipped)
    assert not own.names
    assert own.terms


def test_a_name_is_shown_in_the_language_of_the_answer():
    tables = NameTables.of([Name("South Korea", "countries", korean=("한국", "대한민국")), Name("AUKUS", "agreements")])
    assert tables.shown("South Korea", "ko") == "한국"
    assert tables.shown("South Korea", "en") == "South Korea"
    assert tables.shown("AUKUS", "ko") == "AUKUS"
