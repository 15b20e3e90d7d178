"""A device name is up to five fields (job, replica, task, type, index); nested ones merge by field.

Offers `DeviceSpec` (and TensorFlow 1's mutable `DeviceSpecV1`), `merge_devices` for nested
`tf.device` scopes, `device_name` (what `tensor.device` says) and `jax_device`, the way back.
"""

import functools

import jax

from minitf import errors

_FIELDS = ("job", "replica", "task", "device_type", "device_index")
_KNOWN_TYPES = ("CPU", "GPU", "TPU")
_TYPE_OF_PLATFORM = {"cpu": "CPU", "gpu": "GPU", "cuda": "GPU", "rocm": "GPU", "tpu": "TPU"}


def _upper_if_known(device_type):
    upper = device_type.upper()
    return upper if upper in ("CPU", "GPU") else device_type


@functools.lru_cache(maxsize=1024)
def _parse(text):
    """The five fields of a device string, None for those that it leaves open."""
    job = replica = task = device_type = index = None
    for part in text.split("/"):
        pieces = part.split(":")
        key = pieces[0]
        if key == "job" and len(pieces) == 2:
            job = pieces[1]
        elif key == "replica" and len(pieces) == 2:
            replica = int(pieces[1])
        elif key == "task" and len(pieces) == 2:
            task = int(pieces[1])
        elif (
            key == "device" and len(pieces) == 3 or key.upper() in _KNOWN_TYPES and len(pieces) <= 2
        ):
            if device_type is not None:
                raise ValueError(
                    f"Multiple device types are not allowed while parsing the device spec: {text}."
                )
            device_type = pieces[1] if key == "device" else key.upper()
            number = pieces[-1] if len(pieces) > 1 else "*"
            index = None if number == "*" else int(number)
        elif key:
            raise ValueError(
                f"Unknown attribute '{key}' is encountered while parsing the device spec: '{text}'."
            )
    return job, replica, task, device_type, index


def _to_string(job, replica, task, device_type, index):
    text = "" if job is None else f"/job:{job}"
    text += "" if replica is None else f"/replica:{replica}"
    text += "" if task is None else f"/task:{task}"
    if device_type is not None:
        text += f"/device:{device_type}:{'*' if index is None else index}"
    return text


class DeviceSpec:
    """Where an op should run: any of job, replica, task, device type and index may be open.

    >>> spec = DeviceSpec.from_string("/job:ps/task:3/cpu:0")
    >>> spec.to_string()
    '/job:ps/task:3/device:CPU:0'
    >>> spec.make_merged_spec(DeviceSpec.from_string("/gpu:1")).to_string()
    '/job:ps/task:3/device:GPU:1'
    """

    __slots__ = tuple("_" + field for field in _FIELDS)

    def __init__(self, job=None, replica=None, task=None, device_type=None, device_index=None):
        self._job = None if job is None else str(job)
        self._replica = None if replica is None else int(replica)
        self._task = None if task is None else int(task)
        self._device_type = None if device_type is None else _upper_if_known(str(device_type))
        self._device_index = None if device_index is None else int(device_index)

    @classmethod
    def from_string(cls, spec):
        """The spec that a string such as "/job:ps/gpu:0" describes."""
        return cls(*_parse(spec))

    def parse_from_string(self, spec):
        """As `from_string`."""
        return type(self).from_string(spec)

    def _values(self):
        return tuple(getattr(self, "_" + field) for field in _FIELDS)

    def make_merged_spec(self, dev):
        """A spec that takes the fields of `dev` where it has them, and else those of this."""
        return type(self)(
            *(
                mine if theirs is None else theirs
                for mine, theirs in zip(self._values(), dev._values(), strict=True)
            )
        )

    def replace(self, **kwargs):
        """A spec with the named fields replaced."""
        return type(self)(**{**dict(zip(_FIELDS, self._values(), strict=True)), **kwargs})

    def to_string(self):
        """The canonical string, such as "/job:ps/task:3/device:CPU:0"."""
        return _to_string(*self._values())

    def __eq__(self, other):
        return isinstance(other, DeviceSpec) and self._values() == other._values()

    def __hash__(self):
        return hash(self._values())

    def __repr__(self):
        fields = zip(_FIELDS, self._values(), strict=True)
        return f"<DeviceSpec({', '.join(f'{field}={value}' for field, value in fields)})>"


for _field in _FIELDS:
    setattr(DeviceSpec, _field, property(lambda self, _slot="_" + _field: getattr(self, _slot)))


class DeviceSpecV1(DeviceSpec):
    """TensorFlow 1's DeviceSpec: the fields can be set, and it merges in place.

    >>> spec = DeviceSpecV1(job="ps")
    >>> spec.merge_from(DeviceSpecV1(task=1))
    >>> spec.to_string()
    '/job:ps/task:1'
    """

    __slots__ = ()

    def merge_from(self, dev):
        """Takes over the fields that `dev` has."""
        DeviceSpec.__init__(self, *self.make_merged_spec(dev)._values())

    def parse_from_string(self, spec):
        """Takes over what the string describes, and returns this spec."""
        DeviceSpec.__init__(self, *_parse(spec))
        return self


def _settable(field):
    def assign(self, value):
        values = {**dict(zip(_FIELDS, self._values(), strict=True)), field: value}
        DeviceSpec.__init__(self, **values)

    return getattr(DeviceSpec, field).setter(assign)


for _field in _FIELDS:
    setattr(DeviceSpecV1, _field, _settable(_field))


def canonical(spec):
    """The canonical string of what `tf.device` is given: a string, a DeviceSpec or None.

    >>> canonical("gpu:1"), canonical(DeviceSpec(job="ps")), canonical(None)
    ('/device:GPU:1', '/job:ps', '')
    """
    if spec is None:
        return ""
    if isinstance(spec, DeviceSpec):
        return spec.to_string()
    if callable(spec):
        raise RuntimeError("tf.device does not support functions.")
    if not isinstance(spec, str):
        raise ValueError(f"Expecting a string device name. Got {type(spec)}({spec})")
    return _to_string(*_parse(spec))


@functools.lru_cache(maxsize=1024)
def merge_devices(outer, inner):
    """The device of an op in nested scopes, as strings; an inner None forgets the outer ones.

    >>> merge_devices("/job:w/task:1", "/cpu:0"), merge_devices("/cpu:0", None)
    ('/job:w/task:1/device:CPU:0', '')
    """
    if inner is None:
        return ""
    outer, inner = DeviceSpec.from_string(outer or ""), DeviceSpec.from_string(inner)
    return outer.make_merged_spec(inner).to_string()


@functools.cache
def device_name(device):
    """TensorFlow's name of a JAX device: what `tensor.device` says.

    >>> device_name(jax.devices("cpu")[0])
    '/job:localhost/replica:0/task:0/device:CPU:0'
    """
    kind = _TYPE_OF_PLATFORM.get(device.platform, device.platform.upper())
    beside = [
        other for other in device.client.devices() if other.process_index == device.process_index
    ]
    index = beside.index(device)
    return _to_string("localhost", 0, device.process_index, kind, index)


@functools.cache
def jax_device(name):
    """The JAX device that runs an op in scope `name`, or None if the name leaves it open.

    As TensorFlow's soft placement does when eager, a device that this machine lacks is replaced by
    the first CPU; a job that is not here raises InvalidArgumentError.

    >>> jax_device("/cpu:0").platform, jax_device("")
    ('cpu', None)
    """
    job, replica, task, kind, index = _parse(name)
    if job not in (None, "localhost") or replica or task not in (None, jax.process_index()):
        whole = _to_string(job or "localhost", replica or 0, task or 0, kind or "CPU", index or 0)
        raise errors.InvalidArgumentError(None, None, f"{whole} unknown device.")
    if kind is None:
        return None
    try:
        devices = jax.local_devices(backend=kind.lower())
        return devices[index or 0]
    except (RuntimeError, IndexError):
        return jax.local_devices(backend="cpu")[0]
