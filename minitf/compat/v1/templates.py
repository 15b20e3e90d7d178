"""`make_template`: a function whose variables are made at the first call and shared by all."""

import functools

from minitf.compat.v1.variable_scope import variable_scope
from minitf.core.frames import stack


class Template:
    """A function with a variable scope of its own."""

    def __init__(self, name, function, unique_name, custom_getter):
        self._name, self._function, self._unique = name, function, unique_name
        self._getter, self._scope = custom_getter, None
        self._kept = {}  # the variables made in eager execution, which no collection has

    name = property(lambda self: self._name)
    func = property(lambda self: self._function)

    @property
    def variable_scope(self):
        """The scope of the variables; None before there is one."""
        return self._scope

    var_scope = variable_scope

    def open(self):
        """Makes the scope, so that its place is settled."""
        default = None if self._unique else self._name
        with variable_scope(self._unique, default, custom_getter=self._getter) as scope:
            self._scope = scope

    def __call__(self, *args, **kwargs):
        again = self._scope is not None
        if not again:
            opened = variable_scope(self._unique, None if self._unique else self._name,
                                    custom_getter=self._own_getter())  # fmt: skip
        else:
            # The operations of each call have names of their own; the variables are the same.
            reuse = stack.frame.is_graph and bool(self.variables)
            opened = variable_scope(self._scope, reuse=reuse, custom_getter=self._own_getter())
        with opened as scope:
            self._scope = self._scope or scope
            return self._function(*args, **kwargs)

    @property
    def variables(self):
        """The variables that the function made."""
        return self.global_variables + self.local_variables

    def _own_getter(self):
        """In eager execution the getter that asks for a variable once; else the user's."""
        return self._getter if stack.frame.is_graph else self._eager_getter

    def _eager_getter(self, getter, name, *args, **kwargs):
        if name not in self._kept:
            if self._getter is not None:
                getter = functools.partial(self._getter, getter)
            self._kept[name] = getter(name, *args, **kwargs)
        return self._kept[name]

    def _collected(self, name):
        if self._kept:
            made = [self._kept[key] for key in sorted(self._kept)]
            return [v for v in made if v.trainable] if name == "trainable_variables" else made
        if self._scope is None:
            return []
        return stack.frame.get_collection(name, self._scope.name + "/")

    trainable_variables = property(lambda self: self._collected("trainable_variables"))
    global_variables = property(lambda self: self._collected("variables"))
    local_variables = property(
        lambda self: [] if self._kept else self._collected("local_variables")
    )


def make_template(name_, func_, create_scope_now_=False, unique_name_=None, custom_getter_=None,
                  **kwargs):  # fmt: skip
    """`func_` (with `kwargs` given) as a function that shares its variables between calls.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default():
    ...     layer = tf.make_template("layer", lambda x: x * tf.get_variable("w", []))
    ...     _ = layer(1.0), layer(2.0)
    ...     print([v.name for v in tf.global_variables()])
    ['layer/w:0']
    """
    function = functools.partial(func_, **kwargs) if kwargs else func_
    made = Template(name_, function, unique_name_, custom_getter_)
    if create_scope_now_:
        made.open()
    return made
