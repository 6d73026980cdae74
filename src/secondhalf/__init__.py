"""secondhalf: non-instructional fine-tuning (arXiv 2409.00096), from plain text to a model and its evidence.

The public API is load, run, find_run, and the nouns Recipe, Run and Results; see `secondhalf.api`. Nothing is imported before it
is asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secondhalf.analysis.results import Results
    from secondhalf.api import find_run
    from secondhalf.api import load_recipe as load
    from secondhalf.api import run_recipe as run
    from secondhalf.errors import UserError
    from secondhalf.recipe import Recipe
    from secondhalf.runs import Run

__version__ = "0.2.0"
__all__ = ["Recipe", "Results", "Run", "UserError", "find_run", "load", "run"]

_HOMES = {
    "Recipe": ("secondhalf.recipe", "Recipe"),
    "Results": ("secondhalf.analysis.results", "Results"),
    "Run": ("secondhalf.runs", "Run"),
    "UserError": ("secondhalf.errors", "UserError"),
    "find_run": ("secondhalf.api", "find_run"),
    "load": ("secondhalf.api", "load_recipe"),
    "run": ("secondhalf.api", "run_recipe"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'secondhalf' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)
