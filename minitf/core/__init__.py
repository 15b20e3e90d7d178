"""The idea of minitf: an op is a named, pure JAX function; all else is a way of running ops.

Importing this package turns on JAX's 64-bit types, which TensorFlow has, and its persistent
compilation cache. The environment variable `MINITF_CACHE` moves the cache, or turns it `off`.
"""

import os
import pathlib
import platform
import zlib

import jax


def cache_folder():
    """Where compiled kernels are kept: one folder per user and kind of processor, or None."""
    chosen = os.environ.get("MINITF_CACHE")
    if chosen in ("off", "0", ""):
        return None
    if chosen:
        return pathlib.Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return (
        pathlib.Path(home) / "minitf" / f"xla-{jax.__version__}-{platform.machine()}-{_features()}"
    )


def _features():
    """A short mark of the processor's features, to which compiled code is tied."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "any"
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return f"{zlib.crc32(flags.encode()):08x}"


def _configure():
    jax.config.update("jax_enable_x64", True)
    # A CPU that computes at once, as TensorFlow's: another thread's result comes 50 us later.
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    folder = cache_folder()
    if folder is not None and "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


_configure()
