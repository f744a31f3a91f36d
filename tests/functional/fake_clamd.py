"""A malware scanner that speaks clamd's INSTREAM on a UNIX socket and finds one word."""

import socketserver
import struct
import threading

FINDS = b"FAKE-MALWARE"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.read(10) != b"zINSTREAM\0":
            return
        content = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.server.seen.append(len(content))
        self.wfile.write(b"stream: Fake.Malware FOUND\0" if FINDS in content else b"stream: OK\0")


class FakeClamd(socketserver.ThreadingUnixStreamServer):
    """Use it in a `with` block; `seen` holds the size of every file that was scanned."""
    daemon_threads = True

    def __init__(self, path):
        super().__init__(str(path), _Talk)
        self.seen = []
        self.setting = f"unix:{path}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever)
        self.thread.start()
        return super().__enter__()

    def __exit__(self, *args):
        self.shutdown()
        self.thread.join()
        super().__exit__(*args)
