"""Whether packages that are installed can be loaded: a library of another machine's kind is found out before hours are spent."""

import subprocess
import sys
from functools import cache

_LOAD = """
import importlib, sys
for name in sys.argv[1:]:
    print("begin", name, flush=True)
    try:
        importlib.import_module(name)
    except BaseException as error:
        print("fault", name, type(error).__name__, " ".join(str(error).split())[:300], flush=True)
"""
_SECONDS = 300


@cache
def import_troubles(modules: tuple[str, ...]) -> dict[str, str]:
    """Module -> why it cannot be loaded, of those that cannot.

    In a process of its own: a library may end the one that loads it.
    """
    command = [sys.executable, "-c", _LOAD, *modules]
    try:
        ended = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return {modules[-1]: f"it did not load within {_SECONDS} seconds"}
    troubles, begun = {}, ""
    for line in ended.stdout.splitlines():
        word, _, rest = line.partition(" ")
        name, _, why = rest.partition(" ")
        if name in modules and word == "begin":
            begun = name
        elif name in modules and word == "fault":
            troubles[name] = why
    if ended.returncode and begun:
        troubles[begun] = f"it ended its process with {ended.returncode}"
    return troubles
