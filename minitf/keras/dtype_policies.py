"""Dtype policies: the dtype a layer computes in, and the dtype of its weights."""

from minitf.keras import config as settings
from minitf.keras import promotion, serialization
from minitf.keras.by_path import ByPath

_MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
_global = {"policy": None}


class DTypePolicy:
    """A dtype for computations and one for variables.

    Args:
      name: the name of a dtype, or `"mixed_float16"` or `"mixed_bfloat16"`, which keep variables
        in float32; default: the global policy's.

    Raises:
      TypeError, ValueError: `name` is no string, or names no policy.

    >>> policy = DTypePolicy("mixed_bfloat16")
    >>> policy.compute_dtype, policy.variable_dtype
    ('bfloat16', 'float32')
    """

    quantization_mode = None

    def __init__(self, name=None):
        name = dtype_policy().name if name is None else name
        if not isinstance(name, str):
            raise TypeError(
                "'name' must be a string, such as 'mixed_float16'. "
                f"Received: name={name} (of type {type(name)})"
            )
        self.name = name
        if name in _MIXED:
            self.compute_dtype, self.variable_dtype = _MIXED[name], "float32"
            return
        try:
            self.compute_dtype = self.variable_dtype = settings.standardize_dtype(name)
        except ValueError:
            raise ValueError(
                f"Cannot convert '{name}' to a mixed precision DTypePolicy. Valid policies include "
                "'mixed_float16', 'mixed_bfloat16', and the name of any float dtype such as "
                "'float32'."
            ) from None

    def at(self, path):
        """The policy of the layer of this path: this one."""
        return self

    def convert_input(self, x, autocast, dtype):
        """Tensors and arrays as tensors, floats among them in `dtype` if `autocast`."""
        if hasattr(x, "__tf_execute__") or hasattr(x, "__tf_tensor__") or hasattr(x, "__array__"):
            x = promotion.convert(x)
            if autocast and settings.is_float_dtype(x.dtype):
                return promotion.convert(x, dtype)
        return x

    def get_config(self):
        """The name."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config):
        """The policy of that name."""
        return cls(**config)

    def __repr__(self):
        return f'<DTypePolicy "{self.name}">'

    def __eq__(self, other):
        return isinstance(other, DTypePolicy) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


FloatDTypePolicy = Policy = DTypePolicy


class DTypePolicyMap(DTypePolicy, ByPath):
    """Policies by the paths of layers; a key is a path, or a pattern of whole paths.

    Args:
      default_policy: of layers whose path fits no key; None: the global policy.
      policy_map: a dictionary to begin with.

    Raises:
      ValueError: a key that is there already, a path that fits several patterns, or what is no
        policy.
      TypeError: `policy_map` is no dictionary.

    >>> policies = DTypePolicyMap("float32", {"encoder/.*": DTypePolicy("bfloat16")})
    >>> policies["encoder/dense"].name, policies["decoder"].name
    ('bfloat16', 'float32')
    """

    _room = "keras.dtype_policies"  # where users find it, and not in `keras` itself
    _called = "dtype policy"

    def __init__(self, default_policy=None, policy_map=None):
        if isinstance(default_policy, DTypePolicyMap):
            raise ValueError("`default_policy` cannot be a `DTypePolicyMap`.")
        if policy_map is not None and not isinstance(policy_map, dict):
            raise TypeError(
                "If specified, `policy_map` must be a dict. "
                f"Received: policy_map={policy_map} of type {type(policy_map)}"
            )
        self._default, self._by_path = default_policy, policy_map or {}
        get(default_policy)

    default_policy = property(lambda self: get(self._default))
    name = property(lambda self: f"map_{self.default_policy.name}")
    compute_dtype = property(lambda self: self.default_policy.compute_dtype)
    variable_dtype = property(lambda self: self.default_policy.variable_dtype)

    def at(self, path):
        """The policy of the layer of this path."""
        return self[path] if path else self.default_policy

    def _absent(self):
        return self.default_policy

    def _made(self, value):
        try:
            return get(value)
        except (TypeError, ValueError):
            raise ValueError(
                "Cannot interpret the assigned value by `keras.dtype_policies.get`. "
                f"Received: {value} of type {type(value)}"
            ) from None

    def __repr__(self):
        mapping = [(key, policy.name) for key, policy in self._by_path.items()]
        default = self.default_policy.name
        return f"<DTypePolicyMap at {id(self):#x} default_policy={default}, mapping={mapping}>"

    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__

    def get_config(self):
        """The default policy as it was given, and the policies by their keys."""
        policies = serialization.serialize_keras_object(self._by_path)
        return {"default_policy": self._default, "policy_map": policies}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        policies = serialization.deserialize_keras_object(config["policy_map"], custom_objects)
        return cls(**{**config, "policy_map": policies})


def dtype_policy():
    """The policy of layers that are given none."""
    if _global["policy"] is None:
        _global["policy"] = DTypePolicy(settings.floatx())
    return _global["policy"]


def set_dtype_policy(policy):
    """Sets the policy of layers that are given none: a `DTypePolicy` or its name.

    Raises:
      ValueError: neither.
    """
    if not isinstance(policy, DTypePolicy | str):
        raise ValueError(
            "Invalid `policy` argument. Expected the string name of a policy (such as "
            "'mixed_float16') or a `DTypePolicy` instance. "
            f"Received: policy={policy} (of type {type(policy)})"
        )
    _global["policy"] = get(policy)


def serialize(dtype_policy):
    """The policy as a dictionary."""
    return serialization.serialize_keras_object(dtype_policy)


def deserialize(config, custom_objects=None):
    """The policy that `serialize` wrote."""
    table = {
        "DTypePolicy": DTypePolicy, "FloatDTypePolicy": DTypePolicy,
        "DTypePolicyMap": DTypePolicyMap,
    }  # fmt: skip
    return serialization.deserialize_keras_object(
        config, module_objects=table, custom_objects=custom_objects
    )


def get(identifier):
    """The policy that a name, a dtype, a dictionary or a policy stands for; None: the global one.

    Raises:
      ValueError: something else.
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return DTypePolicy(identifier)
    try:
        return DTypePolicy(settings.standardize_dtype(identifier))
    except ValueError:
        raise ValueError(
            "Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. "
            f"Received: dtype={identifier}"
        ) from None


# `keras.config` is where users look for them.
settings.dtype_policy, settings.set_dtype_policy = dtype_policy, set_dtype_policy
