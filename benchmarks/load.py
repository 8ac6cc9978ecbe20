"""The load generator: N clients on keep-alive connections, each asking again when answered.

A process of its own (`python -m benchmarks.load`, a job as JSON on stdin, a report as JSON on
stdout). Requests are joined from parts made beforehand and answers are only looked at for status
and length, so that it costs little; what it cost is in the report.
"""

import json
import resource
import select
import socket
import sys
import time
from typing import Any
from uuid import uuid4

from benchmarks.measure import percentile


class Client:
    """One connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self.held = b""

    def send(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> bytes | None:
        """The status of a whole answer, None while some of it is missing."""
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError("the server closed the connection")
        self.held += got
        head, gap, body = self.held.partition(b"\r\n\r\n")
        if not gap:
            return None
        at = head.lower().find(b"content-length:")
        if at < 0:  # in chunks, up to an empty one
            if not body.endswith(b"0\r\n\r\n"):
                return None
        elif len(body) < int(head[at + 15 :].split(b"\r\n", 1)[0]):
            return None
        self.held = b""
        return head[9:12]


def requests_of(job: dict[str, Any]) -> tuple[bytes, list[bytes]]:
    """What stands before and after the idempotency key, for each body."""
    head = (
        f"POST {job['path']} HTTP/1.1\r\nHost: 127.0.0.1:{job['port']}\r\n"
        f"Authorization: Bearer {job.get('token', '')}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nIdempotency-Key: {uuid4().hex[:16]}"
    ).encode()
    tails = []
    for body in job["bodies"]:
        raw = json.dumps(body, ensure_ascii=False).encode()
        tails.append(b"\r\nContent-Length: %d\r\n\r\n%s" % (len(raw), raw))
    return head, tails


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Ask for `seconds` seconds with `clients` clients; a warm-up of `warm` is not counted."""
    head, tails = requests_of(job)
    clients = {c.socket.fileno(): c for c in (Client(job["port"]) for _ in range(job["clients"]))}
    poll = select.epoll()
    counted_from = time.perf_counter() + job.get("warm", 1.0)
    end, last = counted_from + job["seconds"], 0.0
    latencies: list[float] = []
    statuses: dict[str, int] = {}
    n, warm, cpu = 0, 0, 0.0
    for number, client in clients.items():
        poll.register(number, select.EPOLLIN)
        client.send(b"%s%016x%s" % (head, n := n + 1, tails[n % len(tails)]))
    waiting = len(clients)
    while waiting:
        for number, _event in poll.poll(30):
            client = clients[number]
            status = client.answer()
            if status is None:
                continue
            moment = time.perf_counter()
            if client.sent_at >= counted_from:
                cpu = cpu or time.process_time()
                latencies.append(moment - client.sent_at)
                last = moment
            else:
                warm += 1
            said = status.decode()
            statuses[said] = statuses.get(said, 0) + 1
            if moment < end:
                client.send(b"%s%016x%s" % (head, n := n + 1, tails[n % len(tails)]))
            else:
                waiting -= 1
    spent = resource.getrusage(resource.RUSAGE_SELF)
    latencies.sort()
    return {
        "n": len(latencies),
        "all": n,
        "statuses": statuses,
        "per_second": len(latencies) / (last - counted_from),
        "p50": percentile(latencies, 0.50) * 1000,
        "p95": percentile(latencies, 0.95) * 1000,
        "p99": percentile(latencies, 0.99) * 1000,
        "max": latencies[-1] * 1000,
        "cpu": spent.ru_utime + spent.ru_stime,
        "cpu_ms_each": (time.process_time() - cpu) / len(latencies) * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
