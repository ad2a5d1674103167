"""What Hanmi says in Slack besides answers, in English and Korean."""

from __future__ import annotations

from app.answers.schema import Language
from app.question import language_of

_WORDS: dict[str, dict[Language, str]] = {
    # A status: Slack writes the app's name before it.
    "searching": {"en": "is searching the articles…", "ko": "글을 검색하는 중입니다…"},
    "looking": {"en": "Looking it up: {shown}", "ko": "찾아보는 중: {shown}"},
    "full": {
        "en": "Too many questions are waiting here just now. Please ask again in a minute.",
        "ko": "지금은 대기 중인 질문이 너무 많습니다. 잠시 후 다시 질문해 주세요.",
    },
    "full_for_you": {
        "en": "Several of your questions are waiting already. Please ask this one when they have been answered.",
        "ko": "이미 여러 질문이 대기 중입니다. 답변이 끝난 뒤에 다시 질문해 주세요.",
    },
    "interrupted": {
        "en": "Hanmi was stopped while it worked on this, and there is no answer. Please ask again.",
        "ko": "답변 중에 Hanmi가 중단되어 답변하지 못했습니다. 다시 질문해 주세요.",
    },
    "too_slow": {
        "en": "This took more than four minutes and was broken off. Ask again, or ask for less at once.",
        "ko": "4분이 넘게 걸려 중단했습니다. 다시 질문하시거나 질문을 나누어 주세요.",
    },
    "no_words": {
        "en": "There are no words in this message that could be looked up.",
        "ko": "이 메시지에는 찾아볼 만한 내용이 없습니다.",
    },
    "guests": {"en": "Hanmi does not answer guests here.", "ko": "여기서는 게스트의 질문에 답하지 않습니다."},
    "shared_channel": {
        "en": "Hanmi does not answer in channels that are shared with another organisation.",
        "ko": "다른 조직과 공유하는 채널에서는 답하지 않습니다.",
    },
    "gone": {"en": "This answer is no longer kept here.", "ko": "이 답변은 더 이상 보관되어 있지 않습니다."},
    "not_yours": {
        "en": "Only whoever asked can delete an answer.",
        "ko": "답변은 질문한 사람만 삭제할 수 있습니다.",
    },
    "shared": {"en": "Shared in the channel.", "ko": "채널에 공유했습니다."},
    "shared_by": {"en": "<@{user}> asked:", "ko": "<@{user}> 님의 질문:"},
    "not_shared": {
        "en": "It could not be shared here. Invite Hanmi to the channel and try again.",
        "ko": "여기에 공유하지 못했습니다. Hanmi를 채널에 초대한 뒤 다시 시도해 주세요.",
    },
    "cut": {
        "en": "Slack shows only this much of an answer to one person.",
        "ko": "한 사람에게만 보이는 답변은 여기까지만 표시됩니다.",
    },
}


def word(code: str, language: Language, **values: object) -> str:
    """The sentence of that code, its braces filled in. Raises KeyError for a code that there is not."""
    return _WORDS[code][language].format(**values)


def word_for(code: str, question: str, **values: object) -> str:
    """The sentence in the question's language."""
    return word(code, language_of(question), **values)
