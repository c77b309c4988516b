"""What somebody means who answers an SMS.

When in doubt it is a call for help: a person reads it, and better once too often.
"""

# ruff: noqa: RUF001 - words in the letters of many languages

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Meaning(StrEnum):
    """I am safe; I need help; no more messages; or words for a person to read."""

    OK = "ok"
    HELP = "help"
    STOP = "stop"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reply:
    """`words` is what was said, with the key word taken away where it came first.

    The place and the need, of a call for help.
    """

    meaning: Meaning
    words: str = field(repr=False)


_TABLE: Final[dict[str, dict[Meaning, str]]] = {
    "en": {
        Meaning.OK: "ok|okay|safe|im ok|i m ok|i am ok|im safe|i m safe|i am safe|fine|all good",
        Meaning.HELP: "help|help me|sos|emergency|trapped|rescue",
        Meaning.STOP: "stop|stopall|stop all|unsubscribe|cancel|end|quit|revoke|optout|opt out",
    },
    "es": {
        Meaning.OK: "ok|bien|estoy bien|a salvo|estoy a salvo|vale",
        Meaning.HELP: "ayuda|ayudame|ayudenme|auxilio|socorro|emergencia|atrapado|atrapada",
        Meaning.STOP: "alto|parar|pare|basta|baja|cancelar|fin|no mas",
    },
    "fr": {
        Meaning.OK: "ok|ca va|je vais bien|en securite|sain et sauf|d accord",
        Meaning.HELP: "aide|aidez moi|a l aide|au secours|secours|urgence|coince|coincee",
        Meaning.STOP: "arret|arreter|arretez|desabonner|desabonnement|annuler|fin",
    },
    "de": {
        Meaning.OK: "ok|mir geht es gut|mir gehts gut|alles gut|in sicherheit|sicher",
        Meaning.HELP: "hilfe|helft mir|notfall|eingeschlossen|rettung",
        Meaning.STOP: "stopp|halt|abmelden|abbestellen|abbrechen|ende|beenden",
    },
    "pt": {
        Meaning.OK: "ok|estou bem|tudo bem|a salvo|em seguranca|seguro|segura",
        Meaning.HELP: "ajuda|ajudem|me ajude|socorro|emergencia|preso|presa|resgate",
        Meaning.STOP: "parar|pare|sair|cancelar|fim|chega|remover",
    },
    "it": {
        Meaning.OK: "ok|sto bene|al sicuro|tutto bene|bene",
        Meaning.HELP: "aiuto|aiutatemi|soccorso|emergenza|intrappolato|intrappolata",
        Meaning.STOP: "ferma|basta|annulla|cancellami|fine|disiscrivi",
    },
    "ar": {
        Meaning.OK: "بخير|انا بخير|حسنا|تمام|سالم|في امان",
        Meaning.HELP: "مساعده|ساعدوني|ساعدني|نجده|النجده|طوارئ|انقذوني|اغيثوني",
        Meaning.STOP: "توقف|ايقاف|اوقف|الغاء|الغاء الاشتراك|كفي",
    },
    "zh": {
        Meaning.OK: "好|好的|安全|我安全|平安|没事|沒事|我没事|我沒事",
        Meaning.HELP: "救命|帮助|幫助|帮帮我|幫幫我|求助|求救|救我|紧急|緊急|被困",
        Meaning.STOP: "停止|停|退订|退訂|取消|取消订阅|取消訂閱|不要再发|不要再發",
    },
    "ja": {
        Meaning.OK: "無事|無事です|大丈夫|大丈夫です|安全",
        Meaning.HELP: "助けて|たすけて|救助|緊急|ヘルプ",
        Meaning.STOP: "停止|解除|配信停止|ストップ|やめて",
    },
    "ko": {
        Meaning.OK: "괜찮아요|괜찮습니다|안전|안전합니다|무사합니다",
        Meaning.HELP: "도와주세요|도와줘|살려주세요|구조|긴급|도움",
        Meaning.STOP: "중지|그만|해지|수신거부|취소",
    },
    "ru": {
        Meaning.OK: "ок|в порядке|я в порядке|в безопасности|все хорошо",
        Meaning.HELP: "помощь|помогите|спасите|сос|авария",
        Meaning.STOP: "стоп|отписаться|отмена|хватит|прекратить",
    },
    "uk": {
        Meaning.OK: "ок|добре|я в порядку|у безпеці|все добре",
        Meaning.HELP: "допомога|допоможіть|рятуйте|сос",
        Meaning.STOP: "стоп|відписатися|скасувати|досить|припинити",
    },
    "vi": {
        Meaning.OK: "ok|an toan|toi an toan|toi on|on",
        Meaning.HELP: "cuu|cuu toi|giup|giup toi|cap cuu|cuu voi",
        Meaning.STOP: "dung|dung lai|huy|ngung|thoi",
    },
    "tl": {
        Meaning.OK: "ok|ligtas|ligtas ako|ayos|ayos lang",
        Meaning.HELP: "tulong|tulungan|saklolo",
        Meaning.STOP: "tigil|itigil|hinto|tama na",
    },
    "ht": {
        Meaning.OK: "ok|mwen byen|mwen an sekirite|anfom",
        Meaning.HELP: "ede|ede m|ede mwen|anmwe|sekou|ijans",
        Meaning.STOP: "rete|sispann|anile|fini",
    },
}
_UNSPACED: Final = frozenset({"zh", "ja", "ko"})
_NO_CALL: Final = re.compile(
    r"no help|no need|(?:i |we )?(?:do not|dont|don t) need|no necesit|pas besoin"
    r"|(?:brauche )?keine hilfe|nao precis"
)
_SHORT: Final = 5
_MANY: Final = 480


def plain(text: str) -> str:
    """Small letters without accents, marks and points, one space between words; Arabic letters in one spelling each."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    spelled = bare.translate(str.maketrans("أإآٱةىؤئـ", "اااا" + "هيوي" + " "))
    words = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", spelled))
    return " ".join(words.split())


def _words(language: str) -> list[tuple[Meaning, list[str]]]:
    table = _TABLE.get(language, {})
    return [(meaning, [plain(one) for one in told.split("|")]) for meaning, told in table.items()]


WORDS: Final = {language: _words(language) for language in _TABLE}


def understand(text: str, language: str = "en") -> Reply:
    """Read a reply by the words of the subscriber's language and the English ones, which the carriers use everywhere.

    All of the text is a key word: that is what it means, STOP before anything else. Else a word for help anywhere
    is a call for help; else the first word decides for OK. STOP within other words is for a person to read, but for
    at most three words that begin with it.
    """
    said = plain(text[:_MANY])
    base = language.replace("_", "-").partition("-")[0].lower()
    languages = list(dict.fromkeys((base, "en")))
    known: dict[Meaning, list[tuple[str, bool]]] = {
        meaning: [
            (word, one in _UNSPACED)
            for one in languages
            for found, words in WORDS.get(one, [])
            if found is meaning
            for word in words
        ]
        for meaning in (Meaning.STOP, Meaning.HELP, Meaning.OK)
    }
    for meaning, words in known.items():
        if any(said == word for word, _ in words):
            return Reply(meaning, "")
    if any(_within(word, said, unspaced) for word, unspaced in known[Meaning.HELP]):
        if len(said.split()) <= _SHORT and _NO_CALL.match(said):
            return Reply(Meaning.OTHER, text)
        return Reply(Meaning.HELP, _rest(text, [word for word, _ in known[Meaning.HELP]]))
    if len(said.split()) <= 3 and any(_first(word, said, u) for word, u in known[Meaning.STOP]):
        return Reply(Meaning.STOP, text)
    if any(_first(word, said, unspaced) for word, unspaced in known[Meaning.OK]):
        return Reply(Meaning.OK, _rest(text, [word for word, _ in known[Meaning.OK]]))
    return Reply(Meaning.OTHER, text)


def _within(word: str, said: str, unspaced: bool) -> bool:
    return word in said if unspaced else f" {word} " in f" {said} "


def _first(word: str, said: str, unspaced: bool) -> bool:
    return said.startswith(word) if unspaced else f"{said} ".startswith(f"{word} ")


def _rest(text: str, words: list[str]) -> str:
    """The text after a key word that it begins with, as it was written."""
    for word in sorted(words, key=len, reverse=True):
        for end in range(1, min(len(text), 60) + 1):
            if plain(text[:end]) == word and (
                end == len(text) or not text[end].isalnum() or not word.isascii()
            ):
                return text[end:].strip(" \t\r\n.,:;!?-–—،。！，：")
    return text.strip()
