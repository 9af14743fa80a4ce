"""Runs Linux with work for every cache of the machine for a long time, and shows that the host's memory, handles and threads stay.

Exit status: 0 the lines are flat and every guest result was right, 1 one of them is not, 2 something that is needed is missing.
"""

import argparse
import csv
import gzip
import lzma
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

KERNEL = "vmlinux-6.1-ps3-debug"
GUEST_MEMORY_MB = 256
MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ (\S+) \S+ \S+ \S+ *(\S*)")
TIME = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

# The guest has this long to boot and to end beside the time it works.
GRACE = 600

MODES = {
    "default": ("shells", []),
    "threads": ("shells", ["--host-threads", "2"]),
    "spe": ("spes", []),
}


class Missing(Exception):
    """Something has to be installed or given first."""


def seconds(text):
    if not (match := TIME.fullmatch(text)) or float(match[1]) * SECONDS[match[2]] < 10:
        raise argparse.ArgumentTypeError(f"'{text}': give a number and s, m, h or d, at least 10s")
    return float(match[1]) * SECONDS[match[2]]


def parse_arguments():
    parser = argparse.ArgumentParser(prog="soak.sh", description="Long runs: memory, handles and threads of the host must stay.")
    parser.add_argument("--time", type=seconds, default=300.0, metavar="TIME", help="how long each guest works: 90s, 5m, 1d (default 5m)")
    parser.add_argument("--warm-up", type=seconds, metavar="TIME",
                        help="what is not judged at the beginning (default: half the time, at most 10m)")
    parser.add_argument("--modes", default=",".join(MODES), metavar="NAMES",
                        help=f"by commas, of {', '.join(MODES)} (default: all, side by side)")
    parser.add_argument("--tolerance", type=float, default=12.0, metavar="MB",
                        help="memory may rise by so much from the end of the warm-up to the end, by the line fitted (default 12)")
    parser.add_argument("--handles", type=int, default=4, metavar="N", help="handles and threads may become so many more (default 4)")
    parser.add_argument("--every", type=seconds, default=10.0, metavar="TIME", help="time from sample to sample (default 10s)")
    parser.add_argument("--out", type=Path, default=ROOT / "guests" / "soak", metavar="FOLDER",
                        help="where samples and consoles go (default guests/soak)")
    parser.add_argument("--plot", action="store_true", help="draw soak.svg there, too")
    parser.add_argument("--ps3", metavar="COMMAND", default=str(ROOT / "ps3"), help="the program to run (default: ./ps3)")
    parser.add_argument("--guests", metavar="FOLDER", type=Path, default=ROOT.parent / "shared" / "guests",
                        help="where the prebuilt kernels are (default: ../shared/guests)")
    arguments = parser.parse_args()
    arguments.modes = arguments.modes.split(",")
    for mode in arguments.modes:
        if mode not in MODES:
            parser.error(f"--modes {mode}: give some of {', '.join(MODES)}")
    arguments.warm_up = min(600.0, arguments.time / 2) if arguments.warm_up is None else arguments.warm_up
    if arguments.warm_up + 3 * arguments.every > arguments.time:
        parser.error("--time: at least three samples must fit behind the warm-up")
    return arguments


def cpio_member(archive, name):
    """A file of an archive in cpio's newc format: a header of 110 characters with lengths in hexadecimal, name, data, each to 4 bytes."""
    at = 0
    while archive[at:at + 6] == b"070701":
        size, length = int(archive[at + 54:at + 62], 16), int(archive[at + 94:at + 102], 16)
        here = archive[at + 110:at + 110 + length - 1].decode()
        data = (at + 110 + length + 3) & ~3
        if here.removeprefix("./") == name:
            return archive[data:data + size]
        at = (data + size + 3) & ~3
    raise Missing(f"there is no {name} in the archive")


def cpio_archive(files):
    """An archive of executable files by their paths."""
    parts = bytearray()
    for number, (name, data) in enumerate([*files.items(), ("TRAILER!!!", b"")]):
        fields = [number + 1, 0o100755 if data else 0, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        parts += b"070701" + "".join(f"{field:08x}" for field in fields).encode() + name.encode() + b"\0"
        parts += bytes(-len(parts) % 4)
        parts += data
        parts += bytes(-len(parts) % 4)
    return bytes(parts)


def prepare(arguments):
    """The kernel, and the initial RAM disk with what runs in the guest behind what is there."""
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in (f"{KERNEL}.xz", "initramfs.cpio.gz"):
        if not (arguments.guests / name).exists():
            raise Missing(f"{arguments.guests / name} is missing; give the folder of the prebuilt guests with --guests")
    kernel = arguments.out / KERNEL
    if not kernel.exists():
        with lzma.open(arguments.guests / f"{KERNEL}.xz") as packed, open(kernel, "wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
    spetest = cpio_member(gzip.decompress((ROOT / "firmware-stubs" / "spe" / "initramfs.cpio.gz").read_bytes()), "init")
    files = {"soak-shells": (HERE / "soak" / "shells").read_bytes(), "soak-spes": (HERE / "soak" / "spes").read_bytes(), "bin/spetest": spetest}
    initrd = arguments.out / "initramfs.cpio.gz"
    initrd.write_bytes((arguments.guests / "initramfs.cpio.gz").read_bytes() + gzip.compress(cpio_archive(files), mtime=0))
    return kernel, initrd


def sample(process):
    """Resident memory in MB: all, the guest's own, of files; then handles and threads. None when the process is gone."""
    total = guest = files = size = 0
    mode = path = ""
    try:
        with open(f"/proc/{process}/smaps", encoding="ascii", errors="replace") as maps:
            for line in maps:
                if heading := MAPPING.match(line):
                    mode, path = heading[1], heading[2]
                elif line.startswith("Size:"):
                    size = int(line.split()[1])
                elif line.startswith("Rss:"):
                    pages = int(line.split()[1])
                    total += pages
                    # Programs and libraries: the host drops their pages and reads them again as it likes.
                    if path.startswith("/") and not path.startswith("/memfd:"):
                        files += pages
                    if size >= GUEST_MEMORY_MB * 1024 and mode.startswith("rw"):
                        guest = max(guest, pages)
        return total / 1024, guest / 1024, files / 1024, len(os.listdir(f"/proc/{process}/fd")), len(os.listdir(f"/proc/{process}/task"))
    except OSError:
        return None


class Run:
    """One guest, its console and its samples."""

    def __init__(self, mode, arguments, kernel, initrd):
        self.mode, self.arguments = mode, arguments
        program, options = MODES[mode]
        self.command = [
            arguments.ps3, "boot", str(kernel), "--initrd", str(initrd), "--stats", "--timeout", f"{int(arguments.time) + GRACE}s", *options,
            "--append", f"console=hvc0 run=/soak-{program} soak_seconds={int(arguments.time)}",
        ]
        self.samples, self.faults, self.lines = [], [], []

    def go(self):
        process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        reader = threading.Thread(target=self.read, args=(process.stdout,))
        reader.start()
        started = time.monotonic()
        working = None
        with open(self.arguments.out / f"{self.mode}.csv", "w", newline="", encoding="ascii") as file:
            rows = csv.writer(file)
            rows.writerow(["seconds", "resident_mb", "guest_mb", "files_mb", "beside_mb", "handles", "threads"])
            try:
                while process.poll() is None:
                    time.sleep(self.arguments.every)
                    # What is built and booted before the guest works does not count as its time.
                    if working is None and any("INIT-REACHED" in line for line in self.lines):
                        working = time.monotonic()
                    now = sample(process.pid)
                    if now is None or working is None:
                        continue
                    resident, guest, files, handles, threads = now
                    beside = resident - guest - files
                    at = time.monotonic() - working
                    if not any("SOAK DONE" in line for line in self.lines):
                        self.samples.append((at, beside, handles, threads))
                    rows.writerow([f"{at:.0f}", f"{resident:.1f}", f"{guest:.1f}", f"{files:.1f}", f"{beside:.1f}", handles, threads])
                    file.flush()
                    if time.monotonic() - started > self.arguments.time + 2 * GRACE:
                        self.faults.append("it did not end")
                        break
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                reader.join()
        self.judge_guest(process.returncode)

    def read(self, stream):
        with open(self.arguments.out / f"{self.mode}.log", "w", encoding="utf-8") as log:
            for line in stream:
                self.lines.append(line.decode("utf-8", "replace").rstrip())
                print(self.lines[-1], file=log, flush=True)

    def judge_guest(self, status):
        self.faults += [line for line in self.lines if "SOAK FAIL" in line][:5]
        if status != 0:
            self.faults.append(f"exit status {status}; see {self.arguments.out / f'{self.mode}.log'}")
        elif not any("SOAK DONE" in line for line in self.lines):
            self.faults.append("the guest's program did not come to its end")
        if not any("SELFTEST OK" in line for line in self.lines):
            self.faults.append("the guest's self-test did not pass")

    def judge_host(self):
        warm = self.arguments.warm_up
        behind = [row for row in self.samples if row[0] >= warm]
        if len(behind) < 3:
            self.faults.append(f"only {len(behind)} samples behind the warm-up")
            return
        slope, level = fit([row[0] for row in behind], [row[1] for row in behind])
        rise = slope * (behind[-1][0] - behind[0][0])
        verdict = "flat" if rise <= self.arguments.tolerance else "RISES"
        print(f"{self.mode}: {verdict}: {level:.0f} MB beside the guest's memory and programs' files on average "
              f"from {warm:.0f} s to {behind[-1][0]:.0f} s, slope {slope * 3600:+.1f} MB an hour, {rise:+.1f} MB in that time (at most {self.arguments.tolerance:.0f})")
        if rise > self.arguments.tolerance:
            self.faults.append(f"memory rises by {rise:.1f} MB behind the warm-up")
        half = len(behind) // 2
        for name, column in (("handles", 2), ("threads", 3)):
            before, after = max(row[column] for row in behind[:half]), max(row[column] for row in behind[half:])
            print(f"{self.mode}: at most {before} {name} in the first half, {after} in the second")
            if after > before + self.arguments.handles:
                self.faults.append(f"{name} rise from {before} to {after}")


def fit(xs, ys):
    """The straight line with the least squares: its slope, and its value in the middle."""
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((one - x) ** 2 for one in xs)
    return sum((one - x) * (other - y) for one, other in zip(xs, ys)) / spread, y


def plot(runs, path):
    width, height, left, bottom = 900, 420, 60, 40
    longest = max(row[0] for run in runs for row in run.samples)
    most = 1.1 * max(row[1] for run in runs for row in run.samples)
    colours = ("#1b6ca8", "#c0392b", "#2d8659")

    def place(at, mb):
        return f"{left + (width - left - 20) * at / longest:.1f},{height - bottom - (height - bottom - 20) * mb / most:.1f}"

    text = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
            f'<rect width="{width}" height="{height}" fill="white"/>']
    for step in range(6):
        mb, at = most * step / 5, longest * step / 5
        x, y = place(0, mb).split(",")
        text.append(f'<line x1="{x}" x2="{width - 20}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        text.append(f'<text x="{left - 8}" y="{y}" text-anchor="end">{mb:.0f}</text>')
        text.append(f'<text x="{place(at, 0).split(",")[0]}" y="{height - bottom + 18}" text-anchor="middle">{at / 60:.0f} min</text>')
    for run, colour in zip(runs, colours):
        points = " ".join(place(row[0], row[1]) for row in run.samples)
        text.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{points}"/>')
        text.append(f'<text x="{left + 12 + 130 * runs.index(run)}" y="16" fill="{colour}">{run.mode}</text>')
    text.append(f'<text x="{width - 20}" y="16" text-anchor="end">MB resident beside the guest\'s memory and programs\' files</text></svg>')
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def main():
    arguments = parse_arguments()
    try:
        kernel, initrd = prepare(arguments)
    except Missing as missing:
        print(f"soak.sh: {missing}", file=sys.stderr)
        return 2
    runs = [Run(mode, arguments, kernel, initrd) for mode in arguments.modes]
    print(f"{', '.join(arguments.modes)}: {arguments.time:.0f} s, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; "
          f"samples in {arguments.out}")
    threads = [threading.Thread(target=run.go) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run in runs:
        run.judge_host()
        for line in run.lines:
            if line.startswith("SOAK ") and " did " in line:
                print(f"{run.mode}: {line.removeprefix('SOAK ')}")
        for fault in run.faults:
            print(f"{run.mode}: FAIL: {fault}")
    if arguments.plot and all(run.samples for run in runs):
        plot(runs, arguments.out / "soak.svg")
        print(f"{arguments.out / 'soak.svg'} written")
    return 1 if any(run.faults for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
