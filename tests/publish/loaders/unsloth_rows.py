"""What Unsloth makes of a data set: python unsloth_rows.py LINES STUDENT FOLDER, in an environment that has it.

LINES are the card's, of Python: they are run, with settings for a small machine. Prints each split's rows as JSON: the text that is
trained on, and the part that is taught.
"""

import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    lines, student, folder = sys.argv[1:]
    small = f'output_dir="{folder}", report_to=[], max_steps=1, per_device_train_batch_size=2, max_length=1024'
    names: dict[str, Any] = {}
    written = Path(lines).read_text("utf-8").replace("ORG/MODEL", student)
    exec(written.replace('output_dir="trained"', small), names)
    tokenizer, trainer = names["tokenizer"], names["trainer"]
    rows = {
        name: [
            [tokenizer.decode(row["input_ids"]), tokenizer.decode([one for one in row["labels"] if one != -100])]
            for row in split
        ]
        for name, split in (("train", trainer.train_dataset), ("validation", trainer.eval_dataset))
    }
    print(json.dumps(rows))


if __name__ == "__main__":  # its workers are started anew, and read this file
    main()
