import platform
import subprocess
import sys

import pytest

from privateedit import memory

GLIBC = platform.libc_ver()[0] == "glibc"

GROWS = """
import threading, sys, re
from pathlib import Path
from privateedit import memory

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

if sys.argv[1] == "mended":
    assert memory.keep_together()
ready, leave = threading.Barrier(9), threading.Event()

def work():
    held = [bytearray(60_000) for _ in range(400)]  # 23 MiB in pieces that lie on the heap
    ends = held[::40]
    del held
    ready.wait()
    leave.wait()

threads = [threading.Thread(target=work) for _ in range(8)]
before = resident()
for each in threads:
    each.start()
ready.wait()
if sys.argv[1] == "mended":
    assert memory.give_back()
print(resident() - before)
leave.set()
"""


def grown(how):
    done = subprocess.run([sys.executable, "-c", GROWS, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not GLIBC, reason="the C library is not glibc")
def test_memory_of_many_threads_is_given_back():
    assert grown("as it was") > 2 * grown("mended")


def test_where_the_c_library_knows_no_such_thing_nothing_happens(monkeypatch):
    monkeypatch.setattr(memory, "_library", lambda: None)
    assert not memory.keep_together()
    assert not memory.give_back()


@pytest.mark.skipif(not GLIBC, reason="the C library is not glibc")
def test_a_server_asks_for_both(serve, service, portrait_file, monkeypatch):
    asked = []
    monkeypatch.setattr(memory, "_call", lambda name, *_: asked.append(name) or 1)
    with serve() as proxy:
        assert asked == ["mallopt"]
        proxy.edit(portrait_file)
    assert asked == ["mallopt", "malloc_trim"]
