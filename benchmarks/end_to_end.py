"""What does a whole run cost beside the rendering in it, and does it keep every core at work?

    python benchmarks/end_to_end.py [--rows 500] [--formats square,story,landscape] [--no-preflight]

The real command makes a sheet of 1 row, then one of ROWS; the same banners are then rendered by the worker entry
alone. Figures: CPU (user + system of the process tree) of the long run less that of the short one, against the CPU of
rendering alone; how busy the cores were between the first and the last banner; banners per second.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "product-cards"

# The bound that the project holds: a run costs at most a quarter more than its rendering.
MOST_OVER_RENDERING = 1.25
LEAST_BUSY = 0.85

# What a process uses between the last look and its end is missed, so looks are frequent; each costs about 2 ms.
SAMPLE_SECONDS = 0.1


@dataclass
class Busy:
    """CPU seconds of a process tree, sampled while it runs: (wall time, CPU seconds so far, files there).

    The workers are children of a fork server that nobody waits for, so the system's own sum of reaped children misses
    them; what each process had used when it was last seen does not.
    """

    samples: list[tuple[float, float, int]] = field(default_factory=list)
    used: dict[int, float] = field(default_factory=dict)

    def look(self, pid: int, files: Path) -> None:
        self.used |= tree_cpu(pid)
        count = sum(1 for _ in files.rglob("*.jpeg")) if files.is_dir() else 0
        self.samples.append((time.perf_counter(), self.cpu, count))

    @property
    def cpu(self) -> float:
        return sum(self.used.values())

    def between_banners(self) -> tuple[float, float]:
        """(wall seconds, CPU seconds) from the first banner to the last."""
        last = max((files for _, _, files in self.samples), default=0)
        inside = [sample for sample in self.samples if sample[2] > 0]
        if not inside:
            return 0.0, 0.0
        start, end = inside[0], next(sample for sample in inside if sample[2] == last)
        return end[0] - start[0], end[1] - start[1]


def make_sheet(folder: Path, rows: int) -> Path:
    """The example's rows over and over, each with a title of its own, so that no two share a banner."""
    folder.mkdir(parents=True)
    for name in ("images", "mapping.yaml"):
        source = EXAMPLE / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    from bulkgen.sheet.read import open_sheet

    sheet = open_sheet(EXAMPLE / "products.xlsx")
    names, found = sheet.outline.names, list(sheet.rows())
    path = folder / "products.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for index in range(rows):
            cells = dict(found[index % len(found)].cells)
            cells["SKU"] = f"{index:05d}"
            cells["Product"] = f"{cells['Product']} {index}"
            writer.writerow([cells[name] for name in names])
    return path


def run(sheet: Path, formats: str, *more: str) -> tuple[float, Busy]:
    """(wall seconds, busy) of the real command."""
    busy, files = Busy(), sheet.parent / ".bulkgen" / "studio" / "files"
    started = time.perf_counter()
    command = [sys.executable, "-m", "bulkgen", "run", str(sheet), "--formats", formats, "--progress", "none"]
    command += more
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    watcher = threading.Thread(target=_watch, args=(process, files, busy))
    watcher.start()
    output, _ = process.communicate()
    watcher.join()
    wall = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"the run ended with {process.returncode}:\n{output}")
    return wall, busy


def _watch(process: subprocess.Popen[str], files: Path, busy: Busy) -> None:
    while process.poll() is None:
        busy.look(process.pid, files)
        time.sleep(SAMPLE_SECONDS)


def tree_cpu(pid: int) -> dict[int, float]:
    """User and system seconds of a process and of all below it that live."""
    ticks = os.sysconf("SC_CLK_TCK")
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            used[int(entry.name)] = (int(fields[11]) + int(fields[12])) / ticks
    family = {pid}
    grown = True
    while grown:
        more = {one for one, parent in parents.items() if parent in family and one not in family}
        family |= more
        grown = bool(more)
    return {one: used[one] for one in family if one in used}


def render_alone(sheet: Path, formats: str) -> float:
    """CPU seconds of the same tasks through the worker entry, in a process of its own, after one to warm up."""
    code = Path(__file__).with_name("render_alone.py")
    command = [sys.executable, str(code), str(sheet), formats]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.strip().splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--formats", default="square,story,landscape")
    parser.add_argument("--no-preflight", action="store_true", help="what a run costs without the look before it")
    options = parser.parse_args()
    more = ("--no-preflight",) if options.no_preflight else ()
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        long_sheet = make_sheet(folder / "long", options.rows)
        short_sheet = make_sheet(folder / "short", 1)
        _, short = run(short_sheet, options.formats, *more)
        wall, busy = run(long_sheet, options.formats, *more)
        alone = render_alone(long_sheet, options.formats)
    banners = options.rows * len(options.formats.split(","))
    span, cpu_in_span = busy.between_banners()
    ratio = (busy.cpu - short.cpu) / alone
    share = cpu_in_span / (span * cores) if span else 0.0
    print(f"{options.rows} rows x {options.formats}: {banners} banners, {cores} cores")
    print(
        f"run {wall:.1f} s wall, {busy.cpu:.1f} s CPU; 1 row {short.cpu:.1f} s CPU; rendering alone {alone:.1f} s CPU"
    )
    print(f"CPU over rendering alone: {ratio:.3f} (at most {MOST_OVER_RENDERING})")
    print(f"cores busy between first and last banner: {share:.0%} of {cores} (at least {LEAST_BUSY:.0%})")
    print(
        f"banners per second: {banners / span if span else 0:.1f} between first and last, {banners / wall:.1f} overall"
    )
    if ratio > MOST_OVER_RENDERING or share < LEAST_BUSY:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
