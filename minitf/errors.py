"""Every TensorFlow error code is an exception class of its own.

Offers `OpError`, its sixteen subclasses, the integer codes, and the two errors of graph building:
`OperatorNotAllowedInGraphError` and `InaccessibleTensorError`.
"""

import traceback

__all__ = [
    "ABORTED",
    "ALREADY_EXISTS",
    "AbortedError",
    "AlreadyExistsError",
    "CANCELLED",
    "CancelledError",
    "DATA_LOSS",
    "DEADLINE_EXCEEDED",
    "DataLossError",
    "DeadlineExceededError",
    "FAILED_PRECONDITION",
    "FailedPreconditionError",
    "INTERNAL",
    "INVALID_ARGUMENT",
    "InaccessibleTensorError",
    "InternalError",
    "InvalidArgumentError",
    "NOT_FOUND",
    "NotFoundError",
    "OK",
    "OUT_OF_RANGE",
    "OpError",
    "OperatorNotAllowedInGraphError",
    "OutOfRangeError",
    "PERMISSION_DENIED",
    "PermissionDeniedError",
    "RESOURCE_EXHAUSTED",
    "ResourceExhaustedError",
    "UNAUTHENTICATED",
    "UNAVAILABLE",
    "UNIMPLEMENTED",
    "UNKNOWN",
    "UnauthenticatedError",
    "UnavailableError",
    "UnimplementedError",
    "UnknownError",
    "error_code_from_exception_type",
    "exception_type_from_error_code",
]

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OperatorNotAllowedInGraphError(TypeError):
    """A symbolic tensor was used where Python needs a value, as in `if tensor:`."""


class InaccessibleTensorError(ValueError):
    """A symbolic tensor was used outside the graph that it belongs to."""


class OpError(Exception):
    """An op failed while it ran.

    >>> error = NotFoundError(None, None, "no such file")
    >>> print(error, error.error_code, error.op)
    no such file 5 None
    """

    def __init__(self, node_def, op, message, error_code, *args):
        super().__init__()  # TensorFlow's op errors have empty `args`
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code
        self._experimental_payloads = args[0] if args and isinstance(args[0], dict) else {}

    @property
    def message(self):
        """What went wrong."""
        return self._message

    @property
    def op(self):
        """The `tf.Operation` that failed, or None where that is not known (as when eager)."""
        return self._op

    @property
    def node_def(self):
        """The description of the op that failed, or None."""
        return self._node_def

    @property
    def error_code(self):
        """The integer code of the error, such as `tf.errors.NOT_FOUND`."""
        return self._error_code

    @property
    def experimental_payloads(self):
        """Details that came with the error."""
        return self._experimental_payloads

    def __str__(self):
        frames = getattr(self._op, "traceback", None)
        if not frames:
            return str(self._message)
        return f"{self._message}\n\nOriginal stack trace for {self._op.name!r}:\n" + "".join(
            traceback.format_list(frames)
        )

    def __reduce__(self):
        if type(self) is OpError:
            return OpError, (self._node_def, None, self._message, self._error_code)
        return type(self), (self._node_def, None, self._message)


_class_of_code = {}


class _CodedError(OpError):
    """An OpError whose code is fixed by its class."""

    def __init_subclass__(cls, code, **kwargs):
        super().__init_subclass__(**kwargs)
        cls._code = code
        _class_of_code.setdefault(code, cls)

    def __init__(self, node_def, op, message, *args):
        super().__init__(node_def, op, message, self._code, *args)


class CancelledError(_CodedError, code=CANCELLED):
    """The operation was cancelled."""


class UnknownError(_CodedError, code=UNKNOWN):
    """An error of which nothing more is known."""


class InvalidArgumentError(_CodedError, code=INVALID_ARGUMENT):
    """An op received an input that it cannot work on, such as unequal shapes."""


class DeadlineExceededError(_CodedError, code=DEADLINE_EXCEEDED):
    """The operation took longer than it was given."""


class NotFoundError(_CodedError, code=NOT_FOUND):
    """Something that was asked for, such as a file, does not exist."""


class AlreadyExistsError(_CodedError, code=ALREADY_EXISTS):
    """Something that was to be made exists already."""


class PermissionDeniedError(_CodedError, code=PERMISSION_DENIED):
    """The caller may not do this."""


class UnauthenticatedError(_CodedError, code=UNAUTHENTICATED):
    """The caller did not show who it is."""


class ResourceExhaustedError(_CodedError, code=RESOURCE_EXHAUSTED):
    """Memory or another resource has run out."""


class FailedPreconditionError(_CodedError, code=FAILED_PRECONDITION):
    """The state is not ready: for one, a variable was read before it was set."""


class AbortedError(_CodedError, code=ABORTED):
    """The operation was stopped because of a conflict with another."""


class OutOfRangeError(_CodedError, code=OUT_OF_RANGE):
    """The operation went past the end, as of a dataset."""


class UnimplementedError(_CodedError, code=UNIMPLEMENTED):
    """The operation is not available for these inputs."""


class InternalError(_CodedError, code=INTERNAL):
    """Something that the system relies on does not hold."""


class UnavailableError(_CodedError, code=UNAVAILABLE):
    """The runtime cannot be reached now."""


class DataLossError(_CodedError, code=DATA_LOSS):
    """Data are lost or damaged for good."""


def exception_type_from_error_code(error_code):
    """The exception class of an integer code.

    >>> exception_type_from_error_code(NOT_FOUND).__name__
    'NotFoundError'
    """
    return _class_of_code[error_code]


def error_code_from_exception_type(cls):
    """The integer code of an exception class; UNKNOWN for a class that has none."""
    return getattr(cls, "_code", UNKNOWN)


def told(error):
    """`error` of XLA's runtime as TensorFlow has it: where memory runs out, it says so.

    >>> told(RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes."))
    ResourceExhaustedError()
    """
    text = str(error)
    if not text.startswith("RESOURCE_EXHAUSTED"):
        return error
    return ResourceExhaustedError(None, None, text.replace("RESOURCE_EXHAUSTED: Out", "OOM: out"))
