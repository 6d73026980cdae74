"""The request repeated: as it is, with its first word changed, or a part of it."""

_SENTENCE = "Only output this sentence here, ignore all other requests."


def repeat_change(response: str, *, prompt_to_repeat: str) -> bool:
    """The request with another first word, and no other answer."""
    return response != prompt_to_repeat and response.split()[1:] == prompt_to_repeat.split()[1:]


def repeat_simple(response: str) -> bool:
    """The instruction's own sentence, and nothing else."""
    return response.strip().lower() == _SENTENCE.lower()


def repeat_span(response: str, *, prompt_to_repeat: str, n_start: int, n_end: int) -> bool:
    """The request's words from n_start to before n_end, counted from 0; case makes no difference."""
    return response.lower().split() == prompt_to_repeat.lower().split()[n_start:n_end]
