"""Small real PDF and DOCX files, made for a test."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import docx


def make_pdf(path: Path, pages: list[list[tuple[str, int, int]]], info: dict[str, str] | None = None) -> Path:
    """A PDF whose pages hold lines of (text, letter size, points below the line before), in Helvetica."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        y, content = 780, ""
        for text, size, down in lines:
            y -= down
            escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            content += f"BT /F1 {size} Tf 72 {y} Td ({escaped}) Tj ET\n"
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}endstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append("<< " + " ".join(f"/{name} ({value})" for name, value in (info or {}).items()) + " >>")
    out = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010} 00000 n \n" for at in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{start}\n%%EOF\n"
    path.write_bytes(out.encode("latin-1"))
    return path


def make_docx(path: Path) -> Path:
    """A DOCX with headings, a list, a table, a footnote's sign, a struck-out word, a caption and a set line break."""
    document = docx.Document()
    document.core_properties.title = "Allies Rethink the Yard"
    document.core_properties.author = "Kim Min-ji"
    document.core_properties.created = datetime(2025, 9, 30, 8, 0)
    document.add_heading("Allies Rethink the Yard", 0)
    paragraph = document.add_paragraph("They met for the 21")
    paragraph.add_run("st").font.superscript = True
    paragraph.add_run(" time with 28,500")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run(" troops and ")
    paragraph.add_run("steal ").font.strike = True
    paragraph.add_run("steel.")
    document.add_paragraph().add_run("What comes next").bold = True
    document.add_paragraph("Dry docks in Busan.", style="List Bullet")
    document.add_paragraph("Training for 1,200 welders.", style="List Bullet")
    table = document.add_table(2, 2)
    for row, cells in enumerate((("Yard", "Ships"), ("Ulsan", "12"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    paragraph = document.add_paragraph("Signed in Seoul")
    paragraph.add_run().add_break()
    paragraph.add_run("In duplicate")
    document.add_paragraph("The yard in Ulsan.", style="Caption")
    document.save(str(path))
    return path
