"""Whether an answer repeats a long passage of a text word for word. Pure functions of texts."""

from secondhalf.text.language import is_spaceless


def leaked_characters(answer: str, source: str, prompt: str, *, span: int, span_spaceless: int) -> int:
    """Length of the longest passage of `source` in `answer`, in characters; 0 where none is as long as the span.

    Blanks are folded. The span of Japanese and Chinese sources is `span_spaceless`. Passages of the prompt do not count:
    a model may quote it.
    """
    size = span_spaceless if is_spaceless(source) else span
    answer, source, prompt = (" ".join(text.split()) for text in (answer, source, prompt))
    answer_windows, prompt_windows = _windows(answer, size), _windows(prompt, size)
    longest = run = 0
    for start in range(len(source) - size + 1):
        window = source[start : start + size]
        # Windows that follow one another are one passage.
        run = run + 1 if window in answer_windows and window not in prompt_windows else 0
        longest = max(longest, run)
    return size + longest - 1 if longest else 0


def _windows(text: str, size: int) -> set[str]:
    return {text[start : start + size] for start in range(len(text) - size + 1)}
