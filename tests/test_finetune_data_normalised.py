"""Two texts that people read alike are one text, however they are written."""

import pytest

from runners.finetuning.normalised import normalised


@pytest.mark.parametrize(
    ("training", "evaluated"),
    [
        ("Late Goal in the Cup", "late goal in the cup"),
        ("Late goal, in the cup!", "Late goal in the “cup”"),
        ("Late  goal\nin the\tcup ", "Late goal in the cup"),
        ("top-up", "top up"),
        ("\uff2c\uff41\uff54\uff45 \uff11\uff12", "late 12"),  # full width
        ("ﬁnal", "final"),
        ("Cafe\u0301 élan", "CAFÉ E\u0301LAN"),
        ("cafe\u200b\u0301", "café"),
        ("Straße", "STRASSE"),
        ("\u2121 5", "tel. 5"),  # one sign for TEL
        ("snake_case", "snake case"),
        ("東京　タワー", "東京タワー"),
        (":-)", ": - )"),
        ("\u0130stanbul", "istanbul"),
        ("IŞIK", "\u0131ş\u0131k"),
    ],
)
def test_case_punctuation_spacing_and_width_hide_nothing(training, evaluated):
    assert normalised(training) == normalised(evaluated)


@pytest.mark.parametrize(
    ("training", "evaluated"),
    [
        ("love it ❤\ufe0f", "love it ❤"),
        ("❤\ufe0f", "❤"),
        ("1\ufe0f\u20e3 first", "1 first"),
        ("葛\U000e0100城", "葛城"),
        ("ᠮᠣᠩᠭᠣᠯ\u180b", "ᠮᠣᠩᠭᠣᠯ"),
    ],
)
def test_how_a_sign_is_to_look_is_no_part_of_the_text(training, evaluated):
    assert normalised(training) == normalised(evaluated)


UNSEEN = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200d\u2060\u3164\ufe00\ufeff\uffa0\U000e0041"


@pytest.mark.parametrize("unseen", UNSEEN, ids=lambda sign: f"{ord(sign):04X}")
@pytest.mark.parametrize("text", ["late goal", "café", "सीता", ":-)"])
def test_what_nobody_sees_hides_nothing(text, unseen):
    assert normalised(unseen.join(f" {text} ")) == normalised(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("goal 1", "goal 2"),
        ("cafe", "café"),
        ("की", "का"),
        ("كَتَبَ", "كُتِبَ"),
        ("שָׁלוֹם", "שׁלום"),
        ("人々", "人"),
        (":-)", ":-("),
        ("", "!"),
        ("a", ""),
    ],
)
def test_other_texts_stay_other_texts(one, other):
    assert normalised(one) != normalised(other)
