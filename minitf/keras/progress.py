"""The bar that `fit` draws: how far it is, how long it takes, what the metrics are.

`Progbar` draws it; `print_message` is where all of Keras's messages go, and
`disable_interactive_logging` sends them to the log instead of the screen.
"""

import logging
import math
import os
import sys
import time

import numpy as np

from minitf.keras import config

BOLD, GREEN, WHITE, PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


def print_message(message, line_break=True):
    """Print a message, or log it when interactive logging is off."""
    message = str(message)
    if not config.is_interactive_logging_enabled():
        logging.getLogger("absl").info(message)
        return
    message += "\n" if line_break else ""
    try:
        sys.stdout.write(message)
    except UnicodeEncodeError:
        sys.stdout.write(message.encode("ascii", errors="replace").decode("ascii"))
    sys.stdout.flush()


class Progbar:
    """A progress bar of `target` steps, with the running values of metrics.

    Metrics named in `stateful_metrics` are shown as they come; others are averaged over the steps.
    `verbose=1` redraws the bar at most every `interval` seconds, `verbose=2` prints one line at
    the end, `verbose=0` nothing. `target=None`: the number of steps is not known.
    """

    def __init__(self, target, width=20, verbose=1, interval=0.05, stateful_metrics=None,
                 stateless_metrics=None, unit_name="step"):  # fmt: skip
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "Only one of `stateful_metrics` or `stateless_metrics` can be provided: each of "
                "them says how all metrics that it does not name are shown."
            )
        self.target, self.width, self.verbose = target, width, verbose
        self.interval, self.unit_name = interval, unit_name
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self.stateful_metrics = None if stateless_metrics is not None else set(
            stateful_metrics or ())  # fmt: skip
        self._redraws = _screen_can_redraw()
        self._seen_so_far = 0
        self._sums = {}  # metric -> (sum over steps, number of steps)
        self._start = time.time()
        self._last_update = 0
        self._after_first_step = None
        self._drawn_width = 0

    def start_earlier(self, seconds):
        """Let the bar have started so long ago."""
        self._start = time.time() - seconds

    def update(self, current, values=None, finalize=None):
        """Show that step `current` is done; `values` are pairs (metric, value of the last step)."""
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        self._add_up(current, values or [], finalize)
        now = time.time()
        duration = self._step_duration(current, now)
        if self.verbose == 1:
            if now - self._last_update < self.interval and not finalize:
                return
            self._draw(current, now, duration, finalize)
        elif self.verbose == 2 and finalize and self.target:
            elapsed = f"{self._count(current)} - {now - self._start:.0f}s"
            line = f"{elapsed} - {_per_unit(duration, self.unit_name)}{self._metrics(abs=_same)}"
            print_message(line)
        self._last_update = now

    def add(self, n, values=None):
        """Show that `n` more steps are done."""
        self.update(self._seen_so_far + n, values)

    def _add_up(self, current, values, finalize):
        for name, value in values:
            if finalize or not self._is_averaged(name):
                self._sums[name] = (value, 1)
            else:
                steps = max(current - self._seen_so_far, 1)
                total, count = self._sums.get(name, (0.0, 0))
                self._sums[name] = (total + value * steps, count + steps)
        self._seen_so_far = current

    def _is_averaged(self, name):
        if self.stateless_metrics is not None:
            return name in self.stateless_metrics
        return name not in self.stateful_metrics

    def _step_duration(self, current, now):
        """Seconds per step so far, without the first step: it compiles."""
        if not current:
            return 0
        if self._after_first_step is not None and current > 1:
            return (now - self._after_first_step) / (current - 1)
        if current == 1:
            self._after_first_step = now
        return (now - self._start) / current

    # Text ----------------------------------------------------------------------------------------

    def _draw(self, current, now, duration, finalize):
        start = "\b" * self._drawn_width + "\r" if self._redraws else "\n"
        if self.target:
            done = int(self.width * current / self.target)
            bar = f"{BOLD}{self._count(current)}{PLAIN} "
            bar += f"{GREEN}{'━' * done}{PLAIN}" if done > 0 else ""
            bar += f"{WHITE}{'━' * (self.width - done)}{PLAIN}"
        else:
            bar = f"{current:7d}/Unknown"
        if self.target and not finalize:
            clock = _clock(duration * (self.target - current))
        else:
            clock = f"{now - self._start:.0f}s"
        line = f"{bar} {BOLD}{clock}{PLAIN} {_per_unit(duration, self.unit_name)}{self._metrics()}"
        width = _printed_width(line)
        padding = " " * (self._drawn_width - width)
        print_message(start + line + padding + ("\n" if finalize else ""), line_break=False)
        self._drawn_width = width

    def _count(self, current):
        digits = int(math.log10(self.target)) + 1
        return f"{current:{digits}d}/{self.target}"

    def _metrics(self, abs=abs):
        text = ""
        for name, (total, count) in self._sums.items():
            mean = (total if isinstance(total, float) else np.mean(total)) / max(1, count)
            text += f" - {name}: {mean:.4f}" if abs(mean) > 1e-3 else f" - {name}: {mean:.4e}"
        return text


def _same(value):
    return value


def _screen_can_redraw():
    terminal = hasattr(sys.stdout, "isatty") and sys.stdout.isatty()
    notebook = "ipykernel" in sys.modules
    return terminal or notebook or "posix" in sys.modules or "PYCHARM_HOSTED" in os.environ


def _printed_width(line):
    for code in (BOLD, GREEN, WHITE, PLAIN):
        line = line.replace(code, "")
    return len(line)


def _clock(seconds):
    """Seconds as the bar writes the time to go.

    >>> _clock(59), _clock(61), _clock(3725)
    ('59s', '1:01', '1:02:05')
    """
    hours, rest = divmod(int(seconds), 3600)
    minutes, seconds_left = divmod(rest, 60)
    if seconds > 3600:
        return f"{hours}:{minutes:02d}:{seconds_left:02d}"
    return f"{minutes}:{seconds_left:02d}" if seconds > 60 else f"{int(seconds)}s"


def _per_unit(seconds, unit):
    """The time of one step.

    >>> _per_unit(2.0, "step"), _per_unit(0.012, "step"), _per_unit(12e-6, "step")
    ('2s/step', '12ms/step', '12us/step')
    """
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s/{unit}"
    scale, sign = (1e3, "ms") if seconds >= 1e-3 else (1e6, "us")
    return f"{seconds * scale:.0f}{sign}/{unit}"
