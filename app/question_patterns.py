"""Questions that a sentence answers, put in plain English by rule.

Each rule reads one shape of sentence that can be turned round without a grammar: an amount, a count, a demand, a
commitment, something said. What does not fit a rule exactly gives no question; a few good ones are all that is needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

Match = re.Match[str]
Topic = Callable[[str], str]


class Asked(NamedTuple):
    """A question that a sentence answers."""

    question: str
    kind: str  # the rule that made it: a start screen wants different ones
    parts: dict[str, str]  # of the sentence, by which another language can ask the same: "subject", "verb" …


_CAPITAL = r"(?:(?:[A-Z]\.)+(?:[–-][A-Z]\w+)*|(?:Mr|Mrs|Ms|Dr|Gen|Sen|Rep)\.|[A-Z](?:[\w’&-]*\w)?)"
_SUBJECT = (
    rf"(?P<subject>(?:[Tt]he )?{_CAPITAL}(?:,? (?:and |of (?:the )?)?(?:the )?(?:{_CAPITAL}|administration|government))"
    r"{0,6}|[Tt]he (?:Trump|Biden|Lee|Yoon|Moon) administration)"
)
_OPENING = r"^(?:(?:[A-Z]\w+ly|However|Today|Instead|Moreover|Furthermore|In response|In turn), )?"
_NEARLY = r"(?:(?:up to|more than|over|about|around|nearly|almost|at least|an? additional|some|approximately) )*"
_SUM = r"\$\d[\d,.]*(?:[ -](?:million|billion|trillion))?"
_NUMBER = r"\d[\d,]*"
_ADVERB = r"(?: (?:also|\w+ly|again|now|since))?"
# A noun phrase: few words, none of which opens another part of the sentence.
_NOT_IN_PHRASE = (
    r"(?:a|an|the|and|or|but|of|in|on|at|to|for|from|by|with|as|that|which|who|whose|than|over|into|through|during|under"
    r"|is|are|was|were|be|been|has|have|had|will|would|can|could|may|must|should|it|its|their|his|her|this|these|those"
    r"|such|not|also|valued|worth|per|while|when|where|if|because|after|before|between|among|against|across|including)"
)
_WORD = rf"(?!{_NOT_IN_PHRASE}\b)(?:(?:[a-z]+-)?U\.S\.|[A-Za-z][\w’-]*)"
_PHRASE = rf"{_WORD}(?: {_WORD}){{0,3}}"
_COUNTED = rf"(?:{_WORD} ){{0,3}}(?:(?!\w+ss\b)\w+s|aircraft|people|personnel|troops|children)\b"
_NOT_COUNTED = re.compile(r"\b(?:years?|months?|weeks?|days?|hours?|minutes?|times|miles|percent|degrees|points)\b")
_END = r"(?=[,;.:—–(]| (?:that|which|who|as|including|while|when|if|amid|valued|supporting|helping|because)\b|$)"
_REST = rf"(?P<rest>(?: (?!that |which )(?:(?:[A-Z]\.)+|[\w$’-]+)){{1,12}}?){_END}"
_VAGUE = re.compile(
    r"\b(?:I|we|We|you|You|he|He|she|She|it|It|they|They|our|Our|his|His|her|their|its|this|This|these|those|there"
    r"|here|such|said that it|last|next|ago)\b|[“”\"()\[\]…]"
)
_TIMES = re.compile(
    r"(?: (?:early|late|earlier|later))?(?: (?:this|last|next) (?:week|month|year|summer|fall|spring|winter)"
    r"| (?:today|yesterday|tomorrow)| on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b.*\Z"
)

_SPENT = re.compile(
    rf"{_OPENING}{_SUBJECT}{_ADVERB} (?P<will>will|would){_ADVERB} (?P<verb>[a-z]+) {_NEARLY}{_SUM}{_REST}"
)
_PROMISED = re.compile(
    rf"{_OPENING}{_SUBJECT}{_ADVERB} (?P<promise>pledged|agreed|committed) to (?P<verb>[a-z]+) {_NEARLY}{_SUM}{_REST}"
)
_BOUGHT = re.compile(
    rf"{_OPENING}{_SUBJECT}{_ADVERB} (?P<will>will|would){_ADVERB} (?P<verb>[a-z]+) {_NEARLY}{_NUMBER} "
    rf"(?P<counted>{_COUNTED})"
)
_COUNTED_PASSIVE = re.compile(
    rf"(?:^|[a-z,] ){_NEARLY}{_NUMBER} (?P<counted>{_COUNTED}) (?P<be>had been|have been|were|are) (?P<verb>\w+ed)\b"
    rf"(?P<rest>(?: (?!that |which )(?:(?:[A-Z]\.)+|[\w’-]+)){{0,10}}?){_END}"
)
_INVESTMENT = re.compile(
    rf"\b(?P<owner>(?:{_CAPITAL} ){{0,2}}{_CAPITAL})’s? (?P<noun>investments?|pledge|purchases?|contribution|payment)"
    rf" of {_NEARLY}{_SUM} (?P<rest>(?:in|for|to|toward) (?:the )?{_CAPITAL}(?: {_CAPITAL}){{0,3}})"
)
_RATE = re.compile(
    r"\b(?P<verb>decrease|reduce|lower|cut|raise|increase)(?P<ed>d|ed)? (?:the|its|their) "
    rf"(?P<rate>(?:{_WORD} ){{0,2}}(?:rate|tariff|levy|share|duty)) to {_NEARLY}\d[\d.]* ?(?:percent|%)"
)
_DEMANDED = re.compile(
    rf"{_OPENING}{_SUBJECT} (?P<has>is|are|has|have)(?: \w+ly)? (?P<verb>demanding|demanded) that "
    rf"(?P<of>{_CAPITAL}(?: {_CAPITAL}){{0,2}}) "
)
_MUST = re.compile(
    rf"(?:^|: |, ){_SUBJECT}{_ADVERB} (?P<must>must|should|needs to|will have to) (?:\w+ly )?[a-z]+(?P<what> .*)$"
)
_CAUSED = re.compile(
    r"(?<!\b[Ww]e )(?<!\bI )(?<!\byou )\b(?P<has>has|have)(?: \w+ly)? (?P<verb>engendered|stoked|fueled|sparked"
    r"|triggered|reignited|prompted|created|undermined|deepened|strengthened|weakened|complicated) "
    rf"(?P<what>(?:an? |the )?{_PHRASE}(?: of {_PHRASE})?(?: (?:among|in) (?:the )?{_CAPITAL}(?: {_CAPITAL})*)?)"
    rf"(?!,){_END}"
)
_COMMITTED = re.compile(
    rf"{_OPENING}{_SUBJECT}{_ADVERB} (?P<verb>announced|agreed|committed|pledged|promised|condemned|called for|proposed"
    r"|reaffirmed|emphasized|underscored|underlined|rejected) (?P<what>.*)$"
)
# How a question asks for what was announced, and how for what was announced about something; "" where it cannot.
_ASKED_FOR = {
    "announced": ("announce", "announce"),
    "agreed": ("agree on", "agree"),
    "committed": ("commit to", "commit to do"),
    "pledged": ("pledge", "pledge"),
    "promised": ("promise", "promise"),
    "proposed": ("propose", "propose"),
    "condemned": ("condemn", ""),
    "called for": ("call for", ""),
    "rejected": ("reject", ""),
    "reaffirmed": ("", "reaffirm"),
    "emphasized": ("", "emphasize"),
    "underscored": ("", "underscore"),
    "underlined": ("", "underline"),
}
# A subject that is nobody without its article: "the Presidents", "both leaders".
_ANYBODY = re.compile(
    r"\A(?:[Tt]he |[Bb]oth |[Aa]ll )?(?:two |three )?(?:Vice |First )?(?:President|Leader|Minister|Secretary|Lad|Part"
    r"|Compan|Countr|Side|Nation|Participant|Committee|Administration|Council|Department|Government|All|Both)"
    r"(?:y|s|ies)?(?: and .*)?\Z"
)
_MAX_WORDS = 19


def turned_round(sentence: str, about: Topic, when: str = "") -> Iterator[Asked]:
    """The questions that the sentence answers, the most telling first.

    ``about``: what a stretch of the sentence is about, "" where that is not plain. ``when``: "in May 2022", for what
    was said or agreed more than once; "" where the collection has one article.
    """
    for kind, (shape, ask) in _RULES.items():
        match = shape.search(sentence)
        question = match and ask(match, about, when)
        if match and question and acceptable(question):
            yield Asked(question, kind, {name: part for name, part in match.groupdict().items() if part})


def acceptable(question: str) -> bool:
    """Whether a question is short enough and says by itself what it is about."""
    return 4 <= len(question.split()) <= _MAX_WORDS and not _VAGUE.search(question)


def _spent(match: Match, _about: Topic, _when: str) -> str:
    return f"How much {match['will']} {inside(match['subject'])} {match['verb']}{_settled(match['rest'])}?"


def _promised(match: Match, _about: Topic, _when: str) -> str:
    subject, base = inside(match["subject"]), {"pledged": "pledge", "agreed": "agree", "committed": "commit"}
    return f"How much did {subject} {base[match['promise']]} to {match['verb']}{_settled(match['rest'])}?"


def _bought(match: Match, _about: Topic, _when: str) -> str | None:
    if _NOT_COUNTED.search(match["counted"]):
        return None
    return f"How many {match['counted']} {match['will']} {inside(match['subject'])} {match['verb']}?"


def _counted(match: Match, _about: Topic, _when: str) -> str | None:
    told = re.search(r"[A-Z]", match["rest"]) or re.search(r"[A-Z].* ", match["counted"])
    if _NOT_COUNTED.search(match["counted"]) or not told:  # "How many people were killed?": where, in what?
        return None
    be = "were" if match["be"] == "had been" else match["be"]
    return f"How many {match['counted']} {be} {match['verb']}{_settled(match['rest'])}?"


def _invested(match: Match, _about: Topic, _when: str) -> str:
    be = "are" if match["noun"].endswith("s") else "is"
    return f"How much {be} {match['owner']}’s {match['noun']} {match['rest']}?"


def _rate(match: Match, _about: Topic, _when: str) -> str:
    done = match["verb"] if match["verb"] == "cut" else match["verb"].removesuffix("e") + "ed"
    return f"What was the {match['rate']} {done} to?"


def _demanded(match: Match, _about: Topic, _when: str) -> str:
    return f"What {match['has']} {inside(match['subject'])} {match['verb']} of {match['of']}?"


def _caused(match: Match, _about: Topic, _when: str) -> str:
    return f"What has {match['verb']} {match['what']}?"


def _committed(match: Match, about: Topic, when: str) -> str | None:
    if _ANYBODY.search(match["subject"]):
        return None
    topic = about(match["what"])
    plain, on_topic = _ASKED_FOR[match["verb"]]
    if topic and on_topic and topic not in match["subject"]:
        return f"What did {inside(match['subject'])} {on_topic} about {topic}{_spaced(when)}?"
    return f"What did {inside(match['subject'])} {plain} {when}?" if plain and when else None


def _must(match: Match, about: Topic, _when: str) -> str | None:
    topic = about(match["what"])
    do = {"must": "must {} do", "should": "should {} do", "needs to": "does {} need to do"}.get(match["must"])
    return f"What {do.format(inside(match['subject']))} about {topic}?" if do and topic else None


_RULES: dict[str, tuple[re.Pattern[str], Callable[[Match, Topic, str], str | None]]] = {
    "sum": (_SPENT, _spent),
    "promised": (_PROMISED, _promised),
    "number": (_BOUGHT, _bought),
    "count": (_COUNTED_PASSIVE, _counted),
    "investment": (_INVESTMENT, _invested),
    "rate": (_RATE, _rate),
    "demand": (_DEMANDED, _demanded),
    "cause": (_CAUSED, _caused),
    "commitment": (_COMMITTED, _committed),
    "duty": (_MUST, _must),
}


def inside(subject: str) -> str:
    """The subject inside a sentence: "The Commission" → "the Commission"."""
    return "the" + subject[3:] if subject.startswith("The ") else subject


def _settled(rest: str) -> str:
    """The rest of a clause without a time that is told from the day of writing."""
    return _TIMES.sub("", rest).rstrip()


def _spaced(text: str) -> str:
    return f" {text}" if text else ""
