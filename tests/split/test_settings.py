"""Settings of the split that would refuse every text, or mean nothing."""

import pytest
from pydantic import ValidationError

from secondhalf.split.settings import SplitSettings


@pytest.mark.parametrize(
    "wrong", [{"ratio": 0}, {"ratio": 1}, {"rule": "pages"}, {"max_prompt_words": 3}, {"min_original_words": 0}]
)
def test_settings_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SplitSettings.model_validate(wrong)


def test_a_cap_below_the_shortest_prompt_says_what_to_raise() -> None:
    with pytest.raises(ValidationError, match="max_prompt_words is below min_prompt_words, so every text"):
        SplitSettings(max_prompt_words=4, min_prompt_words=5)
    assert SplitSettings(max_prompt_words=5, min_prompt_words=5).max_prompt_words == 5
