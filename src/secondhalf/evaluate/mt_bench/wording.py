"""The prompts to MT-Bench's judge, word for word: FastChat's judge_prompts.jsonl, the four prompts of single-answer grading
(single-v1, single-math-v1 and their multi-turn forms; Apache-2.0). A test holds them to the published file.
"""

_RATE = (
    "Be as objective as possible. After providing your explanation, you must rate the response on a scale of 1 to 10 by "
    'strictly following this format: "[[rating]]", for example: "Rating: [[5]]".'
)
_QUALITY = (
    "Your evaluation should consider factors such as the helpfulness, relevance, accuracy, depth, creativity, and level of "
    "detail of the response. "
)
_CORRECT = (
    "Your evaluation should consider correctness and helpfulness. You will be given a reference answer and the assistant's "
    "answer. "
)
_COMPARE = (
    "Begin your evaluation by comparing the assistant's answer with the reference answer. "
    "Identify and correct any mistakes. "
)
_JUDGE = (
    "Please act as an impartial judge and evaluate the quality of the response provided by an AI assistant "
    "to the user question"
)

FIRST_SYSTEM = "You are a helpful assistant."
FIRST = {
    False: f"[Instruction]\n{_JUDGE} displayed below. {_QUALITY}Begin your evaluation by providing a short explanation. {_RATE}",
    True: f"[Instruction]\n{_JUDGE} displayed below. {_CORRECT}{_COMPARE}{_RATE}",
}
"""The beginning of the question about the first turn, by whether there is a reference."""

SECOND_SYSTEM = {
    False: f"{_JUDGE} displayed below. {_QUALITY}You evaluation should focus on the assistant's answer to the second user "
    f"question. Begin your evaluation by providing a short explanation. {_RATE}\n\n",
    True: f"{_JUDGE}. {_CORRECT}You evaluation should focus on the assistant's answer to the second question. "
    f"{_COMPARE}{_RATE}\n\n",
}
"""The system message about the second turn, by whether there is a reference."""

MARKERS = (
    "[Instruction]",
    "[Question]",
    "[The Start of Reference Answer]",
    "[The End of Reference Answer]",
    "[The Start of Assistant's Answer]",
    "[The End of Assistant's Answer]",
    "<|The Start of Reference Answer|>",
    "<|The End of Reference Answer|>",
    "<|The Start of Assistant A's Conversation with User|>",
    "<|The End of Assistant A's Conversation with User|>",
    "### User:",
    "### Assistant A:",
    "### Reference answer:",
)
"""What frames the texts: an answer that spells one of them must not be taken for the frame."""


def first(question: str, answer: str, reference: str | None) -> str:
    """The user message about the first turn."""
    shown = "" if reference is None else "\n\n" + _framed("Reference Answer", reference)
    return f"{FIRST[reference is not None]}\n\n[Question]\n{question}{shown}\n\n" + _framed(
        "Assistant's Answer", answer
    )


def second(questions: tuple[str, str], answers: tuple[str, str], reference: tuple[str, str] | None) -> str:
    """The user message about the second turn."""
    conversation = _conversation("Assistant A's Conversation with User", "Assistant A", questions, answers)
    if reference is None:
        return conversation
    return _conversation("Reference Answer", "Reference answer", questions, reference) + "\n\n\n" + conversation


def _framed(title: str, text: str) -> str:
    return f"[The Start of {title}]\n{text}\n[The End of {title}]"


def _conversation(title: str, speaker: str, questions: tuple[str, str], answers: tuple[str, str]) -> str:
    turns = "\n\n".join(
        f"### User:\n{question}\n\n### {speaker}:\n{answer}"
        for question, answer in zip(questions, answers, strict=True)
    )
    return f"<|The Start of {title}|>\n\n{turns}\n\n<|The End of {title}|>"
