"""How many parts a text message takes, as networks count them."""

import pytest

from pipelines.messages.sms import Size, size_of


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param("a" * 160, Size(160, 1, ""), id="one_full_part"),
        pytest.param("a" * 161, Size(161, 2, ""), id="one_sign_more"),
        pytest.param("a" * 306, Size(306, 2, ""), id="two_full_parts"),
        pytest.param("a" * 307, Size(307, 3, ""), id="three"),
        pytest.param("é" * 160, Size(160, 1, ""), id="accents_of_the_alphabet"),
        pytest.param("€" * 80, Size(160, 1, ""), id="signs_that_count_twice"),
        pytest.param("€" * 81, Size(162, 2, ""), id="too_many_of_them"),
        pytest.param("ê" + "a" * 69, Size(70, 1, "ê"), id="one_sign_outside"),
        pytest.param("ê" + "a" * 70, Size(71, 2, "ê"), id="and_one_more"),
        pytest.param("ç" + "a" * 134, Size(135, 3, "ç"), id="three_short_parts"),
        pytest.param("👋" * 35, Size(70, 1, "👋"), id="emoji_count_twice"),
        pytest.param("“a” ’", Size(5, 1, "“”’"), id="each_foreign_sign_once"),
        pytest.param("", Size(0, 1, ""), id="nothing"),
    ],
)
def test_a_text_takes_so_many_parts(text: str, size: Size) -> None:
    assert size_of(text) == size
