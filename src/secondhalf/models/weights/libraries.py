"""torch and transformers, loaded before a model is: what is wrong with them is no fault of a model's file."""

import importlib

from secondhalf import install
from secondhalf.errors import UserError


def load_libraries() -> None:
    """Raises UserError where one of them is not installed, or is and cannot be loaded (a build for another machine)."""
    for name in ("torch", "transformers"):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            raise UserError(f"A student needs {install.extra('train')} ({error.name} is missing).") from error
        except Exception as error:
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            raise UserError(
                f"{name} is installed, and cannot be loaded ({reason}): install the build for this machine, "
                f"{install.extra('train')}."
            ) from error
