"""A process ends with its own exit status, whatever libraries' threads are at, and after all that an orderly end does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

LATE_THREAD = """
import io, sys, threading, time
import pyarrow as pa, pyarrow.parquet as pq
from secondhalf.process import run_process
class Slow(io.BytesIO):
    def read(self, size=-1):
        if threading.current_thread() is not main:
            reached.set()
            time.sleep(0.3)
        return super().read(size)
def work():
    threading.Thread(target=file.read, daemon=True).start()
    reached.wait()
    return 3
main, reached, sink = threading.main_thread(), threading.Event(), io.BytesIO()
pq.write_table(pa.table({"a": [1]}), sink)
file = pq.ParquetFile(Slow(sink.getvalue()), pre_buffer=True)
"""
"""A thread of Arrow's comes back to Python when the interpreter is being taken down."""

ORDERLY = """
import atexit, runpy, sys, tempfile, threading, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from secondhalf.process import run_process
def work():
    atexit.register(lambda: sys.stdout.write("last registered, "))
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    assert pool.submit(abs, -1).result() == 1
    ThreadPoolExecutor(1).submit(lambda: [time.sleep(0.2), sys.stdout.write("thread, ")])
    kept.append(tempfile.TemporaryDirectory(dir="."))
    Path(kept[0].name, "file").touch()
    return 4
kept = []
if __name__ == "__main__":
    atexit.register(lambda: sys.stdout.write("first registered"))
    try:
        run_process(work)
    finally:
        sys.stdout.write("profiler, ")
"""


def _run(folder: Path, code: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "program.py").write_text(code, "utf-8")
    return subprocess.run(
        [sys.executable, *options, "program.py"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_late_thread_aborts_no_process_that_is_done(tmp_path: Path) -> None:
    ended = _run(tmp_path, LATE_THREAD + "sys.exit(work())")
    assert ended.returncode == -6, "this proof aborts nothing any more: find another"
    ended = _run(tmp_path, LATE_THREAD + "run_process(work)")
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "", "")


def test_all_that_an_orderly_end_does_is_done(tmp_path: Path) -> None:
    ended = _run(tmp_path, ORDERLY)
    printed = "profiler, thread, last registered, first registered"
    assert (ended.returncode, ended.stdout, ended.stderr) == (4, printed, "")
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("run_process(lambda: sys.exit(2))", 2, ""),  # as argparse does
        ("run_process(lambda: sys.exit())", 0, ""),
        ("run_process(lambda: sys.exit('why'))", 1, "why\n"),
        ("run_process(lambda: 1 // 0)", 1, "ZeroDivisionError"),
        ("sys.stdout = open('/dev/full', 'w'); print('lost'); run_process(lambda: 0)", 2, "No space left on device"),
        ("sys.stdout = None; run_process(lambda: 0)", 0, ""),
        ("sys.stdout.close(); run_process(lambda: 5)", 5, ""),
        ("atexit.register(lambda: 1 // 0); run_process(lambda: 6)", 6, "ZeroDivisionError"),
    ],
)
def test_the_exit_status_is_that_of_the_program(tmp_path: Path, code: str, status: int, error: str) -> None:
    ended = _run(tmp_path, f"import atexit, sys\nfrom secondhalf.process import run_process\n{code}\n")
    assert ended.returncode == status
    assert error in ended.stderr
    assert bool(error) == bool(ended.stderr)


def test_a_reader_that_went_away_is_told_nothing(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import sys\nfrom secondhalf.process import run_process\nsys.stdin.read()\nprint('x')\nrun_process(lambda: 0)\n"
    )
    pipe = subprocess.PIPE
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, tmp_path / "program.py"]
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=buffered)
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    process.stdin.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 1


def test_coverage_is_measured_to_the_end(tmp_path: Path) -> None:
    code = "from secondhalf.process import run_process\nrun_process(lambda: 0)\n"
    assert _run(tmp_path, code, "-m", "coverage", "run").returncode == 0
    assert (tmp_path / ".coverage").stat().st_size
