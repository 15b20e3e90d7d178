"""`tf` and `keras` for a measured body, of the library that LIBRARY names in the environment."""

import importlib
import os

tf = importlib.import_module(os.environ["LIBRARY"])
keras = tf if os.environ["LIBRARY"] == "keras" else tf.keras
