"""What a file must not hold: links to other places, and far more than is stored in it.

A file of a few kilobytes could else fill the memory or the disk, or make known what other files of
its reader hold.
"""

from minitf.keras.summary import readable_size

# What is larger must not be more than so many times what is stored of it.
_MEMBER_FLOOR, _MEMBER_EXPANSION = 2**28, 100
_ARRAY_FLOOR, _ARRAY_EXPANSION = 2**32, 1000


def check_archive(archive):
    """Raises ValueError where a file in the zip archive is far larger than what is stored of it."""
    for member in archive.infolist():
        size, stored = member.file_size, member.compress_size
        if size > max(_MEMBER_FLOOR, _MEMBER_EXPANSION * stored):
            raise ValueError(
                f"Not allowed: archive member '{member.filename}' declares {readable_size(size)} "
                f"but only {readable_size(stored)} are stored on disk; refusing to extract a "
                "potential decompression bomb."
            )


def check_group(group):
    """Raises ValueError where a group of an HDF5 file, or one in it, leads elsewhere.

    That is by links and by arrays whose numbers lie in other files; and arrays that are far larger
    than what is stored of them are refused.
    """
    for name in group:
        link = type(group.get(name, getlink=True)).__name__
        if link != "HardLink":
            raise ValueError(f"Not allowed: H5 file with {link}")
        part = group[name]
        if hasattr(part, "items"):
            check_group(part)
        else:
            _check_array(name, part)


def _check_array(name, array):
    if array.external:
        raise ValueError(f"Not allowed: H5 file with external Dataset: {array.external}")
    if array.is_virtual:
        raise ValueError("Not allowed: H5 file with virtual Dataset")
    size, stored = (array.size or 0) * array.dtype.itemsize, array.id.get_storage_size()
    if size > max(_ARRAY_FLOOR, _ARRAY_EXPANSION * stored):
        raise ValueError(
            f"Not allowed: H5 dataset '{name}' declares {readable_size(size)} but only "
            f"{readable_size(stored)} are stored on disk; refusing to load a potential "
            "decompression/shape bomb."
        )
