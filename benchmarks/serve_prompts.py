"""What serve.py's clients ask, and what may not be recited: real texts that every Python has."""

from pydoc_data.topics import topics


def prompts(count: int, first: int) -> list[str]:
    """Questions about passages of 20 to 60 words of Python's language reference; none twice from one `first` to the next."""
    words = " ".join(topics[name] for name in sorted(topics)).split()
    questions = []
    for number in range(first, first + count):
        start, size = 97 * number % (len(words) - 60), 20 + 13 * number % 41
        questions.append(f"Explain this passage in simple words: {' '.join(words[start : start + size])}")
    return questions


def texts() -> list[str]:
    """The paragraphs of the reference, as the replies of a training set would be indexed."""
    return [part for name in sorted(topics) for part in topics[name].split("\n\n") if part.strip()]
