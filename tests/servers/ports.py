"""TCP ports for test servers."""

import random
import socket

_BELOW_EPHEMERAL = range(20_000, 32_000)


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on.

    It lies below the ports the kernel gives to outgoing connections: a server that is killed and started
    again would else find its port taken by a client, or a client that keeps trying would connect to itself.
    """
    for port in random.sample(_BELOW_EPHEMERAL, 200):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port below the ephemeral range on 127.0.0.1")
