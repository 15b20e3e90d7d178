"""Concrete functions: what they take, what they capture, and the message that they are."""


def test_what_a_call_may_leave_out(tf, answer):
    one, two = tf.constant(1.0), tf.constant(2.0)

    @tf.function
    def add(x, y, z=4.0, **rest):
        return x + y + z + sum(rest.values())

    concrete = add.get_concrete_function(one, two)
    missing = ["missing a required argument: 'z'", "Fallback to flat signature also failed"]
    for name, call in {
        "no default": lambda: concrete(1.0, 2.0),
        "one by name": lambda: concrete(one, y=2.0),
        "both by name": lambda: concrete(x=1.0, y=2.0),
    }.items():
        answer.raises(name, call, keywords=missing)
    answer("given", concrete(1.0, 2.0, 4.0))
    answer("tensors", [concrete(one, two), concrete(one, y=two), concrete(y=two, x=one)])
    answer.raises("other", lambda: concrete(1.0, 2.0, 5.0), keywords=["Can not cast 5.0"])
    named = add.get_concrete_function(one, two, u=one, w=3)
    twice = ["missing a required argument: 'w'", "got two values for 'u'"]
    answer.raises("twice", lambda: named(one, two, one, u=one), keywords=twice[1:])
    answer.raises("not all", lambda: named(1.0, 2.0, 4.0, u=1.0), keywords=twice[:1])
    answer("all", named(1.0, 2.0, 4.0, u=1.0, w=3))


def test_structures_of_arguments(tf, answer):
    a, b = tf.constant([1.0]), tf.constant([2.0])
    f = tf.function(lambda x: x)
    of_dict, of_tuple, of_list, of_one = (
        f.get_concrete_function(x) for x in ({"a": a, "b": b}, (a, b), [a, b], a)
    )
    for name, (call, words) in {
        "no dict": (lambda: of_dict(a), "to a Dict type"),
        "a tuple for a dict": (lambda: of_dict((a, b)), "to a Dict type"),
        "other keys": (lambda: of_dict({"a": a, "c": b}), "has different keys"),
        "another dtype": (lambda: of_dict({"a": a, "b": tf.constant([3])}), "dtype=tf.int32"),
        "another shape": (lambda: of_dict({"a": a, "b": 3.0}), "Can not cast TensorSpec(shape=()"),
        "a list for a tuple": (lambda: of_tuple([a, b]), "to tuple type"),
        "too short": (lambda: of_tuple((a,)), "to have length of 2"),
        "a tuple for a list": (lambda: of_list((a, b)), "to list type"),
        "a long list": (lambda: of_one([1.0, 2.0]), "Can not cast TensorSpec(shape=(2,)"),
        "nothing": (lambda: of_one(None), "Attempt to convert a value (None)"),
        "an integer tensor": (
            lambda: of_one(tf.constant([1])),
            "was expected to be a float tensor",
        ),
    }.items():
        answer.raises(name, call, keywords=[words])
    answer("in another order", of_dict({"b": b, "a": a}))
    answer("flat", [of_tuple(a, b), of_list(a, b), of_one([1]), of_one(tf.Variable([5.0]))])


def test_tensors_by_the_names_of_the_inputs(tf, answer):
    one, two = tf.constant(1.0), tf.constant(2.0)

    @tf.function
    def add(parts, other=None):
        return parts["a"] + parts["b"]

    concrete = add.get_concrete_function({"a": one, "b": two})
    answer("names", [t.name for t in concrete.inputs])
    answer("called", [concrete(one, two), concrete(parts=one, parts_1=two)])
    wrong = ["add(parts, parts_1) missing required arguments: parts, parts_1."]
    answer.raises("wrong names", lambda: concrete(a=one, b=two), keywords=wrong)


def test_a_named_spec_has_a_trace_of_its_own(tf, answer):
    count = []

    @tf.function
    def double(x):
        count.append(x.name)
        return x + x

    double(tf.constant(1.0))
    concrete = double.get_concrete_function(tf.TensorSpec([], tf.float32, name="given"))
    answer("signature", repr(concrete.structured_input_signature))
    answer("called", concrete(given=tf.constant(2.0)))
    double.get_concrete_function(tf.TensorSpec([], tf.float32, name="other"))
    double.get_concrete_function(tf.TensorSpec([], tf.float32, name="given"))
    double.get_concrete_function(tf.TensorSpec([], tf.float32))
    answer("traced", count)


def test_captures_in_order_and_exchanged(tf, answer):
    v, w = tf.Variable(1.0), tf.Variable(10.0)
    a, b = tf.constant(5.0), tf.constant(7.0)

    @tf.function
    def line(x):
        return x * v + a

    concrete = line.get_concrete_function(tf.TensorSpec([], tf.float32))
    x = tf.constant(3.0)
    answer("order", [t.dtype for t in concrete.captured_inputs])
    answer("before", concrete(x))
    concrete.set_external_captures([w.handle, b])
    answer("after", concrete(x))
    with tf.GradientTape() as tape:
        tape.watch([x, b])
        y = concrete(x)
    answer("gradient", [y, tape.gradient(y, [x, b])])
    answer("in a function", tf.function(lambda x: concrete(x))(x))


def test_gradients_of_exchanged_captures(tf, answer):
    a, b, x = tf.constant(3.0), tf.constant(7.0), tf.constant(1.5)
    concrete = tf.function(lambda x: (a * x) * x).get_concrete_function(x)
    concrete.set_external_captures([b])
    with tf.GradientTape(persistent=True) as outer:
        outer.watch([x, b])
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = concrete(x)
        slope = inner.gradient(y, x)
    answer("gradients", [y, outer.gradient(y, [x, b]), slope, outer.gradient(slope, [x, b])])


def test_function_def(tf, answer):
    v, w = tf.Variable(1.0), tf.constant(5.0)

    @tf.function
    def step(Xa, d, *, q=None):
        v.assign_add(1.0)
        return Xa * v + w, d["u"], q

    concrete = step.get_concrete_function(tf.TensorSpec([2], tf.float32), {"u": w}, q=3)
    message = concrete.function_def
    signature = message.signature
    answer("inputs", [(a.name, a.type) for a in signature.input_arg])
    answer("outputs", [(a.name, a.type) for a in signature.output_arg])
    answer("effects", [signature.is_stateful, sorted(signature.control_output)])
    nodes = [(n.name, n.op) for n in message.node_def if n.op != "NoOp"]
    answer("nodes", nodes)
    answer("returned", sorted(message.ret))
    answer("effects by name", sorted(message.control_ret.items()))
    answer("named", [message.arg_attr[i].attr["_user_specified_name"].s for i in range(2)])
    answer("size", message.arg_attr[0].attr["_output_shapes"].list.shape[0].dim[0].size)
    answer("attributes", sorted(message.attr))
