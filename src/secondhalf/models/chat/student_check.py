"""Can a student be trained under a template at all? Told from the tokenizer alone, before anything is paid for."""

from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.models.weights.load import check_end_token, load_tokenizer


def check_student(folder: Path, template: Template) -> None:
    """Raises UserError for a tokenizer without an end token, without the chat template asked for, or that is no fast one.

    And for a template that does not hold prompt and response once each, or after which an answer has no end.
    """
    tokenizer = load_tokenizer(folder)
    check_end_token(tokenizer, folder)
    template.encode_pair(tokenizer, "a", "a", ended=True)
    if not template.end_ids(tokenizer):
        raise UserError(
            f"The template {template.name} writes nothing after the response, so no answer could learn to end: "
            "let it end in {{ eos }}."
        )
