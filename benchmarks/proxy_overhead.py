"""What the proxy adds to a request: `python -m benchmarks.proxy_overhead REQUESTS` prints rows as JSON.

A stand-in of the service on this machine gives every picture back at once. `proxy_soak` measures load.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import fresh
from benchmarks.effort import Effort, Photos
from benchmarks.table import Row

TITLE = (
    "One client, photos of one megapixel, a stand-in of the service that answers at once. Milliseconds a "
    "request; `own` is the proxy's share: the request less the service's time."
)
WARM = 3


def rows(effort: Effort, photos: Photos) -> Iterator[Row]:
    yield from fresh.told("proxy_overhead", effort.requests)


def measured(requests: int) -> Iterator[Row]:
    import numpy as np

    from benchmarks.proxy_soak import Clients, Service, photos_of, served

    pictures = photos_of(None)
    with tempfile.TemporaryDirectory() as folder, Service() as service:
        begun = time.perf_counter()
        with served(service, Path(folder), {}) as (_, address, token):
            started = time.perf_counter() - begun
            straight = Clients(service.url.removesuffix("/v1"), "none", pictures, service)
            guarded = Clients(address, token, pictures, service)
            for name, clients in (("straight to the service", straight), ("through the proxy", guarded)):
                first = clients.ask()
                clients.ask_all(WARM, 1)
                answers = clients.ask_all(requests, 1)
                assert all(each.status == 200 for each in (first, *answers))
                whole = [1000 * each.seconds for each in answers]
                own = [1000 * (each.seconds - each.upstream) for each in answers]
                yield {
                    "way": name,
                    "first": round(1000 * first.seconds),
                    "p50": round(float(np.percentile(whole, 50)), 1),
                    "p95": round(float(np.percentile(whole, 95)), 1),
                    "own p50": round(float(np.percentile(own, 50)), 1),
                    "start of the server": round(1000 * started) if clients is guarded else None,
                }


if __name__ == "__main__":
    print(json.dumps(list(measured(int(sys.argv[1])))))
