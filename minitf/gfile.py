"""`tf.io.gfile`: files and folders.

Errors are TensorFlow's: NotFoundError, AlreadyExistsError, FailedPreconditionError.
"""

import builtins
import collections
import contextlib
import glob as globbing
import os
import shutil

from minitf import errors

__all__ = [
    "GFile", "copy", "exists", "get_registered_schemes", "glob", "isdir", "join", "listdir",
    "makedirs", "mkdir", "remove", "rename", "rmtree", "stat", "walk",
]  # fmt: skip

FileStatistics = collections.namedtuple("FileStatistics", ["length", "mtime_nsec", "is_directory"])


@contextlib.contextmanager
def _errors_of(path):
    """TensorFlow's errors in place of the operating system's."""
    try:
        yield
    except FileNotFoundError:
        raise _not_found(path) from None
    except FileExistsError:
        raise errors.AlreadyExistsError(None, None, f"{path}; File exists") from None
    except (IsADirectoryError, NotADirectoryError) as error:
        raise errors.FailedPreconditionError(None, None, f"{path}; {error.strerror}") from None
    except PermissionError:
        raise errors.PermissionDeniedError(None, None, f"{path}; Permission denied") from None


def _not_found(path):
    return errors.NotFoundError(None, None, f"{path}; No such file or directory")


class GFile:
    """A file, opened when it is first used: text, or with a "b" in `mode` bytes.

    >>> import tempfile
    >>> path = join(tempfile.mkdtemp(), "a.txt")
    >>> with GFile(path, "w") as file:
    ...     file.write("one line")
    >>> GFile(path).read()
    'one line'
    """

    def __init__(self, name, mode="r", encoding="utf-8"):
        if mode.replace("b", "") not in ("r", "w", "a", "r+", "w+", "a+"):
            raise errors.InvalidArgumentError(None, None, f"mode {mode!r} is not known")
        self._name, self._mode, self._encoding = os.fspath(name), mode, encoding
        self._file = None

    name = property(lambda self: self._name)
    mode = property(lambda self: self._mode)

    def _open(self):
        if self._file is None:
            encoding = None if "b" in self._mode else self._encoding
            with _errors_of(self._name):
                self._file = builtins.open(self._name, self._mode, encoding=encoding)
        return self._file

    def _reader(self):
        if self._mode[0] != "r" and "+" not in self._mode:
            raise errors.PermissionDeniedError(None, None, "File isn't open for reading")
        return self._open()

    def read(self, n=-1):
        """The next `n` characters or bytes, by default all that are left."""
        return self._reader().read(n)

    def readline(self):
        """The next line, with its end."""
        return self._reader().readline()

    def readlines(self):
        """The lines that are left."""
        return self._reader().readlines()

    def write(self, file_content):
        """Writes a text or bytes."""
        if self._mode[0] == "r" and "+" not in self._mode:
            raise errors.PermissionDeniedError(None, None, "File isn't open for writing")
        file = self._open()
        if "b" not in self._mode and isinstance(file_content, bytes):
            file_content = file_content.decode(self._encoding)
        elif "b" in self._mode and isinstance(file_content, str):
            file_content = file_content.encode(self._encoding)
        file.write(file_content)

    def seek(self, offset=None, whence=0, position=None):
        """Goes on at a place: from the start, from here (`whence` 1) or from the end (2)."""
        if offset is None and position is None:
            raise TypeError("seek(): offset argument required")
        self._open().seek(position if offset is None else offset, whence)

    def tell(self):
        """The place of what is read next."""
        return self._open().tell()

    def seekable(self):
        """True."""
        return True

    def size(self):
        """How many bytes the file has."""
        return stat(self._name).length

    def flush(self):
        """Writes what is still in memory."""
        if self._file is not None:
            self._file.flush()

    def close(self):
        """Closes the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line


def exists(path):
    """Whether there is such a file or folder."""
    return os.path.exists(path)


def isdir(path):
    """Whether it is a folder."""
    return os.path.isdir(path)


def join(path, *paths):
    """A path of parts."""
    return os.path.join(path, *paths)


def listdir(path):
    """The names in a folder; NotFoundError if there is no such folder."""
    if not os.path.isdir(path):
        raise errors.NotFoundError(None, None, f"Could not find directory {path}")
    return os.listdir(path)


def glob(pattern):
    """The sorted paths that match a pattern, or any of a list of patterns."""
    patterns = [pattern] if isinstance(pattern, str | bytes | os.PathLike) else pattern
    return sorted(path for p in patterns for path in globbing.glob(os.fspath(p)))


def mkdir(path):
    """Makes a folder where it is missing; NotFoundError where the one above it is missing too."""
    with _errors_of(path):
        if not os.path.isdir(path):
            os.mkdir(path)


def makedirs(path):
    """Makes a folder, and those above it, where they are missing."""
    with _errors_of(path):
        os.makedirs(path, exist_ok=True)


def remove(path):
    """Deletes a file."""
    with _errors_of(path):
        os.remove(path)


def rmtree(path):
    """Deletes a folder and all in it."""
    with _errors_of(path):
        shutil.rmtree(path)


def copy(src, dst, overwrite=False):
    """Copies a file; AlreadyExistsError if that would replace one."""
    _check_free(dst, overwrite)
    with _errors_of(src):
        shutil.copyfile(src, dst)


def rename(src, dst, overwrite=False):
    """Moves a file or folder; AlreadyExistsError if that would replace one."""
    _check_free(dst, overwrite)
    with _errors_of(src):
        os.replace(src, dst)


def _check_free(path, overwrite):
    if not overwrite and os.path.exists(path):
        raise errors.AlreadyExistsError(None, None, "file already exists")


def stat(path):
    """(length, mtime_nsec, is_directory) of a file or folder."""
    with _errors_of(path):
        found = os.stat(path)
    is_folder = os.path.isdir(path)
    return FileStatistics(found.st_size, found.st_mtime_ns, is_folder)


def walk(top, topdown=True, onerror=None):
    """(folder, names of folders, names of files) for all folders below `top`."""
    return os.walk(top, topdown, onerror)


def get_registered_schemes():
    """The kinds of file systems: only the computer's own."""
    return ["", "file"]
