"""The proxy that the environment names for an address: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case of letters."""

import os
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from secondhalf.errors import UserError


def proxy_for(url: str) -> str | None:
    """The proxy's address, with its login if it has one; None where requests go straight to the server.

    This machine is never asked for by way of a proxy, which would look for it on its own machine. NO_PROXY holds names, which
    mean what ends in them too, addresses and networks (10.0.0.0/8), or *. Raises UserError for what is no HTTP proxy.
    """
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    host = parts.hostname or ""
    if not proxy or _is_this_machine(host) or proxy_bypass(parts.netloc) or _in_excepted_network(host):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        named = urlsplit(proxy)
        usable = named.scheme in {"http", "https"} and bool(named.hostname) and named.port != 0
    except ValueError:
        usable = False
    if not usable:  # the address is not repeated: it may hold a password
        name = f"{parts.scheme.upper()}_PROXY"
        raise UserError(f"{name} names no HTTP proxy: write http://HOST:PORT, or unset it ({url} is asked through it).")
    return proxy


def _is_this_machine(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _in_excepted_network(host: str) -> bool:
    """Whether NO_PROXY names a network with this address: the standard library reads names and addresses alone."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    for part in (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").split(","):
        try:
            if "/" in part and address in ip_network(part.strip(), strict=False):
                return True
        except ValueError:
            continue
    return False
