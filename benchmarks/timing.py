"""Time a statement inside a measured process: seconds a call, median over rounds."""

import json
import time


def seconds_per_call(call, rounds: int = 15, round_seconds: float = 0.02) -> float:
    """The median, over rounds of about `round_seconds`, of the time that one call takes."""
    for _ in range(20):
        call()
    repeats, spent = 1, 0.0
    while spent < round_seconds:
        repeats *= 2
        start = time.perf_counter()
        for _ in range(repeats):
            call()
        spent = time.perf_counter() - start
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(repeats):
            call()
        times.append((time.perf_counter() - start) / repeats)
    return sorted(times)[rounds // 2]


def report(times: dict[str, float]) -> None:
    """Hand the measurements to the process that compares them: the last line printed."""
    print(json.dumps(times))
