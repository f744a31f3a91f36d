"""Verification errors on an operator's own photos: the figures, the files it writes, and what it refuses."""

import json
import shutil

from harness import SOURCE, command, equal, expect, run

PEOPLE = (1, 4, 5)  # demo photos whose widest faces are three people


def eval_face(*arguments):
    ran = command("eval", "face", "--json", *arguments)
    return ran.returncode, json.loads(ran.stdout) if ran.stdout.strip() else None


def refused(code, part, *arguments):
    status, problem = eval_face(*arguments)
    equal(status, 1, f"exit status of {arguments}")
    equal(problem["code"], code, f"code of {arguments}")
    expect(problem["title"] and part in problem["detail"], f"{part} in {problem}")


def test(folder):
    photos = folder / "photos"
    for person in PEOPLE:
        (photos / str(person)).mkdir(parents=True)
        for name in ("one.jpg", "two.jpg"):
            shutil.copy(SOURCE / f"models/demo-photos/sample{person}.jpg", photos / str(person) / name)
    pairs = folder / "pairs.csv"
    pairs.write_text("a,b,same,group\n" + "".join(
        f"{a}/one.jpg,{b}/two.jpg,{int(a == b)},demo\n" for a in PEOPLE for b in PEOPLE))

    status, found = eval_face("--pairs", pairs, "--root", photos)
    equal(status, 0, "exit status")
    equal((found["pairs"], found["genuine_pairs"], found["impostor_pairs"]), (9, 3, 6), "pairs")
    equal((found["failed_to_enroll"], found["auc"], found["wrong"]), (0, 1.0, 0), "copies are recognised")
    equal(sorted(found["fnmr_at_fmr"]), ["1e-2", "1e-3", "1e-4"], "rates")
    expect(found["cpu_ms_per_photo"] > 0, "time")
    equal(found["groups"]["demo"]["two_fold"]["accuracy"], 1.0, "two-fold accuracy")
    for point in found["at_stated_thresholds"]:
        low, high = point["observed_fmr"]["clopper_pearson"]
        expect(low == 0 and high > 0.4, "six pairs of strangers show little")

    report = folder / "report"
    status, found = eval_face("--all-pairs", "--root", photos, "--threads", "2", "--report", report, "--name", "demo")
    equal(status, 0, "exit status of all pairs")
    equal((found["pairs"], found["genuine_pairs"], found["people"]), (15, 3, 3), "all pairs")
    page = (report / "report.html").read_text()
    expect("<svg" in page and "<script" not in page and "Verification errors: demo" in page, "the report")
    expect((report / "det.svg").exists() and (report / "scores.svg").exists(), "the plots")

    refused("file.unreadable", "absent.csv", "--pairs", folder / "absent.csv", "--root", photos)
    bad = folder / "bad.csv"
    bad.write_text("a,b,same\n1/one.jpg,4/one.jpg,maybe\n")
    refused("file.invalid", "line 2", "--pairs", bad, "--root", photos)
    bad.write_text("first,second\n1,2\n")
    refused("file.invalid", "columns", "--pairs", bad, "--root", photos)
    bad.write_text("a,b,same\n1/one.jpg,9/gone.jpg,0\n")
    refused("file.unreadable", "9/gone.jpg", "--pairs", bad, "--root", photos)
    refused("file.unreadable", "nowhere", "--all-pairs", "--root", folder / "nowhere")
    refused("file.unreadable", "gone.json", "--pairs", pairs, "--root", photos, "--curve", folder / "gone.json")
    bad.write_text("{}")
    refused("curve.malformed", "bad.csv", "--pairs", pairs, "--root", photos, "--curve", bad)
    curve = folder / "curve.json"
    refused("curve.too_few_pairs", "everybody", "--pairs", pairs, "--root", photos, "--write-curve", curve,
            "--name", "demo")
    expect(not curve.exists(), "no curve is written from nine pairs")
    for wrong in (("--root", photos), ("--pairs", pairs), ("--pairs", pairs, "--root", photos, "--write-curve", curve),
                  ("--all-pairs", "--root", photos, "--threads", "0")):
        equal(command("eval", "face", *wrong).returncode, 2, f"wrong usage {wrong}")


run("eval_face", test)
