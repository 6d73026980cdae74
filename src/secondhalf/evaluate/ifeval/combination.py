"""Two answers in one, and the request repeated before the answer."""


def two_responses(response: str) -> bool:
    """Two different answers with ****** between them; an empty part may only be the first or the last."""
    parts = [part.strip() for part in response.split("******")]
    answers = [part for part in parts if part]
    return all(parts[1:-1]) and len(answers) == 2 and answers[0] != answers[1]


def repeat_prompt(response: str, *, prompt_to_repeat: str) -> bool:
    """Begins with the request, word for word; case makes no difference."""
    return response.strip().lower().startswith(prompt_to_repeat.strip().lower())


def japanese_repeat_prompt(response: str, *, prompt_to_repeat: str) -> bool:
    """Begins with the request, character for character."""
    return response.strip().startswith(prompt_to_repeat.strip())
