"""What people said of a run, from its record."""

import json
from pathlib import Path

import pytest

from secondhalf.analysis.facts import PeopleReview
from secondhalf.analysis.judgments.people import people_file, people_review
from secondhalf.errors import UserError
from secondhalf.store.recorded import write_recorded
from support.review_runs import made_pairs, made_run


def test_the_record_is_read_as_it_was_written(tmp_path: Path):
    run = made_run(tmp_path, made_pairs(2))
    assert people_review(run) is None
    review = PeopleReview(decisions=3, reviewers=2)
    write_recorded(people_file(run), review.model_dump_json())
    assert people_review(run) == review


@pytest.mark.parametrize("change", ["delete", "edit", "fields"])
def test_a_damaged_record_is_a_sentence_that_says_how_it_is_made_again(tmp_path: Path, change: str):
    run = made_run(tmp_path, made_pairs(2))
    path = people_file(run)
    write_recorded(path, PeopleReview(decisions=3, reviewers=2).model_dump_json())
    if change == "delete":
        path.unlink()
    elif change == "edit":
        path.write_text(path.read_text().replace("3", "4"))
    else:
        write_recorded(path, json.dumps({"decisions": -1, "reviewers": 2}))
    with pytest.raises(UserError, match=r"figures.json .*`secondhalf review made --report`"):
        people_review(run)
