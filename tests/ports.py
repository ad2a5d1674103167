"""Ports that a server can be started on, and started on again."""

from __future__ import annotations

import random
import socket

# Below those that systems give to outgoing connections and to whoever asks for any port: what is free here stays free.
PORTS = range(15_000, 32_000)


def free_port() -> int:
    """A port of loopback that nobody listens on now, and that nobody is given by chance."""
    for port in random.SystemRandom().sample(PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("a hundred ports and none is free")
