"""`python -m minitf SCRIPT [ARGUMENTS]`: run an unmodified TensorFlow program on minitf."""

import argparse
import os
import runpy
import sys
import traceback
from types import TracebackType

import jax

from minitf.install import install_as_tensorflow

_HIDDEN = (
    os.path.dirname(__file__) + os.sep,
    os.path.dirname(jax.__file__) + os.sep,
    "<frozen runpy>",
)


def _keep_user_frames(report: traceback.TracebackException, script: str) -> None:
    """Drop the frames before the script's first, and those of minitf and JAX, in the chain."""
    frames = list(report.stack)
    first = next((i for i, frame in enumerate(frames) if frame.filename == script), 0)
    kept = [f for f in frames[first:] if f.filename == script or not f.filename.startswith(_HIDDEN)]
    report.stack = traceback.StackSummary.from_list(kept)
    for other in (report.__cause__, report.__context__):
        if other is not None:
            _keep_user_frames(other, script)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m minitf", description="Run an unmodified TensorFlow program on minitf."
    )
    parser.add_argument("--v1", action="store_true", help="`tensorflow` is TensorFlow 1.x")
    parser.add_argument(
        "--full-traceback", action="store_true", help="show minitf's and JAX's frames too"
    )
    parser.add_argument("script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    script = options.script

    def show_exception(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        report = traceback.TracebackException(kind, error, trace)
        if not options.full_traceback:
            _keep_user_frames(report, script)
        print("".join(report.format()), file=sys.stderr, end="")

    if not os.path.exists(script):
        parser.exit(2, f"{parser.prog}: can't open file {os.path.abspath(script)!r}\n")
    install_as_tensorflow(v1=options.v1)
    sys.argv = [script, *options.arguments]
    if not sys.flags.safe_path:
        sys.path[0] = os.path.dirname(os.path.realpath(script))
    sys.excepthook = show_exception
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
