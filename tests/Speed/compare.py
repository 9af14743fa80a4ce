"""Runs the same C programs natively, in QEMU's pseries and in this machine, in turns, and prints a table.

Exit status: 0 a table was made, 1 a side failed or its checksums differ, 2 something that is needed is missing.
"""

import argparse
import datetime
import json
import lzma
import math
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = ROOT / "guests" / "speed"

SIDES = ("native", "qemu", "ours")
FLOATING = {"nbody", "matmul", "single"}
# Natively these measure the host's kernel and not the same C.
KERNEL = {"syscalls", "switches", "fork", "exec", "faults"}

GUEST_MEMORY_MB = 256
# The capabilities are those that TCG cannot keep: without "broken" QEMU refuses to start.
QEMU_MACHINE = "pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken"
# A machine of ours starts its time base at one second, as if firmware had run before (Ps3Platform/Machine, MachineClocks).
OUR_TIME_BASE_START = 1.0

BENCH = re.compile(r"BENCH (\S+) (\d+\.\d+) ([0-9a-f]{16})\b")
SKIP = re.compile(r"SKIP (\S+) needs")
INIT = re.compile(r"INIT-REACHED timebase=(\d+) frequency=(\d+) uptime=(\d+)")
# Printed by "ps3 boot --stats", if at all.
FIRST_INSTRUCTION = re.compile(r"first (?:guest )?instruction\D*?([\d.]+) ?(ms|s)\b", re.IGNORECASE)
MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ (\S+)")


class Missing(Exception):
    """Something has to be installed or given first."""


class Failed(Exception):
    """A side did not do what it should."""


def parse_arguments():
    parser = argparse.ArgumentParser(prog="compare.sh", description="Native, QEMU and this machine side by side.")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side; the best counts (default 3)")
    parser.add_argument("--only", metavar="NAMES", help="subtests, by commas; 'none' for the boot alone")
    parser.add_argument("--scale", type=int, default=4, help="repeat the work of each subtest (default 4; with 1, compiling counts for much)")
    parser.add_argument("--engine", metavar="NAME", help="given to ps3 boot: auto, interpreter or compiled")
    parser.add_argument("--save", metavar="FILE", type=Path, help="all figures of all rounds, as JSON")
    parser.add_argument("--ps3", metavar="COMMAND", default=str(ROOT / "ps3"), help="the program to measure (default: ./ps3)")
    parser.add_argument("--guests", metavar="FOLDER", type=Path, default=ROOT.parent / "shared" / "guests",
                        help="where the prebuilt kernels are (default: ../shared/guests)")
    parser.add_argument("--timeout", type=float, default=1200, help="seconds for one run of one side (default 1200)")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.scale < 1:
        parser.error("--rounds and --scale start at 1")
    return arguments


def need(command, package):
    if shutil.which(command) is None:
        raise Missing(f"{command} is missing. As root:\n\n    apt-get install {package}\n")


def kernel(guests, name):
    """Unpacked once: neither side is to be timed with unpacking, and QEMU knows no xz."""
    packed, plain = guests / f"{name}.xz", OUT / name
    if not packed.exists():
        raise Missing(f"{packed} is missing: the prebuilt kernels, see the README.md of that folder, or --guests FOLDER")
    if not plain.exists() or plain.stat().st_mtime < packed.stat().st_mtime:
        partial = plain.with_suffix(".partial")
        with lzma.open(packed) as source, open(partial, "wb") as target:
            shutil.copyfileobj(source, target)
        partial.rename(plain)
    return plain


def build_guest():
    result, sources = OUT / "initramfs.cpio", [HERE / "build.sh", *(HERE / "guest").iterdir()]
    if not result.exists() or any(source.stat().st_mtime > result.stat().st_mtime for source in sources):
        status = subprocess.run([HERE / "build.sh"], check=False).returncode
        if status == 2:
            raise Missing("the programs cannot be built, see above")
        if status != 0:
            raise Failed("build.sh failed, see above")


def resident_mb(process):
    """(all, of it guest memory) or None: the guest's is the one writable mapping at least as large as its memory."""
    total = guest = size = 0
    mode = ""
    try:
        with open(f"/proc/{process}/smaps", encoding="ascii", errors="replace") as maps:
            for line in maps:
                if heading := MAPPING.match(line):
                    mode = heading[1]
                elif line.startswith("Size:"):
                    size = int(line.split()[1])
                elif line.startswith("Rss:"):
                    pages = int(line.split()[1])
                    total += pages
                    if size >= GUEST_MEMORY_MB * 1024 and mode.startswith("rw"):
                        guest = max(guest, pages)
    except OSError:
        return None
    return total / 1024, guest / 1024


class Run:
    """One run of one side: its lines are read as they come, so that memory is looked at when init starts and at the end."""

    def __init__(self, side, command, environment=None):
        self.side, self.command, self.environment = side, [str(part) for part in command], environment
        self.seconds, self.checksums, self.skipped, self.memory = {}, {}, [], {}
        self.time_base = self.uptime = self.wall_to_init = self.first_instruction = None

    def go(self, timeout):
        start, ended, lines = time.monotonic(), False, []
        process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment, encoding="utf-8", errors="replace", bufsize=1)
        errors = []
        reader = threading.Thread(target=lambda: errors.extend(process.stderr), daemon=True)
        reader.start()
        late = threading.Timer(timeout, process.kill)
        late.start()
        try:
            for line in process.stdout:
                lines.append(line)
                ended |= self.take(line, process.pid, time.monotonic() - start)
            status = process.wait()
        finally:
            late.cancel()
            process.kill()
            process.wait()
        reader.join()
        if found := FIRST_INSTRUCTION.search("".join(errors)):
            self.first_instruction = float(found[1]) / (1000 if found[2] == "ms" else 1)
        if not ended or status != 0:
            tail = "".join((lines + errors)[-25:])
            took = time.monotonic() - start
            raise Failed(f"{self.side} did not come to its end (exit code {status} after {took:.0f} s):\n"
                         f"  {' '.join(self.command)}\n{tail}")
        return self

    def take(self, line, process, wall):
        """True for the last line of a whole run."""
        if found := BENCH.search(line):
            self.seconds[found[1]] = float(found[2])
            self.checksums[found[1]] = found[3]
        elif found := SKIP.search(line):
            self.skipped.append(found[1])
        elif found := INIT.search(line):
            self.wall_to_init = wall
            self.time_base = int(found[1]) / int(found[2])
            self.uptime = int(found[3]) / 1e9
            self.memory["init"] = resident_mb(process)
        elif "BENCH-END" in line:
            self.memory["end"] = resident_mb(process)
            return True
        return False

    def record(self):
        return {"seconds": self.seconds, "checksums": self.checksums, "skipped": self.skipped, "memory_mb": self.memory,
                "time_base": self.time_base, "uptime": self.uptime, "wall_to_init": self.wall_to_init,
                "first_instruction": self.first_instruction}


class Sides:
    """How each side is started."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.qemu_kernel = kernel(arguments.guests, "vmlinux-6.1-multi")
        self.our_kernel = kernel(arguments.guests, "vmlinux-6.1-ps3-debug")
        self.initramfs = OUT / "initramfs.cpio"
        self.options = f" scale={arguments.scale}" + (f" only={arguments.only}" if arguments.only else "")

    def native(self):
        environment = dict(os.environ, scale=str(self.arguments.scale))
        environment.pop("only", None)
        if self.arguments.only:
            environment["only"] = self.arguments.only
        return Run("native", [OUT / "native"], environment)

    def qemu(self):
        return self._qemu("qemu", QEMU_MACHINE, self.options)

    def qemu_boot(self):
        """
        For the time from kernel entry to init. QEMU's time base starts at 0 with the machine, and its usual firmware
        (SLOF) interprets Forth for seconds before it enters the kernel. With x-vof=on there is almost no firmware: QEMU
        makes the device tree itself, and a few instructions enter the kernel.
        """
        return self._qemu("qemu, boot alone", QEMU_MACHINE + ",x-vof=on", " only=none")

    def _qemu(self, name, machine, options):
        return Run(name, ["qemu-system-ppc64", "-M", machine, "-cpu", "power7", "-smp", "1", "-m", GUEST_MEMORY_MB, "-nographic",
                          "-kernel", self.qemu_kernel, "-initrd", self.initramfs, "-append", "console=hvc0" + options])

    def ours(self):
        engine = ["--engine", self.arguments.engine] if self.arguments.engine else []
        return Run("ours", [*self.arguments.ps3.split(), "boot", self.our_kernel, "--initrd", self.initramfs, "--cpus", "1", "--memory",
                            f"{GUEST_MEMORY_MB}M", "--append", "console=hvc0" + self.options, "--stats", *engine])


def check_names(native, only):
    """The quick native run shows before all others what will be missing from the table."""
    if native.skipped:
        raise Failed("the host has too little memory free for " + ", ".join(native.skipped))
    unknown = set(only.split(",")) - {"none"} - native.checksums.keys() if only else None
    if unknown:
        raise Missing("no such subtest: " + ", ".join(sorted(unknown)))


def check(rounds):
    """Every run of every side computed the same, or nothing that they measured counts."""
    reference = rounds[0]["native"].checksums
    for number, sides in enumerate(rounds, 1):
        for side in SIDES:
            run = sides[side]
            for name, checksum in reference.items():
                if name in run.skipped:
                    continue
                if run.checksums.get(name) != checksum:
                    raise Failed(f"round {number}: {name} on {side} gave {run.checksums.get(name, 'nothing')}, native {checksum}")


def geometric_mean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def ratio(value):
    return "-" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def least(values):
    values = [value for value in values if value is not None]
    return min(values) if values else None


def seconds(value):
    return "-" if value is None else f"{value:.3f} s"


def verdict(value, bound, at_least):
    if value is None:
        return "-"
    return "reached" if (value >= bound if at_least else value <= bound) else "missed"


def report_programs(rounds):
    best = {side: {name: min(sides[side].seconds[name] for sides in rounds if name in sides[side].seconds)
                   for name in rounds[0][side].seconds} for side in SIDES}
    print("| subtest | native s | QEMU s | ours s | QEMU/ours | ours/native |")
    print("|---|---:|---:|---:|---:|---:|")
    over_qemu, over_native = {}, {}
    for name, native in best["native"].items():
        qemu, ours = best["qemu"].get(name), best["ours"].get(name)
        if qemu is None or ours is None:
            print(f"| {name} | {native:.3f} | skipped: too little memory in a guest | | | |")
            continue
        over_qemu[name], over_native[name] = qemu / ours, ours / native
        print(f"| {name} | {native:.3f} | {qemu:.3f} | {ours:.3f} | {ratio(qemu / ours)} | {ratio(ours / native)} |")

    slower = [name for name, value in over_qemu.items() if value < 1]
    whole = geometric_mean(over_qemu.values())
    floating = geometric_mean(value for name, value in over_qemu.items() if name in FLOATING)
    native = geometric_mean(over_native.values())
    programs = geometric_mean(value for name, value in over_native.items() if name not in KERNEL)
    print("\n| geometric mean | value | aim | |")
    print("|---|---:|---|---|")
    print(f"| QEMU/ours, all | {ratio(whole)} | at least 3 | {verdict(whole, 3, True)} |")
    print(f"| QEMU/ours, {', '.join(sorted(FLOATING))} | {ratio(floating)} | at least 15 | {verdict(floating, 15, True)} |")
    print(f"| ours/native, all | {ratio(native)} | at most 3 | {verdict(native, 3, False)} |")
    print(f"| ours/native, without those of the kernel | {ratio(programs)} | | |")
    print(f"\nSlower than QEMU (aim: none): {', '.join(slower) or 'none'}\n")
    return {"qemu_over_ours": whole, "qemu_over_ours_floating": floating, "ours_over_native": native,
            "ours_over_native_programs": programs, "slower_than_qemu": slower}


def memory_above(run, moment):
    measured = run.memory.get(moment)
    # No mapping of the guest's size: what is the guest's cannot be told apart.
    return None if measured is None or measured[1] == 0 else measured[0] - measured[1]


def report_boot(rounds):
    """
    Both kernels have the same tree and options and say the same: the time base when init starts, and CLOCK_MONOTONIC,
    which both start at the same line of start_kernel(). The time base counts from kernel entry: ours has no firmware and
    starts at a known value as the machine is switched on; for QEMU's see Sides.qemu_boot.
    """
    qemu = least(sides["boot"].time_base for sides in rounds)
    ours = least(sides["ours"].time_base - OUR_TIME_BASE_START for sides in rounds)
    clock_qemu = least(sides["boot"].uptime for sides in rounds)
    clock_ours = least(sides["ours"].uptime for sides in rounds)
    first = least(sides["ours"].first_instruction for sides in rounds)
    print("| boot and memory | QEMU | ours | aim | |")
    print("|---|---:|---:|---|---|")
    print(f"| kernel entry to init, by time base | {seconds(qemu)} | {seconds(ours)} | no longer than QEMU | {verdict(ours, qemu, False)} |")
    print(f"| of it from start_kernel's clock on | {seconds(clock_qemu)} | {seconds(clock_ours)} | | |")
    walls = [least(sides[side].wall_to_init for sides in rounds) for side in ("qemu", "ours")]
    print(f"| process start to init, QEMU's with firmware | {seconds(walls[0])} | {seconds(walls[1])} | | |")
    print(f"| process start to first guest instruction | - | {seconds(first)} | at most 0.3 s | {verdict(first, 0.3, False)} |")
    summary = {"entry_to_init": {"qemu": qemu, "ours": ours}, "first_instruction": first}
    for moment, text, bound in (("init", "as init starts", 150), ("end", "after all subtests", None)):
        above = [least(memory_above(sides[side], moment) for sides in rounds) for side in ("qemu", "ours")]
        shown = ["-" if value is None else f"{value:.0f} MB" for value in above]
        aim = f"at most {bound} MB | {verdict(above[1], bound, False)}" if bound else " | "
        print(f"| resident beside guest memory, {text} | {shown[0]} | {shown[1]} | {aim} |")
        summary[f"resident_mb_{moment}"] = {"qemu": above[0], "ours": above[1]}
    return summary


def main():
    arguments = parse_arguments()
    need("qemu-system-ppc64", "qemu-system-ppc")
    if shutil.which(arguments.ps3.split()[0]) is None:
        raise Missing(f"{arguments.ps3} is not a program: --ps3 COMMAND")
    if arguments.ps3 == str(ROOT / "ps3") and shutil.which("dotnet") is None:
        raise Missing("dotnet is missing: install the .NET 10 SDK")
    OUT.mkdir(parents=True, exist_ok=True)
    sides = Sides(arguments)
    build_guest()
    # ./ps3 builds what has changed; that is not to be timed.
    started = subprocess.run([*arguments.ps3.split(), "boot", "--help"], stdout=subprocess.DEVNULL, check=False)
    if started.returncode != 0:
        raise Failed(f"{arguments.ps3} does not start")

    # Two processors are enough; with other work on them only the ratios mean something, and those not much.
    rounds, loads = [], []
    for number in range(1, arguments.rounds + 1):
        loads.append(os.getloadavg()[0])
        # In turns, so that a noisy minute of the host does not hit one side alone.
        runs = {}
        for name, start in (("native", sides.native), ("boot", sides.qemu_boot), ("qemu", sides.qemu), ("ours", sides.ours)):
            begun = time.monotonic()
            runs[name] = start().go(arguments.timeout)
            print(f"compare: round {number} of {arguments.rounds}: {name} {time.monotonic() - begun:.1f} s", file=sys.stderr)
            if name == "native" and number == 1:
                check_names(runs[name], arguments.only)
        rounds.append(runs)
        check(rounds)

    print(f"Best of {arguments.rounds}, scale {arguments.scale}, engine {arguments.engine or 'as by default'}; "
          f"load of the host before each round: {', '.join(f'{load:.1f}' for load in loads)} on {os.cpu_count()} processors.\n")
    summary = report_programs(rounds) if rounds[0]["native"].seconds else {}
    summary |= report_boot(rounds)
    if arguments.save:
        record = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "engine": arguments.engine,
                  "scale": arguments.scale, "loads": loads, "summary": summary,
                  "rounds": [{name: run.record() for name, run in runs.items()} for runs in rounds]}
        arguments.save.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except Missing as problem:
        print(f"compare: {problem}", file=sys.stderr)
        sys.exit(2)
    except Failed as problem:
        print(f"compare: {problem}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
