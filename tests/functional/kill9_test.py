"""The demo, killed at any moment and resumed, ends with every yuan moved exactly once.

MQ_TEST_SEED=N repeats the moments of a run that printed that seed.
"""

import contextlib
import ctypes
import os
import random
import select
import subprocess
import time

from harness import (PATIENCE_S, PROGRAM, Demo, children_of, databases, environment, equal,
                     expect, expect_paid_once, run, wait_for)

RUNS = 5  # on each database
FIRST_S = 0.3
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """Whoever outlives the demo becomes our child instead of disappearing from sight."""
    equal(ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0, "prctl")


def all_gone():
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return False
    return True


class Moment:
    """When to kill: some time after the start, or after so many steps were reported."""

    def __init__(self, after_s, steps=0):
        self.after_s, self.steps = after_s, steps

    def __str__(self):
        return f"{self.after_s:.2f} s" + (f" after {self.steps} steps" if self.steps else "")

    def wait(self, process):
        reported, end = 0, time.monotonic() + PATIENCE_S
        while reported < self.steps and time.monotonic() < end:
            if select.select([process.stdout], [], [], 1)[0]:
                part = os.read(process.stdout.fileno(), 4096)
                if not part:
                    return
                reported += part.count(b"\n")
        time.sleep(self.after_s)


def kill(data, database, moment):
    """Returns how many processes the demo had below it, or None when it had ended before."""
    process = subprocess.Popen([PROGRAM, "demo", "--data", str(data), "--json", *database.arguments],
                               env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with process.stdout:
        moment.wait(process)
        below = len(children_of(process.pid))
        ended = process.poll() is not None
        process.kill()
        process.wait(PATIENCE_S)
    wait_for("the end of every process below the demo", all_gone, every_s=0.01)
    return None if ended else below


def moments_of(number, usual_s, chance):
    """The kills of one run: the first spread over the whole life, a second one in every other run."""
    slice_s = (usual_s - FIRST_S) / RUNS
    moments = [Moment(FIRST_S + slice_s * (number + chance.random()))]
    if number % 2:
        # Money moves within a few tenths of a second after a step.
        moments.append(Moment(chance.random() * 0.4, chance.randrange(1, 5)))
    return moments


def check(folder, database, seed):
    chance = random.Random(f"{seed} {database.name}")
    reference = folder / f"{database.name}-whole"
    started = time.monotonic()
    try:
        whole = Demo(reference, database)
    finally:
        database.drop(reference)
    usual_s = time.monotonic() - started
    whole.expect_good_end("the demo that nobody kills")
    kills, below = 0, 0
    for number in range(RUNS):
        data = folder / f"{database.name}-{number}"
        moments = moments_of(number, usual_s, chance)
        what = f"{database.name} run {number}, seed {seed}, killed " + ", ".join(map(str, moments))
        try:
            for moment in moments:
                had = kill(data, database, moment)
                kills += had is not None
                below += had or 0
            started = time.monotonic()
            resumed = Demo(data, database)
            took_s = time.monotonic() - started
            print(f"{what}: resumed in {took_s:.1f} s from {resumed.steps[0] if resumed.steps else '?'}")
            resumed.expect_good_end(what)
            expect_paid_once(data, what)
            equal(resumed.last["total_debit"], whole.last["total_debit"], f"{what}: the books")
        finally:
            database.drop(data)
    # The whole life may have been measured while the machine was busier.
    expect(kills > RUNS // 2, f"only {kills} of the kills came before the end")
    expect(below > 0, "no kill met a child of the demo")
    print(f"{database.name}: {kills} kills, {below} children seen before and none after")


def test(folder):
    adopt_orphans()
    seed = os.environ.get("MQ_TEST_SEED") or str(random.SystemRandom().randrange(10**6))
    print(f"MQ_TEST_SEED={seed}", flush=True)
    for database in DATABASES:
        check(folder, database, seed)


DATABASES = databases(__doc__)
run("kill9", test)
