"""A batch killed and resumed: `python -m benchmarks.batch_resume [--photos 1000] [--kills 5] [--seed 1]`.

The same photos are masked undisturbed, and with kill -9 at random moments: of everything, of the batch alone,
whose workers are then left behind, or of one worker. Both must give the same files, byte for byte. Then
photos are edited by a stand-in of a service that counts what it gets, with kills as well: no photo may arrive
twice, and each is either done or told as unknown.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import random
import re
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.batch_photos import begun, children, command, environment, generate

WAYS = ("everything", "the batch alone", "one worker")


class Service:
    """OpenAI's images/edits: gives back what comes, after a while, and counts what came."""

    def __init__(self, delay: float) -> None:
        self.came: Counter[str] = Counter()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                kind = self.headers["content-type"]
                border = b"--" + kind.partition("boundary=")[2].encode()
                part = next(each for each in body.split(border) if b'name="image"' in each[:200])
                picture = part.partition(b"\r\n\r\n")[2][:-2]
                service.came[hashlib.sha256(picture).hexdigest()] += 1
                time.sleep(delay)
                answer = {"created": 1, "data": [{"b64_json": base64.b64encode(picture).decode()}]}
                data = json.dumps(answer).encode()
                try:
                    self.send_response(200)
                    self.send_header("content-type", "application/json")
                    self.send_header("content-length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    self.close_connection = True  # whoever asked was killed

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"


def ended(out: Path) -> int:
    """Return how many photos have ended, as the state says."""
    path = out / ".privateedit-batch" / "photos.sqlite"
    if not path.exists():
        return 0
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)
    try:
        row = base.execute("SELECT count(*) FROM items WHERE status IN ('done', 'failed')").fetchone()
        return int(row[0])
    except sqlite3.OperationalError:  # not made yet
        return 0
    finally:
        base.close()


def disturbed(words: list[str], env: dict[str, str], out: Path, log: Path, moments: list[int]) -> None:
    """Run a batch until it ends, killing it once so many photos have ended."""
    for number, moment in enumerate(moments):
        way = WAYS[number % len(WAYS)]
        with begun(words, env, log) as process:
            while process.poll() is None and ended(out) < moment:
                time.sleep(0.01)
            time.sleep(random.random() * 0.2)
            if process.poll() is not None:
                print(f"  the batch ended before {moment}")
                return
            if way == "one worker":
                hands = [each for each in children(process.pid) if b"spawn_main" in cmdline(each)]
                os.kill(random.choice(hands or [process.pid]), signal.SIGKILL)
                print(f"  at {ended(out)}: {way}; the run goes on")
                time.sleep(1)
                os.killpg(process.pid, signal.SIGKILL)
            elif way == "everything":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            print(f"  killed at {ended(out)}: {way}")
    with begun(words, env, log) as process:
        print(f"  ended with exit code {process.wait()}")


def cmdline(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def tree(out: Path) -> dict[str, str]:
    """Return the digest of each output; the state and the pages are left out."""
    files = (path for path in out.rglob("*") if path.is_file())
    named = {path.relative_to(out).as_posix(): path for path in files}
    kept = {n: p for n, p in named.items() if not n.startswith((".privateedit-batch", "contact-sheet"))}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in kept.items()}


def handed_over(state: Path) -> Counter[str]:
    """Return how often each masked picture was written, as the journal tells."""
    lines = [json.loads(line) for line in (state / "journal.jsonl").read_text().splitlines()]
    payloads = {line["id"]: line["facts"]["payload"] for line in lines if line["kind"] == "intent"}
    written = (line for line in lines if line["kind"] == "outcome" and line["facts"]["result"] == "written")
    return Counter(payloads[line["id"]] for line in written)


def moments_of(count: int, kills: int) -> list[int]:
    return sorted(random.sample(range(1, count - 1), kills))


def masked(folder: Path, photos: int, kills: int, workers: int) -> bool:
    generate(folder / "photos", photos)
    trees = {}
    for name, moments in (("undisturbed", []), ("killed", moments_of(photos, kills))):
        out, state = folder / name, folder / f"state-{name}"
        words = command(folder / "photos", "-o", out, "--mask-only", "--workers", workers)
        print(f"masking {photos} photos, {name}")
        start = time.perf_counter()
        disturbed(words, environment(state), out, folder / f"{name}.log", moments)
        print(f"  {time.perf_counter() - start:.0f} s")
        trees[name] = tree(out)
    same = trees["undisturbed"] == trees["killed"]
    twice = sum(count > 1 for count in handed_over(folder / "state-killed").values())
    pictures = sum(name.endswith(".png") for name in trees["killed"])
    print(f"  {pictures} outputs; identical: {same}; masked pictures written twice: {twice}")
    return same and pictures == photos and twice == 0


def edited(folder: Path, photos: int, kills: int, workers: int) -> bool:
    generate(folder / "edits", photos)
    service = Service(delay=0.3)
    env = environment(folder / "state-edits", OPENAI_API_KEY="sk-x", PRIVATEEDIT_OPENAI_BASE_URL=service.url)
    out = folder / "edited"
    more = ("--provider", "openai", "--prompt", "a warmer evening", "--workers", workers)
    words = command(folder / "edits", "-o", out, *more)
    print(f"editing {photos} photos by a stand-in of a service, killed")
    disturbed(words, env, out, folder / "edited.log", moments_of(photos, kills))
    told = [json.loads(line) for line in (out / "outcomes.jsonl").read_text().splitlines()]
    done = sum(each["status"] == "done" for each in told)
    unknown = sum(each["sent"] == "unknown" for each in told)
    twice = sum(count > 1 for count in service.came.values())
    arrived = len(service.came)
    print(f"  {done} done, {unknown} told as unknown, {arrived} arrived, {twice} of them twice")
    counted = len(list(out.rglob("*.jpg"))) - len(list((out / "contact-sheet").glob("*.jpg")))
    counted -= len(list((out / ".privateedit-batch").rglob("*.jpg")))
    return twice == 0 and done + unknown == photos and done <= arrived <= photos and counted == done


def main() -> int:
    parser = argparse.ArgumentParser(description=re.sub(r"\n+", " ", __doc__ or ""))
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    random.seed(asked.seed)
    with tempfile.TemporaryDirectory() as home:
        fine = masked(Path(home), asked.photos, asked.kills, asked.workers)
        fine = edited(Path(home), asked.edits, asked.kills, asked.workers) and fine
    print("fine" if fine else "NOT FINE")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
