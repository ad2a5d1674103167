"""Korean names in Latin letters: Hangul written out by the two romanisations articles use, and surnames as people spell them.

Knows syllables and spelling habits only; which names exist is the tables' business.
"""

from __future__ import annotations

import unicodedata
from itertools import product

HANGUL_BASE, HANGUL_END = 0xAC00, 0xD7A3
_VOWELS_AND_FINALS, _FINALS = 588, 28

_RR_INITIALS = "g kk n d tt r m b pp s ss - j jj ch k t p h".split()
_RR_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_RR_FINALS = "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split()
# McCune–Reischauer without its accents: the caller's folding drops them from what people write, too.
_MR_INITIALS = "k kk n t tt r m p pp s ss - ch tch ch k t p h".split()
_MR_VOWELS = "a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i".split()
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


def fold(text: str) -> str:
    """Lower case, accents and apostrophes off, compatibility forms unified: what names are compared by."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "'’ʼ`‘")
    return unicodedata.normalize("NFC", plain).casefold()


def is_hangul(char: str) -> bool:
    """Whether the character is a whole Hangul syllable."""
    return HANGUL_BASE <= ord(char) <= HANGUL_END


def _syllable(char: str) -> tuple[int, int, int]:
    """Indexes of initial, vowel and final of one Hangul syllable."""
    code = ord(char) - HANGUL_BASE
    return code // _VOWELS_AND_FINALS, code % _VOWELS_AND_FINALS // _FINALS, code % _FINALS


def _revised(char: str) -> str:
    initial, vowel, final = _syllable(char)
    return (_RR_INITIALS[initial] + _RR_VOWELS[vowel] + _RR_FINALS[final]).replace("-", "")


def _mccune(char: str, voiced: bool) -> str:
    initial, vowel, final = _syllable(char)
    first = _MR_INITIALS[initial]
    return ((_MR_VOICED.get(first, first) if voiced else first) + _MR_VOWELS[vowel] + _RR_FINALS[final]).replace(
        "-", ""
    )


def romanised_person(hangul: str) -> set[str]:
    """Folded spellings "surname given", given name joined and apart, for a Korean name of two to four syllables.

    Revised Romanisation and McCune–Reischauer, each with the surname as bearers spell it; sounds that change
    between syllables (윤석열 as Yun Sŏngnyŏl) are left to the tables. An empty set for anything but such a name.
    """
    if not 2 <= len(hangul) <= 4 or not all(map(is_hangul, hangul)):
        return set()
    surname, given = hangul[0], hangul[1:]
    surnames = {_revised(surname), _mccune(surname, voiced=False), *_SURNAMES.get(surname, "").split()}
    spellings = {
        tuple(_revised(c) for c in given),
        tuple(_mccune(c, voiced=False) for c in given),
        tuple(_mccune(c, voiced=place > 0) for place, c in enumerate(given)),
    }
    forms = set()
    for first, syllables in product(surnames, spellings):
        forms.add(" ".join([first, *syllables]))
        forms.add(f"{first} {''.join(syllables)}")
    return forms
