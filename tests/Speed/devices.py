"""Measures disk and network of a guest in QEMU's pseries and in this machine, in turns, and prints a table.

Exit status: 0 a table was made, 1 a side failed or read or wrote wrong bytes, 2 something that is needed is missing.
"""

import argparse
import datetime
import json
import lzma
import os
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = ROOT / "guests" / "speed"

KERNEL = "vmlinux-6.1-full"
SIDES = ("qemu", "ours")
GUEST_MEMORY_MB = 256
# The capabilities are those that TCG cannot keep: without "broken" QEMU refuses to start.
QEMU_MACHINE = "pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken"

MB = 1_000_000
DISK = 256 << 20
BLOCK = 4096
# devices/main.c marks what it has written.
WRITTEN = 0x5750_0000_0000_0000
# The late disk answers reads from its second half only after this time.
LATE_DISK = 64 << 20
LATE_SECONDS = 5
IDLE_PINGS = 10
PINGS = 500
REQUEST = 64 << 10
# Bytes of TCP in a frame of 1500 bytes.
SEGMENT = 1448


class Missing(Exception):
    """Something has to be installed or given first."""


class Failed(Exception):
    """A side did not do what it should."""


class Row:
    """A figure. The guest answers nanoseconds, for a ping those of one round trip. A step is a request, a full frame or a ping."""

    def __init__(self, name, command, amount, unit, steps):
        self.name, self.command, self.amount, self.unit, self.steps = name, command, amount, unit, steps

    @property
    def more_is_better(self):
        return self.unit != "us"

    def ratio(self, ours, theirs):
        """Above 1: ours is faster."""
        return ours / theirs if self.more_is_better else theirs / ours

    def value(self, nanoseconds):
        if self.unit == "us":
            return nanoseconds / 1e3
        rate = self.amount / (nanoseconds / 1e9)
        return rate / MB if self.unit == "MB/s" else rate


def rows(arguments):
    size = arguments.megabytes << 20
    return [
        Row("disk-read", f"read {size}", size, "MB/s", size // REQUEST),
        Row("disk-write", f"write {size}", size, "MB/s", size // REQUEST),
        Row("disk-random", f"random {arguments.count}", arguments.count, "IO/s", arguments.count),
        Row("tcp-get", f"get {{feed}} {size}", size, "MB/s", size // SEGMENT),
        Row("tcp-put", f"put {{sink}} {size}", size, "MB/s", size // SEGMENT),
        Row("ping", f"ping {PINGS} 0", 1, "us", PINGS),
    ]


def parse_arguments():
    parser = argparse.ArgumentParser(prog="devices.sh", description="Disk and network, QEMU and this machine side by side.")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each side for each row (default 15)")
    parser.add_argument("--only", metavar="NAMES", help="rows, by commas: disk-read, ..., ping, idle-ping, idle-read")
    parser.add_argument("--sides", metavar="NAMES", default=",".join(SIDES), help="qemu, ours or both (default)")
    parser.add_argument("--megabytes", type=int, default=16, metavar="N", help="MiB that a row moves in one turn (default 16)")
    parser.add_argument("--count", type=int, default=1000, metavar="N", help="random reads in one turn (default 1000)")
    parser.add_argument("--save", metavar="FILE", type=Path, help="all figures of all turns, as JSON")
    parser.add_argument("--ps3", metavar="COMMAND", default=str(ROOT / "ps3"), help="the program to measure (default: ./ps3)")
    parser.add_argument("--before", metavar="COMMAND", help="another build of the program, measured as a third side")
    parser.add_argument("--options", metavar="TEXT", default="", help="more options for ps3 boot")
    parser.add_argument("--guests", metavar="FOLDER", type=Path, default=ROOT.parent / "shared" / "guests",
                        help="where the prebuilt kernels are (default: ../shared/guests)")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one turn or boot (default 120)")
    arguments = parser.parse_args()
    if min(arguments.rounds, arguments.megabytes, arguments.count) < 1:
        parser.error("--rounds, --megabytes and --count start at 1")
    arguments.sides = arguments.sides.split(",")
    if not set(arguments.sides) <= set(SIDES):
        parser.error("--sides: give qemu, ours or both")
    if arguments.before:
        arguments.sides.insert(-1, "before")
    known = [row.name for row in rows(arguments)] + ["idle-ping", "idle-read"]
    arguments.only = arguments.only.split(",") if arguments.only else known
    if unknown := set(arguments.only) - set(known):
        parser.error(f"--only {', '.join(sorted(unknown))}: give some of {', '.join(known)}")
    return arguments


def kernel(guests):
    """Unpacked once: QEMU knows no xz."""
    packed, plain = guests / f"{KERNEL}.xz", OUT / KERNEL
    if not packed.exists():
        raise Missing(f"{packed} is missing: the prebuilt kernels, see the README.md of that folder, or --guests FOLDER")
    if not plain.exists() or plain.stat().st_mtime < packed.stat().st_mtime:
        partial = plain.with_suffix(".partial")
        with lzma.open(packed) as source, open(partial, "wb") as target:
            shutil.copyfileobj(source, target)
        partial.rename(plain)
    return plain


def build_guest():
    result, sources = OUT / "devices.cpio", [HERE / "devices" / name for name in ("build.sh", "main.c")]
    if not result.exists() or any(source.stat().st_mtime > result.stat().st_mtime for source in sources):
        status = subprocess.run([sources[0], result], check=False).returncode
        if status == 2:
            raise Missing("the guest's program cannot be built, see above")
        if status != 0:
            raise Failed("devices/build.sh failed, see above")
    return result


def make_disk(path):
    """Each block begins with its number. It is in the host's page cache afterwards."""
    rest = bytes(range(256)) * (BLOCK // 256)
    with open(path, "wb") as file:
        for number in range(DISK // BLOCK):
            file.write(struct.pack(">Q", number) + rest[8:])


def check_written(side, path, size):
    """What the guest says that it has written is in the file."""
    with open(path, "rb") as file:
        for offset in range(0, min(size, DISK // 2), BLOCK):
            file.seek(DISK // 2 + offset)
            expected = WRITTEN | ((DISK // 2 + offset) // BLOCK)
            if struct.unpack(">Q", file.read(8))[0] != expected:
                raise Failed(f"{side}: the block at {DISK // 2 + offset} of the disk is not what the guest has written")


class Peers:
    """The host's ends of the guests' connections: one port sends without end, one takes everything and then answers with a byte."""

    def __init__(self, amount):
        self.amount = amount
        self.feed, self.sink = self._serve(self._send), self._serve(self._take)

    def _serve(self, handler):
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, args=(listener, handler), daemon=True).start()
        return listener.getsockname()[1]

    @staticmethod
    def _accept(listener, handler):
        while True:
            peer, _ = listener.accept()
            threading.Thread(target=handler, args=(peer,), daemon=True).start()

    @staticmethod
    def _send(peer):
        with peer:
            try:
                while True:
                    peer.sendall(bytes(1 << 18))
            except OSError:
                # The guest has enough.
                pass

    def _take(self, peer):
        with peer:
            buffer, left = bytearray(1 << 18), self.amount
            while left > 0:
                count = peer.recv_into(buffer)
                if count == 0:
                    return
                left -= count
            peer.sendall(b"!")


class Machine:
    """A running guest that obeys."""

    def __init__(self, side, command, listener, timeout):
        self.side, self.timeout = side, timeout
        self.log = tempfile.TemporaryFile()
        # A session of its own: all its processes are known, and end with it.
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        start_new_session=True)
        try:
            listener.settimeout(timeout)
            self.control, _ = listener.accept()
            self.control.settimeout(timeout)
            self.lines = self.control.makefile("r", encoding="ascii")
            if self._answer() != "ready":
                raise self.failed("the guest did not begin as it should")
        except OSError as problem:
            raise self.failed(f"the guest has not called within {timeout:.0f} s ({problem})") from problem
        except Failed:
            self.kill()
            raise

    def failed(self, what):
        self.kill()
        self.log.seek(0)
        tail = b"".join(self.log.readlines()[-25:]).decode("utf-8", "replace")
        return Failed(f"{self.side}: {what}\n{tail}")

    def _answer(self):
        try:
            return self.lines.readline().strip()
        except OSError as problem:
            raise self.failed(f"no answer: {problem}") from problem

    def ask(self, command):
        """Nanoseconds of the guest's clock."""
        self.control.sendall(f"{command}\n".encode())
        answer = self._answer()
        if not answer.startswith("ok "):
            raise self.failed(f"'{command}' was answered with '{answer}'")
        return int(answer[3:])

    def _stats(self):
        """(folder in /proc, fields of its stat from the state on) of all its processes: the run script may have started one."""
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if int(fields[3]) == self.process.pid:
                    yield stat.parent, fields
            except OSError:
                # It has ended meanwhile.
                continue

    def processor_seconds(self):
        """In steps of some milliseconds, with all threads that there ever were."""
        return sum(int(fields[11]) + int(fields[12]) for _, fields in self._stats()) / os.sysconf("SC_CLK_TCK")

    def thread_seconds(self):
        """To the nanosecond, but only of the threads that there are now."""
        total = 0
        for folder, _ in self._stats():
            for task in folder.glob("task/*/schedstat"):
                try:
                    total += int(task.read_text(encoding="ascii").split()[0])
                except OSError:
                    continue
        return total / 1e9

    def end(self):
        self.control.sendall(b"off\n")
        try:
            status = self.process.wait(self.timeout)
        except subprocess.TimeoutExpired as problem:
            raise self.failed("does not end") from problem
        if status != 0:
            raise self.failed(f"ended with exit code {status}")

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Starter:
    """How each side is started."""

    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.kernel, self.initramfs = kernel(arguments.guests), build_guest()
        self.running = []

    def start(self, side, disk):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            append = f"console=hvc0 video=ps3fb:off loglevel=4 control={listener.getsockname()[1]}"
            command = getattr(self, f"_{side}")(disk, append)
            machine = Machine(side, command, listener, self.arguments.timeout)
        self.running.append(machine)
        return machine

    def _qemu(self, disk, append):
        drive = "nbd:unix:" + str(disk)[len("nbd+unix:///?socket="):] if str(disk).startswith("nbd") else disk
        return ["qemu-system-ppc64", "-M", QEMU_MACHINE, "-cpu", "power7", "-accel", "tcg", "-smp", "1", "-m", GUEST_MEMORY_MB,
                "-nographic", "-kernel", self.kernel, "-initrd", self.initramfs, "-append", append,
                "-drive", f"file={drive},format=raw,if=none,id=d", "-device", "virtio-blk-pci,drive=d",
                "-netdev", "user,id=n", "-device", "spapr-vlan,netdev=n"]

    def _ours(self, disk, append):
        return self._ps3(self.arguments.ps3, disk, append)

    def _before(self, disk, append):
        return self._ps3(self.arguments.before, disk, append)

    def _ps3(self, program, disk, append):
        return [*program.split(), "boot", self.kernel, "--initrd", self.initramfs, "--cpus", "1", "--memory",
                f"{GUEST_MEMORY_MB}M", "--append", append, "--disk", disk, "--net", "user", *self.arguments.options.split()]

    def kill(self):
        for machine in self.running:
            machine.kill()


def measure(starter, arguments, chosen):
    """
    {row: {side: [values]}} twice: the figures, and microseconds of the host's processors for a step. Both guests are up and take turns, so
    that a noisy moment of the host does not hit one alone.
    """
    peers, disks = Peers(arguments.megabytes << 20), {}
    for side in arguments.sides:
        disks[side] = starter.folder / f"{side}.img"
        make_disk(disks[side])
    machines = {side: starter.start(side, disks[side]) for side in arguments.sides}
    values = {row.name: {side: [] for side in arguments.sides} for row in chosen}
    spent = {row.name: {side: [] for side in arguments.sides} for row in chosen}
    for row in chosen:
        command = row.command.format(feed=peers.feed, sink=peers.sink)
        for _ in range(arguments.rounds):
            for side, machine in machines.items():
                before = machine.thread_seconds()
                values[row.name][side].append(row.value(machine.ask(command)))
                spent[row.name][side].append((machine.thread_seconds() - before) * 1e6 / row.steps)
        print(f"devices: {row.name}: " + ", ".join(
            f"{side} {shown(best(row, values[row.name][side]))} {row.unit}, {shown(statistics.median(spent[row.name][side]))} us a step"
            for side in arguments.sides), file=sys.stderr)
    idle = {side: idle_while(machine, f"ping {IDLE_PINGS} 1000") for side, machine in machines.items()} \
        if "idle-ping" in arguments.only else None
    for side, machine in machines.items():
        machine.end()
        if "disk-write" in values:
            check_written(side, disks[side], arguments.megabytes << 20)
    return values, spent, idle


def idle_while(machine, command):
    """(processor seconds, seconds) of the host while the guest does something that is mostly waiting."""
    # The compiler may still be at work on what was hot.
    time.sleep(2)
    before, start = machine.processor_seconds(), time.monotonic()
    machine.ask(command)
    return machine.processor_seconds() - before, time.monotonic() - start


def measure_late(starter, arguments):
    """A read that an NBD server answers late."""
    if shutil.which("nbdkit") is None:
        print("devices: idle-read is skipped: nbdkit is missing (apt-get install nbdkit)", file=sys.stderr)
        return None
    path = starter.folder / "late.socket"
    late = f'if [ "$4" -ge {LATE_DISK // 2} ]; then sleep {LATE_SECONDS}; fi; head -c "$3" /dev/zero'
    server = subprocess.Popen(["nbdkit", "-f", "-U", path, "eval", f"get_size=echo {LATE_DISK}", "can_write=exit 0",
                               f"pread={late}", "pwrite=exec cat >/dev/null"])
    try:
        while not path.exists():
            if server.poll() is not None:
                raise Failed("nbdkit has ended")
            time.sleep(0.1)
        result = {}
        for side in arguments.sides:
            machine = starter.start(side, f"nbd+unix:///?socket={path}")
            result[side] = idle_while(machine, f"late {LATE_DISK * 3 // 4}")
            if result[side][1] < LATE_SECONDS:
                raise Failed(f"{side}: the late read took {result[side][1]:.1f} s only")
            machine.end()
        return result
    finally:
        server.terminate()
        server.wait()


def best(row, values):
    return max(values) if row.more_is_better else min(values)


def shown(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def report(arguments, chosen, values, spent, idles):
    names = {"qemu": "QEMU"}
    sides = [side for side in ("qemu", "before", "ours") if side in arguments.sides]
    titles = [names.get(side, side) for side in sides]
    print(f"| row | unit | {' | '.join(titles)} | ours/QEMU, best (median) | {' | '.join(f'us a step, {title}' for title in titles)} |")
    print(f"|---|---|{'---:|' * (2 * len(sides) + 1)}")
    slower, summary = [], {}
    for row in chosen:
        found = {side: best(row, values[row.name][side]) for side in sides}
        # Both: the best turn may be luck, the median is that of the host's other work, too.
        middle = {side: statistics.median(values[row.name][side]) for side in sides}
        ratios = None
        if "qemu" in found and "ours" in found:
            ratios = [row.ratio(of["ours"], of["qemu"]) for of in (found, middle)]
            if min(ratios) < 1:
                slower.append(row.name)
        # The median: in some turns the compiler of guest code is at work, and in some a thread has ended with its account.
        cost = {side: statistics.median(spent[row.name][side]) for side in sides}
        cells = [shown(found[side]) for side in sides] + ["-" if ratios is None else f"{ratios[0]:.2f} ({ratios[1]:.2f})"]
        cells += [shown(cost[side]) for side in sides]
        print(f"| {row.name} | {row.unit} | {' | '.join(cells)} |")
        summary[row.name] = {**found, "unit": row.unit, "median": middle, "ratios": ratios, "processor_us_a_step": cost}
    for name, idle in idles.items():
        if idle is not None:
            cells = [f"{100 * idle[side][0] / idle[side][1]:.1f}" for side in sides] + [""] * (1 + len(sides))
            print(f"| {name} | % of a processor | {' | '.join(cells)} |")
            summary[name] = {side: {"processor_seconds": used, "seconds": taken} for side, (used, taken) in idle.items()}
    if "qemu" in sides and "ours" in sides and chosen:
        print(f"\nSlower than QEMU by the best turn or the median (aim: none): {', '.join(slower) or 'none'}")
    summary["slower_than_qemu"] = slower
    return summary


def main():
    arguments = parse_arguments()
    if "qemu" in arguments.sides and shutil.which("qemu-system-ppc64") is None:
        print("devices: QEMU's column is skipped: qemu-system-ppc64 is missing (apt-get install qemu-system-ppc)", file=sys.stderr)
        arguments.sides.remove("qemu")
    if "ours" in arguments.sides and shutil.which(arguments.ps3.split()[0]) is None:
        raise Missing(f"{arguments.ps3} is not a program: --ps3 COMMAND")
    OUT.mkdir(parents=True, exist_ok=True)
    # ./ps3 builds what has changed; that is not to be timed.
    if "ours" in arguments.sides and subprocess.run([*arguments.ps3.split(), "boot", "--help"], stdout=subprocess.DEVNULL,
                                                    check=False).returncode != 0:
        raise Failed(f"{arguments.ps3} does not start")

    chosen = [row for row in rows(arguments) if row.name in arguments.only]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="ps3-devices-") as folder:
        starter = Starter(arguments, Path(folder))
        try:
            values, spent, idle_ping = measure(starter, arguments, chosen)
            idle_read = measure_late(starter, arguments) if "idle-read" in arguments.only else None
        finally:
            starter.kill()

    print(f"Best of {arguments.rounds} turns; load of the host at the beginning: {load:.1f} on {os.cpu_count()} processors.\n")
    summary = report(arguments, chosen, values, spent, {"idle-ping": idle_ping, "idle-read": idle_read})
    if arguments.save:
        record = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "load": load,
                  "options": arguments.options, "megabytes": arguments.megabytes, "summary": summary, "turns": values,
                  "processor_us_a_step": spent}
        arguments.save.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except Missing as problem:
        print(f"devices: {problem}", file=sys.stderr)
        sys.exit(2)
    except Failed as problem:
        print(f"devices: {problem}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
