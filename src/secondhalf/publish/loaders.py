"""How other trainers load each form: lines for the card, and LLaMA-Factory's description of the files.

Each is tried in the trainer itself: TRL in every test run; LLaMA-Factory 0.9.5, axolotl 0.19.0, Unsloth 2026.10.9 in `make soak`
(tests/publish/test_soak_loaders.py).
"""

import json
from collections.abc import Mapping

from secondhalf.publish.python_lines import trl_lines, unsloth_lines

# axolotl's other types write no chat template: `alpaca` puts Alpaca's own words around the prompt.
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


def llama_factory_info(form: str, name: str, files: Mapping[str, str], hub: str = "") -> dict[str, dict[str, object]]:
    """LLaMA-Factory's dataset_info.json; empty for a form that it does not read.

    `files`: split -> file; `name`: the data set's; `hub`: its name on the hub, where it goes there: LLaMA-Factory then finds the
    description by it, but files beside the description it would look for in a folder.
    """
    if form not in _LLAMA_FACTORY:
        return {}
    return {
        llama_factory_name(name, split): {
            **({"hf_hub_url": hub, "split": split} if hub else {"file_name": file}),
            **_LLAMA_FACTORY[form],
        }
        for split, file in files.items()
    }


def llama_factory_name(name: str, split: str) -> str:
    """What LLaMA-Factory calls a split."""
    return name if split == "train" else f"{name}_{split}"


def loading_lines(
    form: str, name: str, place: str, files: Mapping[str, str], *, on_hub: bool = False
) -> dict[str, tuple[str, str]]:
    """Trainer -> language of the lines, and the lines. `place`: the folder, or with `on_hub` the data set's name there."""
    lines = {"TRL": ("python", trl_lines(form, place, files))}
    if unsloth := unsloth_lines(form, place, files):
        lines["Unsloth"] = ("python", unsloth)
    if form in _AXOLOTL:
        lines["axolotl"] = ("yaml", _axolotl(form, place, files))
    if form in _LLAMA_FACTORY:
        lines["LLaMA-Factory"] = ("yaml", _llama_factory(name, f"REMOTE:{place}" if on_hub else place, files))
    lines["secondhalf"] = ("yaml", f"data:\n  theirs: {{instructions: {{path: {_quoted(place)}}}}}")
    return lines


def _axolotl(form: str, place: str, files: Mapping[str, str]) -> str:
    fields = {"train": "datasets", "validation": "test_datasets"}
    return "\n".join(
        f"{fields[split]}:\n  - {json.dumps({'path': place, 'split': split, **_AXOLOTL[form]}, ensure_ascii=True)}"
        for split in files
    )


def _llama_factory(name: str, place: str, files: Mapping[str, str]) -> str:
    # A name in quotes: 1_2 without them is a number of YAML's.
    fields = {"train": "dataset", "validation": "eval_dataset"}
    return "\n".join(
        [
            f"dataset_dir: {_quoted(place)}",
            *(f"{fields[split]}: {_quoted(llama_factory_name(name, split))}" for split in files),
        ]
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)
