"""Questions about an article as a thing, or about the collection: when it appeared, who wrote it, what it is about.

Their answer is not in the article's sentences; searched for like other questions they would get chance ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

About = Literal["date", "author", "outlet", "gist", "collection"]

_THING: Final = r"(?:(?:this|the|that|your) )?(?:article|piece|story|text|analysis|report|document|commentary|op-ed)"
_IT: Final = rf"(?:{_THING}|it|this|that)"
_OUT: Final = r"(?:published|written|released|printed|posted|issued|dated)"
_KOREAN_IT: Final = r"(?:(?:이|그|저|해당) ?)?(?:기사|글|문서|분석|논평|보고서|칼럼)"
_KOREAN_END: Final = r"(?:인가요?|입니까|이에요|예요|이야|야|니|죠|지|나요|습니까|어요?|은가요?|던가요?|가요?)?"
_END: Final = r"[\s?!.,~]*"

_FORMS: Final[tuple[tuple[About, tuple[str, ...]], ...]] = (
    (
        "date",
        (
            rf"when (?:was|were|is) {_IT} {_OUT}",
            rf"when did {_IT} (?:come out|appear|run)",
            rf"(?:on )?what(?:'s| is| was)? the (?:publication )?date (?:of|on) {_IT}",
            rf"(?:what|which) (?:date|day|month|year) (?:was|is) {_IT} (?:{_OUT}|from)",
            rf"how (?:old|recent) is {_IT}",
            rf"{_KOREAN_IT}(?:은|는|이|가)? ?언제 ?(?:쓰|썼|작성|발행|게재|실리|실린|실렸|나오|나온|나왔)[가-힣 ]*",
            rf"{_KOREAN_IT}의? ?(?:발행|작성|게재)?(?:일|일자|날짜)(?:은|는|이|가)? ?(?:언제|며칠)?{_KOREAN_END}",
        ),
    ),
    (
        "author",
        (
            rf"who (?:wrote|authored|is behind) {_IT}",
            rf"who(?:'s| is| was) the (?:author|writer)(?: of {_IT})?",
            rf"who (?:was|is) {_IT} (?:written )?by",
            rf"{_KOREAN_IT}(?:은|는|을|를)? ?누가 ?(?:썼|쓴|작성|집필)[가-힣 ]*",
            r"누가 ?(?:썼|쓴|작성)[가-힣 ]*",
            rf"(?:{_KOREAN_IT}의? ?)?(?:저자|필자|글쓴이|작성자)(?:은|는|이|가)? ?(?:누구)[가-힣 ]*",
        ),
    ),
    (
        "outlet",
        (
            rf"where (?:was|is|did) {_IT} (?:{_OUT}|come from|from|appear)",
            rf"(?:what|which) (?:outlet|newspaper|magazine|publication|site|source) (?:is|was|did) {_IT}"
            r"(?: come)?(?: from| in| published in| published by)?",
            rf"(?:what|who)(?:'s| is) the (?:source|publisher|outlet) of {_IT}",
            rf"(?:who|(?:what|which) (?:outlet|newspaper|magazine|publication)) published {_IT}",
            rf"where (?:can|could|do) i (?:read|find) {_IT}",
            rf"{_KOREAN_IT}(?:은|는|이|가)? ?(?:어디|어느 ?(?:매체|신문))(?:에|에서)? ?(?:실|나|게재|발행)[가-힣 ]*",
            rf"{_KOREAN_IT}의? ?(?:출처|매체)(?:은|는|가|이)? ?(?:어디|뭐|무엇)?{_KOREAN_END}",
        ),
    ),
    (
        "gist",
        (
            rf"what(?:'s| is| are)? {_IT} (?:all )?about",
            rf"(?:can you |could you |please )*summari[sz]e {_IT}(?: for me| briefly| please"
            r"| in (?:a few|\w+) (?:bullets?|bullet points|points|sentences|words|lines))*",
            r"(?:can you |could you |please )*(?:give|tell|show) me (?:a |the )?(?:short |brief |quick )?"
            rf"(?:summary|gist|overview|main points?|key points?|key takeaways?)(?: of {_IT})?",
            rf"(?:a )?(?:summary|gist|overview|tl;?dr|main points?|key points?)(?: of {_IT})?(?:,? please)?",
            rf"what(?:'s| is| are) the (?:main|key|central|principal) (?:points?|arguments?|ideas?|messages?|takeaways?"
            rf"|claims?|thesis)(?: of {_IT})?",
            r"what(?:'s| is) the (?:gist|thesis|takeaway|bottom line|upshot)(?: of (?:this|the) (?:article|piece))?",
            rf"what(?:'s| is| are) {_THING}'s (?:main |key |central )?(?:points?|arguments?|message|thesis|claims?)",
            rf"what does {_THING} (?:say|argue|claim|conclude|discuss)",
            rf"{_KOREAN_IT}(?:을|를|의)? ?(?:내용|핵심|요지|줄거리)?(?:을|를|은|는)? ?(?:간단히 |짧게 )?요약[가-힣 ]*",
            rf"{_KOREAN_IT}(?:은|는)? ?(?:무엇|뭐|무슨 ?내용|어떤 ?내용)(?:에 ?(?:대한|관한)[가-힣 ]*)?{_KOREAN_END}",
            rf"{_KOREAN_IT}의? ?(?:핵심|주요|주된)? ?(?:내용|요지|주제|주장|논지|메시지|핵심)(?:은|는|이|가)? ?"
            rf"(?:무엇|뭐|어떤 ?것){_KOREAN_END}",
            rf"{_KOREAN_IT}의 ?(?:핵심 ?내용|요지|주제|주장|논지|핵심)(?:은|는)",
            r"(?:간단히 |짧게 )?요약(?:해 ?(?:줘요?|주세요|주십시오|주시겠어요)|문|좀)?(?: ?부탁[가-힣]*)?",
        ),
    ),
    (
        "collection",
        (
            r"(?:what|which) (?:articles?|documents?|sources?|outlets?|texts?)(?: do you have| are (?:there|in here"
            r"|included|available|in the (?:collection|corpus|library|index)))",
            r"what(?:'s| is) in (?:the|your) (?:collection|corpus|library|index|archive)",
            r"(?:list|show)(?: me)? (?:all )?(?:the|your) (?:articles?|documents?|sources?|outlets?)",
            r"how many (?:articles?|documents?|sources?|outlets?)(?: do you have| are there)?(?: in (?:the|your) "
            r"(?:collection|corpus|library|index))?",
            r"(?:어떤|무슨|어느) ?(?:기사|글|문서|매체|자료)(?:들)?(?:이|가|를|을)? ?(?:있|가지고 ?있|수록)[가-힣 ]*",
            r"(?:기사|글|문서|자료)(?:은|는|이|가)? ?(?:모두 ?|총 ?)?몇 ?(?:개|건|편)[가-힣 ]*",
        ),
    ),
)
_COMPILED: Final = tuple(
    (about, re.compile(rf"{_END}(?:{'|'.join(forms)}){_END}", re.IGNORECASE)) for about, forms in _FORMS
)


# Words that after a conversation mean what was talked of, a think tank's report for instance, and not the article.
_TALKED_OF: Final = re.compile(
    r"\b(?:it|this|that|report|document|text|story|analysis|commentary)\b|보고서|문서|논평|분석", re.IGNORECASE
)
_ARTICLE: Final = re.compile(r"\b(?:article|piece|op-ed)\b|기사|칼럼", re.IGNORECASE)


def asks_about(question: str, before: Sequence[str] = ()) -> About | None:
    """What of an article or the collection the whole question asks for; None for a question on what articles say.

    ``before``: the questions before it, the latest last. "It" and "the report" then mean what they asked for, unless
    the latest was about the article too.
    """
    plain = question.replace("’", "'")
    about = next((about for about, form in _COMPILED if form.fullmatch(plain)), None)
    if about and before and _TALKED_OF.search(plain) and not _ARTICLE.search(plain) and not asks_about(before[-1]):
        return None
    return about
