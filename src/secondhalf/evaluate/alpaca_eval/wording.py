"""The prompts to AlpacaEval 2's judge, word for word: alpaca_eval_clf.txt of weighted_alpaca_eval_gpt4_turbo (Apache-2.0)."""

SYSTEM = (
    "You are a highly efficient assistant, who evaluates and selects the best large language model (LLMs) based on the quality "
    "of their responses to a given instruction. This process will be used to create a leaderboard reflecting the most accurate "
    "and human-preferred answers."
)
_USER = (
    "I require a leaderboard for various large language models. I'll provide you with prompts given to these models and their "
    "corresponding outputs. Your task is to assess these responses, and select the model that produces the best output from a "
    'human perspective.\n\n## Instruction\n\n{\n    "instruction": """%s""",\n}\n\n## Model Outputs\n\nHere are the '
    "unordered outputs from the models. Each output is associated with a specific model, identified by a unique model "
    'identifier.\n\n{\n    {\n        "model_identifier": "m",\n        "output": """%s"""\n    },\n    {\n        '
    '"model_identifier": "M",\n        "output": """%s"""\n    }\n}\n\n## Task\n\nEvaluate the models based on the '
    "quality and relevance of their outputs, and select the model that generated the best output. Answer by providing the model "
    "identifier of the best model. We will use your output as the name of the best model, so make sure your output only contains "
    "one of the following model identifiers and nothing else (no quotes, no spaces, no new lines, ...): m or M.\n\n## Best Model "
    "Identifier\n"
)
MARKERS = ('"""}', '"model_identifier":', "## Task", "## Best Model Identifier", "## Model Outputs")
"""What frames the texts: an answer that spells one of them must not be taken for the frame. Three quotes alone are Python's."""


def question(instruction: str, first: str, second: str) -> str:
    """The user message about two outputs."""
    return _USER % (instruction, first, second)
