"""`tf.config`: the devices that there are, and the switches of the runtime."""

import collections
import types

import jax

from minitf import errors
from minitf.devices import device_name
from minitf.function import functions_run_eagerly, run_functions_eagerly

PhysicalDevice = collections.namedtuple("PhysicalDevice", ["name", "device_type"])
LogicalDevice = collections.namedtuple("LogicalDevice", ["name", "device_type"])

LogicalDeviceConfiguration = collections.namedtuple(
    "LogicalDeviceConfiguration",
    ["memory_limit", "experimental_priority", "experimental_device_ordinal"],
    defaults=[None, None, None],
)

_settings = {
    "logical": {},
    "soft_device_placement": True,
    "intra": 0,
    "inter": 0,
    "optimizer": {},
    "visible": None,
    "memory_growth": {},
    "deterministic": False,
}


def list_physical_devices(device_type=None):
    """The devices of the machine, of one type (`"CPU"`, `"GPU"`, `"TPU"`) if given.

    >>> [d.device_type for d in list_physical_devices("CPU")][:1]
    ['CPU']
    """
    found = [PhysicalDevice("/physical_device:CPU:0", "CPU")]
    for device in jax.devices():
        kind = {"gpu": "GPU", "cuda": "GPU", "rocm": "GPU", "tpu": "TPU"}.get(device.platform)
        if kind is not None:
            found.append(PhysicalDevice(f"/physical_device:{kind}:{device.id}", kind))
    return [d for d in found if device_type in (None, d.device_type)]


def list_logical_devices(device_type=None):
    """The devices that ops can be placed on."""
    found = {device_name(d): d for d in (*jax.devices("cpu")[:1], *jax.devices())}
    devices = [LogicalDevice(name, name.split(":")[-2]) for name in found]
    devices = [LogicalDevice(d.name.replace("/job:localhost/replica:0/task:0", ""), d.device_type)
               for d in devices]  # fmt: skip
    return [d for d in devices if device_type in (None, d.device_type)]


def get_visible_devices(device_type=None):
    """The physical devices that are used."""
    visible = _settings["visible"] or {}
    return [d for d in list_physical_devices(device_type)
            if visible.get(d.device_type) is None or d in visible[d.device_type]]  # fmt: skip


def set_visible_devices(devices, device_type=None):
    """Chooses the physical devices to use; JAX has taken them already, so all must be chosen.

    Raises:
      RuntimeError: the accelerators are to be hidden after JAX has started on them.
    """
    devices = [devices] if isinstance(devices, PhysicalDevice) else list(devices)
    present = list_physical_devices(device_type)
    for device in devices:
        if device not in present:
            raise ValueError(f"Unrecognized device: {device}")
    used = {d.platform for d in jax.devices()}
    if device_type == "GPU" and not devices and used & {"gpu", "cuda", "rocm"}:
        jax.config.update("jax_default_device", jax.devices("cpu")[0])
    _settings["visible"] = {**(_settings["visible"] or {}), device_type: devices}


def set_soft_device_placement(enabled):
    """Whether ops without a kernel on a device may run elsewhere."""
    _settings["soft_device_placement"] = bool(enabled)


def get_soft_device_placement():
    """What `set_soft_device_placement` was last told."""
    return _settings["soft_device_placement"]


def set_memory_growth(device, enable):
    """Whether a GPU's memory is taken as needed; JAX reads it from its environment at the start."""
    if device not in list_physical_devices():
        raise ValueError(f"Unrecognized device: {device}")
    _settings["memory_growth"][device] = bool(enable)


def get_memory_growth(device):
    """What `set_memory_growth` was last told of `device`."""
    return _settings["memory_growth"].get(device, False)


def set_logical_device_configuration(device, logical_devices):
    """Divides a physical device into logical ones; minitf has one of each, with all its memory.

    Args:
      logical_devices: a list of `LogicalDeviceConfiguration`s.

    Raises:
      ValueError: there is no such device, or a limit for the memory of a CPU.
      NotImplementedError: several logical devices, or a limit for the memory of an accelerator.
    """
    if device not in list_physical_devices():
        raise ValueError(f"Unrecognized device: {device!r}")
    limited = any(logical.memory_limit is not None for logical in logical_devices)
    if limited and device.device_type == "CPU":
        raise ValueError("Setting memory limit on CPU virtual devices is currently not supported")
    if limited or len(logical_devices) > 1:
        raise NotImplementedError(
            "tf.config.set_logical_device_configuration: minitf has one logical device for each "
            "physical one. JAX limits its memory by the variable XLA_PYTHON_CLIENT_MEM_FRACTION of "
            "the environment."
        )
    _settings["logical"][device] = list(logical_devices)


def get_logical_device_configuration(device):
    """What `set_logical_device_configuration` was last told of a device, or None."""
    if device not in list_physical_devices():
        raise ValueError(f"Unrecognized device: {device!r}")
    return _settings["logical"].get(device)


def get_device_details(device):
    """What is known of a physical device."""
    found = [d for d in jax.devices() if d.platform != "cpu"]
    if device.device_type == "CPU" or not found:
        return {}
    return {"device_name": found[0].device_kind}


def get_memory_info(device):
    """The bytes in use on a device: `{"current": ..., "peak": ...}`."""
    number = int(device.rsplit(":", 1)[-1]) if device.rsplit(":", 1)[-1].isdigit() else 0
    accelerators = [d for d in jax.devices() if d.platform != "cpu"]
    if "CPU" in device.upper() or number >= len(accelerators):
        raise ValueError(f"Allocator stats not available for device '{device}'")
    stats = accelerators[number].memory_stats()
    return {"current": stats["bytes_in_use"], "peak": stats["peak_bytes_in_use"]}


def enable_op_determinism():
    """Ops give the same numbers at every run: XLA's do on a CPU."""
    _settings["deterministic"] = True


def enable_tensor_float_32_execution(enabled):
    """Whether devices that have TensorFloat-32 may round the factors of float32 products to it.

    It holds for programs that are compiled from then on; a CPU never rounds.

    >>> enable_tensor_float_32_execution(False)
    >>> tensor_float_32_execution_enabled()
    False
    >>> enable_tensor_float_32_execution(True)

    Raises:
      TypeError: `enabled` is no bool.
    """
    if not isinstance(enabled, bool):
        raise TypeError(f"`enabled` must be a bool, got {enabled!r}")
    jax.config.update("jax_default_matmul_precision", None if enabled else "highest")


def tensor_float_32_execution_enabled():
    """Whether float32 products may be computed in TensorFloat-32."""
    return jax.config.jax_default_matmul_precision != "highest"


def _set(key):
    def setter(num_threads):
        if not isinstance(num_threads, int) or num_threads < 0:
            raise errors.InvalidArgumentError(None, None, "the number of threads must be >= 0")
        _settings[key] = num_threads

    return setter


threading = types.SimpleNamespace(
    set_intra_op_parallelism_threads=_set("intra"),
    get_intra_op_parallelism_threads=lambda: _settings["intra"],
    set_inter_op_parallelism_threads=_set("inter"),
    get_inter_op_parallelism_threads=lambda: _settings["inter"],
)
optimizer = types.SimpleNamespace(
    set_jit=lambda enabled: _settings["optimizer"].update(jit=enabled),
    get_jit=lambda: _settings["optimizer"].get("jit", ""),
    set_experimental_options=lambda options: _settings["optimizer"].update(options),
    get_experimental_options=lambda: dict(_settings["optimizer"]),
)
experimental = types.SimpleNamespace(
    list_physical_devices=list_physical_devices,
    list_logical_devices=list_logical_devices,
    set_visible_devices=set_visible_devices,
    get_visible_devices=get_visible_devices,
    set_memory_growth=set_memory_growth,
    get_memory_growth=get_memory_growth,
    get_device_details=get_device_details,
    get_memory_info=get_memory_info,
    get_memory_usage=lambda device: get_memory_info(device)["current"],
    enable_op_determinism=enable_op_determinism,
    enable_tensor_float_32_execution=enable_tensor_float_32_execution,
    tensor_float_32_execution_enabled=tensor_float_32_execution_enabled,
    VirtualDeviceConfiguration=LogicalDeviceConfiguration,
    set_virtual_device_configuration=set_logical_device_configuration,
    get_virtual_device_configuration=get_logical_device_configuration,
)
experimental_run_functions_eagerly = run_functions_eagerly
experimental_functions_run_eagerly = functions_run_eagerly

__all__ = [
    "LogicalDevice", "LogicalDeviceConfiguration", "PhysicalDevice", "experimental",
    "experimental_functions_run_eagerly", "experimental_run_functions_eagerly",
    "functions_run_eagerly", "get_logical_device_configuration", "get_soft_device_placement",
    "get_visible_devices", "list_logical_devices", "list_physical_devices", "optimizer",
    "run_functions_eagerly", "set_logical_device_configuration", "set_soft_device_placement",
    "set_visible_devices", "threading",
]  # fmt: skip
