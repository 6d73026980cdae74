"""Of which family a model is, by its name: a judge favours what its own family wrote (arXiv 2404.13076)."""

import re

# A word of a name, and the family whose weights or outputs it is made of; the first that matches counts.
_FAMILIES = (
    ("zephyr|mixtral|ministral|codestral|magistral|mistral|shisa", "Mistral"),
    ("smollm", "SmolLM"),
    ("gemma|gemini|palm", "Gemini"),
    ("qwen|qwq", "Qwen"),
    ("deepseek", "DeepSeek"),
    ("llama|vicuna|alpaca|elyza|swallow|youko|tulu|hermes|guanaco|wizardlm|koala", "Llama"),
    ("gpt|chatgpt|davinci|o1|o3|o4|openai|text-embedding", "GPT"),
    ("claude|anthropic", "Claude"),
    ("phi", "Phi"),
    ("command|cohere|aya|c4ai", "Command"),
    ("glm|chatglm", "GLM"),
    ("grok", "Grok"),
    ("kimi|moonshot", "Kimi"),
    ("olmo", "OLMo"),
    ("granite", "Granite"),
    ("nemotron", "Nemotron"),
    ("falcon", "Falcon"),
    ("plamo", "PLaMo"),
    ("sarashina", "Sarashina"),
    ("yi", "Yi"),
)


def model_family(reference: str) -> str:
    """The family of a model's reference or name; "" when no word of it is known."""
    name = reference.lower().partition("#")[0].rpartition("/")[2] or reference.lower()
    for pattern, family in _FAMILIES:
        if re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", name):
            return family
    return ""


def shared_family(judge: str, other: str) -> str:
    """The family that a judge and another model are both of; "" where they are not, or are not known."""
    family = model_family(judge)
    return family if family == model_family(other) else ""
