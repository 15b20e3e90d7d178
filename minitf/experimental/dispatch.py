"""What TensorFlow's functions do with values of one's own classes.

`dispatch_for_api` says it of one function: its name, in every module of the library, then means
one that looks at its arguments first. `dispatch_for_unary_elementwise_apis` and its binary sister
say it of all elementwise functions.
"""

import collections.abc
import functools
import inspect
import sys
import types
import typing

# What stands for an API now -> (the API, [(signatures, function, what was decorated)]).
_apis = {}


def _is_of(value, kind):
    """Whether `value` is what the annotation `kind` says."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return any(_is_of(value, argument) for argument in arguments)
    if origin in (list, collections.abc.Sequence, collections.abc.Collection):
        is_list = isinstance(value, list | tuple)
        return is_list and bool(value) and all(_is_of(v, arguments[0]) for v in value)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        kinds = arguments[:1] * len(value) if arguments[1:] == (Ellipsis,) else arguments
        return len(kinds) == len(value) and all(map(_is_of, value, kinds))
    return kind is typing.Any or isinstance(value, kind)


# Functions of the API ----------------------------------------------------------------------------


def _rebind(old, new):
    """Has every name in the library's modules that means `old` mean `new`."""
    for module in [m for n, m in sys.modules.items() if n.partition(".")[0] == "minitf"]:
        for name in [n for n, value in vars(module).items() if value is old]:
            setattr(module, name, new)


def _asking(api, handlers):
    """`api`, which first asks the handlers whether they take its arguments."""
    signature = inspect.signature(api)

    @functools.wraps(api)
    def function(*args, **kwargs):
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError:
            return api(*args, **kwargs)
        for signatures, handler, _ in handlers:
            if any(all(n in given and _is_of(given[n], kind) for n, kind in s.items())
                   for s in signatures):  # fmt: skip
                return handler(*args, **kwargs)
        return api(*args, **kwargs)

    return function


def _add(api, signatures, function, target):
    """Has `api` call `function` for arguments of a signature; `target` is what was decorated."""
    if api not in _apis:
        handlers = []
        asking = _asking(api, handlers)
        _apis[asking] = api, handlers
        _rebind(api, asking)
        api = asking
    _apis[api][1].insert(0, (signatures, function, target))


def dispatch_for_api(api, *signatures):
    """Decorates a function that `api` calls in its place where arguments are of certain types.

    Args:
      api: a public function, such as `tf.concat`.
      *signatures: dicts from a parameter, or its position, to a type (also `typing.List` and unions
        of types); by default the annotations of the decorated function.

    Raises:
      ValueError: the function has other parameters than `api`, or a signature names no parameter.

    >>> import minitf as tf
    >>> class Meters(tf.experimental.ExtensionType):
    ...     number: tf.Tensor
    >>> @tf.experimental.dispatch_for_api(tf.size, {"input": Meters})
    ... def size_of_meters(input, out_type=tf.int32, name=None):
    ...     return tf.size(input.number, out_type, name)
    >>> tf.size(Meters([1.0, 2.0])).numpy()
    np.int32(2)
    >>> tf.experimental.unregister_dispatch_for(size_of_meters)
    """
    original = _apis[api][0] if api in _apis else api
    parameters = list(inspect.signature(original).parameters)

    def decorator(handler):
        taken = inspect.signature(handler).parameters
        if list(taken) != parameters:
            raise ValueError(f"Dispatch function's signature {list(taken)} does not match API's "
                             f"signature {parameters}.")  # fmt: skip
        known = signatures or [{
            n: kind for n, kind in typing.get_type_hints(handler).items() if n != "return"
        }]  # fmt: skip
        if not all(known):
            raise ValueError("must be annotated, or signatures must be given: "
                             f"{handler.__name__} does not say what it is for.")  # fmt: skip
        named = [{parameters[n] if isinstance(n, int) else n: kind for n, kind in s.items()}
                 for s in known]  # fmt: skip
        for name in {n for s in named for n in s}:
            if name not in parameters:
                raise ValueError(f"signature includes annotation for unknown parameter {name!r}.")
        _add(api, named, handler, handler)
        return handler

    return decorator


def unregister_dispatch_for(dispatch_target):
    """Takes back what a decorator of this module has registered.

    Raises:
      ValueError: nothing is registered for this function.
    """
    found = False
    for function, (original, handlers) in list(_apis.items()):
        left = [h for h in handlers if h[2] is not dispatch_target]
        found = found or len(left) < len(handlers)
        handlers[:] = left
        if not left:
            _rebind(function, original)
            del _apis[function]
    if not found:
        raise ValueError(f"Function {dispatch_target} was not registered using a `@dispatch_for` "
                         "decorator.")  # fmt: skip


# Elementwise functions ---------------------------------------------------------------------------

_UNARY = """bitwise.invert cast clip_by_value debugging.check_numerics dtypes.saturate_cast
image.adjust_brightness image.adjust_gamma image.convert_image_dtype io.decode_base64
io.encode_base64 math.abs math.acos math.acosh math.angle math.asin math.asinh math.atan math.atanh
math.bessel_i0 math.bessel_i0e math.bessel_i1 math.bessel_i1e math.ceil math.conj math.cos math.cosh
math.digamma math.erf math.erfc math.erfcinv math.erfinv math.exp math.expm1 math.floor math.imag
math.is_finite math.is_inf math.is_nan math.lgamma math.log math.log1p math.log_sigmoid
math.logical_not math.ndtri math.negative math.nextafter math.real math.reciprocal
math.reciprocal_no_nan math.rint math.round math.rsqrt math.sigmoid math.sign math.sin math.sinh
math.softplus math.sqrt math.square math.tan math.tanh nn.elu nn.gelu nn.leaky_relu nn.log_softmax
nn.relu nn.relu6 nn.selu nn.silu nn.softsign ones_like strings.as_string strings.length
strings.lower strings.regex_full_match strings.regex_replace strings.strip strings.substr
strings.to_hash_bucket strings.to_hash_bucket_fast strings.to_hash_bucket_strong strings.to_number
strings.unicode_transcode strings.upper zeros_like"""
_BINARY = """bitwise.bitwise_and bitwise.bitwise_or bitwise.bitwise_xor bitwise.left_shift
bitwise.right_shift dtypes.complex math.add math.atan2 math.divide math.divide_no_nan math.equal
math.floordiv math.floormod math.greater math.greater_equal math.less math.less_equal
math.logical_and math.logical_or math.logical_xor math.maximum math.minimum math.multiply
math.multiply_no_nan math.not_equal math.pow math.scalar_mul math.squared_difference math.subtract
math.truediv math.xdivy math.xlog1py math.xlogy math.zeta nn.sigmoid_cross_entropy_with_logits
realdiv truncatediv truncatemod"""


def _for_each(names, kinds, handler):
    """Has the functions of these names call `handler(api_func, *operands)`, by their types."""
    for name in names.split():
        api = functools.reduce(getattr, name.split("."), sys.modules["minitf"])
        original = _apis[api][0] if api in _apis else api
        parameters = list(inspect.signature(original).parameters)[: len(kinds)]
        called = functools.partial(_applied, original, len(kinds), handler)
        _add(api, [dict(zip(parameters, kinds))], called, handler)


def _applied(api, count, handler, *args, **kwargs):
    """`handler` of the first `count` arguments of `api`, with the rest filled in."""
    bound = inspect.signature(api).bind(*args, **kwargs).arguments
    operands = [bound.pop(name) for name in list(bound)[:count]]
    return handler(functools.partial(api, **bound) if bound else api, *operands)


def dispatch_for_unary_elementwise_apis(x_type):
    """Decorates `handler(api_func, x)`: what elementwise functions of one operand do with `x_type`.

    >>> import minitf as tf
    >>> class Boxed(tf.experimental.ExtensionType):
    ...     inside: tf.Tensor
    >>> @tf.experimental.dispatch_for_unary_elementwise_apis(Boxed)
    ... def of_boxed(api_func, x):
    ...     return Boxed(api_func(x.inside))
    >>> tf.abs(Boxed([-1, 2])).inside.numpy()
    array([1, 2], dtype=int32)
    >>> tf.experimental.unregister_dispatch_for(of_boxed)
    """

    def decorator(handler):
        _for_each(_UNARY, (x_type,), handler)
        return handler

    return decorator


def dispatch_for_binary_elementwise_apis(x_type, y_type):
    """Decorates `handler(api_func, x, y)`: what elementwise functions of two operands do."""

    def decorator(handler):
        _for_each(_BINARY, (x_type, y_type), handler)
        return handler

    return decorator
