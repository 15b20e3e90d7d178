"""`tf` for a measured body: the library that the environment variable LIBRARY names."""

import importlib
import os

tf = importlib.import_module(os.environ["LIBRARY"])
