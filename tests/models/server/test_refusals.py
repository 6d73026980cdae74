"""What a server's error means: real bodies of several servers, and whose fault each is."""

import json

import pytest

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, TroubleError
from secondhalf.models.server.refusals import ServerAddress, answer_failure, failure
from secondhalf.models.server.response import AnswerError, read_reply

SERVER = ServerAddress("http://h/v1", "sk-1", "A_KEY")
AZURE = {"error": {"message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
                   "code": "content_filter", "status": 400, "innererror": {"code": "ResponsibleAIPolicyViolation"}}}  # fmt: skip
FASTAPI = {
    "detail": [{"type": "missing", "loc": ["body", "model"], "msg": "Field required", "input": "flagged: too long"}]
}
CASES = [
    # the account's, the model's, the server's: the run stops
    (403, {"error": {"message": "Key limit exceeded (monthly limit)", "code": 403}}, "fatal"),
    (402, {"error": {"message": "Insufficient Balance"}}, "fatal"),
    (404, {"error": {"message": "The model `m` does not exist", "code": "model_not_found"}}, "fatal"),
    (400, {"error": {"message": "Billing hard limit has been reached", "code": "billing_hard_limit_reached"}}, "fatal"),
    (400, {"error": {"type": "invalid_request_error", "message": "Your credit balance is too low to access the API"}}, "fatal"),
    (429, {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}, "fatal"),
    # passing
    (429, {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}, "again"),
    (529, {"error": {"type": "overloaded_error", "message": "Overloaded"}}, "again"),
    (500, {"error": "internal"}, "again"),
    (307, {}, "again"),
    # the text's
    (400, AZURE, "text"),
    (403, {"error": {"code": 403, "message": "Your input was flagged", "metadata": {"flagged_input": "x"}}}, "text"),
    (400, {"error": {"code": "data_inspection_failed", "message": "Input data may contain inappropriate content."}}, "text"),
    (400, {"error": {"code": "context_length_exceeded", "message": "Please reduce the length of the messages."}}, "text"),
    (400, {"object": "error", "message": "This model's maximum context length is 4096 tokens.", "code": 400}, "text"),
    (400, {"error": {"code": 400, "message": "request (4390 tokens) exceeds the available context size (4096 tokens), try "
                     "increasing it", "type": "exceed_context_size_error"}}, "text"),
    (500, {"error": {"code": 500, "message": "Context size has been exceeded.", "type": "server_error"}}, "text"),
    (400, {"type": "error", "error": {"type": "invalid_request_error", "message": "prompt is too long: 200251 tokens > 200000"}}, "text"),
    (413, {"error": "Payload Too Large"}, "text"),
    # nobody says whose
    (400, {"object": "error", "message": "As of transformers v4.44, default chat template is no longer allowed"}, "unclear"),
    (422, FASTAPI, "unclear"),
    (400, {"error": {"message": "Unsupported parameter: 'seed'", "param": "seed"}}, "unclear"),
    (403, [{"error": {"code": 403, "message": "Permission denied", "status": "PERMISSION_DENIED"}}], "fatal"),
]  # fmt: skip


def _meaning(error: Exception) -> str:
    if isinstance(error, UserError):
        return "fatal"
    return "again" if isinstance(error, TroubleError) else error.fault


@pytest.mark.parametrize(("status", "body", "meaning"), CASES)
def test_what_an_error_means(status: int, body: object, meaning: str):
    error = failure(status, json.dumps(body).encode(), SERVER)
    assert _meaning(error) == meaning
    assert len(str(error)) < 700


def test_a_wrong_key_is_told_by_where_it_stands():
    body = b'{"error": {"code": "invalid_api_key", "message": "Incorrect API key provided"}}'
    message = str(failure(401, body, ServerAddress("http://h/v1", "sk-1", "MY_KEY")))
    assert message == "http://h/v1 refuses the key in MY_KEY: Incorrect API key provided (401)."


def test_the_words_are_the_servers_and_hold_neither_key_nor_what_was_asked():
    assert (
        str(failure(422, json.dumps(FASTAPI).encode(), SERVER)) == "the server answered 422: body.model: Field required"
    )
    assert str(failure(403, b'{"error": "sk-1 is spent"}', SERVER)) == (
        "http://h/v1 forbids this to the account or the key (ask whose they are, or name another model): [key] is spent (403)."
    )
    raw = {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": "no such field: seed"}}}
    assert str(failure(400, json.dumps(raw).encode(), SERVER)).endswith("Provider returned error: no such field: seed")


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        ({"error": {"code": 402, "message": "Insufficient credits"}}, "fatal"),
        ({"error": {"code": 429, "message": "slow"}}, "again"),
        ({"error": {"code": 502, "message": "upstream is gone"}, "user_id": "u"}, "again"),
        ({"error": {"message": "no idea"}}, "again"),
        ({"error": {"message": "too dear", "code": "insufficient_quota"}}, "fatal"),
        ({"error": {"message": "x", "code": "context_length_exceeded"}}, "text"),
        ({"choices": [], "error": {"message": "gone", "code": 503}}, "again"),
        ({"code": 500, "msg": "404 NOT_FOUND", "success": False}, "again"),
        ({"object": "error", "message": "no template", "code": 400}, "unclear"),
        ({"choices": [{"message": {"content": "The old mill st"}, "finish_reason": "error",
                       "error": {"code": 502, "message": "upstream is gone"}}]}, "again"),
    ],
)  # fmt: skip
def test_an_error_in_a_good_answer_means_what_its_code_or_its_words_say(body: dict, meaning: str):
    data = json.dumps(body).encode()
    with pytest.raises(AnswerError) as caught:
        read_reply(data, chat=True)
    assert _meaning(answer_failure(caught.value, data, SERVER)) == meaning


def test_a_failure_that_was_billed_is_a_whole_attempt_and_charged():
    body = {
        "choices": [{"message": {"content": "x"}, "error": {"code": 502}}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 2},
    }
    with pytest.raises(AnswerError) as caught:
        read_reply(json.dumps(body).encode(), chat=True)
    trouble = answer_failure(caught.value, json.dumps(body).encode(), SERVER)
    assert isinstance(trouble, TroubleError)
    assert (trouble.cost, trouble.paid) == (10, (5, 2))


def test_a_gateway_that_says_that_there_was_no_error_is_believed():
    body = {
        "choices": [{"message": {"content": "x"}, "finish_reason": "stop"}],
        "error": {"code": 0},
        "message": "success",
    }
    assert read_reply(json.dumps(body).encode(), chat=True).text == "x"
    assert isinstance(failure(418, b"", SERVER), RefusedError)
