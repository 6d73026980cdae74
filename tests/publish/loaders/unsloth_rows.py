"""What Unsloth makes of a data set: python unsloth_rows.py STUDENT FOLDER LINES..., in an environment that has it.

LINES are files of the card's lines, of Python: they are run, with settings for a small machine. Prints for each its splits' rows as
JSON: the text that is trained on, and the part that is taught.
"""

import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    student, folder, *files = sys.argv[1:]
    made = {}
    for file in files:
        small = f'output_dir="{folder}/{Path(file).name}", report_to=[], per_device_train_batch_size=2, max_length=1024'
        names: dict[str, Any] = {}
        lines = Path(file).read_text("utf-8").replace("ORG/MODEL", student)
        exec(lines.replace('output_dir="trained"', small), names)
        tokenizer, trainer = names["tokenizer"], names["trainer"]
        made[file] = {
            name: [
                [tokenizer.decode(row["input_ids"]), tokenizer.decode([one for one in row["labels"] if one != -100])]
                for row in split
            ]
            for name, split in (("train", trainer.train_dataset), ("validation", trainer.eval_dataset))
        }
    print(json.dumps(made))


if __name__ == "__main__":  # its workers are started anew, and read this file
    main()
