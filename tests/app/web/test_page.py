"""What the page is made of, without a browser; tests/e2e drives it in one."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.labels import SHAPES, STATUS_WORDS
from app.texts import lead_in
from app.web import static_files
from app.web.page import SHELL, page_head
from app.web.static_files import FOLDER, add_static_files

MODULES = sorted(FOLDER.glob("*.js"))


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    add_static_files(app)
    return TestClient(app)


def test_the_head_names_a_sheet_and_a_script_that_are_there(client) -> None:
    addresses = re.findall(r'(?:href|src)="([^"]+)"', page_head())
    assert [address.split("?")[0] for address in addresses] == ["/static/page.css", "/static/page.js"]
    for address in addresses:
        reply = client.get(address)
        assert reply.status_code == 200
        assert "immutable" in reply.headers["cache-control"]


def test_every_module_that_is_imported_is_there() -> None:
    assert MODULES
    for module in MODULES:
        imported = re.findall(r'from "\./([^"]+)"', module.read_text("utf-8"))
        assert all((FOLDER / name).is_file() for name in imported), module.name


def test_a_module_is_imported_under_its_present_address(client, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(static_files, "FOLDER", tmp_path)
    (tmp_path / "dom.js").write_text("export const one = 1;")
    (tmp_path / "page.js").write_text('import { one } from "./dom.js";\nimport {\n  two,\n} from "./dom.js";')
    before = static_files.static_address("page.js")
    imported = re.findall(r'from "\./([^"]+)"', client.get(before).text)
    assert imported == [static_files.static_address("dom.js").removeprefix("/static/")] * 2
    assert "immutable" in client.get(f"/static/{imported[0]}").headers["cache-control"]
    (tmp_path / "dom.js").write_text("export const one = 2;  // an upgrade")
    assert static_files.static_address("page.js") != before  # the page asks for all of it anew
    assert client.get(before).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_nothing_becomes_markup_and_nothing_comes_from_elsewhere(module) -> None:
    script = module.read_text("utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser"):
        assert way not in script
    others = [address for address in re.findall(r"https?://[^\s\"'`]*", script) if "www.w3.org" not in address]
    assert not others


def test_the_shell_is_what_the_script_looks_for() -> None:
    assert SHELL == '<div id="hanmi"></div>'
    assert 'getElementById("hanmi")' in (FOLDER / "page.js").read_text("utf-8")


def test_shapes_and_status_words_are_those_of_the_other_surfaces() -> None:
    words, shapes = (FOLDER / "words.js").read_text("utf-8"), (FOLDER / "status.js").read_text("utf-8")
    for status, shape in SHAPES.items():
        assert f'{status}: "{shape}"' in shapes
    for said in STATUS_WORDS.values():
        for status, word in said.items():
            assert f'{status}: "{word.replace(chr(39), "’")}"' in words


def test_both_languages_have_every_word() -> None:
    words = (FOLDER / "words.js").read_text("utf-8")
    english, korean = words.split("\n  ko: {")[0].split("\n  en: {")[1], words.split("\n  ko: {")[1].split("\n};")[0]
    flat = [re.sub(r"(?<=[: ])\{[^{}]*\}", '""', re.sub(r"\$\{[^{}]*\}", "", part)) for part in (english, korean)]
    names = [set(re.findall(r"(?:^    |, )(\w+): (?=[\"(\[`])", part, re.MULTILINE)) for part in flat]
    assert names[0] == names[1]
    assert len(names[0]) > 100


def test_every_word_is_used_and_every_word_used_is_there() -> None:
    words = (FOLDER / "words.js").read_text("utf-8").split("\n  ko: {")[0]
    scripts = "".join(module.read_text("utf-8") for module in MODULES if module.name != "words.js")
    known = set(re.findall(r"(?:^    |, )(\w+): ", words, re.MULTILINE))
    used = set(re.findall(r'\bt\("(\w+)"', scripts))
    assert used <= known
    lines = re.sub(r"\$?\{[^{}]*\}", '""', words)
    assert [
        word for word in re.findall(r"(?:^    |, )(\w+): ", lines, re.MULTILINE) if f'"{word}"' not in scripts
    ] == []


LEAD_IN = re.search(r"const LEAD_IN = /(.+)/su;", (FOLDER / "prose.js").read_text("utf-8"))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    "who", [{}, {"author": "A. Kim"}, {"speaker": "Lee Jae-myung"}, {"speaker": "Q"}, {"caption": True}]
)
def test_a_lead_in_is_known_to_the_page(language, who) -> None:
    pattern = re.compile(LEAD_IN[1], re.DOTALL)
    said = lead_in(language, outlet="The Diplomat", published="2025-09", title="US: A Deal", **who)
    assert pattern.match(f"{said} Washington demands it.")
    assert not pattern.match("Washington is reportedly demanding that Seoul pay: “in cash.”")
