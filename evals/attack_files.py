"""The files of an attack as they lie in a corpus: Markdown and HTML as written, small real DOCX and PDF files."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Final

from evals.attack_set import CANARY, Attack, AttackFile
from ingest.front_matter import join_front_matter

_HIDDEN: Final = ("⟦", "⟧")
_W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PACKAGE: Final = "application/vnd.openxmlformats-package"
_RELATIONS: Final = "http://schemas.openxmlformats.org"
_DOCX: Final = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{_PACKAGE}.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{_PACKAGE}.core-properties+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_RELATIONS}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/>'
        f'<Relationship Id="r2" Type="{_RELATIONS}/package/2006/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>'
    ),
}
_LINE: Final = 90  # characters of a printed line


def write_files(attack: Attack, folder: Path, address: str) -> None:
    """The attack's files in the folder, ``address`` in place of CANARY."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in attack.files:
        fields = {name: value.replace(CANARY, address) for name, value in file.fields.items()}
        text = file.text.replace(CANARY, address)
        target = folder / file.name
        if target.suffix == ".docx":
            _write_docx(target, fields, text)
        elif target.suffix == ".pdf":
            target.write_bytes(_pdf(fields, text))
        else:
            target.write_text(_marked_up(file, fields, text), "utf-8")


def _marked_up(file: AttackFile, fields: Mapping[str, str], text: str) -> str:
    return join_front_matter(fields, text) if file.name.endswith(".md") else text


def _paragraphs(text: str) -> list[tuple[str, bool]]:
    """Each line, and whether it is hidden."""
    return [(line.strip("".join(_HIDDEN)), line.startswith(_HIDDEN)) for line in text.splitlines()]


def _write_docx(target: Path, fields: Mapping[str, str], text: str) -> None:
    white = '<w:rPr><w:color w:val="FFFFFF"/><w:sz w:val="2"/></w:rPr>'
    body = "".join(
        f'<w:p><w:r>{white if hidden else ""}<w:t xml:space="preserve">{escape(words)}</w:t></w:r></w:p>'
        for words, hidden in _paragraphs(text)
    )
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(fields["title"])}</dc:title>'
        f"<dc:creator>{escape(fields['author'])}</dc:creator></cp:coreProperties>"
    )
    parts = {
        **_DOCX,
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "docProps/core.xml": core,
    }
    with zipfile.ZipFile(target, "w") as package:
        for name, xml in parts.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{xml}')


def _pdf(fields: Mapping[str, str], text: str) -> bytes:
    """One page in Helvetica; ASCII alone."""
    y, content = 760, ""
    for words, hidden in _paragraphs(text):
        y -= 12
        for line in _lines(words):
            y -= 14
            content += f"{'1 1 1' if hidden else '0 0 0'} rg BT /F1 11 Tf 72 {y} Td ({_literal(line)}) Tj ET\n"
    info = " ".join(f"/{name.title()} ({_literal(value)})" for name, value in fields.items())
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
        "/Resources << /Font << /F1 3 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}endstream",
        f"<< {info} >>",
    )
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{at:010} 00000 n \n" for at in offsets)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(out)}\n"
    return f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}%%EOF\n".encode("ascii")


def _lines(words: str) -> list[str]:
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) > _LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _literal(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
