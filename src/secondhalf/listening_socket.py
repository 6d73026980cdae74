"""The socket that a server of ours listens at."""

import socket


def listening_socket(host: str, port: int, backlog: int) -> socket.socket:
    """A socket that listens, so that who reads its address can connect at once; port 0 is any free one.

    `backlog`: connections that may wait to be accepted. Raises OSError, OverflowError or ValueError for an address that is none.
    """
    if not 0 <= port <= 65535:  # the system takes its remainder
        raise ValueError(f"port {port}: 65535 is the last")
    family, _, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # asyncio switches Nagle's delay off (40 ms an answer) where a socket says that it is of TCP, and not where it says 0.
    listening = socket.socket(family, socket.SOCK_STREAM, protocol or socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(address)
    listening.listen(backlog)
    return listening
