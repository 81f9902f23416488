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


KEEPS = """
import ctypes, sys, resource
from privateedit import memory

if sys.argv[1] == "kept":
    assert memory.keep_for_the_next()
c = ctypes.CDLL(None)
c.malloc.restype, c.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]

def photo():
    held = [c.malloc(20 << 20) for _ in range(4)]
    for each in held:
        ctypes.memset(each, 1, 20 << 20)
    for each in reversed(held):
        c.free(each)

photo()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    photo()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not GLIBC, reason="the C library is not glibc")
def test_what_a_photo_took_is_there_for_the_next():
    """Counted by the pages that the system had to hand out again."""

    def faults(how):
        done = subprocess.run([sys.executable, "-c", KEEPS, how], capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert faults("as it was") > 10 * faults("kept")


def test_where_the_c_library_knows_no_such_thing_nothing_happens(monkeypatch):
    monkeypatch.setattr(memory, "_library", lambda: None)
    assert not memory.keep_together()
    assert not memory.keep_for_the_next()
    assert not memory.give_back()


@pytest.mark.skipif(not GLIBC, reason="the C library is not glibc")
def test_a_server_asks_for_both(serve, service, portrait_file, monkeypatch):
    asked = []
    monkeypatch.setattr(memory, "_call", lambda name, *_: asked.append(name) or 1)
    with serve() as proxy:
        assert asked == ["mallopt"]
        proxy.edit(portrait_file)
    assert asked == ["mallopt", "malloc_trim"]
