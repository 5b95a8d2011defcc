"""What a wrong name, language or licence was meant to be."""

import pytest

from bot.language_codes import LanguageCodes
from bot.licenses import nearly
from schemas.mteb_index import mteb_index
from schemas.problem import Guesses, Names


def test_nearest_ignores_case_and_punctuation_and_does_not_guess_wildly():
    names = Names(["MTEB(eng, v2)", "STSBenchmark"])
    assert names.nearest("mteb-eng-v2") == "MTEB(eng, v2)"
    assert names.nearest("STSBenchmrk") == "STSBenchmark"
    assert names.nearest("Banana") is None
    assert names.nearest("SomeOtherBenchmark") is None
    assert names.nearest("STSBenchmark" * 100) is None


def test_guesses_run_out():
    names = Names(["STSBenchmark"], guesses=1)
    assert names.nearest("STSBenchmrk") == "STSBenchmark"
    assert names.nearest("STSBenchmrk") is None


def test_names_may_share_their_guesses():
    guesses = Guesses(1)
    assert Names(["STSBenchmark"], guesses).nearest("STSBenchmrk") == "STSBenchmark"
    assert Names(["ArguAna"], guesses).nearest("ArguAnna") is None


@pytest.mark.parametrize(
    ("text", "code", "with_script"),
    [
        ("en", "eng", "eng-Latn"),
        ("EN", "eng", "eng-Latn"),
        ("en-US", "eng", "eng-Latn"),
        ("eng_Latn", "eng-Latn", "eng-Latn"),
        ("English", "eng", "eng-Latn"),
        ("Germn", "deu", "deu-Latn"),
        ("ger", "deu", "deu-Latn"),
        ("zh-hant", "zho-Hant", "zho-Hant"),
        ("nb", "nob", "nob-Latn"),
        ("xx", None, None),
        ("", None, None),
        ("multilingual", None, None),
    ],
)
def test_the_code_that_was_meant(text, code, with_script):
    codes = LanguageCodes(mteb_index())
    assert codes.meant(text, with_script=False) == code
    assert codes.meant(text, with_script=True) == with_script


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Apache-2.0", "apache-2.0"),
        ("apache2", "apache-2.0"),
        ("apache-v2", "apache-2.0"),
        ("apche-2.0", "apache-2.0"),
        ("Apache License, Version 2.0", "apache-2.0"),
        ("mit-license", "mit"),
        ("CC BY-NC 4.0", "cc-by-nc-4.0"),
        ("gplv3", "gpl-3.0"),
        ("cc0", "cc0-1.0"),
        ("apache-2.0", None),
        ("other", None),
        ("mit-0", None),
        ("llama3.9", None),
        ("gpl-3.0-only", None),
        ("agpl-3.0-or-later", None),
        ("nvidia-open-model-license", None),
        ("jina-embeddings", None),
    ],
)
def test_a_licence_that_is_nearly_one_of_the_hubs(written, meant):
    assert nearly(written) == meant
