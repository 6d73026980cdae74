"""A student's folder as a GGUF file, as an export of it would be."""

import shutil
from pathlib import Path

from secondhalf.export.gguf.writer import write_gguf
from secondhalf.models.chat.chat_template import jinja_for_tokenizer
from secondhalf.models.chat.template import Template
from secondhalf.models.weights.load import load_tokenizer


def student_gguf(student: Path, template: Template, out: Path) -> Path:
    """Writes `out`, whose chat template is `template`."""
    merged = shutil.copytree(student, out.with_suffix(""))
    tokenizer = load_tokenizer(student)
    tokenizer.chat_template = jinja_for_tokenizer(template, tokenizer)
    tokenizer.save_pretrained(merged)
    write_gguf(merged, None, template, out, "f16", out.stem)
    return out
