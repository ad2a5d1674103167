"""Greetings, thanks and questions about Hanmi itself: what is said in a conversation and needs no article."""

from __future__ import annotations

import re

from app import texts
from app.answers.schema import Language

_GREETING = (
    r"(?:hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day)|howdy)(?: there| again| hanmi| all|"
    r" everyone| team)*"
)
_KOREAN_GREETING = (
    r"(?:안녕(?:하세요|하십니까|하신가요|히)?|반갑습니다|반가워요?|하이|헬로|여보세요|좋은 ?(?:아침|하루"
    r"|저녁)(?:입니다|이에요|이네요)?)"
)
_THANKS = (
    r"(?:(?:many |much )?thanks?(?: you)?(?: (?:so|very) much| a lot| again| for (?:your|the) (?:help|answer"
    r"|answers))*|thx|ty|cheers"
    r"|(?:ok(?:ay)?|great|perfect|good|nice|got it)(?:,? (?:thanks?(?: you)?|got it|great))?)"
)
_KOREAN_THANKS = (
    r"(?:(?:정말|너무|네|넵|아|오|대단히|매우)?,? ?(?:감사(?:합니다|해요|드립니다|드려요|해)|고마워요?|고맙습니다"
    r"|땡큐|수고(?:하세요|하셨습니다|했어요?)))"
)
_BYE = (
    r"(?:good ?bye|bye(?: bye)?|see (?:you|ya)(?: later| soon)?|good night|안녕히 ?(?:계세요|가세요)|잘 ?가|잘"
    r" ?있어요?|다음에 ?(?:봐요?|뵙겠습니다))"
)
_HELP = (
    r"(?:what (?:can|do) you (?:do|know|answer|help (?:me )?with)(?: for me)?|who are you|what are you|what is"
    r" (?:this|hanmi)|what'?s (?:this|hanmi|your name)"
    r"|how (?:do|does) (?:you|this|it|hanmi) work|help(?: me)?|(?:can|could) you help(?: me)?|how (?:can|do|should)"
    r" i use (?:you|this|hanmi)"
    r"|what (?:can|should) i ask(?: you)?|what is your name|are you (?:a |an )?(?:ai|bot|robot|human|chatgpt|chatbot"
    r"|real)|tell me about yourself|introduce yourself)"
)
_KOREAN_HELP = (
    r"(?:(?:너는?|넌|당신은|네가|한미는?|이 ?(?:챗)?봇은?)? ?(?:뭘|뭐를?|무엇을|어떤 ?(?:것|걸|일)을?|무슨 ?(?:일"
    r"|것)을?) ?(?:할 ?수 ?있(?:어요?|나요|니|습니까|는지|지)?|도와 ?(?:줄|주실) ?수 ?있.*|알고 ?있.*|해 ?줄 ?수"
    r" ?있.*)"
    r"|(?:너는?|넌|당신은|한미는?|이게|이건|이것은) ?(?:누구|뭐|무엇)(?:야|니|예요|세요|인가요|입니까|이야|죠|지)?"
    r"|도움말|도와 ?(?:줘요?|주세요)"
    r"|어떻게 ?(?:쓰|사용하|이용하)(?:나요|면 ?되(?:나요|죠|지)?|는 ?거야|는지|지)?|무엇을 ?물어(?:볼 ?수 ?있.*|보면"
    r" ?되.*)?|이름이 ?(?:뭐|무엇).*|자기 ?소개.*|사용 ?(?:방)?법(?:을|이)?.*)"
)
_END = r"[\s!.,?~^ㅎㅋ:;)(👋🙏😊\u263a\ufe0f]*"


def _whole(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"{_END}(?:{'|'.join(patterns)}){_END}", re.IGNORECASE)


_IS_GREETING = _whole(
    rf"{_GREETING}(?:,? how are you(?: today| doing)?)?", r"how are you(?: today| doing)?", _KOREAN_GREETING
)
_IS_THANKS = _whole(_THANKS, _KOREAN_THANKS)
_IS_BYE = _whole(_BYE)
_IS_HELP = _whole(_HELP, _KOREAN_HELP)
_IN_FRONT = re.compile(
    rf"^(?:{_GREETING}|{_KOREAN_GREETING}|{_THANKS}|{_KOREAN_THANKS})(?:{_END}(?:hanmi|한미(?:야"
    rf"|님)))?\s*[!,.;:~👋🙏😊—–-]+\s*",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^(?:(?:please|pls|kindly|so|well|um+|uh+|okay|ok|hmm+|actually|excuse me|sorry)[,.…]?\s+|(?:저기|저기요|음+|저"
    r"|혹시|그런데요)[,.…]\s*)+",
    re.IGNORECASE,
)


def without_greeting(question: str) -> str:
    """The question without a greeting, thanks or "please" in front: "Hello, how much …?" → "how much …?"."""
    rest = question
    for _ in range(3):
        shorter = _POLITE.sub("", _IN_FRONT.sub("", rest)).strip()
        if shorter == rest or not re.search(r"\w", shorter):
            break
        rest = shorter
    return rest


def reply_to(question: str, language: Language) -> str | None:
    """What to say where nothing is to be looked up; None for a question."""
    rest = without_greeting(question)
    for pattern, code in ((_IS_HELP, "help"), (_IS_GREETING, "greeting"), (_IS_THANKS, "thanks"), (_IS_BYE, "goodbye")):
        if pattern.fullmatch(question) or pattern.fullmatch(rest):
            return texts.text(code, language)
    return None
