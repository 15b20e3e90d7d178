"""Operations that run once a SavedModel is loaded."""

from minitf.compat.v1.graphs import group
from minitf.compat.v1.lookup import tables_initializer
from minitf.compat.v1.variables import global_variables_initializer, local_variables_initializer

__all__ = ["main_op", "main_op_with_restore"]


def main_op():
    """Gives every variable its first value, and tables their entries."""
    first = global_variables_initializer(), local_variables_initializer(), tables_initializer()
    return group(*first)


def main_op_with_restore(restore_op_name):
    """Gives local variables and tables their values, and runs the operation of that name."""
    return group(restore_op_name, local_variables_initializer(), tables_initializer())
