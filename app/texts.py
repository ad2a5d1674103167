"""Every sentence Hanmi itself says around an answer, in English and Korean: lead-ins, statuses, notices, replies.

The short words on the screens (labels, shapes, dates) are in app/labels.py.
"""

from __future__ import annotations

import re

from app.answers.schema import Language, Notice
from app.errors import FailureCode
from app.labels import display_date
from app.romanise import is_hangul

_TEXTS: dict[str, dict[Language, str]] = {
    # Lead-ins. {date} is already in words; the sentence that follows is the article's own.
    "according_to": {"en": "According to {source}:", "ko": "{source}에 따르면:"},
    "says": {"en": "{speaker}, in {source}:", "ko": "{source}에서 {speaker}의 말:"},
    "asks": {"en": "A question in {source}:", "ko": "{source}에 실린 질문:"},
    "caption": {"en": "A caption in {source}:", "ko": "{source}의 사진 설명:"},
    "source_dated": {"en": "{outlet} ({date})", "ko": "{outlet} ({date})"},
    "source_author": {"en": "{author}, {outlet} ({date})", "ko": "{outlet} {author} ({date})"},
    "untitled_source": {"en": "“{title}”", "ko": "「{title}」"},
    "undated": {"en": "undated", "ko": "날짜 없음"},
    # Statuses that are a whole answer.
    "not_in_corpus": {"en": "The articles don't say.", "ko": "수록된 글에는 이에 대한 내용이 없습니다."},
    "not_searched": {
        "en": "The articles could not be searched for this.",
        "ko": "이 질문으로는 글을 검색하지 못했습니다.",
    },
    "nearest": {
        "en": "The passages that come closest are below; they may not answer the question.",
        "ko": "가장 가까운 대목은 아래와 같습니다. 질문에 대한 답이 아닐 수 있습니다.",
    },
    "partial": {
        "en": "The articles answer a part of the question.",
        "ko": "수록된 글은 질문의 일부에만 답합니다.",
    },
    "error": {
        "en": "Something went wrong, and there is no answer. Ask again; if it stays so, tell whoever runs Hanmi.",
        "ko": "오류가 발생하여 답변하지 못했습니다. 다시 질문해 주세요. 계속되면 관리자에게 알려 주세요.",
    },
    # Replies in a conversation.
    "greeting": {
        "en": "Hello. Ask me something about US–South Korea relations: I look it up in your articles and show the"
        " exact words.",
        "ko": "안녕하세요. 한미 관계에 대해 질문해 주세요. 수록된 글에서 찾아 해당 문장을 그대로 보여 드립니다.",
    },
    "thanks": {
        "en": "You're welcome. What else would you like to know?",
        "ko": "천만에요. 더 궁금한 점이 있으면 질문해 주세요.",
    },
    "order": {
        "en": "I only look up what the articles say and quote it. Ask me something about them.",
        "ko": "저는 수록된 글에서 내용을 찾아 그대로 인용하는 일만 합니다. 글에 대해 질문해 주세요.",
    },
    "goodbye": {"en": "Goodbye.", "ko": "안녕히 가세요."},
    "help": {
        "en": (
            "I am Hanmi. I answer questions on US–South Korea relations from the articles your team has collected,"
            " and from"
            " nothing else. Every sentence of an answer carries a number that leads to the exact words in the article,"
            " with outlet and date. If the articles don't say, I tell you so and show the passages that come closest."
            " Ask in English or Korean; name a person, an outlet, a kind of document or a time to narrow it down,"
            " and follow up freely (“and in 2024?”, “what about Japan?”)."
        ),
        "ko": (
            "저는 한미(Hanmi)입니다. 팀이 모아 둔 글만을 근거로 한미 관계에 관한 질문에 답합니다. 답변의 모든"
            " 문장에는 번호가 붙어 있으며,"
            " 매체와 날짜가 표시된 원문의 해당 문장으로 이어집니다. 글에 내용이 없으면 없다고 말씀드리고 가장 가까운"
            " 대목을 보여 드립니다."
            " 한국어나 영어로 질문하시고, 인물·매체·문서 종류·시기를 적으면 더 정확합니다. “그럼 일본은?”처럼 이어서"
            " 물으셔도 됩니다."
        ),
    },
    # Replies about an article as a thing, from its record.
    "about_date": {"en": "“{title}” is dated {date}.", "ko": "「{title}」의 날짜는 {date}입니다."},
    "about_no_date": {"en": "“{title}” carries no date.", "ko": "「{title}」에는 날짜가 없습니다."},
    "about_author": {"en": "“{title}” is by {author}.", "ko": "「{title}」의 필자는 {author}입니다."},
    "about_no_author": {"en": "“{title}” names no author.", "ko": "「{title}」에는 필자가 나와 있지 않습니다."},
    "about_outlet": {"en": "“{title}” appeared in {outlet}.", "ko": "「{title}」이(가) 실린 매체: {outlet}."},
    "about_no_outlet": {"en": "“{title}” names no outlet.", "ko": "「{title}」에는 매체가 나와 있지 않습니다."},
    "about_one_article": {"en": "There is one article: {about}.\n\n{titles}", "ko": "글 1건: {about}.\n\n{titles}"},
    "about_collection": {
        "en": (
            "There are {count} articles: {about}. The newest:\n\n{titles}\n\nThe library lists them all; name an"
            " outlet or a subject to ask about one."
        ),
        "ko": (
            "글 {count}건: {about}. 최근 글:\n\n{titles}\n\n전체 목록은 자료실에 있습니다. 매체나 주제를 적어 질문해"
            " 주세요."
        ),
    },
    # Notices beside an answer; the code is the key.
    "no_model": {"en": "Answered without a language model.", "ko": "언어 모델 없이 답변했습니다."},
    "model_missing": {
        "en": "No language model is set up to write answers (HANMI_MODEL); these are the articles' own sentences.",
        "ko": "답변을 작성할 언어 모델이 설정되어 있지 않아(HANMI_MODEL) 글의 원문 문장으로 답변했습니다.",
    },
    "model_failed": {
        "en": "The language model did not answer ({reason}); these are the articles' own sentences.",
        "ko": "언어 모델이 답하지 않아({reason}) 글의 원문 문장으로 답변했습니다.",
    },
    "model_uncited": {
        "en": "The language model's answer cited nothing; these are the articles' own sentences.",
        "ko": "언어 모델의 답변에 인용이 없어 글의 원문 문장으로 답변했습니다.",
    },
    "model_refused": {
        "en": "The language model declined to answer; these are the articles' own sentences.",
        "ko": "언어 모델이 답변을 거절하여 글의 원문 문장으로 답변했습니다.",
    },
    "model_empty": {
        "en": "The language model's answer was empty; these are the articles' own sentences.",
        "ko": "언어 모델의 답변이 비어 있어 글의 원문 문장으로 답변했습니다.",
    },
    "model_unsupported": {
        "en": "Most of what the language model wrote is not carried by the passages it cites; these are the articles'"
        " own sentences.",
        "ko": "언어 모델이 쓴 문장 대부분을 인용한 대목이 뒷받침하지 않아 글의 원문 문장으로 답변했습니다.",
    },
    "model_budget": {
        "en": "Today's tokens for the language model are used up; these are the articles' own sentences.",
        "ko": "오늘 사용할 수 있는 언어 모델 토큰을 모두 써서 글의 원문 문장으로 답변했습니다.",
    },
    "model_found_nothing": {
        "en": "The language model found no answer in the passages it was given.",
        "ko": "언어 모델이 전달받은 대목에서 답을 찾지 못했습니다.",
    },
    "model_cut": {
        "en": "The language model wrote far more than was asked; what came after these sentences was cut off.",
        "ko": "언어 모델의 답변이 지나치게 길어 이 문장들 뒤는 잘랐습니다.",
    },
    "model_language": {
        "en": "The language model answered in another language than the question's.",
        "ko": "언어 모델이 질문과 다른 언어로 답변했습니다.",
    },
    "dates_differ": {
        "en": "The articles cited are from {oldest} to {newest}; what they say may have changed in between.",
        "ko": "인용한 글은 {oldest}년부터 {newest}년까지의 글이므로 그사이 상황이 바뀌었을 수 있습니다.",
    },
    "part_missing": {
        "en": "The language model found no answer to a part of the question in the passages it was given.",
        "ko": "언어 모델이 전달받은 대목에서 질문의 일부에 대한 답을 찾지 못했습니다.",
    },
    "part_unanswered": {
        "en": "The articles answer only a part of the question; nothing was found for: {parts}",
        "ko": "수록된 글은 질문의 일부에만 답합니다. 다음에 대한 내용은 찾지 못했습니다: {parts}",
    },
    "unsupported": {
        "en": "Not carried by what they cite, and marked: {count} of {total} sentences.",
        "ko": "문장 {total}개 중 {count}개는 인용한 대목이 뒷받침하지 않아 표시했습니다.",
    },
    "bm25_only": {
        "en": "Searched by words alone: the embedded model is not installed.",
        "ko": "내장 모델이 설치되어 있지 않아 단어로만 검색했습니다.",
    },
    "korean_not_bridged": {
        "en": "These Korean words are not in the tables, so the English articles could not be searched for them:"
        " {words}.",
        "ko": (
            "용어표에 없는 단어가 있어 영문 글을 제대로 검색할 수 없습니다: {words}. 다른 말로 바꾸어 질문하거나"
            " 영어로 질문해 주세요."
        ),
    },
    "korean_partly_bridged": {
        "en": "Searched without these Korean words, which are not in the tables: {words}.",
        "ko": "용어표에 없는 다음 단어는 빼고 검색했습니다: {words}.",
    },
    "index_empty": {
        "en": "There are no articles yet. Put some into the corpus folder and run `hanmi ingest`.",
        "ko": "아직 수록된 글이 없습니다. corpus 폴더에 글을 넣고 `hanmi ingest`를 실행해 주세요.",
    },
    "filtered": {
        "en": "Only articles within your filter were searched: {filters}.",
        "ko": "필터에 맞는 글만 검색했습니다: {filters}.",
    },
    "filter_empty": {
        "en": "No article fits your filter ({filters}). Widen it, or ask without one.",
        "ko": "필터({filters})에 맞는 글이 없습니다. 범위를 넓히거나 필터 없이 질문해 주세요.",
    },
    "follow_up": {"en": "Understood as: {question}", "ko": "다음과 같이 이해했습니다: {question}"},
    "gist": {
        "en": "The article's opening, and the sentences that hold most of what it speaks of.",
        "ko": "글의 첫머리와, 글이 가장 많이 다루는 내용을 담은 문장들입니다.",
    },
    "opinion": {
        "en": "This is the view of its author, not a finding.",
        "ko": "이는 필자의 견해이며 확인된 사실이 아닙니다.",
    },
    "kind_missing": {
        "en": "The question asks for {kind}, and none of these sentences gives one.",
        "ko": "질문은 {kind}을(를) 묻고 있지만 이 문장들에는 나와 있지 않습니다.",
    },
    "outlet_missing": {
        "en": "Nothing was found on this in: {outlets}.",
        "ko": "다음 매체에서는 관련 내용을 찾지 못했습니다: {outlets}.",
    },
    "outlet_absent": {
        "en": "No article here is from {outlets}.",
        "ko": "다음 매체의 글은 수록되어 있지 않습니다: {outlets}.",
    },
    "not_kept": {
        "en": "This answer could not be kept on the server; a link to it will not open.",
        "ko": "이 답변을 서버에 저장하지 못했으므로 링크로 다시 열 수 없습니다.",
    },
    "old_source": {
        "en": "The newest article used is from {date}.",
        "ko": "사용한 글 가운데 가장 최근 것은 {date} 글입니다.",
    },
    "given_again": {
        "en": "Written on {date} for the same question; nothing was asked of the language model now.",
        "ko": "같은 질문에 {date}에 작성한 답변입니다. 이번에는 언어 모델에 묻지 않았습니다.",
    },
    "instruction_in_article": {
        "en": "A cited sentence reads like an instruction to a machine; it is shown as the article's words only.",
        "ko": "인용한 문장 가운데 기계에 대한 지시처럼 읽히는 것이 있으며, 글의 문장으로만 표시합니다.",
    },
}
# Why a model did not answer, inside "model_failed".
_FAILURES: dict[FailureCode, dict[Language, str]] = {
    "key": {"en": "its key was refused", "ko": "키가 거부됨"},
    "unknown_model": {"en": "there is no such model at its address", "ko": "해당 주소에 그런 모델이 없음"},
    "rate_limit": {"en": "too many requests for now", "ko": "현재 요청이 너무 많음"},
    "quota": {"en": "the account's credit is used up", "ko": "계정의 사용 한도가 소진됨"},
    "context_length": {"en": "the passages are too long for it", "ko": "대목이 모델에 비해 너무 긺"},
    "unreachable": {"en": "it cannot be reached", "ko": "연결할 수 없음"},
    "timeout": {"en": "it took too long", "ko": "응답이 너무 늦음"},
    "server": {"en": "its server failed", "ko": "서버 오류"},
    "invalid": {"en": "what it sent cannot be read", "ko": "응답을 읽을 수 없음"},
    "cut": {"en": "it stopped in the middle of its answer", "ko": "답변이 중간에 끊김"},
    "budget": {"en": "today's tokens are used up", "ko": "오늘의 토큰이 소진됨"},
}
QUESTIONER = "Q"  # who asks in a transcript, where no name is given
NOTICE_CODES = tuple(list(_TEXTS)[list(_TEXTS).index("no_model") :])


def text(code: str, language: Language, **values: object) -> str:
    """The sentence with its values filled in; KeyError for an unknown code or a missing value."""
    sentence = _TEXTS[code][language].format(**values)
    return with_particles(sentence) if language == "ko" else sentence


def model_failure(code: FailureCode, language: Language) -> str:
    """Why a model did not answer, in a few words."""
    return _FAILURES[code][language]


def notice(code: str, language: Language, **values: object) -> Notice:
    """A notice of the answer contract; its code is the text's."""
    return Notice(code, text(code, language, **values))


def lead_in(
    language: Language,
    *,
    outlet: str | None,
    published: str | None,
    title: str,
    author: str | None = None,
    speaker: str | None = None,
    caption: bool = False,
) -> str:
    """What stands before an article's own sentence: "According to The Diplomat (September 2025):".

    The title stands in for a missing outlet; a missing date is said. A speaker is named with the article that quotes.
    """
    source = source_name(language, outlet=outlet, published=published, title=title, author=author)
    if caption:
        return text("caption", language, source=source)
    if speaker == QUESTIONER:
        return text("asks", language, source=source)
    if speaker:
        return text("says", language, source=source, speaker=speaker)
    if language == "en" and _TAKES_ARTICLE.match(source):
        source = f"the {source}"
    return text("according_to", language, source=source)


def source_name(
    language: Language, *, outlet: str | None, published: str | None, title: str, author: str | None = None
) -> str:
    """Outlet and date as a reader would say them: "The Diplomat (September 2025)", "The Diplomat (2025년 9월)"."""
    name = outlet or text("untitled_source", language, title=title)
    when = display_date(published, language) or text("undated", language)
    if author:
        return text("source_author", language, author=author, outlet=name, date=when)
    return text("source_dated", language, outlet=name, date=when)


# An institution that publishes: "According to the White House", but "According to Yonhap".
_TAKES_ARTICLE = re.compile(
    r"(?:White House|Blue House|Pentagon|(?:State|Defense|Treasury|Commerce) Department|Department of|Ministry of"
    r"|Office of|Embassy of|U\.?S\.? |National |United |Council |Congressional )"
)
_PARTICLE = re.compile(r"(?P<before>\S)(?P<closing>[)\]”’」]*)(?P<pair>은\(는\)|이\(가\)|을\(를\)|와\(과\)|\(으\)로)")
_WITH_FINAL = {"은(는)": "은는", "이(가)": "이가", "을(를)": "을를", "와(과)": "과와", "(으)로": ("으로", "로")}


def with_particles(sentence: str) -> str:
    """Korean with "을(를)" and its like settled by the sound before them, where that is a Hangul syllable."""

    def settled(match: re.Match[str]) -> str:
        before = match["before"]
        if not is_hangul(before):
            return match[0]
        final = (ord(before) - 0xAC00) % 28
        closed, open_ = _WITH_FINAL[match["pair"]]
        return before + match["closing"] + (closed if final and not (final == 8 and open_ == "로") else open_)

    return _PARTICLE.sub(settled, sentence)
