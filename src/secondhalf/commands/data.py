"""`secondhalf data RUN --as FORM --out FOLDER`: pairs as a data set that other trainers load, in a folder or on a hub."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from secondhalf.api import find_run
from secondhalf.models.hub.upload import check_upload, hub_data_set, upload_data_set
from secondhalf.output import print_json, print_text
from secondhalf.publish.chosen import ChosenPairs, choose_pairs
from secondhalf.publish.forms import UNFINISHED, WITHOUT_PROMPT, WITHOUT_TEXT
from secondhalf.publish.write import WrittenDataSet, write_data_set
from secondhalf.report.terminal import spoken


def main(options: argparse.Namespace) -> None:
    """Writes the data set, and says how many pairs are in which split, and how many are left out and why."""
    run = find_run(options.run, runs=options.runs, store=options.store)
    chosen = choose_pairs(run, arm=options.arm or "", data=options.data or "")
    if options.out.startswith("hf:"):
        written, place = _uploaded(chosen, options)
    else:
        written, place = write_data_set(chosen, options.form, Path(options.out), language=options.language), options.out
    if options.json:
        print_json({"out": place, "files": written.files, "pairs": written.counts})
    else:
        text = "\n".join(_lines(written)) + f"\n\nThe data set: {place}"
        print_text(spoken(text, run.recipe.report.language))


def _uploaded(chosen: ChosenPairs, options: argparse.Namespace) -> tuple[WrittenDataSet, str]:
    name = hub_data_set(options.out)
    check_upload(name)
    with TemporaryDirectory(prefix="secondhalf-data-") as folder:
        out = Path(folder) / "data"
        written = write_data_set(chosen, options.form, out, hub=name, language=options.language)
        return written, upload_data_set(out, name, public=options.public)


def _lines(written: WrittenDataSet) -> list[str]:
    why = {
        UNFINISHED: "left out, since their responses were cut at a limit and other trainers would put an end there",
        WITHOUT_PROMPT: "left out, since they have no prompt",
        WITHOUT_TEXT: "left out, since their response is empty or they hold a NUL character",
    }
    lines = [f"{file}: {written.counts[split]:,} pairs" for split, file in written.files.items()]
    return [
        *lines,
        *(f"{written.counts[one]:,} pairs {reason}" for one, reason in why.items() if one in written.counts),
    ]
