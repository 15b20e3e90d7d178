"""`tf.gfile`: files and folders, by their names in TF 1.x."""

from minitf import gfile
from minitf.gfile import GFile

FastGFile = Open = GFile
Exists = gfile.exists
IsDirectory = gfile.isdir
ListDirectory = gfile.listdir
Glob = gfile.glob
MkDir = gfile.mkdir
MakeDirs = gfile.makedirs
Remove = gfile.remove
DeleteRecursively = gfile.rmtree
Copy = gfile.copy
Rename = gfile.rename
Stat = gfile.stat
Walk = gfile.walk
