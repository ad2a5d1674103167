"""Korean names in Latin letters: by the two romanisations articles use, and surnames as their bearers spell them.

Knows syllables and spelling habits only; which names exist is the tables' business.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import product

HANGUL_BASE, HANGUL_END = 0xAC00, 0xD7A3
_VOWELS_AND_FINALS, _FINALS = 588, 28

_INITIALS = {
    "revised": "g kk n d tt r m b pp s ss - j jj ch k t p h",
    "mccune": "k kk n t tt r m p pp s ss - ch tch ch k t p h",
}
# McCune–Reischauer without its accents: the caller's folding drops them from what people write, too.
_VOWELS = {
    "revised": "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i",
    "mccune": "a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i",
}
_FINAL_SOUNDS = "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t"
_MR_VOICED = {"k": "g", "t": "d", "p": "b", "ch": "j"}

# How bearers of a surname spell it in English, beside the two systems above.
_SURNAMES = {
    "강": "kang gang",
    "고": "ko go koh",
    "구": "koo gu ku",
    "권": "kwon gwon",
    "김": "kim gim",
    "노": "roh no noh ro",
    "류": "ryu ryoo yu yoo",
    "문": "moon mun",
    "박": "park pak bak",
    "백": "baek paik paek",
    "서": "suh seo so",
    "성": "sung seong song",
    "송": "song",
    "신": "shin sin",
    "심": "shim sim",
    "안": "ahn an",
    "여": "yeo yo",
    "오": "oh o",
    "우": "woo u",
    "유": "yoo yu ryu",
    "윤": "yoon yun",
    "이": "lee yi rhee i ri",
    "리": "ri lee yi rhee",
    "임": "lim im rim",
    "장": "jang chang",
    "정": "chung jeong jung chong",
    "전": "jeon chun chon",
    "조": "cho jo",
    "주": "joo ju chu",
    "최": "choi choe",
    "추": "choo chu",
    "한": "han",
    "허": "heo huh hur",
    "현": "hyun hyeon hyon",
    "홍": "hong",
    "황": "hwang",
}


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Lower case, accents and apostrophes off, compatibility forms unified: what names are compared by."""
    if text.isascii():
        return text.replace("'", "").replace("`", "").casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "'’ʼ`‘")
    return unicodedata.normalize("NFC", plain).casefold()


def is_hangul(char: str) -> bool:
    """Whether the character is a whole Hangul syllable."""
    return HANGUL_BASE <= ord(char) <= HANGUL_END


def _syllables(hangul: str, system: str, voiced: bool = False) -> tuple[str, ...]:
    """The syllables in Latin letters; ``voiced`` softens the consonants between them, as McCune–Reischauer does."""
    initials, vowels, finals = (table.split() for table in (_INITIALS[system], _VOWELS[system], _FINAL_SOUNDS))
    spelled = []
    for place, char in enumerate(hangul):
        code = ord(char) - HANGUL_BASE
        first = initials[code // _VOWELS_AND_FINALS]
        if voiced and place:
            first = _MR_VOICED.get(first, first)
        vowel, final = vowels[code % _VOWELS_AND_FINALS // _FINALS], finals[code % _FINALS]
        spelled.append(f"{first}{vowel}{final}".replace("-", ""))
    return tuple(spelled)


def romanised_person(hangul: str) -> set[str]:
    """Folded spellings "surname given", given name joined and apart, for a Korean name of two to four syllables.

    Revised Romanisation and McCune–Reischauer, each with the surname as bearers spell it; sounds that change
    between syllables (윤석열 as Yun Sŏngnyŏl) are left to the tables. An empty set for anything but such a name.
    """
    if not 2 <= len(hangul) <= 4 or not all(map(is_hangul, hangul)):
        return set()
    surname, given = hangul[0], hangul[1:]
    systems = (("revised", False), ("mccune", False), ("mccune", True))
    surnames = {_syllables(surname, system)[0] for system, _ in systems} | set(_SURNAMES.get(surname, "").split())
    spellings = {_syllables(given, system, voiced) for system, voiced in systems}
    forms = set()
    for first, syllables in product(surnames, spellings):
        forms.add(" ".join([first, *syllables]))
        forms.add(f"{first} {''.join(syllables)}")
    return forms
