"""Which pairs are meant, and what is told of where they are from."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.publish.chosen import choose_pairs
from secondhalf.rows import Pair
from secondhalf.train.tokens import is_held_out
from support.paired_run import paired_run, some_pairs

PAIRS = some_pairs(12)
STAGES = {"audit:taught": PAIRS, "audit:original": PAIRS[:4]}


def _ids(pairs: list[Pair]) -> list[str]:
    return [pair.id for pair in pairs]


def test_a_data_set_by_default_the_one_that_was_taught(tmp_path: Path):
    run = paired_run(tmp_path, STAGES)
    assert _ids(choose_pairs(run).pairs) == _ids(PAIRS)
    assert choose_pairs(run).name == "taught"
    assert _ids(choose_pairs(run, data="original").pairs) == _ids(PAIRS[:4])


def test_an_arm_has_what_it_is_trained_on(tmp_path: Path):
    arms = {"mixed": {"student": "base", "data": {"taught": 0.5, "original": 0.5}, "train": {"held_out": 0.5}}}
    run = paired_run(tmp_path, STAGES | {"compose:mixed": PAIRS[3:6]}, arms=arms)
    assert _ids(choose_pairs(run, arm="taught").pairs) == _ids(PAIRS)
    chosen = choose_pairs(run, arm="mixed")
    assert (chosen.name, _ids(chosen.pairs), chosen.held_out) == ("mixed", _ids(PAIRS[3:6]), 0.5)
    assert {chosen.split(pair) for pair in PAIRS} == {"train", "validation"}
    assert all((chosen.split(pair) == "validation") == is_held_out(pair.document, 0.5) for pair in PAIRS)


def test_no_path_of_this_machine_is_told(tmp_path: Path):
    origins = choose_pairs(paired_run(tmp_path, STAGES)).origins
    assert {origin.source for origin in origins.values()} == {"a library"}
    assert {bool(origin.licence) for origin in origins.values()} == {True, False}
    urls = [origin.url for origin in origins.values() if origin.url]
    assert 0 < len(urls) < len(origins)
    assert all(url.startswith("https://example.org/") for url in urls)


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"data": "taugth"}, "has no data set taugth; did you mean taught?"),
        ({"arm": "taugth"}, "has no arm taugth; did you mean taught?"),
        ({"arm": "untouched"}, "The arm untouched is trained on nothing"),
        ({"arm": "mixed"}, "has not composed the pairs of mixed yet: `secondhalf train RECIPE`"),
        ({"data": "other"}, "has no audited pairs of other yet: `secondhalf audit RECIPE`"),
        ({}, "has several data sets: name one of taught, other with --data"),
    ],
)
def test_sentences(tmp_path: Path, named: dict[str, str], sentence: str):
    arms = {"mixed": {"student": "base", "data": {"taught": 0.5, "original": 0.5}}}
    run = paired_run(tmp_path, STAGES, data={"other": {"split": {"max_prompt_words": 10}}}, arms=arms)
    with pytest.raises(UserError) as error:
        choose_pairs(run, **named)
    assert sentence in str(error.value)
