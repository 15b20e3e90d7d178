"""`tf.app.run`: reads the flags, then calls `main`."""

import sys

from minitf.compat.v1 import flags

__all__ = ["flags", "run"]


def run(main=None, argv=None):
    """Reads the flags of `argv`, calls `main` with what is left of it, and ends the program.

    Without `main`, that of the program's own module is called.
    """
    argv = sys.argv if argv is None else argv
    if {"-h", "--help"} & set(argv[1:]):
        print(f"USAGE: {argv[0]} [flags]\n{flags.FLAGS.get_help()}")
        sys.exit(1)
    try:
        rest = flags.FLAGS(argv, known_only=True)
    except flags.Error as error:
        sys.exit(f"FATAL Flags parsing error:\n  {error}")
    sys.exit((main or sys.modules["__main__"].main)(rest))
