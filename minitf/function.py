"""`tf.function`: trace Python into a graph once, then run the graph compiled.

A `Function` holds one `ConcreteFunction` per signature that it was called with (`signature.py`
says what a signature is).
"""

import functools
import threading
import types
import weakref
from typing import Any

from minitf import autograph, errors, nest
from minitf.autograph import transpiler
from minitf.concrete import ConcreteFunction
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.core.tensor import EagerTensor
from minitf.graphs.func_graph import Body, FuncGraph
from minitf.halves import parts
from minitf.ops.array import identity
from minitf.signature import Signature, generalize, is_subtype

_running_eagerly = False
trace_observers = []  # functions that are told of each concrete function when it has been traced


def run_functions_eagerly(run_eagerly):
    """Whether every `tf.function` runs its Python code at each call, for debugging."""
    global _running_eagerly
    _running_eagerly = bool(run_eagerly)


def functions_run_eagerly():
    """What `run_functions_eagerly` was last told."""
    return _running_eagerly


class Function:
    """What `tf.function` returns: a Python function, traced once per signature."""

    def __init__(self, python_function, name=None, input_signature=None, autograph=True,
                 jit_compile=None, reduce_retracing=False):  # fmt: skip
        if not callable(python_function):
            raise TypeError(f"{python_function!r} is not a callable object")
        self.name = self._name = name or getattr(python_function, "__name__", "function")
        self._autograph, self._jit_compile = autograph, jit_compile
        if autograph:
            transpiler()  # so that the first call does not wait for it
        self._reduce_retracing = reduce_retracing
        self._wrap(python_function, input_signature)
        self._concrete: dict[Any, ConcreteFunction] = {}
        self._traced: list[tuple[Any, ConcreteFunction]] = []  # each trace with its signature
        self._variables_made = False
        self._bound: Any = None
        self._lock = threading.RLock()

    def _wrap(self, python_function, input_signature):
        self.python_function = self._python_function = python_function
        self._signature = Signature(python_function, input_signature)
        functools.update_wrapper(self, python_function, updated=())
        for name, value in getattr(python_function, "__dict__", {}).items():
            self.__dict__.setdefault(name, value)  # those of a callable object can be seen

    def _decorate(self, decorator):
        """Puts a decorator around the Python function; libraries of modules call this.

        Raises:
          ValueError: the function was traced already.
        """
        if self._traced:
            raise ValueError(f"Functions cannot be decorated after they have been traced: {self}")
        self._wrap(decorator(self.python_function), self._signature.specs)

    input_signature = property(lambda self: self._signature.specs)
    function_spec = function_type = property(lambda self: self._signature)

    def __get__(self, instance, owner):
        if instance is None:
            return self
        if hasattr(instance, "_type_spec"):  # it is made of tensors: an argument as any other
            return types.MethodType(self, instance)
        if self._bound is None:
            self._bound = weakref.WeakKeyDictionary()
        if instance not in self._bound:
            weak = weakref.ref(instance)

            @functools.wraps(self.python_function)
            def method(*args, **kwargs):
                bound_method = types.MethodType(self.python_function, weak())
                if self._autograph and not _running_eagerly:
                    bound_method = autograph.convert(bound_method)
                return bound_method(*args, **kwargs)

            bound = Function(method, self._name, None, False, self._jit_compile,
                             self._reduce_retracing)  # fmt: skip
            bound._signature = Signature(
                types.MethodType(self.python_function, instance), self._signature.specs
            )
            self._bound[instance] = bound
        return self._bound[instance]

    def __getstate__(self):
        """For copies: they are traced anew."""
        return {**self.__dict__, "_concrete": {}, "_traced": [], "_bound": None, "_lock": None}

    def __setstate__(self, state):
        self.__dict__.update(state, _lock=threading.RLock())

    def __call__(self, *args, **kwargs):
        if _running_eagerly:
            return self.python_function(*args, **kwargs)
        key, tensors = self._signature.canonicalize(args, kwargs)
        concrete = self._concrete.get(key)
        if concrete is None:
            concrete = self._find(key, args, kwargs, tensors)
        return concrete.call_flat(tensors)

    def get_concrete_function(self, *args, **kwargs):
        """The traced function for these arguments, which may be `TensorSpec`s."""
        if self._signature.specs is not None and not args and not kwargs:
            args = tuple(self._signature.specs)
        key, tensors = self._signature.canonicalize(args, kwargs)
        if key in self._concrete:
            return self._concrete[key]
        return self._find(key, args, kwargs, tensors)

    def experimental_get_tracing_count(self):
        """How many times the Python function has been traced."""
        return len(self._traced) + self._variables_made  # made by a trace that is not kept

    def pretty_printed_concrete_signatures(self, verbose=True):
        """The signatures traced so far, for people to read."""
        between = "\n\n" if verbose else "\n"
        return between.join(c.pretty_printed_signature(verbose) for _, c in self._traced)

    def experimental_get_compiler_ir(self, *args, **kwargs):
        """A function of `stage` ("hlo", "optimized_hlo", ...) that returns XLA's text."""
        return self.get_concrete_function(*args, **kwargs).compiler_ir

    def __repr__(self):
        return f"<tensorflow.python.eager.polymorphic_function.polymorphic_function.Function object at {id(self):#x}>"  # noqa: E501

    # Tracing -------------------------------------------------------------------------------------

    def _find(self, key, args, kwargs, tensors):
        """The concrete function for a key that was not met before: a wider one, or a new trace."""
        with self._lock:  # another thread may be tracing the same
            return self._concrete.get(key) or self._find_alone(key, args, kwargs, tensors)

    def _find_alone(self, key, args, kwargs, tensors):
        for other, concrete in reversed(self._traced):
            if is_subtype(key, other):
                self._concrete[key] = concrete
                return concrete
        wider = key
        if self._reduce_retracing:
            for other, _ in self._traced:
                wider = generalize(wider, other) or wider
        concrete = self._trace(args, kwargs, wider, tensors)
        for observer in trace_observers:
            observer(concrete)
        if concrete.takes_handles:
            self._signature.learn([*concrete.captured, *concrete.graph.met])
            if concrete.graph.met:
                key, _ = self._signature.canonicalize(args, kwargs)
                wider = key
        self._concrete[key] = concrete
        self._traced.append((wider, concrete))
        return concrete

    def _trace(self, args, kwargs, key, tensors):
        graph = FuncGraph(self._name, stack.frame)
        graph.created = None if self._variables_made else []
        concrete = self._trace_into(graph, args, kwargs, key, tensors)
        if graph.created:
            # Python runs again, as at every later call, and must make no variables then.
            self._variables_made = True
            graph = FuncGraph(self._name, stack.frame)
            concrete = self._trace_into(graph, args, kwargs, key, tensors)
        return concrete

    def _trace_into(self, graph, args, kwargs, key, tensors):
        with stack.push(graph):
            given, named = self._signature.placeholders(graph, args, kwargs, key)
            values = [getattr(t, "handle", t) for t in tensors]
            graph.given = {id(p): t for p, t in zip(graph.inputs, values)
                           if isinstance(t, EagerTensor)}  # fmt: skip
            python_function = self.python_function
            if self._autograph:
                python_function = autograph.convert(python_function)
            before = nest.map_structure(lambda x: x, (list(given), named))
            result = python_function(*given, **named)
            self._check_unchanged(before, given, named)
            structured = nest.map_structure(
                lambda x: self._output(graph, x), result, expand_composites=True
            )
        for handle in graph.inputs:  # an argument is none of the variables that the trace uses
            for mark, variable in list(graph.used_variables.items()):
                if variable.handle is handle:
                    del graph.used_variables[mark]
        graph.structured_outputs = structured
        leaves = nest.components(structured)
        graph.outputs = [t for x in leaves for t in parts(x)]
        concrete = ConcreteFunction(Body(graph, graph.inputs, graph.outputs), self._name)
        concrete.describe(self._signature, given, named, structured)
        return concrete

    def _check_unchanged(self, before, given, named):
        """Raises where the Python function changed a list or dict among its arguments."""
        names = self._signature.names(given)
        pairs = [*zip(names, before[0], given), *((n, before[1][n], x) for n, x in named.items())]
        changed = [name for name, a, b in pairs if not _has_same_leaves(a, b)]
        if changed:
            raise ValueError(
                f"{self._name}({', '.join([*names, *named])}) should not modify its Python input "
                "arguments. Modifying a copy is allowed. The following parameter(s) were modified: "
                f"{', '.join(changed)}"
            )

    def _output(self, graph, value):
        """`value`, returned by the Python function, as an output of its graph."""
        if value is None:
            return value
        if hasattr(value, "_stand_in") and not hasattr(value, "assign"):  # a dataset, an iterator
            return value._stand_in(graph.adopt(value.handle))
        try:
            return identity(graph.adopt(convert_to_tensor(value)))
        except errors.InaccessibleTensorError:
            raise
        except (TypeError, ValueError) as error:
            raise TypeError(
                "To be compatible with tf.function, Python functions must return zero or more "
                f"Tensors or ExtensionTypes or None values; in compilation of "
                f"{self.python_function}, found return value of type {type(value).__name__}, which "
                "is not a Tensor or ExtensionType."
            ) from error


def _has_same_leaves(a, b):
    a, b = nest.flatten(a), nest.flatten(b)
    return len(a) == len(b) and all(x is y for x, y in zip(a, b))


def function(func=None, input_signature=None, autograph=True, jit_compile=None,
             reduce_retracing=False, experimental_implements=None,
             experimental_autograph_options=None, experimental_attributes=None,
             experimental_relax_shapes=None, experimental_compile=None,
             experimental_follow_type_hints=None):  # fmt: skip
    """Compiles a function into a graph; also a decorator.

    Args:
      func: the Python function; None where `function(...)` decorates.
      input_signature: a sequence of `TensorSpec`s: one trace for all calls.
      autograph: whether `if`, `while` and `for` on tensors become part of the graph.
      jit_compile: minitf compiles always; accepted for its place in the signature.
      reduce_retracing: trace with unknown dimensions after a second shape was met.

    >>> import minitf as tf
    >>> @tf.function
    ... def double(x):
    ...     return x + x
    >>> double(tf.constant(2.0)).numpy()
    np.float32(4.0)
    """
    if func is None:
        return functools.partial(
            function,
            input_signature=input_signature,
            autograph=autograph,
            jit_compile=jit_compile,
            reduce_retracing=reduce_retracing or bool(experimental_relax_shapes),
        )
    return Function(func, None, input_signature, autograph, jit_compile,
                    reduce_retracing or bool(experimental_relax_shapes))  # fmt: skip
