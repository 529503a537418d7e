"""Runs commands from a process that is small and stays small.

What the kernel says of a command's memory begins with what the process had that started it, which for
pytest is more than the tool may use at all. Run as a program, this is that small process: it takes jobs
as lines of JSON and answers with the exit status and the peak of resident memory.
"""

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass


PATIENCE = 120


@dataclass
class Spent:
    """What a command was and used: memory in bytes."""

    status: int
    output: bytes
    errors: str
    memory: int


class Spawner:
    def __init__(self, scratch):
        self.outputs = [str(scratch / name) for name in ("stdout", "stderr")]
        self.process = subprocess.Popen([sys.executable, "-S", "-E", __file__],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, *command, cwd) -> Spent:
        job = {"command": [os.fspath(word) for word in command], "cwd": os.fspath(cwd),
               "outputs": self.outputs}
        self.process.stdin.write(json.dumps(job).encode() + b"\n")
        self.process.stdin.flush()
        status, memory = json.loads(self.process.stdout.readline())
        output, errors = (open(path, "rb").read() for path in self.outputs)
        return Spent(status, output, errors.decode(errors="replace"), memory)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def serve():
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                # What computes without an end is killed (SIGXCPU).
                resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
                os.chdir(job["cwd"])
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                for number, path in enumerate(job["outputs"], 1):
                    os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
                os.execv(job["command"][0], job["command"])
            finally:
                os._exit(127)
        _, status, used = os.wait4(child, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_maxrss << 10]), flush=True)


if __name__ == "__main__":
    serve()
