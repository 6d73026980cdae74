"""Replies as they were reported: thinking that was trained on, end markers that a server handed over."""

import pytest

from secondhalf.baselines.magpie import MagpieSettings, _pair
from secondhalf.models.request import Reply
from secondhalf.teach.candidates import Candidate
from secondhalf.teach.draft import mendable

REPORTED = [
    ("[THINK]I should go on with the river.[/THINK]The river ran.", "The river ran."),
    ("<seed:think>I should go on.</seed:think>The river ran.", "The river ran."),
    ("<thought>\nI should go on.\n</thought>\n\nThe river ran.", "The river ran."),
    ("<reasoning>I should go on.</reasoning>\nThe river ran.", "The river ran."),
    ("◁think▷I should go on.◁/think▷The river ran.", "The river ran."),
    ("<mm:think>I should go on.</mm:think>The river ran.", "The river ran."),
    ("<Think>I should go on.</Think>The river ran.", "The river ran."),
    ("In HTML, <b>bold</b> and [note] stay as they are.", "In HTML, <b>bold</b> and [note] stay as they are."),
    ("The river ran on in the dark.<|im_end|>", "The river ran on in the dark."),
    ("The river ran on in the dark.<|eot_id|>", "The river ran on in the dark."),
    ("The river ran on in the dark.</s>", "The river ran on in the dark."),
    ("The river ran on in the dark.<end_of_turn>\n", "The river ran on in the dark."),
]


@pytest.mark.parametrize(("text", "right"), REPORTED)
def test_pairs_drafts_and_baselines_hold_the_answer_alone(text: str, right: str):
    reply = Reply(text, "stop", 1, 9)
    assert Candidate.of("r", 0, reply).response == right
    assert mendable(reply) == right
    assert _pair("r", Reply("Go on.", "stop", 1, 1), reply, MagpieSettings(model="m")).response == right


def test_thinking_without_an_answer_is_an_empty_reply_whose_tokens_were_all_thoughts():
    candidate = Candidate.of("r", 0, Reply("[THINK]I should go", "length", 1, 9))
    assert (candidate.response, candidate.thinking_tokens) == ("", 9)
