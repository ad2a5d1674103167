"""Who speaks in a transcript: where turns open, and whom a label like "THE PRESIDENT" names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

_ROLES = frozenset(
    """
    PRESIDENT MINISTER CHANCELLOR SECRETARY SENATOR CONGRESSMAN CONGRESSWOMAN REPRESENTATIVE SPEAKER GOVERNOR MAYOR
    AMBASSADOR GENERAL ADMIRAL COLONEL MAJOR CAPTAIN LIEUTENANT SERGEANT COMMANDER CHAIRMAN CHAIRWOMAN CHAIR DIRECTOR
    ADMINISTRATOR COMMISSIONER JUDGE JUSTICE ATTORNEY KING QUEEN PRINCE PRINCESS LADY GENTLEMAN OFFICIAL MODERATOR
    INTERPRETER TRANSLATOR OPERATOR REPORTER PARTICIPANT INTERVIEWER HOST ANCHOR AUDIENCE AIDE STAFF QUESTION ANSWER
    MR MR. MS MS. MRS MRS. DR DR. GEN. ADM. COL. SEN. REP. GOV. SGT. REV. FATHER BISHOP RABBI PROFESSOR COACH
    ADVISOR SPOKESPERSON
    """.split()  # noqa: SIM905
)
# Labels of one word that are speakers by themselves.
_ALONE = frozenset(
    """
    Q A MODERATOR INTERPRETER TRANSLATOR OPERATOR REPORTER PARTICIPANT INTERVIEWER HOST ANCHOR AUDIENCE AIDE
    QUESTION ANSWER
    """.split()  # noqa: SIM905
)
_KOREAN_ROLES = re.compile(
    r"(?:대통령|총리|장관|차관|대사|실장|수석|대변인|의원|위원장|기자|앵커|사회자|진행자|질문|답변|문|답)$"
)
# Words of labels that head notes, lists and paragraphs, not turns.
_NO_SPEAKER = re.compile(
    r"\b(?:FACT|SHEETS?|STATEMENTS?|SUBJECT|WHAT|TO|FOR|MEMORANDUM|RESULTS|BACKGROUND|NOTE|READ|FROM|BY|YOUR|HOW|WHY|AND|A|AN|IN|ON|WITH|\w+ING)\b"
)

_CAPITALS = r"(?:Ma?c)?[A-Z][A-Z0-9.’'\-]*"
_LABEL = rf"{_CAPITALS}(?:,? (?:{_CAPITALS}|of|and|de)){{0,7}}"
_TURN = re.compile(rf"(?P<label>{_LABEL})(?: [(\[][^()\[\]]{{1,60}}[)\]])? ?:(?=\s|$|[“\"(A-Z])")
_QUESTION = re.compile(r"Q(?:[:.]|(?= ))\s*(?=[A-Z0-9“\"‘'(\[—–\-…]|$)")
_MIXED = re.compile(r"(?P<label>[A-Z][\w.’'\-]*(?: (?:[A-Z][\w.’'\-]*|of|de)){0,4}) ?:(?=\s)")
_KOREAN = re.compile(r"(?P<label>[가-힣]{1,5}(?: [가-힣]{1,8}){0,2}) ?:(?=\s)")
_CLOSING = re.compile(r"\d{1,2}:\d\d [AP]\.M\.(?: [A-Z]{2,4})?$|(?:END|\(END\))\b[\s\d:]*(?:[AP]\.?M\.?)?.{0,12}$")


def opens_turn(line: str) -> bool:
    """Whether a line opens a turn by its own look: "PRESIDENT YOON: …", "MR. KIRBY: …", "Q  …"."""
    turn = _TURN.match(line)
    if turn:
        return _has_role(turn["label"])
    return bool(re.match(r"Q(?::| {2,})\s*\S", line))


def closes_transcript(line: str) -> bool:
    """Whether a line is the transcriber's last: "END 4:20 P.M. EDT"."""
    return bool(_CLOSING.match(line))


def turn_labels(lines: Sequence[str]) -> dict[int, str]:
    """Which lines open a turn, with the label as given; {} for a text that is no transcript.

    ``lines`` are the first lines of paragraphs. A label without a role ("RUBIO:", "Tappe:", "김 교수:") counts when it
    comes back and is not the only one; a bare "Q" counts beside other speakers, or when it comes three times.
    """
    found: dict[int, str] = {}
    bare: dict[int, str] = {}
    questions: list[int] = []
    for place, line in enumerate(lines):
        turn = _TURN.match(line)
        other = _MIXED.match(line) or _KOREAN.match(line)
        if turn and _has_role(turn["label"]):
            found[place] = turn["label"]
        elif turn and not _NO_SPEAKER.search(turn["label"]):
            bare[place] = turn["label"]
        elif other:
            bare[place] = other["label"]
        elif _QUESTION.match(line):
            questions.append(place)
    returning = _returning_names(bare, lines)
    if len(returning) > 1 or (returning and (found or questions)):
        found |= {place: label for place, label in bare.items() if label in returning}
    if found or len(questions) > 2:
        found |= dict.fromkeys(questions, "Q")
    return found


def _has_role(label: str) -> bool:
    """Whether a label in capitals names a speaker by office or address: "THE PRESIDENT", "MS. JEAN-PIERRE"."""
    words = re.split("[ ,-]+", label)
    if len(words) == 1:
        return label in _ALONE
    return bool(_ROLES & set(words)) and not _NO_SPEAKER.search(label) and len(words) <= 8


def _returning_names(bare: Mapping[int, str], lines: Sequence[str]) -> set[str]:
    """The labels without a role that are speakers: names that come back, over sentences, in a good part of the text.

    Lists ("Director: …", "Cast: …", "Last week: …") come back too, but hold no sentences or name nobody.
    """
    counts = Counter(bare.values())
    names = {label for label, times in counts.items() if times > 1 and _is_name(label, lines)}
    turns = [lines[place] for place, label in bare.items() if label in names]
    spoken = sum(bool(re.search(r"[.?!…—][)”\"’]*$", turn)) for turn in turns)
    prose = sum(len(line.split()) > 3 for line in lines)
    return names if turns and spoken > len(turns) / 2 and len(turns) * 4 >= prose else set()


def _is_name(label: str, lines: Sequence[str]) -> bool:
    """Whether a label looks like a person's or an office's name."""
    words = label.split()
    if _KOREAN_ROLES.search(label) or label.upper() in _ALONE:
        return True
    if re.search("[가-힣]", label):
        return len(label) <= 4
    if len(words) > 1 and words[0].upper() in _ROLES:
        return True
    full_name = re.compile(rf"\b([A-Z][a-z]+) {re.escape(words[-1])}\b", re.I)
    found = (full_name.search(line, len(label) if line.startswith(label) else 0) for line in lines)
    return any(match and match[1][0].isupper() and match[1] not in _NO_NAMES for match in found)


def speaker_name(label: str, title: str, text: str) -> str:
    """The name behind a label, as the article itself gives it.

    "PRESIDENT YOON" → "President Yoon Suk Yeol" and "MR. KIRBY" → "John Kirby" where title or text have the one full
    name; "THE PRESIDENT" → "President Biden" where the title names one president alone who has no label of his own in
    the text; else the label in ordinary case.
    """
    if len(label) == 1 or re.search("[가-힣]", label):
        return label
    everything = f"{title}\n{text}"
    holder = _holder(label.removeprefix("THE "), title, text) if label.startswith("THE ") else None
    plain = holder or " ".join(_ordinary_case(word, everything) for word in label.split())
    return _full_name(plain, title, text) or plain


def _holder(office: str, title: str, text: str) -> str | None:
    """The one holder of an office whom the title names: "PRESIDENT" → "President Biden"."""
    named = office.title()
    not_vice = "(?<!Vice )" if office == "PRESIDENT" else ""
    surnames = set(re.findall(rf"{not_vice}\b{re.escape(named)} (?!of\b)([A-Z][\w’\-]+)", title))
    own_label = {
        name for name in surnames if re.search(rf"^{re.escape(office)} {re.escape(name.upper())}:", text, re.M)
    }
    left = surnames - own_label - _NO_NAMES
    return f"{named} {left.pop()}" if len(left) == 1 else None


def _ordinary_case(word: str, text: str) -> str:
    """The word as the text writes it elsewhere ("McKenzie"), else with one capital a part ("O’Brien")."""
    if word == "OF" or word == "AND" or word.islower():
        return word.lower()
    if (
        word == "NSC"
        or re.fullmatch("[IVX]+|(?:[A-Z]\\.)+", word)
        or (not word.isupper() and not word.startswith("Mc"))
    ):
        return word
    forms: Counter[str] = Counter(re.findall(rf"\b{re.escape(word)}(?!\w)", text, re.I))
    mixed = [form for form, _ in forms.most_common() if form != word and not form.isupper() and not form.islower()]
    if mixed:
        return mixed[0]
    return re.sub("[A-Za-z]+", lambda part: part[0].capitalize(), word)


def _full_name(plain: str, title: str, text: str) -> str | None:
    """The one longer form in which title or text give this name, or None."""
    first, _, surname = plain.partition(" ")
    if first.rstrip(".") in ("Mr", "Ms", "Mrs", "Dr") and surname and " " not in surname:
        found = re.findall(rf"\b({_NAME_PART}(?: [A-Z]\.)? {re.escape(surname)})\b", f"{title}\n{text}")
        forms = {str(form) for form in found if form.split()[0] not in _NO_NAMES}
        return forms.pop() if len(forms) == 1 else None
    if not re.search(r"(?:President|Minister|Chancellor|Secretary|Chairman|Lady) \S", plain):
        return None
    for source, ending in ((title, r"(?= [a-z(]|[,:;]|$)"), (text, r"(?=[\s,.’;:)]|$)")):
        found = re.findall(rf"\b{re.escape(plain)}((?: {_NAME_PART}){{1,2}}){ending}", source)
        forms = {str(form) for form in found if not _NO_NAMES & set(form.split())}
        if len(forms) == 1:
            return plain + forms.pop()
    return None


_NAME_PART = r"[A-Z][a-z’]+(?:[-A-Z][a-z]+)*"
# Capitalised words that stand before a surname or after a name without being part of it.
_NO_NAMES = frozenset(
    """
    Mr Ms Mrs Dr President Vice Prime Minister Secretary Senator Chairman Director General Admiral Ambassador Governor
    Spokesperson Advisor Adviser Coordinator Administrator Colonel Sergeant Congressman Congresswoman Representative
    Thank Thanks And But So With The Hi Hello Hey For From By To Good Yes Okay Well Now Before After At On In During
    Announcing Meeting Meetings Tour Touring Paying Honoring Following Remarks Press Joint Visit Signing Delivering
    """.split()  # noqa: SIM905
)
