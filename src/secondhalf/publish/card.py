"""README.md of a data set: what the pairs are, under which licences, how they are split and laid out, and how others load them.

Words that come from a run or from its texts are shown as they are and are never markup.
"""

import json
from collections.abc import Mapping

from secondhalf.disclosure.data_card import hub_licence, hub_size
from secondhalf.export.markdown import escaped, quoted
from secondhalf.publish.chosen import ChosenPairs
from secondhalf.publish.forms import UNFINISHED, WITHOUT_PROMPT, WITHOUT_TEXT
from secondhalf.report.words import Language, fill, published_words

_SHOWN = 20
"""Licences and sources that are listed; of more the card says how many."""


def data_set_card(
    chosen: ChosenPairs,
    files: Mapping[str, str],
    counts: Mapping[str, int],
    columns: Mapping[str, str],
    loading: Mapping[str, tuple[str, str]],
    language: Language | None = None,
) -> str:
    """The card's text, in the recipe's language unless another is named.

    `files`: split -> file. `counts`: pairs of each split, and those left out under UNFINISHED, WITHOUT_PROMPT and WITHOUT_TEXT.
    `columns`: name -> type. `loading`: trainer -> language of the lines that load it there, and the lines.
    """
    recipe = chosen.run.recipe
    words = published_words(language or recipe.report.language)
    total = sum(counts[split] for split in files)
    left = [(words[f"left_{why}"], counts[why]) for why in (UNFINISHED, WITHOUT_PROMPT) if counts.get(why)]
    baseline = any(recipe.data[one].baseline for one in _data_names(chosen))
    blocks = [
        _header(chosen, files, total),
        f"# {escaped(recipe.name)}: {escaped(chosen.name)}",
        words["what_baseline" if baseline else "what"],
        f"## {words['licences']}",
        _counted(chosen.data.licences, words, words["unstated"]),
        *(f"**{escaped(notice)}**" for notice in recipe.notices),
        words["licences_lead"],
        f"## {words['sources']}",
        _counted(chosen.data.sources, words, words["no_source"]),
        _writers(chosen, words),
        f"## {words['splits']}",
        _table([words["split"], words["file"], words["pairs"]], [[s, f, f"{counts[s]:,}"] for s, f in files.items()]),
        fill(words["held_out"], share=f"{chosen.held_out:g}") if chosen.held_out else words["none_held_out"],
        *(fill(words["left_out"], n=f"{n:,}", why=why) for why, n in left),
        *([fill(words["left_out_of_all"], n=f"{counts[WITHOUT_TEXT]:,}")] if counts.get(WITHOUT_TEXT) else []),
        f"## {words['columns']}",
        _table([words["column"], words["type"]], [[f"`{column}`", kind] for column, kind in columns.items()]),
        words["limits"],
        f"## {words['use']}",
    ]  # fmt: skip
    for trainer, (kind, lines) in loading.items():
        blocks += [f"### {trainer}", f"```{kind}\n{lines}\n```"]
    return "\n\n".join(blocks) + "\n"


def _data_names(chosen: ChosenPairs) -> list[str]:
    recipe = chosen.run.recipe
    return recipe.data_of(chosen.name) if chosen.data.label.stage == "compose" else [chosen.data.name]


def _header(chosen: ChosenPairs, files: Mapping[str, str], total: int) -> str:
    licences = [name for name in chosen.data.licences if name]
    languages = [code for code in chosen.data.languages if code.isascii() and code.isalpha() and len(code) in {2, 3}]
    known = "" not in chosen.data.licences and not chosen.data.unsourced
    data_files = [{"split": split, "path": file} for split, file in files.items()]
    fields = {
        "pretty_name": quoted(f"{chosen.run.recipe.name}: {chosen.name}"),
        "license": hub_licence(licences if known else []),
        **({"language": json.dumps(languages)} if languages else {}),
        "size_categories": json.dumps([hub_size(total)]),
        "task_categories": '["text-generation"]',
        "tags": '["secondhalf", "non-instructional-fine-tuning"]',
        "configs": json.dumps([{"config_name": "default", "data_files": data_files}]),
    }
    return "\n".join(["---", *(f"{name}: {value}" for name, value in fields.items()), "---"])


def _counted(counts: Mapping[str, int], words: Mapping[str, str], nameless: str) -> str:
    lines = [fill(words["counted"], name=escaped(name) or nameless, n=f"{n:,}") for name, n in counts.items()]
    more = [fill(words["more"], n=f"{len(lines) - _SHOWN:,}")] if len(lines) > _SHOWN else []
    return "\n".join(f"- {line}" for line in [*lines[:_SHOWN], *more] or [words["made_of_none"]])


def _writers(chosen: ChosenPairs, words: Mapping[str, str]) -> str:
    names = [public_name(model.reference) for model in chosen.data.writers]
    return fill(words["writers"], names=escaped(", ".join(names))) if names else words["no_writers"]


def public_name(reference: str) -> str:
    """A model's reference as others may be told it: of a path on this machine the last part alone."""
    is_path = reference.startswith(("/", "~", ".")) or "\\" in reference
    return reference.replace("\\", "/").rstrip("/").rpartition("/")[2] if is_path else reference


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
