"""What an endpoint checks, keeps and limits: the fields of the file that `secondhalf serve --settings` reads."""

from typing import Literal

from pydantic import Field, ValidationError

from secondhalf.clean.personal import PersonalSettings
from secondhalf.errors import UserError
from secondhalf.extensions.path import FunctionPath
from secondhalf.models.server.settings import ServerSettings
from secondhalf.settings import Settings

MaskingAction = Literal["off", "flag", "mask", "block"]
CheckAction = Literal["off", "flag", "block"]


class OwnCheck(Settings):
    """A check of the operator's own."""

    function: FunctionPath
    """`my_module:function`. It is given a Pair (prompt: the last question; response: the answer, or empty before there is one)
    and returns a Verdict or a list of them."""

    action: CheckAction = "flag"
    """What follows where a verdict did not pass."""


class InputCheckSettings(Settings):
    """Checks of a request before the model reads it. off: not looked for; flag: answered, and kept for review; mask: the model
    reads a mask in its place; block: refused with the error code `content_filter`."""

    personal: MaskingAction = "off"
    """Personal data in any message."""

    toxicity: CheckAction = "off"
    """The last question, by the classifier of `toxicity.model`."""

    own: list[OwnCheck] = []
    """Checks of your own."""


class OutputCheckSettings(Settings):
    """Checks of an answer. flag: sent, and kept for review; mask: sent with a mask, or cut, in its place; block: the answer, or
    in a stream the rest of it, is withheld and ends with the finish reason `content_filter`."""

    personal: MaskingAction = "mask"
    """Personal data. In a stream a word is held back until it is known that it is none, or no part of any."""

    template: MaskingAction = "mask"
    """Markers of turns that the model writes out, such as <|im_end|>: `mask` ends the answer before the first."""

    next_turn: MaskingAction = "flag"
    """An answer that goes on as the user, in a line that opens with "User:" or a word like it: `mask` ends the answer before that
    line. A dialogue that a client asked for looks the same."""

    loops: CheckAction = "flag"
    """An answer that repeats itself beyond `loop_share`."""

    language: CheckAction = "flag"
    """An answer in another language than its question, where both are certain."""

    recited: CheckAction = "flag"
    """A passage of the replies or texts that the arm was trained on, word for word, as long as `recited_span`."""

    toxicity: CheckAction = "off"
    """By the classifier of `toxicity.model`."""

    own: list[OwnCheck] = []
    """Checks of your own. Of a whole answer: in a stream they come when it has been sent, and can only flag."""

    loop_share: float = Field(0.5, ge=0, le=1)
    """Share of an answer's word 4-grams (characters in Japanese and Chinese: 8-grams) that occurred before in it."""

    recited_span: int = Field(50, ge=8)
    """Characters in a row. Blanks are folded; what stands in the question as well does not count."""

    recited_span_spaceless: int = Field(25, ge=8)
    """The same for Japanese and Chinese texts."""


class ToxicityModelSettings(Settings):
    """The classifier behind the checks named toxicity."""

    model: str = ""
    """A reference such as hf:unitary/toxic-bert, or a folder; needed where a check named toxicity is on."""

    label: str = ""
    """Its toxic label; by default "toxic" or "toxicity", or the first that is not "non-toxic"."""

    limit: float = Field(0.5, ge=0, le=1)
    """A text of a higher probability does not pass."""


class RequestLimitSettings(Settings):
    """What one client may ask for."""

    body_bytes: int = Field(1_000_000, ge=1000)
    """Largest body of a request."""

    body_seconds: float = Field(30, gt=0)
    """How long a client may take to send it."""

    send_seconds: float = Field(60, gt=0)
    """How long a client may take to read what is waiting for it; then its connection is closed."""

    in_work: int = Field(128, ge=1)
    """Requests in work or waiting at once; further ones get status 503 at once."""

    max_tokens: int = Field(512, ge=1)
    """Longest answer where the request names no length, or the context if that is shorter."""


class EngineSettings(Settings):
    """How arms are answered that are not answered by transformers in this process."""

    slots: int = Field(16, ge=1, le=1024)
    """Of `--gguf`: answers that are written at once."""

    context: int = Field(2048, ge=64)
    """Of `--gguf`: tokens of a prompt with its answer. Each slot takes memory for as many."""

    upstream_key_env: str = ""
    """Of `--upstream`: the name of the environment variable that holds the server's key. Empty: none is sent."""

    upstream_seconds: float = Field(60, gt=0)
    """Of `--upstream`: how long the server may be silent, before an answer and within one."""

    def upstream(self, address: str) -> tuple[str, str]:
        """An address as it may be used, and its key. Raises UserError for one that is none, and for a key that is not set."""
        try:
            server = ServerSettings.model_validate(
                {"urls": [address.partition("#")[0]], "key_env": self.upstream_key_env}
            )
        except ValidationError as error:
            raise UserError(f"--upstream: {error.errors()[0]['msg'].removeprefix('Value error, ')}.") from error
        return address, server.key()


class RetentionSettings(Settings):
    """What stays of requests in the run's serve/serve.sqlite."""

    what: Literal["nothing", "flags", "everything"] = "flags"
    """nothing; flags: questions and answers that a check flagged, masked or blocked; everything: all of them."""

    days: int = Field(30, ge=1, le=36_500)
    """They are removed when they are older."""


class ServeSettings(Settings):
    """Settings of the guarded endpoint."""

    input: InputCheckSettings = InputCheckSettings()
    """Checks before the model."""

    output: OutputCheckSettings = OutputCheckSettings()
    """Checks behind the model."""

    failed_check: Literal["block", "flag"] = "block"
    """What follows where a check itself raises or takes longer than `check_seconds`."""

    check_seconds: float = Field(20, gt=0)
    """How long the checks of one text may take."""

    personal: PersonalSettings = PersonalSettings()
    """Which kinds of personal data are looked for: those that are not `keep`."""

    toxicity: ToxicityModelSettings = ToxicityModelSettings()
    """The classifier of toxicity."""

    limits: RequestLimitSettings = RequestLimitSettings()
    """Limits on requests."""

    engines: EngineSettings = EngineSettings()
    """Engines beside transformers."""

    keep: RetentionSettings = RetentionSettings()
    """What is kept, and for how long."""

    log_texts: bool = False
    """Write questions and answers into the log as well."""
