"""The module of a user's function, made of the very bytes whose hash becomes part of the stage's key.

What the module imports itself is not part of that hash. Modules of Python itself are refused: `os:system` would run every
text as a command.
"""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import invalidate_caches
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType

from secondhalf.errors import UserError
from secondhalf.text.visible import escape_invisible

_LONGEST = 200  # characters of an exception's message

# Module name -> the module and the hash of the bytes that it was made of.
_MODULES: dict[str, tuple[ModuleType, str]] = {}


def module_of(name: str, field: str, *, again: bool) -> tuple[ModuleType, str]:
    """The module as this process read it last, and its file's SHA-256; `again` looks at the file anew.

    Raises UserError naming the field, and the module that is not there, has no source or raises while it is imported.
    """
    if again or name not in _MODULES:
        _MODULES[name] = _read(name, field)
    return _MODULES[name]


def _read(name: str, field: str) -> tuple[ModuleType, str]:
    """The module and the hash of its file; the one that was read before where the file is still the same.

    Neither an import before this one nor stale bytecode can stand in for the file: what is hashed is what is run.
    """
    if name.partition(".")[0] in sys.stdlib_module_names:
        raise UserError(f"{field}: {name} is a module of Python itself; name a function in a module of your own.")
    standing = sys.modules.pop(name, None)  # find_spec would not look at the disk for a module that is there
    try:
        with _current_folder():
            file, module = _find(name, field)
            source = file.read_bytes()
            digest = hashlib.sha256(source).hexdigest()
            before = _MODULES.get(name)
            if before and before[1] == digest and before[0].__file__ == str(file):
                standing = before[0]
                return before
            sys.modules[name] = module
            try:
                exec(compile(source, str(file), "exec"), module.__dict__)
            except (Exception, SystemExit) as error:
                raise UserError(f"{field}: the module {name} raised {message(error)} while it was imported.") from error
            standing = module
            return module, digest
    finally:
        sys.modules.pop(name, None)
        if standing is not None:
            sys.modules[name] = standing


def _find(name: str, field: str) -> tuple[Path, ModuleType]:
    """The module's source file, and the module as yet without contents."""
    invalidate_caches()
    try:
        spec = find_spec(name)
    except ModuleNotFoundError as error:
        if not f"{name}.".startswith(f"{error.name}."):  # not this module is missing, but one that its package needs
            raise UserError(f"{field}: importing {name} raised {message(error)}.") from error
        spec = None
    except Exception as error:  # the packages around it are imported to find it
        raise UserError(f"{field}: importing {name} raised {message(error)}.") from error
    if spec is None:
        raise UserError(
            f"{field}: there is no module {name}, neither in the current folder ({Path.cwd()}) nor among the installed "
            f"packages: start secondhalf where {name.replace('.', '/')}.py stands, or set PYTHONPATH."
        )
    if not spec.origin or not spec.origin.endswith(".py"):
        raise UserError(
            f"{field}: the module {name} has no source file, whose hash the stage's key needs: call it from a module of your own."
        )
    return Path(spec.origin), module_from_spec(spec)


@contextmanager
def _current_folder() -> Iterator[None]:
    """Makes the current folder importable, as a script in it would find it, and only for now: a folder of texts that is
    called `datasets` must not stand in for a package later."""
    folder = str(Path.cwd())
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def message(error: BaseException) -> str:
    """The exception's name and its message on one line, cut."""
    text = escape_invisible(" ".join(str(error).split()))
    return f"{type(error).__name__}: {text[:_LONGEST]}" if text else type(error).__name__
