"""How many requests a second a service answers on loopback, and how long they take.

    python benchmarks/serve.py --size 2000 --seconds 10

fits a space of made-up products, starts `shelfspace serve` on it in a process of its own, and asks
/v1/similar and /v1/search from a few clients that each wait for an answer before they ask again. Client and
server share the machine, so what the clients cost is in the figures; `server_cpu_ms` is what the server alone
spends on a request.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process: int) -> float:
    """The processor's seconds that a process took so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def started(space: Path) -> tuple[subprocess.Popen[str], str]:
    """A server over the space, and its address."""
    command = [sys.executable, "-m", "shelfspace", "serve", str(space), "--port", "0", "--rate", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in server.stderr:
        if found := re.search(r"http://\S+?(?=;)", line):
            threading.Thread(target=server.stderr.read, daemon=True).start()  # its log must not fill the pipe
            return server, found.group()
    raise SystemExit("The server did not start.")


def asked(url: str, questions: list[tuple[str, dict]], clients: int, seconds: float) -> list[float]:
    """How long each request took, from clients that ask one after the other."""
    from shelfspace.service.client import Client

    taken: list[float] = []
    end = time.perf_counter() + seconds

    def ask(number: int) -> None:
        rng = Random(number)
        with Client(url) as client:
            while (began := time.perf_counter()) < end:
                path, query = rng.choice(questions)
                client._ask(path, **query)
                taken.append(time.perf_counter() - began)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def figures(url: str, process: int, questions: list[tuple[str, dict]], given: argparse.Namespace) -> dict:
    """Requests a second, milliseconds, and the server's own share."""
    asked(url, questions, given.clients, 1.0)
    before, began = cpu_seconds(process), time.perf_counter()
    taken = asked(url, questions, given.clients, given.seconds)
    wall, spent = time.perf_counter() - began, cpu_seconds(process) - before
    return {
        "requests": len(taken),
        "requests_per_second": len(taken) / wall,
        "p50_ms": 1000 * float(np.quantile(taken, 0.5)),
        "p99_ms": 1000 * float(np.quantile(taken, 0.99)),
        "server_cpu_ms": 1000 * spent / len(taken),
    }


def main() -> None:
    """Print a line of JSON for each endpoint."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=2_000, help="how many products, in two shops")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()

    from shelfspace import fit, read_catalog
    from shelfspace.data.synthetic import two_shops

    with tempfile.TemporaryDirectory() as folder:
        left, right, _ = two_shops(given.size // 2, seed=given.seed).write(Path(folder))
        space = fit(read_catalog([left, right]), preset="fast", seed=given.seed)
        space.save(Path(folder) / "shelf")
        rng = Random(given.seed)
        products = space.catalog.table.filter(space.catalog.table["title"].is_not_null()).rows(named=True)
        drawn = rng.sample(products, min(500, len(products)))
        similar = [("similar", {"product": f"{each['shop']}/{each['id']}"}) for each in drawn]
        search = [("search", {"text": " ".join(each["title"].split()[:3])}) for each in drawn]
        server, url = started(Path(folder) / "shelf")
        try:
            for name, questions in {"similar": similar, "search": search}.items():
                told = figures(url, server.pid, questions, given)
                shown = {key: round(value, 3) for key, value in told.items()}
                print(
                    json.dumps({"endpoint": name, "products": len(space), "clients": given.clients, **shown})
                )
        finally:
            server.terminate()
            server.wait(60)


if __name__ == "__main__":
    main()
