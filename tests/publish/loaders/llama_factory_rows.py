"""What LLaMA-Factory makes of a data set: python llama_factory_rows.py STUDENT FOLDER LINES..., in an environment that has it.

LINES are files of the card's lines, of YAML. Prints for each its splits' rows as JSON: the text that is trained on, and the part that is taught. Its own
functions read them, from its command line's arguments to the rows of its trainer.
"""

import json
import sys
from pathlib import Path
from types import ModuleType

import transformers  # noqa: F401
import yaml

SPLITS = {"train_dataset": "train", "eval_dataset": "validation"}


def main() -> None:
    # LLaMA-Factory imports it for sounds alone, and its wheel asks for CUDA's libraries. transformers has seen that there is none.
    sys.modules["torchaudio"] = ModuleType("torchaudio")
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.hparams import get_train_args
    from llamafactory.model import load_tokenizer

    student, folder, *files = sys.argv[1:]
    made = {}
    for file in files:
        settings = yaml.safe_load(Path(file).read_text("utf-8")) | {
            "model_name_or_path": student,
            "stage": "sft",
            "do_train": True,
            "template": "default",
            "output_dir": f"{folder}/{Path(file).name}",
            "cutoff_len": 1024,
            "report_to": "none",
            "use_cpu": True,
        }
        model, data, training, _, _ = get_train_args(settings)
        loaded = load_tokenizer(model)
        tokenizer = loaded["tokenizer"]
        template = get_template_and_fix_tokenizer(tokenizer, data)
        made[file] = {
            SPLITS[name]: [
                [tokenizer.decode(row["input_ids"]), tokenizer.decode([one for one in row["labels"] if one != -100])]
                for row in split
            ]
            for name, split in get_dataset(template, model, data, training, stage="sft", **loaded).items()
        }
    print(json.dumps(made))


if __name__ == "__main__":
    main()
