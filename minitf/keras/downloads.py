"""Files from the web, downloaded once and kept in the user's folder (`~/.keras`)."""

import hashlib
import os
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile

from minitf.keras.progress import Progbar, print_message


def keras_home():
    """The folder for settings and downloads: `$KERAS_HOME`, by default `~/.keras`."""
    return os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")


def get_file(fname=None, origin=None, untar=False, md5_hash=None, file_hash=None,
             cache_subdir="datasets", hash_algorithm="auto", extract=False,
             archive_format="auto", cache_dir=None, force_download=False):  # fmt: skip
    """The path of a downloaded file; with `extract`, of the folder with an archive's content.

    Args:
      fname: the file's name in the folder, by default that of the URL.
      origin: the URL.
      file_hash: SHA-256 or MD5, in hexadecimal, that the file must have.
      force_download: download again what is there already.

    Raises:
      ValueError: no `origin`, a path as `fname`, or a file with another hash.
      Exception: the URL cannot be fetched.
    """
    if origin is None:
        raise ValueError('Please specify the "origin" argument (URL of the file to download).')
    given, fname = fname, os.fspath(fname) if fname else ""
    if os.sep in fname:
        raise ValueError(
            "Paths are no longer accepted as the `fname` argument. To specify the file's parent "
            f"directory, use the `cache_dir` argument. Received: fname={fname}"
        )
    fname = fname or os.path.basename(urllib.parse.urlsplit(origin).path)
    if not fname:
        raise ValueError(
            f"Can't parse the file name from the origin provided: '{origin}'. "
            "Please specify the `fname` argument."
        )
    folder = os.path.join(_writable(cache_dir or keras_home()), cache_subdir)
    os.makedirs(folder, exist_ok=True)
    target = content = os.path.join(folder, fname)
    if extract or untar:
        if given and "." in fname:
            content = os.path.join(folder, f"{fname.split('.')[0]}_extracted")
        else:
            target = os.path.join(folder, f"{fname}_archive")
    digest = file_hash or md5_hash
    algorithm = "md5" if md5_hash and not file_hash else hash_algorithm
    if force_download or not _is_whole(target, digest, algorithm):
        _download(origin, target)
        if not _is_whole(target, digest, algorithm):
            raise ValueError(
                f"Incomplete or corrupted file detected. The {algorithm} file hash does not match "
                f"the provided value of {digest}."
            )
    if extract or untar:
        _extract(target, content, "tar" if untar else archive_format)
    return content if extract or untar else target


def _writable(folder):
    folder = os.path.expanduser(os.fspath(folder))
    parent = folder if os.path.exists(folder) else os.path.dirname(folder) or "."
    return folder if os.access(parent, os.W_OK) else os.path.join(tempfile.gettempdir(), ".keras")


def _is_whole(path, digest, algorithm):
    """Whether the file is there and, if a hash is given, has that hash."""
    if not os.path.exists(path):
        return False
    if digest is None:
        return True
    sha = algorithm == "sha256" or (algorithm == "auto" and len(digest) == 64)
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256" if sha else "md5").hexdigest() == digest


def _download(origin, target):
    print_message(f"Downloading data from {origin}")
    bar = None

    def report(blocks, size, total):
        nonlocal bar
        bar = bar or Progbar(total if total >= 0 else None)
        bar.update(min(blocks * size, total) if total >= 0 else blocks * size)

    try:
        urllib.request.urlretrieve(origin, target, report)
    except urllib.error.HTTPError as error:
        message = f"URL fetch failure on {origin}: {error.code} -- {error.msg}"
        raise Exception(message) from error  # noqa: TRY002  as TensorFlow does
    except urllib.error.URLError as error:
        message = f"URL fetch failure on {origin}: {error.errno} -- {error.reason}"
        raise Exception(message) from error  # noqa: TRY002
    except BaseException:
        if os.path.exists(target):
            os.remove(target)
        raise


def _extract(archive, folder, archive_format):
    if os.path.isdir(folder):
        return
    if archive_format in ("auto", "tar") and tarfile.is_tarfile(archive):
        with tarfile.open(archive) as file:
            file.extractall(folder, filter="data")
    elif archive_format in ("auto", "zip") and zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as file:
            file.extractall(folder)
    else:
        raise ValueError(f"{archive} is no archive of format {archive_format!r}.")
