"""What axolotl makes of a data set: python axolotl_rows.py STUDENT FOLDER LINES..., in an environment that has it.

LINES are files of the card's lines, of YAML. Prints for each its splits' rows as JSON: the text that is trained on, and the part that is taught. Its own
functions read them.
"""

import json
import sys
from pathlib import Path

import yaml
from axolotl.utils.data import prepare_datasets
from axolotl.utils.dict import DictDefault
from transformers import AutoTokenizer


def main() -> None:
    student, folder, *files = sys.argv[1:]
    tokenizer = AutoTokenizer.from_pretrained(student)
    made = {}
    for file in files:
        settings = yaml.safe_load(Path(file).read_text("utf-8")) | {
            "base_model": student,
            "tokenizer_config": student,
            "dataset_prepared_path": f"{folder}/{Path(file).name}",
            "sequence_len": 1024,
            "micro_batch_size": 1,
            "batch_size": 1,
            "gradient_accumulation_steps": 1,
            "num_epochs": 1,
            "val_set_size": 0.0,
            "seed": 1,
            "dataset_num_proc": 0,  # in this process: each of its workers would import all of it first
        }
        train, validation, _, _ = prepare_datasets(DictDefault(settings), tokenizer)
        made[file] = {
            name: [
                [tokenizer.decode(row["input_ids"]), tokenizer.decode([one for one in row["labels"] if one != -100])]
                for row in split
            ]
            for name, split in (("train", train), ("validation", validation))
        }
    print(json.dumps(made))


if __name__ == "__main__":  # its workers are started anew, and read this file
    main()
