"""`tf.version`: which TensorFlow this stands in for, and what it runs on."""

import sys

VERSION = "2.21.0"
GIT_VERSION = "minitf"
COMPILER_VERSION = f"Python {sys.version.split()[0]}"
GRAPH_DEF_VERSION = 2474
GRAPH_DEF_VERSION_MIN_CONSUMER = 0
GRAPH_DEF_VERSION_MIN_PRODUCER = 0
