"""Make the environment that `benchmarks/run.py` and `tests/record.py` use: TensorFlow and JAX."""

import argparse
import subprocess
import venv
from pathlib import Path

PACKAGES = ["tensorflow-cpu==2.21.0", "keras==3.15.1", "jax==0.10.2", "pytest>=8.3,<10"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(__file__).resolve().parents[1] / ".venv-tensorflow"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    folder = parser.parse_args().folder
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    print(python)


if __name__ == "__main__":
    main()
