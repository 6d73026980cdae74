"""How a process of ours ends: at once, when all is done that an orderly end does.

An interpreter that ends takes modules and threads down while libraries' own threads (Arrow's, torch's, llama.cpp's) may still
be at work; one of them that then waits for Python aborts the process, with its work done and an exit status that says otherwise.
"""

import atexit
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from secondhalf.output import print_error


def run_process(main: Callable[[], int]) -> NoReturn:
    """Runs `main` as the whole of this process, whose exit status is what it returns, or what argparse exits with.

    The interpreter still waits for threads that are no daemons, profilers and debuggers still see the end of the program,
    and all that is registered with `atexit` is called, whenever it was registered.
    """
    try:
        status = main()
    except SystemExit as ended:
        if not isinstance(ended.code, int):
            raise
        status = ended.code
    # The last to be registered is the first to be called, and calls the others itself.
    atexit.register(_end, status)
    sys.exit(status)


def _end(status: int) -> NoReturn:
    try:
        atexit.unregister(_end)
        atexit._run_exitfuncs()
        status = _flushed(status)
    finally:
        os._exit(status)


def _flushed(status: int) -> int:
    """The exit status, once all that was printed has gone out: 1 where its reader went away, 2 where it cannot be written."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            if not stream.closed:
                stream.flush()
        except BrokenPipeError:
            status = status or 1
        except OSError as error:
            status = status or 2
            if stream is sys.stdout:
                print_error(
                    f"secondhalf: What was printed is not whole ({error.strerror}): free space there, or choose another."
                )
    return status
