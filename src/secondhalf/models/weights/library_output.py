"""Keeps transformers' and peft's own chatter off the screen: ours is the progress that users see."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Progress bars and warnings of the model libraries off; errors still come through. PEFT is imported within: it brings others
    along that speak as they come."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import transformers
    from tqdm import tqdm
    from transformers import modeling_gguf_pytorch_utils as gguf

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    gguf.tqdm = partial(tqdm, disable=True)  # its bar asks nobody whether it is wanted
    for name in ("torchao", "bitsandbytes"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
