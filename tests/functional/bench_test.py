"""`mianqian bench …` prints the figures it promises, and says what it cannot do. No time is judged."""

import json

from harness import command, equal, expect, run

FIGURES = ("n", "per_s", "p50_ms", "p99_ms", "cpu_ms")
STAGES = {"decode", "detect", "landmarks", "embedding", "second_embedding", "liveness", "pose", "eyes", "rest"}


def bench(*arguments):
    ran = command("bench", *arguments, "--json")
    return ran.returncode, json.loads(ran.stdout) if ran.stdout.strip() else None


def figures(found, what):
    for key in FIGURES:
        expect(found.get(key, 0) > 0, f"{key} of {what} in {found}")
    expect(found["p50_ms"] <= found["p99_ms"], f"percentiles of {what}")


def test(folder):
    status, found = bench("face", "--n", 10, "--save", folder / "pictures")
    equal(status, 0, "exit status")
    equal(found["name"], "face", "name")
    for what in (found, found["embed_250"], found["yardstick"]):
        figures(what, "face")
    equal(set(found["stages_cpu_ms"]), STAGES, "stages")
    expect(found["workers"]["one_per_s"] > 0 and found["workers"]["ratio"] > 0, "workers")
    expect(found["calibration"]["fp32_gop_s"] > 0, "calibration")
    saved = {p.name for p in (folder / "pictures").iterdir()}
    equal(saved, {f"{kind}{i}.jpg" for kind in ("selfie", "photo") for i in range(1, found["photos"] + 1)}, "saved")

    status, found = bench("search", "--n", 20000)
    equal(status, 0, "exit status")
    equal(found["name"], "search", "name")
    for what in (found, found["yardstick"]):
        figures(what, "search")

    (folder / "empty").mkdir()
    for place, code in (("empty", "file.invalid"), ("nowhere", "file.unreadable")):
        status, problem = bench("face", "--photos", folder / place)
        equal((status, problem["code"]), (1, code), f"photos in {place}")
    status, problem = bench("face", "--models", folder / "nowhere")
    equal((status, problem["code"]), (1, "vision.models_missing"), "models")
    for wrong in (("face", "--n", "0"), ("face", "extra"), ("nothing",)):
        equal(command("bench", *wrong).returncode, 2, f"wrong usage {wrong}")


run("bench", test)
