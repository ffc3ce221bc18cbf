"""Whether a port can be listened on, asked before a server tries and fails with a traceback."""

import errno
import socket

from puas.failures import Misconfigured


def require_free(host: str, port: int, variable: str) -> None:
    """Raise Misconfigured, naming the variable, unless `host:port` can be bound now."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise Misconfigured(f"PUAS_HOST={host} is not an address of this machine: {error.strerror}") from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            raise Misconfigured(_reason(error, host, port, variable)) from None


def _reason(error: OSError, host: str, port: int, variable: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use: stop what listens there, or set {variable} to another port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"PUAS_HOST={host} is not an address of this machine"
    return f"can't listen on {host}:{port} ({variable}): {error.strerror}"
