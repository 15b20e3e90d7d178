"""Checkpoints: the values of variables in files of TensorFlow's format, and back.

- `bundle.py`: the files, as tables of arrays by name.
- `folder.py`: the newest checkpoints of a folder.
- `object_graph.py`: which objects hold the variables, and how they hang together.
- `checkpoint.py`: `tf.train.Checkpoint` saves and restores what objects hold.
- `status.py`: what restoring returns, which tells whether objects and checkpoint fit.
- `options.py`: what saving is told beside the path.
- `manager.py`: `tf.train.CheckpointManager` keeps the newest few.
"""
