"""A mail server that takes everything and keeps nothing: `python -m bench.sink` says its port and, once its input ends, what it cost."""

import asyncio
import json
import sys

from bench.measure import cost


class Sink(asyncio.Protocol):
    """Speaks as much SMTP as a client needs, and counts messages."""

    taken = 0

    def __init__(self) -> None:
        self.rest, self.in_data = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while self._step():
            pass

    def _step(self) -> bool:
        """Take one line, or one whole message; False where more has to come first."""
        end = b"\r\n.\r\n" if self.in_data else b"\r\n"
        taken, found, rest = self.rest.partition(end)
        if not found:
            return False
        self.rest = rest
        if self.in_data:
            self.in_data = False
            Sink.taken += 1
            self.transport.write(b"250 OK\r\n")
            return True
        word = taken[:4].upper()
        self.in_data = word == b"DATA"
        self.transport.write({b"EHLO": b"250-sink.example\r\n250 SIZE 30000000\r\n", b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}.get(word, b"250 OK\r\n"))
        return True


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    with cost() as spent:
        asyncio.run(serve())
    print(json.dumps({"taken": Sink.taken, "cpu": spent.cpu}))
