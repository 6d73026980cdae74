"""secondhalf: non-instructional fine-tuning (arXiv 2409.00096), from plain text to a model and its evidence.

The public API is load, run, find_run, and the nouns Recipe, Run and Results; see `secondhalf.api`. Nothing is imported before it
is asked for.
"""

from typing import TYPE_CHECKING, Any

from secondhalf.threads import sleep_when_idle

if TYPE_CHECKING:
    from secondhalf.analysis.results import Results
    from secondhalf.api import find_run, load, run
    from secondhalf.errors import UserError
    from secondhalf.recipe import Recipe
    from secondhalf.runs import Run

__version__ = "0.2.0"
__all__ = ["Recipe", "Results", "Run", "UserError", "find_run", "load", "run"]

_MODULES = {
    "Recipe": "secondhalf.recipe",
    "Results": "secondhalf.analysis.results",
    "Run": "secondhalf.runs",
    "UserError": "secondhalf.errors",
    "find_run": "secondhalf.api",
    "load": "secondhalf.api",
    "run": "secondhalf.api",
}

# Here, because the policy is read when torch or llama.cpp is first loaded, and every way to them begins with this package.
sleep_when_idle()


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'secondhalf' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)
