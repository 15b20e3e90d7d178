"""The devices of this process, as `tensorflow.python.client.device_lib` lists them."""

import collections

from minitf.config import list_physical_devices

DeviceAttributes = collections.namedtuple(
    "DeviceAttributes", ["name", "device_type", "memory_limit"], defaults=[0]
)


def list_local_devices(session_config=None):
    """`[DeviceAttributes]`.

    >>> list_local_devices()[0].device_type
    'CPU'
    """
    found = [DeviceAttributes("/device:CPU:0", "CPU")]
    for i, _ in enumerate(list_physical_devices("GPU")):
        found.append(DeviceAttributes(f"/device:GPU:{i}", "GPU"))
    return found
