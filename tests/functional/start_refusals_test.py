"""What the server refuses to start on: a folder in use, demo data in production and the other way round,
partners that are not real, keys and secrets that others can read, settings it does not know."""

import contextlib
import http.client
import os
import subprocess

from harness import PROGRAM, Server, command, environment, equal, expect, run, wait_for

PARTNERS = ("authority", "sms", "payment")


def real_partners(folder):
    """Settings of partners that look real; nobody calls them here."""
    secret = folder / "partner-secret"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text("0123456789abcdef0123456789abcdef\n")
    settings = {f"{name}_url": f"https://{name}.example" for name in PARTNERS}
    return settings | {f"{name}_secret_file": secret for name in PARTNERS}


def refused(code, what, data, *flags, **settings):
    ports = {"http_port": 0, "http_tls_port": -1, "sandbox_port": 0}
    ran = command("serve", "--data", data, *flags, **(ports | settings))
    equal(ran.returncode, 1, f"{what}: {ran.stdout}{ran.stderr}")
    expect(f"mianqian: {code}" in ran.stderr, f"{what}: {ran.stderr}")
    expect("listening" not in ran.stdout, f"{what}: it listened")


def one_server_a_folder(data):
    with Server(data) as server:
        refused("app.data_folder", "a second server on one folder", data, "--demo")
        ran = command("demo", "--json", "--data", data)
        expect(ran.returncode == 1 and "app.data_folder" in ran.stdout, f"a demo beside it: {ran.stdout}")
        equal(server.request("GET", "/healthz").status, 200, "the first server's health")


def demo_is_no_production(data, folder):
    refused("app.demo_mixed_with_production", "demo data in production", data, **real_partners(folder))


@contextlib.contextmanager
def production(data, folder):
    log = folder / "production.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--data", str(data)], stdout=out, stderr=out,
            env=environment(http_port=0, http_tls_port=-1, **real_partners(folder)))
    try:
        wait_for("the start of a production server",
                 lambda: b"listening on" in log.read_bytes() or process.poll() is not None)
        expect(process.poll() is None, f"production does not start: {log.read_text()}")
        yield int(log.read_text().split("http://127.0.0.1:")[1].split()[0])
    finally:
        process.terminate()
        process.wait(60)


def production_is_no_demo(folder):
    data = folder / "production"
    with production(data, folder) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/healthz")
        equal(connection.getresponse().status, 200, "production's health")
        connection.close()
    equal(sorted(p.name for p in folder.glob("production-sandbox*")), [], "a sandbox of production")
    refused("app.demo_mixed_with_production", "production data in a demo", data, "--demo")
    ran = command("demo", "--json", "--data", data)
    expect(ran.returncode == 1 and "app.demo_mixed_with_production" in ran.stdout, f"its demo: {ran.stdout}")

    os.chmod(data / "master.key", 0o644)
    refused("crypto.key_file_permissions", "a key that everybody can read", data, **real_partners(folder))
    os.chmod(data / "master.key", 0o600)
    (data / "master.key").rename(folder / "key-kept")
    with open(data / "master.key", "x") as file:
        os.chmod(data / "master.key", 0o600)
        file.write("not a key\n")
    refused("crypto.", "a key file that is none", data, **real_partners(folder))


def partners_are_real(folder):
    data = folder / "unused"
    real = real_partners(folder)
    refused("app.partner_missing", "production without partners", data)
    for name in PARTNERS:
        for url in ("http://127.0.0.1:8090", "https://127.0.0.1:8090", "https://localhost:8090",
                    "https://[::1]:8090", f"http://{name}.example"):
            refused("app.partner_not_real", f"{name} at {url}", data, **(real | {f"{name}_url": url}))
    expect(not data.exists(), "a server whose partners are refused makes no folder")
    shared = folder / "shared-secret"
    shared.write_text("0123456789abcdef0123456789abcdef\n")
    os.chmod(shared, 0o640)
    refused("app.partner_missing", "a secret that the group can read", data,
            **(real | {"sms_secret_file": shared}))


def settings_are_known(folder):
    config = folder / "config.toml"
    for text, code in (("[server]\ndmeo = true\n", "config.unknown_key"), ("[server\n", "config.malformed"),
                       ("[http]\nport = 70000\n", "config.invalid_value")):
        config.write_text(text)
        ran = command("serve", "--config", config, "--data", folder / "unused")
        expect(ran.returncode == 1 and code in ran.stderr, f"{text!r}: {ran.stderr}")


def test(folder):
    data = folder / "demo"
    one_server_a_folder(data)
    demo_is_no_production(data, folder)
    production_is_no_demo(folder)
    partners_are_real(folder)
    settings_are_known(folder)


run("start refusals", test)
