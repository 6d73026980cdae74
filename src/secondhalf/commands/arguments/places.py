"""Places as a command line names them: a file or a folder of this machine, or for some options a URL or a hub's name too."""

import argparse
from pathlib import Path

HUB = "hf:"


def local_path(text: str) -> Path:
    """A file or folder of this machine. Raises ArgumentTypeError for an address, which would be taken for a folder's name."""
    if "://" in text:
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is an address: name a file or folder of this machine")
    return Path(text)


def path_or_url(text: str) -> str | Path:
    """A path, or the URL as it stands."""
    return text if "://" in text else local_path(text)


def path_or_hub(text: str) -> str:
    """A path, or a data set of a hub (hf:ORG/NAME) as it stands."""
    return text if text.startswith(HUB) else str(local_path(text))
