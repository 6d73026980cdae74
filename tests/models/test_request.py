"""Two requests have one key only where they are one request."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secondhalf.models.request import Request, Sampling
from secondhalf.models.server.settings import ServerSettings

# What names, fields and messages could be confused by: what the fields between them are written with.
_TEXTS = st.text('m{}":,1 []\\-', max_size=8) | st.sampled_from(["server", "chat", 'm{"a": 1}', "-9:chat:", '{"a": 1}'])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | _TEXTS, lambda inner: st.dictionaries(_TEXTS, inner)
)
_MODELS = st.tuples(st.sampled_from(["chat", "completions"]), _TEXTS, st.dictionaries(_TEXTS, _VALUES, max_size=2))
_MESSAGES = st.lists(st.tuples(_TEXTS, _TEXTS), max_size=3)
_SAMPLINGS = st.builds(Sampling, max_tokens=st.integers(1, 3), seed=st.integers(0, 3))


def _identity(api: str, name: str, extra: dict[str, Any]) -> str:
    return ServerSettings.model_validate({"api": api, "extra": extra}).identity(name)


def _key(model: tuple[str, str, dict[str, Any]], messages: list[tuple[str, str]], sampling: Sampling) -> str:
    return Request("row", tuple(messages), sampling).key(_identity(*model))


@given(
    model=_MODELS,
    suffix=_VALUES,
    others=st.tuples(_MODELS, _MESSAGES, _SAMPLINGS),
    mine=st.tuples(_MESSAGES, _SAMPLINGS),
)
@example(("chat", "m", {"a": 1}), None, (("chat", 'm{"a": 1}', {}), [], Sampling()), ([], Sampling()))
@example(("chat", "9:chat:m", {"a": 1}), None, (("chat", 'm{"a": 1}', {}), [], Sampling()), ([], Sampling()))
def test_no_two_requests_share_a_key(model, suffix, others, mine):
    api, name, extra = model
    written = json.dumps(extra, sort_keys=True, ensure_ascii=False)
    # The names that end as this model's fields begin are the likeliest to be taken for it.
    close = [
        (api, name + written, {}),
        (api, f"{name}{written}{suffix}", {}),
        (api, _identity(*model), {}),
        (api, name, {}),
    ]
    for other in [others[0], *close]:
        for messages, sampling in (mine, others[1:]):
            same = (*other[:2], _written(other[2])) == (*model[:2], _written(extra)) and (messages, sampling) == mine
            assert (_key(other, messages, sampling) == _key(model, *mine)) is same


def _written(extra: dict[str, Any]) -> str:
    return json.dumps(extra, sort_keys=True)


@pytest.mark.parametrize(
    ("name", "extra", "identity"),
    [
        ("llama3:8b", {}, "server:chat:llama3:8b"),
        ("gpt", {"b": 1, "a": None}, 'server:chat:gpt{"a": null, "b": 1}'),
        ('m{"a": 1}', {}, 'server-9:chat:m{"a": 1}'),
        ("{team}/m", {"a": 1}, 'server-8:chat:{team}/m{"a": 1}'),
    ],
)
def test_names_without_a_brace_keep_the_identity_that_stages_and_journals_have(name, extra, identity):
    assert _identity("chat", name, extra) == identity
