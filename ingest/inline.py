"""Markdown and HTML inside a paragraph: the markup goes, the words stay, in their order.

Written for text as it is found (emphasis that runs over line ends or opens beside a space, tags without an end), which
a strict Markdown parser would leave in. Repetitions are bounded, so that no input takes more than linear time.
"""

from __future__ import annotations

import html
import re

from ingest.characters import BOLD_OFF, BOLD_ON, ESCAPED, HARD_BREAK, PROTECTED, restore_escaped

_TAGS = (
    "a|abbr|acronym|address|article|aside|b|bdi|bdo|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup"
    "|data|dd|del|details|dfn|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe"
    "|img|input|ins|kbd|label|li|link|main|mark|meta|nav|noscript|o:p|object|ol|p|picture|pre|q|s|samp|script|section"
    "|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|var|video|wbr"
)
TAG = re.compile(rf"</?(?P<name>{_TAGS})(?:[\s/][^<>]{{0,4000}})?>", re.I)

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`]{1,2000}?)(?<!`)\1(?!`)")
_AUTOLINK = re.compile(r"<((?:https?|ftp|mailto):[^<>\s]{1,2000}|[\w.+-]{1,64}@[\w.-]{1,200})>")
_TARGET = (
    r"\(\s*(?:<[^<>\n]{0,2000}>|(?:[^()\s]|\([^()\s]{0,500}\)){0,3000})(?:\s+(?:\"[^\"]{0,500}\"|'[^']{0,500}'))?\s*\)"
)
_LABEL = r"\[((?:[^\[\]]|\[[^\[\]]{0,300}\]){0,1500})\]"
_IMAGE = re.compile(rf"!{_LABEL}{_TARGET}")
_LINK = re.compile(rf"{_LABEL}(?:{_TARGET}|\[[^\[\]]{{0,200}}\])")
_FOOTNOTE = re.compile(r"\[\^([^\[\]\s]{1,20})\]:?")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\ue000-\ue00f]{1,3000}|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,200}")
_SUPERSCRIPT = re.compile(r"<sup\b[^<>]{0,500}>\s*\[?(\d{1,3}(?:\s*,\s*\d{1,3})*)\]?\s*</sup>", re.I)
_UNIT_BEFORE = re.compile(r"(?:^|[\s\d(])(?:m|km|cm|mm|ft|mi|s|10)$")
_STRONG_TAG = re.compile(r"<(/?)(?:strong|b|h[1-6])(?:\s[^<>]{0,500})?>", re.I)
_BREAK_TAG = re.compile(r"<br\b[^<>]{0,100}> ?", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.I)
_DOUBLE_UNDERSCORE = re.compile(r"(?<![\w_])__(?=\S)([^_]{1,2000}?)__(?![\w_])")
_UNDERSCORE = re.compile(r"(?<![\w_])_(?=[^\s_])([^_]{1,2000}?)_(?![\w_])")
_MISSING_SPACE = re.compile(
    r"(?<=[a-z]{2})([.!?][”\"’]?)(?=[A-Z][a-z]{1,30}[\s,.;:’])|(?<=\))([.!?])(?=[A-Z][a-z])|(?<=[a-z]{2})([,;])(?=[A-Z][a-z])"
)


def protect(text: str) -> str:
    """The text as characters that no rule of this module takes for markup; restore_escaped undoes it."""
    return "".join(chr(PROTECTED + ord(char)) if char in "*_~`<>&[]()\\.,!?#;:" else char for char in text)


def hide_escapes(text: str) -> str:
    """The text with each backslash escape as one character that is no markup; a backslash at a line's end breaks it."""
    text = re.sub(r"(?<=\S)\\\n", f"{HARD_BREAK}\n", text)
    return _ESCAPE.sub(lambda found: chr(ESCAPED + ord(found[1])), text)


def clean_inline(text: str) -> str:
    """One paragraph without inline markup, single spaces inside; HARD_BREAK, BOLD_ON and BOLD_OFF are left in place.

    ``text`` comes from plain_characters and hide_escapes. Link texts stay, addresses go unless they are the text.
    """
    text = text.replace("\n", " ")
    text = _CODE.sub(lambda found: protect(found[2].strip()), text)
    text = _AUTOLINK.sub(lambda found: protect(found[1].removeprefix("mailto:")), text)
    if "[" in text:
        text = _IMAGE.sub(r" \1 ", text)
        text = _LINK.sub(_link_text, text)
        text = _FOOTNOTE.sub(r"[\1]", text)
    text = _ADDRESS.sub(lambda found: protect(found[0]), text)
    if "<" in text:
        text = _without_tags(text)
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    text = _without_emphasis(text)
    return restore_escaped(tidy(text))


def tidy(text: str) -> str:
    """The text with a space where one is missing between sentences or after a bold stretch, and none too many."""
    text = re.sub(rf"([.:!?]{BOLD_OFF})(?=\w)|(?<=\w\w)(\w{BOLD_OFF})(?=[a-z]{{2,}} )", r"\1\2 ", text)
    text = _MISSING_SPACE.sub(lambda found: f"{found[0]} ", text)
    return collapse_spaces(text)


def collapse_spaces(text: str) -> str:
    """Single spaces, none beside a HARD_BREAK, at the ends, or left before a comma by markup that went."""
    text = re.sub(r"[ \n\t\u00a0]+", " ", text)
    # From the start of a run of marks only: from each of them, a long run takes for ever.
    text = re.sub(
        rf"(?<![{BOLD_ON}{BOLD_OFF}])([{BOLD_ON}{BOLD_OFF}]+) +(?=[,.;:!?](?:\s|$|{HARD_BREAK}))", r"\1", text
    )
    text = re.sub(rf" +({BOLD_OFF}) *", r"\1 ", text)
    text = re.sub(rf" *({BOLD_ON}) +", r" \1", text)
    text = re.sub(rf" +((?:{BOLD_ON}|{BOLD_OFF})+)(?=[,.;:](?:\s|$|{HARD_BREAK}))", r"\1", text)
    text = re.sub(rf" *{HARD_BREAK}[ {HARD_BREAK}]*", HARD_BREAK, text)
    text = re.sub(r"(?<=\w) +(?=[,;]\s|\.(?:$| [A-Z]))", "", text)
    return re.sub(" {2,}", " ", text).strip(f" {HARD_BREAK}")


def _link_text(found: re.Match[str]) -> str:
    """The link's text, with a space where the next word was glued to the link."""
    text = found[1]
    if re.match(r"(?:https?://|www\.)\S+$", text):
        text = protect(text)
    glued = re.match(r"[a-z]{4,}", found.string[found.end() : found.end() + 4]) and re.search(r"\w\w\W*$", text)
    return f"{text} " if glued else text


def superscript(text: str, before: str = "") -> str:
    """What was set high, as running text: a number after a unit as it is, else in brackets, so that "28,500" with note
    1 never reads 28,5001; letters ("21st") as they are.
    """
    number = re.fullmatch(r"\s*\[?(\d{1,3}(?:\s*,\s*\d{1,3})*)\]?\s*", text)
    return f"[{number[1]}]" if number and not _UNIT_BEFORE.search(before) else text


def _without_tags(text: str) -> str:
    text = _SUPERSCRIPT.sub(
        lambda found: superscript(found[1], found.string[max(0, found.start() - 5) : found.start()]), text
    )
    text = _STRONG_TAG.sub(lambda found: BOLD_OFF if found[1] else BOLD_ON, text)
    text = _BREAK_TAG.sub(HARD_BREAK, text)
    return TAG.sub("", text)


def _without_emphasis(text: str) -> str:
    if "*" in text:
        text = _without_stars(_MARKED_SIGN.sub(r"\1", text))
    if "_" in text:
        text = _DOUBLE_UNDERSCORE.sub(rf"{BOLD_ON}\1{BOLD_OFF}", text)
        text = _UNDERSCORE.sub(r"\1", text)
    return text


def _without_stars(text: str) -> str:
    """Runs of asterisks read in turn as the start or end of bold (two) and italic (one); three are both.

    What is open is closed by any run, however it is spaced. A run that opens nothing stays: "f***ing", "3 * 4".
    """
    runs = list(_STARS.finditer(text))
    pieces: list[str] = []
    at = 0
    bold = italic = False
    for place, run in enumerate(runs):
        pieces.append(text[at : run.start()])
        at = run.end()
        count = len(run[0])
        closes = (bold and count > 1) or (italic and count % 2 == 1)
        glued = not closes and _GLUED.match(_around(text, run))
        if not closes and not glued and not _opens(text, run, runs[place + 1] if place + 1 < len(runs) else None):
            pieces.append("" if _is_stray(text, run) else run[0])
            continue
        if count % 2 == 1:
            italic = not italic
        if count == 4 and bold and re.match(r"\S", text[at : at + 1]):
            continue  # the end of one bold stretch and the start of the next
        if count > 1:
            bold = not bold
            pieces.append(BOLD_ON if bold else BOLD_OFF)
        if glued:
            pieces.insert(-1 if count > 1 else len(pieces), " ")
    return "".join([*pieces, text[at:]])


_STARS = re.compile(r"\*+")
_MARKED_SIGN = re.compile(r"(?<!\*)\*{1,3}([.,;:!?)”’\-—]{1,3})\*{1,3}(?!\*)")  # "funds*.*"
_CUT_WORD = re.compile(r"(?<![A-Za-z])(?:[A-Za-z]|[Ss]h)$")  # what stands before the asterisks of "f***" and "sh**"
_GLUED = re.compile("[a-z,.;:)][A-Z0-9]")  # "the**Energy Program**": a space is missing


def _opens(text: str, run: re.Match[str], following: re.Match[str] | None) -> bool:
    """Whether a run of asterisks, where nothing is open that it could close, is markup."""
    before, after = text[max(0, run.start() - 3) : run.start()], text[run.end() : run.end() + 1]
    if not re.search(r"\w$", before):
        number = following and re.match(r"\d", after) and re.match(r"\S[^\w*]?$", _around(text, following))
        return len(run[0]) > 1 or bool(number or re.match(r"[^\W\d]|[“\"‘'(\[$@#…—–’\ue100-\ue27f]", after))
    if not re.match(r"\w", after) or following is None:
        return False
    ends_word = not re.match(r"\w\w", _around(text, following))
    same_word = not re.search(r"\s", text[run.end() : following.start()])
    return same_word or (ends_word and len(run[0]) == 2)


def _around(text: str, run: re.Match[str]) -> str:
    """The characters just before and just after a run."""
    return text[max(0, run.start() - 1) : run.start()] + text[run.end() : run.end() + 1]


def _is_stray(text: str, run: re.Match[str]) -> bool:
    """Whether a run that opens and closes nothing is left over from markup: "Tokyo, Japan**", "the world*."."""
    before, after = text[max(0, run.start() - 3) : run.start()], text[run.end() : run.end() + 1]
    if not before[-1:].strip():
        return not text[run.end() :].strip()
    if _CUT_WORD.search(before) or re.match(r"\w", after):
        return False
    return len(run[0]) > 1 or bool(re.search(r"[^\W\d]$|[.,;:!?)”\"’]$", before))
