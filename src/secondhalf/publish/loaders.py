"""How other trainers load each form: lines for the card, and LLaMA-Factory's description of the files.

Their documented schemas, looked up in November 2026: TRL docs/source/dataset_formats; LLaMA-Factory data/README.md; axolotl
docs/dataset-formats (conversation, inst_tune); Unsloth's datasets guide.
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
    # TRL renames the fields of such turns, but not the roles human and gpt, which few chat templates know.
    "sharegpt": _TURNS.format(prompt='row["conversations"][0]["value"]', response='row["conversations"][1]["value"]'),
    "alpaca": _TURNS.format(prompt='row["instruction"]', response='row["output"]'),
    "parquet": _TURNS.format(prompt='row["prompt"].strip()', response='row["response"].strip()'),
}
_UNSLOTH = {
    "messages": "# then tokenizer.apply_chat_template on each row's messages",
    "sharegpt": "from unsloth.chat_templates import standardize_data_formats\n\ntrain = standardize_data_formats(pairs['train'])",
}
_AXOLOTL: dict[str, dict[str, object]] = {
    "messages": {"type": "chat_template", "field_messages": "messages"},
    "sharegpt": {
        "type": "chat_template",
        "field_messages": "conversations",
        "message_property_mappings": {"role": "from", "content": "value"},
    },
    "alpaca": {"type": "alpaca"},
}
_LLAMA_FACTORY: dict[str, dict[str, object]] = {
    "messages": {
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {
            "role_tag": "role",
            "content_tag": "content",
            "user_tag": "user",
            "assistant_tag": "assistant",
            "system_tag": "system",
        },
    },
    "sharegpt": {"formatting": "sharegpt", "columns": {"messages": "conversations"}},
    "alpaca": {"columns": {"prompt": "instruction", "query": "input", "response": "output"}},
    "parquet": {"columns": {"prompt": "prompt", "response": "response"}},
}


def llama_factory_info(form: str, name: str, files: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """LLaMA-Factory's dataset_info.json; empty for a form that it does not read.

    `files`: split -> file; `name`: the data set's.
    """
    if form not in _LLAMA_FACTORY:
        return {}
    return {
        llama_factory_name(name, split): {"file_name": file, **_LLAMA_FACTORY[form]} for split, file in files.items()
    }


def llama_factory_name(name: str, split: str) -> str:
    """What LLaMA-Factory calls a split."""
    return name if split == "train" else f"{name}_{split}"


def loading_lines(form: str, name: str, place: str, files: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Trainer -> language of the lines, and the lines. `place`: the folder, or the data set's name on the hub."""
    lines = {"TRL": ("python", _trl(form, place, files))}
    if form in _UNSLOTH:
        lines["Unsloth"] = ("python", f"{_loaded(place)}\n{_UNSLOTH[form]}")
    if form in _AXOLOTL:
        entry: dict[str, object] = {"path": f"{place}/{files['train']}", "ds_type": "json", **_AXOLOTL[form]}
        lines["axolotl"] = ("yaml", f"datasets:\n  - {json.dumps(entry, ensure_ascii=True)}")
    if form in _LLAMA_FACTORY:
        held = llama_factory_name(name, "validation")
        more = f"\neval_dataset: {held}" if "validation" in files else ""
        lines["LLaMA-Factory"] = ("yaml", f"dataset_dir: {json.dumps(place)}\ndataset: {name}{more}")
    path = json.dumps(place, ensure_ascii=True)
    lines["secondhalf"] = ("yaml", f"data:\n  theirs: {{instructions: {{path: {path}}}}}")
    return lines


def _trl(form: str, place: str, files: Mapping[str, str]) -> str:
    held = ', eval_dataset=pairs["validation"]' if "validation" in files else ""
    trainer = f'SFTTrainer("ORG/MODEL", SFTConfig(output_dir="out"), train_dataset=pairs["train"]{held})'
    mapped = [_TRL[form], ""] if form in _TRL else []
    imports = "from trl import SFTConfig, SFTTrainer"
    return "\n".join([imports, _loaded(place), "", *mapped, f"trainer = {trainer}"])


def _loaded(place: str) -> str:
    return f"from datasets import load_dataset\n\npairs = load_dataset({json.dumps(place, ensure_ascii=True)})"
