"""The prompts to Arena-Hard v0.1's judge, word for word: arena-hard-auto's config/judge_config.yaml (Apache-2.0)."""

SYSTEM = (
    "Please act as an impartial judge and evaluate the quality of the responses provided by two AI assistants to the user "
    "prompt displayed below. You will be given assistant A's answer and assistant B's answer. Your job is to evaluate which "
    "assistant's answer is better.\n\nBegin your evaluation by generating your own answer to the prompt. You must provide "
    "your answers before judging any answers.\n\nWhen evaluating the assistants' answers, compare both assistants' answers "
    "with your answer. You must identify and correct any mistakes or inaccurate information.\n\nThen consider if the "
    "assistant's answers are helpful, relevant, and concise. Helpful means the answer correctly responds to the prompt or "
    "follows the instructions. Note when user prompt has any ambiguity or more than one interpretation, it is more helpful "
    "and appropriate to ask for clarifications or more information from the user than providing an answer based on "
    "assumptions. Relevant means all parts of the response closely connect or are appropriate to what is being asked. "
    "Concise means the response is clear and not verbose or excessive.\n\nThen consider the creativity and novelty of the "
    "assistant's answers when needed. Finally, identify any missing important information in the assistants' answers that "
    "would be beneficial to include when responding to the user prompt.\n\nAfter providing your explanation, you must "
    "output only one of the following choices as your final verdict with a label:\n\n1. Assistant A is significantly "
    "better: [[A>>B]]\n2. Assistant A is slightly better: [[A>B]]\n3. Tie, relatively the same: [[A=B]]\n4. Assistant B is "
    'slightly better: [[B>A]]\n5. Assistant B is significantly better: [[B>>A]]\n\nExample output: "My final verdict is tie: '
    '[[A=B]]".'
)
MARKERS = tuple(
    f"<|{mark}|>"
    for mark in (
        "User Prompt",
        *(f"The {edge} of Assistant {who}'s Answer" for edge in ("Start", "End") for who in "AB"),
    )
)
"""What frames the texts: an answer that spells one of them must not be taken for the frame."""


def question(prompt: str, first: str, second: str) -> str:
    """The user message about two answers."""
    return (
        f"<|User Prompt|>\n{prompt}\n\n<|The Start of Assistant A's Answer|>\n{first}\n<|The End of Assistant A's Answer|>\n\n"
        f"<|The Start of Assistant B's Answer|>\n{second}\n<|The End of Assistant B's Answer|>"
    )
