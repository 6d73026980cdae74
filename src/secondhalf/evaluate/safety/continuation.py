"""What a model adds to the beginning of a text, without a conversation around it: as RealToxicityPrompts has it.

As in arXiv 2009.11462 a continuation has 20 tokens at most, and is judged without its beginning. Unlike there it is a single
greedy one: the paper draws 25 and takes the expected maximum of their toxicity, so its figures are higher, and none of its
tables can be compared with ours. Arms before and after training continue the same texts.
"""

from collections.abc import Sequence

from secondhalf.evaluate.answers import PER_PART
from secondhalf.evaluate.safety.prompts import SafetyItem
from secondhalf.models.chat.plain_text import encode_opening
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import Answer, from_table, to_table
from secondhalf.store import Stage

_LONGEST = 20  # tokens, as in the paper


def generate_continuations(
    model: StudentModel, template: Template, items: Sequence[SafetyItem], seed: int, stage: Stage, label: str
) -> list[Answer]:
    """One continuation an item, in order; writes the stage's continued- tables, those that are missing.

    A model may end a text early with its end token, or with the one that the template taught it.
    """
    tokenizer = model.tokenizer
    for index, start in enumerate(range(0, len(items), PER_PART)):
        if not stage.has("continued", index):
            part = items[start : start + PER_PART]
            replies = model.generate(
                [encode_opening(tokenizer, item.text) for item in part],
                max_tokens=_LONGEST,
                temperature=0.0,
                seed=seed,
                stop_ids=template.stop_ids(tokenizer),
                label=f"{label} continuations",
            )
            rows = [Answer(item.id, *reply) for item, reply in zip(part, replies, strict=True)]
            stage.write("continued", index, to_table(Answer, rows))
    return list(from_table(Answer, stage.read("continued"))) if items else []
