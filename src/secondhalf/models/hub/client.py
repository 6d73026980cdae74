"""The hub's client under the variables that it knows: HF_ENDPOINT (a mirror), HF_TOKEN, HF_HUB_OFFLINE, HF_HOME and HF_HUB_CACHE.

Nothing is sent of who uses it: its telemetry, and its daily question for a list of agents, are off.
"""

import os
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

from secondhalf import install
from secondhalf.errors import UserError

Result = TypeVar("Result")
_TRUE = {"1", "ON", "YES", "TRUE"}
_PASSING = {429, 500, 502, 503, 504}
_WAITS = (1.0, 2.0, 4.0)
LONGEST_WAIT = 60.0
"""Seconds that a hub may ask us to wait; what is longer is said."""


def hub_client() -> ModuleType:
    """The package huggingface_hub. Raises UserError where it is not installed."""
    try:
        import huggingface_hub
        import huggingface_hub.constants
        import huggingface_hub.file_download
        import huggingface_hub.utils
    except ImportError as error:
        raise UserError(f"hf: needs the hub client: {install.extra('train')}.") from error
    huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY = True
    if not sys.stderr.isatty():  # bars are for people
        huggingface_hub.utils.disable_progress_bars()
    client: ModuleType = huggingface_hub
    return client


def endpoint() -> str:
    """The address of the hub, or of the mirror that HF_ENDPOINT names."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"


def is_offline() -> bool:
    """Whether the user wants no network: only what is in the cache is taken."""
    return any(os.environ.get(name, "").upper() in _TRUE for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))


def with_patience(call: Callable[[], Result]) -> Result:
    """What a call of the client returns; a hub that is busy (429) or ill (5xx) is asked again, after as long as it says."""
    for wait in _WAITS:
        try:
            return call()
        except Exception as error:
            seconds = asked_wait(error, wait)
            if status_of(error) not in _PASSING or seconds > LONGEST_WAIT:
                raise
            time.sleep(seconds)
    return call()


def status_of(error: BaseException | None) -> int:
    """The HTTP status behind an error of the client; 0 where there is none."""
    while error is not None:
        response = getattr(error, "response", None)
        if response is not None:
            return int(response.status_code)
        error = error.__cause__ or error.__context__
    return 0


def asked_wait(error: BaseException | None, default: float) -> float:
    """Seconds that the hub asked us to wait (Retry-After), else `default`."""
    while error is not None:
        response = getattr(error, "response", None)
        if response is not None:
            value = response.headers.get("Retry-After", "")
            return float(value) if value.isdecimal() else default
        error = error.__cause__ or error.__context__
    return default
