"""How the benchmark's Python sides take commands: one a line as JSON, each answered with one line."""

import json
import os
import resource
import sys
import time

# What TensorFlow logs is nobody's answer; on a GPU several sides share its memory.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def read_command():
    """Waits for the next command; None where there are no more."""
    line = sys.stdin.readline()
    return json.loads(line) if line else None


def answer(value):
    answers.write(json.dumps(value) + "\n")
    answers.flush()


def answer_commands(**actions):
    """Does what the benchmark asks, one command after the other, until it has no more."""
    while command := read_command():
        answer(actions[command.pop("do")](**command))


def rate_of(work, seconds):
    """How many times a second something is done that is done again until so many seconds have passed."""
    start = time.perf_counter()
    times = 0
    while True:
        work()
        times += 1
        passed = time.perf_counter() - start
        if passed >= seconds:
            return times / passed


def latencies_of(work, seconds):
    """How many milliseconds something takes that is done again until so many seconds have passed: median and 95th percentile."""
    times = []
    start = time.perf_counter()
    while True:
        times.append(1000 * seconds_of(work))
        if time.perf_counter() - start >= seconds:
            break
    times.sort()
    return {"p50": times[int(0.5 * len(times))], "p95": times[int(0.95 * len(times))]}


def seconds_of(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_memory():
    """The most memory that this process has had so far, in MB (10^6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
