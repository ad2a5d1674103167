"""Korean endings: what hangs on a noun or a verb, and the stems a verb takes before them.

A recogniser for look-up in a table, not a grammar: it accepts every ending an analyst writes and some that no one does.
"""

from __future__ import annotations

import re
from functools import lru_cache

from app.romanise import HANGUL_BASE, is_hangul

_VOWELS, _FINALS = 21, 28
_N, _L, _B, _SS = 4, 8, 17, 20  # finals ㄴ ㄹ ㅂ ㅆ
_A, _AE, _EO, _E, _YEO, _O, _WA, _WAE, _OE, _U, _WO, _EU, _I = 0, 1, 4, 5, 6, 8, 9, 10, 11, 13, 14, 18, 20

_PARTICLES = """은 는 이 가 을 를 의 에 에서 에게 에게서 께 께서 한테 으로 로 로서 로써 와 과 랑 하고 도 만 까지
부터 조차 마저 밖에 처럼 보다 같이 만큼 마다 이나 나 라도 든 든지 며 란 라는 라고 라면 대로 뿐 씩 쯤 여 들 측 쪽 씨
님 간 내 상 적 적인 별 당 중 후 전 때 시 이란 인데 동안 이래 이후 이전 관련 당시 등"""
_COPULA = "이 인 일 임 입 였 이었 예 에 가 까 나 지 죠 요 고 면 자 던"
_LIGHT_VERBS = """하 한 할 함 합 해 했 하여 하였 되 된 될 됨 됩 돼 됐 되어 되었 시키 시킨 시킬 시킴 시켜 시켰 시킵
당하 당한 당할 당해 당했 받 받은 받을 받아 받았 스럽 스러운 롭 로운 로워 로웠 짓 지은 지을 지어 지었"""
_VERB_ENDINGS = """다 니다 니까 습니다 습니까 는 은 을 니 냐 느냐 는가 은가 나 나요 까 까요 요 죠 지요 지 지만 는데
은데 데 던 던가 었 았 겠 였 기 음 고 고자 며 면 면서 아 어 여 서 아서 어서 야 아야 어야 도 게 도록 려 려고 려는 자
자고 라 라고 다고 다는 다면 라는 는다 은지 는지 을지 을까 지는 지도 진 져 졌 질 어지 어진 어졌 아지 아진 아졌 있 없
않 않은 않는 않았 못 줘 주 준 줄 줬 온 왔 오 간 갈 갔 둔 둘 뒀 본 볼 봤 낸 낼 냈 버린 달라 려면 러 길 기로 기를
기에 시 신 실 셨 십 세 세요 네 네요 군요 거나 든지 인 일 임"""
_ENDINGS = frozenset(f"{_PARTICLES} {_COPULA} {_LIGHT_VERBS} {_VERB_ENDINGS}".split())
_LONGEST = max(map(len, _ENDINGS))
_MAX_ENDINGS = 6

_SUBJECT = ("이", "가", "은", "는", "께서", "도")
_OBJECT = ("을", "를")
_ADNOMINAL = re.compile(
    r"(?:하는|한|할|하던|했던|되는|된|될|되던|됐던|시킨|시키는|시킬|당한|당하는|받은|받는|받을|인|던|는|은|을|려는|다는|라는|스러운|로운|적인)$"
)
_FINITE = re.compile(
    r"(?:다|까|까요|나|나요|죠|지요|요|니|냐|가|가요|줘|라|고|며|면|면서|서|여|해|지만|도록|려고|기|게|는지|은지|을지)$"
)


@lru_cache(maxsize=4096)
def is_tail(text: str, left: int = _MAX_ENDINGS) -> bool:
    """Whether the text is nothing but endings, at most six of them; the empty text is."""
    if not text:
        return True
    if not left:
        return False
    return any(
        text[:size] in _ENDINGS and is_tail(text[size:], left - 1) for size in range(min(_LONGEST, len(text)), 0, -1)
    )


def role(tail: str, verb: bool) -> str:
    """What a word with this tail does in its clause: subject, object, adnominal, predicate or other.

    ``verb`` says whether the tail hangs on a verb's stem rather than on a noun.
    """
    if not verb and tail in _SUBJECT:
        return "subject"
    if not verb and tail in _OBJECT:
        return "object"
    if not verb and (not tail or not any(tail.startswith(stem) for stem in _LIGHT_VERBS.split())):
        return "other"
    if _ADNOMINAL.search(tail):
        return "adnominal"
    return "predicate" if _FINITE.search(tail) or verb else "other"


def _with(char: str, vowel: int | None = None, final: int | None = None) -> str:
    """The syllable with another vowel or final."""
    code = ord(char) - HANGUL_BASE
    initial, old_vowel, old_final = code // (_VOWELS * _FINALS), code % (_VOWELS * _FINALS) // _FINALS, code % _FINALS
    new_vowel = old_vowel if vowel is None else vowel
    new_final = old_final if final is None else final
    return chr(HANGUL_BASE + (initial * _VOWELS + new_vowel) * _FINALS + new_final)


def _parts(char: str) -> tuple[int, int]:
    code = ord(char) - HANGUL_BASE
    return code % (_VOWELS * _FINALS) // _FINALS, code % _FINALS


# How a stem that ends in a vowel contracts with 어/아: 주+어 → 줘, 마시+어 → 마셔, 보+아 → 봐.
_CONTRACTED = {_A: _A, _AE: _AE, _EO: _EO, _E: _E, _YEO: _YEO, _O: _WA, _OE: _WAE, _U: _WO, _I: _YEO, _EU: _EO}


def verb_surfaces(dictionary_form: str) -> set[str]:
    """Stems under which a verb or adjective (낮추다, 받다, 오르다, 어렵다) appears before its endings.

    Regular verbs, contractions, 르, ㄹ and ㅂ verbs, and ㄷ verbs; a form that no one writes may be among them.
    """
    stem = dictionary_form.removesuffix("다")
    if not stem or not all(map(is_hangul, stem)):
        return {stem}
    head, last = stem[:-1], stem[-1]
    vowel, final = _parts(last)
    if last == "하":
        return {stem, *(head + form for form in ("한", "할", "함", "합", "해", "했", "하여", "하였"))}
    if final == 0:
        return {stem, *_open_stem(head, last, vowel)}
    surfaces = {stem, stem + "은", stem + "을"} | {stem + v + e for v in "아어" for e in ("", "서")}
    surfaces |= {stem + "았", stem + "었", stem + "음"}
    if final == _L:
        surfaces |= {head + _with(last, final=f) for f in (0, _N, _B)}
    if final == _B:
        bare = head + _with(last, final=0)
        surfaces |= {bare + form for form in ("우", "운", "울", "움", "웠", "워", "왔", "와")}
    if final == 7:  # ㄷ: 묻다 → 물었다
        surfaces |= {head + _with(last, final=_L) + form for form in ("은", "을", "어", "었")}
    return surfaces


def _open_stem(head: str, last: str, vowel: int) -> set[str]:
    """Surfaces of a stem that ends in a vowel."""
    surfaces = {head + _with(last, final=final) for final in (_N, _L, _B, 16)}
    contracted = _CONTRACTED.get(vowel, vowel)
    if last == "르" and head:
        before = head[:-1] + _with(head[-1], final=_L)
        harmony = _A if _parts(head[-1])[0] in (_A, _O) else _EO
        stem = before + _with("라", vowel=harmony)
    elif vowel == _EU and head and _parts(head[-1])[0] in (_A, _O):
        stem = head + _with(last, vowel=_A)
    else:
        stem = head + _with(last, vowel=contracted)
    return surfaces | {stem, stem[:-1] + _with(stem[-1], final=_SS)}
