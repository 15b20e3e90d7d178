"""`tf.gfile`: files and folders."""

import glob
import os
import shutil

from minitf import errors


class GFile:
    """A file: text for mode "r" or "w", bytes for "rb" or "wb"; NotFoundError if there is none."""

    def __init__(self, name, mode="r"):
        self.name, self.mode = os.fspath(name), mode
        self._file = None

    def _open(self):
        if self._file is None:
            encoding = None if "b" in self.mode else "utf-8"
            try:
                self._file = open(self.name, self.mode, encoding=encoding)
            except FileNotFoundError:
                raise _not_found(self.name) from None
        return self._file

    def read(self, n=-1):
        return self._open().read(n)

    def readline(self):
        return self._open().readline()

    def readlines(self):
        return self._open().readlines()

    def write(self, file_content):
        self._open().write(file_content)

    def seek(self, offset=0, whence=0):
        self._open().seek(offset, whence)

    def tell(self):
        return self._open().tell()

    def size(self):
        return os.path.getsize(self.name)

    def flush(self):
        self._open().flush()

    def close(self):
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __iter__(self):
        return iter(self._open())


FastGFile = Open = GFile


def _not_found(path):
    return errors.NotFoundError(None, None, f"{path}; No such file or directory")


def Exists(filename):  # noqa: N802
    """Whether there is such a file or folder."""
    return os.path.exists(filename)


def IsDirectory(dirname):  # noqa: N802
    """Whether it is a folder."""
    return os.path.isdir(dirname)


def ListDirectory(dirname):  # noqa: N802
    """The names in a folder; NotFoundError if there is no such folder."""
    if not os.path.isdir(dirname):
        raise errors.NotFoundError(None, None, f"Could not find directory {dirname}")
    return os.listdir(dirname)


def Glob(filename):  # noqa: N802
    """The paths that match a pattern, or any of a list of patterns."""
    patterns = [filename] if isinstance(filename, str) else filename
    return sorted(path for pattern in patterns for path in glob.glob(pattern))


def MkDir(dirname):  # noqa: N802
    """Makes a folder."""
    os.mkdir(dirname)


def MakeDirs(dirname):  # noqa: N802
    """Makes a folder, and those above it, where they are missing."""
    os.makedirs(dirname, exist_ok=True)


def Remove(filename):  # noqa: N802
    """Deletes a file; NotFoundError if there is none."""
    if not os.path.exists(filename):
        raise _not_found(filename)
    os.remove(filename)


def DeleteRecursively(dirname):  # noqa: N802
    """Deletes a folder and all in it; NotFoundError if there is none."""
    if not os.path.exists(dirname):
        raise _not_found(dirname)
    shutil.rmtree(dirname)


def Copy(oldpath, newpath, overwrite=False):  # noqa: N802
    """Copies a file; AlreadyExistsError if that would replace one."""
    if not overwrite and os.path.exists(newpath):
        raise errors.AlreadyExistsError(None, None, "file already exists")
    shutil.copyfile(oldpath, newpath)


def Rename(oldname, newname, overwrite=False):  # noqa: N802
    """Moves a file or folder; AlreadyExistsError if that would replace one."""
    if not overwrite and os.path.exists(newname):
        raise errors.AlreadyExistsError(None, None, "file already exists")
    os.replace(oldname, newname)


def Walk(top, in_order=True):  # noqa: N802
    """(folder, names of folders, names of files) for all folders below `top`."""
    return os.walk(top, topdown=in_order)
