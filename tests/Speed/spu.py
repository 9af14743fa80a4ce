"""Runs the same C natively and on an SPU, and an SPU's SGEMM, and prints how they compare.

Exit status: 0 a table was made, 1 a program failed or its results differ, 2 something that is needed is missing.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = ROOT / "guests" / "spu-speed"
SOURCES = HERE / "spu"

# Name, argument at scale 1.
PROGRAMS = (("integer", 20_000_000), ("branchy", 100))
SGEMM_BLOCKS = 4000
SGEMM_OPERATIONS = 2 * 64**3

# What the host does at most in vectors of four: sixteen multiply-adds of them a step.
PEAK_STEPS = 20_000_000
PEAK_OPERATIONS = 16 * 4 * 2

SPU_FLAGS = ["-std=gnu11", "-O2", "-mno-branch-hints", "-nostdlib", "-ffreestanding"]
SGEMM_KERNEL = ROOT / "firmware-stubs" / "spe" / "standalone" / "sgemm_kernel.c"


class Missing(Exception):
    """Something has to be installed or given first."""


class Failed(Exception):
    """A program did not end well."""


def toolchain(work):
    """The compiler for the SPU: of $SPU_ELF, the PATH, or ../shared/toolchains beside the checkout."""
    if "SPU_ELF" in os.environ:
        return str(Path(os.environ["SPU_ELF"]) / "bin" / "spu-elf-gcc")
    if shutil.which("spu-elf-gcc"):
        return "spu-elf-gcc"
    archive = ROOT.parent / "shared" / "toolchains" / "spu-elf.tar.xz"
    if not archive.exists():
        raise Missing("no spu-elf-gcc: set SPU_ELF to the directory of the toolchain (it has bin/spu-elf-gcc)")
    subprocess.run(["tar", "-C", work, "-xf", archive], check=True)
    return str(Path(work) / "spu-elf" / "bin" / "spu-elf-gcc")


def build(work):
    for command, package in (("gcc", "gcc"), ("dotnet", "the .NET SDK of global.json")):
        if not shutil.which(command):
            raise Missing(f"{command} is missing: install {package}")
    compiler = toolchain(work)
    OUT.mkdir(parents=True, exist_ok=True)
    for name, _ in PROGRAMS:
        run(["gcc", "-std=gnu17", "-O2", "-o", OUT / f"{name}.native", SOURCES / "native.c", SOURCES / f"{name}.c"])
    run(["gcc", "-std=gnu17", "-O2", "-march=native", "-o", OUT / "peak.native", SOURCES / "native.c", SOURCES / "peak.c"])
    for name in [name for name, _ in PROGRAMS] + ["sgemm"]:
        extra = [SGEMM_KERNEL] if name == "sgemm" else []
        run([compiler, *SPU_FLAGS, *extra, "-o", OUT / f"{name}.elf", SOURCES / "start.S", SOURCES / f"{name}.c", "-lgcc"])


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{' '.join(str(part) for part in command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def turns(output):
    """Of lines "seconds result ...": the best time and the result, which must be the same each time."""
    lines = [line.split() for line in output.splitlines() if line.strip()]
    results = {line[1] for line in lines}
    if len(results) != 1:
        raise Failed(f"results differ from turn to turn: {sorted(results)}")
    return min(float(line[0]) for line in lines), results.pop()


def spu(runner, name, mode, argument, count, engine):
    return turns(run([*runner, OUT / f"{name}.elf", engine, mode, argument, count]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1, help="how much longer each turn is")
    parser.add_argument("--turns", type=int, default=10, help="turns of each program; the best counts (the first ones compile)")
    parser.add_argument("--engine", default="auto", choices=("auto", "interpreter", "compiled"))
    parser.add_argument("--runner", help="a built SpuSpeed.dll; by default it is built")
    options = parser.parse_args()

    try:
        with tempfile.TemporaryDirectory() as work:
            build(work)
        if options.runner:
            runner = ["dotnet", options.runner]
        else:
            project = HERE / "SpuSpeed"
            run(["dotnet", "build", project, "-c", "Release", "-v", "quiet", "--nologo"])
            runner = ["dotnet", "run", "--no-build", "-c", "Release", "--project", project, "--"]
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; times are the thread's own, best of {options.turns} turns")
        print(f"{'program':<10} {'native':>10} {'SPU':>10} {'ratio':>7}")
        for name, argument in PROGRAMS:
            argument = int(argument * options.scale)
            native, expected = turns(run([OUT / f"{name}.native", argument, options.turns]))
            ours, result = spu(runner, name, "exact", argument, options.turns, options.engine)
            if result != expected:
                raise Failed(f"{name}: {result}, natively {expected}")
            print(f"{name:<10} {native:>9.4f}s {ours:>9.4f}s {ours / native:>7.2f}")
        steps = int(PEAK_STEPS * options.scale)
        seconds, _ = turns(run([OUT / "peak.native", steps, options.turns]))
        peak = steps * PEAK_OPERATIONS / seconds / 1e9
        for mode in ("exact", "relaxed"):
            blocks = int(SGEMM_BLOCKS * options.scale)
            seconds, _ = spu(runner, "sgemm", mode, blocks, options.turns, options.engine)
            rate = blocks * SGEMM_OPERATIONS / seconds / 1e9
            print(f"{'sgemm':<10} {mode:>10} {seconds:>9.4f}s {rate:>7.2f} GFLOPS, {rate / peak:.2f} of what the host does at most in such vectors ({peak:.1f})")
        return 0
    except Missing as reason:
        print(f"spu.py: {reason}", file=sys.stderr)
        return 2
    except Failed as reason:
        print(f"spu.py: {reason}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
