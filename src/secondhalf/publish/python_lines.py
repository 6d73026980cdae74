"""The lines of Python with which TRL and Unsloth train on a data set of each form, the loss on the responses.

TRL masks the prompts of prompt-completion rows by itself: the other forms become such rows. Unsloth's way is a text by the
student's chat template, of which `train_on_responses_only` masks what is no response.
"""

import json
from collections.abc import Mapping

_TURNS = """def turns(row):
    return {{
        "prompt": [{{"role": "user", "content": {prompt}}}],
        "completion": [{{"role": "assistant", "content": {response}}}],
    }}


pairs = pairs.map(turns, remove_columns=pairs["train"].column_names)"""
_TRL = {
    "messages": _TURNS.format(prompt='row["messages"][0]["content"]', response='row["messages"][1]["content"]'),
    # TRL renames the fields of such turns, but not the roles human and gpt, which few chat templates know.
    "sharegpt": _TURNS.format(prompt='row["conversations"][0]["value"]', response='row["conversations"][1]["value"]'),
    "alpaca": _TURNS.format(prompt='row["instruction"]', response='row["output"]'),
    "parquet": _TURNS.format(prompt='row["prompt"].strip()', response='row["response"].strip()'),
}
_UNSLOTH = """from unsloth import FastLanguageModel
from unsloth.chat_templates import {imported}
from datasets import load_dataset
from trl import SFTConfig, SFTTrainer

model, tokenizer = FastLanguageModel.from_pretrained("ORG/MODEL")
model = FastLanguageModel.get_peft_model(model)


def text(row):
    return {{"text": tokenizer.apply_chat_template(row["{turns}"], tokenize=False)}}


pairs = {{split: {rows}.map(text).select_columns("text") for split, rows in load_dataset({place}).items()}}
trainer = SFTTrainer(
    model,
    SFTConfig(output_dir="trained"),
    processing_class=tokenizer,
    {data},
)
trainer = train_on_responses_only(trainer)"""
_ROWS = {
    "messages": ("messages", "rows"),
    "sharegpt": ("conversations", "standardize_data_formats(rows)"),
    "alpaca": (
        "conversations",
        'standardize_data_formats(to_sharegpt(rows, merged_prompt="{instruction}", output_column_name="output"))',
    ),
}


def trl_lines(form: str, place: str, files: Mapping[str, str]) -> str:
    """`place`: the folder, or the data set's name on the hub; `files`: split -> file."""
    mapped = ["", _TRL[form], ""] if form in _TRL else []
    loaded = f"from datasets import load_dataset\n\npairs = load_dataset({_quoted(place)})"
    data = ", ".join(_splits(files))
    trainer = f'SFTTrainer(\n    "ORG/MODEL", SFTConfig(output_dir="trained"), {data}\n)'
    return "\n".join(["from trl import SFTConfig, SFTTrainer", loaded, "", *mapped, f"trainer = {trainer}"])


def unsloth_lines(form: str, place: str, files: Mapping[str, str]) -> str:
    """As `trl_lines`; empty for a form that none of its functions makes a conversation of."""
    if form not in _ROWS:
        return ""
    turns, rows = _ROWS[form]
    functions = ("standardize_data_formats", "to_sharegpt")
    imported = ", ".join([*(name for name in functions if name in rows), "train_on_responses_only"])
    data = ",\n    ".join(_splits(files))
    return _UNSLOTH.format(imported=imported, turns=turns, rows=rows, place=_quoted(place), data=data)


def _splits(files: Mapping[str, str]) -> list[str]:
    held = ['eval_dataset=pairs["validation"]'] if "validation" in files else []
    return ['train_dataset=pairs["train"]', *held]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)
