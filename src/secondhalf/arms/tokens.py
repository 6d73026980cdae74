"""The supervised tokens of pairs before anything is trained: counted as training counts them."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.arms.share import Sized
from secondhalf.errors import UserError
from secondhalf.models.quiet import quiet
from secondhalf.models.template import IGNORED, Template
from secondhalf.progress import Progress
from secondhalf.rows import Pair, from_table
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import is_held_out


def tokenizer(folder: Path) -> Any:
    """A student's tokenizer alone, without its weights."""
    try:
        with quiet():
            from transformers import AutoTokenizer

            return AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except ImportError as error:
        raise UserError(f"A student needs `pip install 'secondhalf[train]'` ({error.name} is missing).") from error
    except (OSError, ValueError) as error:
        raise UserError(f"{folder} holds no tokenizer that can be loaded ({str(error).splitlines()[0]}).") from error


def supervised(pairs: pa.Table, words: Any, template: Template, settings: TrainSettings, label: str) -> list[Sized]:
    """Each pair's id and its supervised tokens; 0 where it is held out or longer than train.max_length."""
    found: list[Sized] = []
    with Progress(f"{label}, counting tokens", pairs.num_rows, "pairs") as progress:
        for pair in from_table(Pair, pairs):
            tokens, labels = template.encode_pair(words, pair.prompt, pair.response, ended=pair.finish == "stop")
            trained = len(tokens) <= settings.max_length and not is_held_out(pair.document, settings.held_out)
            found.append((pair.id, sum(one != IGNORED for one in labels) if trained else 0))
            progress.advance()
    return found
