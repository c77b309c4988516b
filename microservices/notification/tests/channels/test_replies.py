# ruff: noqa: RUF001 - words in the letters of many languages
"""What people answer, in their own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification.channels.replies import WORDS, Meaning, understand


@pytest.mark.parametrize(
    ("text", "language", "meaning", "words"),
    [
        ("Ok!", "en", "ok", ""),
        ("I'm safe", "en", "ok", ""),
        ("OK, with my sister in Trona", "en-US", "ok", "with my sister in Trona"),
        ("STOP", "es", "stop", ""),
        ("stop please", "en", "stop", "stop please"),
        ("Please stop the fire", "en", "other", "Please stop the fire"),
        ("HELP trapped at 5th St.", "en", "help", "trapped at 5th St"),
        ("we need help, 12 Oak Rd", "en", "help", "we need help, 12 Oak Rd"),
        ("no help needed", "en", "other", "no help needed"),
        ("no one can help us, water is rising", "en", "help", None),
        ("Ayúdame, estoy en la calle 5", "es-MX", "help", "estoy en la calle 5"),
        ("no me ayuda nadie, ayuda", "es", "help", None),
        ("Estoy bien", "es", "ok", ""),
        ("¡ALTO!", "es", "stop", ""),
        ("À l'aide ! rue de Rivoli", "fr", "help", "rue de Rivoli"),
        ("Arrêter", "fr", "stop", ""),
        ("Hilfe, Hauptstraße 3", "de", "help", "Hauptstraße 3"),
        ("Stopp.", "de", "stop", ""),
        ("estou bem", "pt-BR", "ok", ""),
        ("SOCORRO", "pt", "help", ""),
        ("أنا بخير", "ar", "ok", ""),
        ("مُسَاعَدَة في شارع الملك", "ar", "help", "في شارع الملك"),
        ("إلغاء", "ar", "stop", ""),
        ("救命！三楼", "zh", "help", "三楼"),
        ("我被困在三楼", "zh-Hans", "help", "我被困在三楼"),
        ("退訂", "zh-TW", "stop", ""),
        ("ＯＫ", "zh", "ok", ""),
        ("助けて", "ja", "help", ""),
        ("도와주세요", "ko", "help", ""),
        ("Помогите, улица Мира 5", "ru", "help", "улица Мира 5"),
        ("Допоможіть", "uk", "help", ""),
        ("Cứu tôi", "vi", "help", ""),
        ("anmwe", "ht", "help", ""),
        ("help", "xx", "help", ""),
        ("", "en", "other", ""),
        ("When is it over?", "en", "other", "When is it over?"),
    ],
)
def test_a_reply_is_understood(text: str, language: str, meaning: str, words: str | None) -> None:
    found = understand(text, language)

    assert found.meaning == meaning
    assert found.words == (text if words is None else words)


@pytest.mark.parametrize("language", list(WORDS))
def test_every_language_has_each_word_and_none_means_two_things(language: str) -> None:
    table = dict(WORDS[language])
    words = [word for found in table.values() for word in found]

    assert set(table) == {Meaning.OK, Meaning.HELP, Meaning.STOP}
    assert all(table.values())
    assert all(words)
    assert len(set(words)) == len(words)
    for meaning, found in table.items():
        for word in found:
            assert understand(word.upper(), language).meaning is meaning, word


@given(st.text(max_size=300), st.sampled_from([*WORDS, "", "xx-YY", "ZH_tw"]))
def test_any_text_has_a_meaning(text: str, language: str) -> None:
    assert understand(text, language).meaning in Meaning
