"""Distributions of TF 1.x: densities, statistics, samples and divergences."""

import numpy as np
import pytest

X = np.float32([0.1, 0.5, 0.9])
PROBS = [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]]
DISTRIBUTIONS = {
    "Normal": (dict(loc=[0.0, 1.0, 2.0], scale=2.0), X),
    "Laplace": (dict(loc=0.5, scale=[1.0, 2.0, 3.0]), X),
    "StudentT": (dict(df=[1.5, 3.0, 0.5], loc=0.0, scale=2.0), X),
    "Uniform": (dict(low=[0.0, 0.2, 0.0], high=[1.0, 2.0, 0.4]), X),
    "Gamma": (dict(concentration=[0.5, 2.0, 3.0], rate=2.0), X),
    "Exponential": (dict(rate=[1.0, 2.0, 3.0]), X),
    "Beta": (dict(concentration1=[0.5, 2.0, 3.0], concentration0=2.0), X),
    "Bernoulli": (dict(probs=[0.1, 0.5, 0.8]), [0, 1, 1]),
    "Dirichlet": (dict(concentration=[2.0, 2.0, 5.0]), [0.2, 0.3, 0.5]),
    "Categorical": (dict(probs=PROBS), [0, 2]),
    "Multinomial": (dict(total_count=[4.0, 3.0], probs=PROBS), [[1.0, 1.0, 2.0], [1.0, 1.0, 1.0]]),
    "DirichletMultinomial": (dict(total_count=4.0, concentration=[1.0, 2.0, 3.0]), [1.0, 1.0, 2.0]),
}
OF_VALUES = ("log_prob", "prob", "cdf", "log_cdf", "survival_function", "log_survival_function",
             "quantile")  # fmt: skip
STATISTICS = ("mean", "variance", "stddev", "mode", "entropy", "covariance")


@pytest.fixture
def ds(tf):
    return tf.compat.v1.distributions


def given_by(method, *args):
    """What a method gives; where the class has no such thing, that."""
    try:
        return method(*args)
    except NotImplementedError:
        return "not implemented"


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_distribution(tf, ds, answer, name):
    arguments, value = DISTRIBUTIONS[name]
    tf.random.set_seed(1)
    made = getattr(ds, name)(**arguments)
    answer("densities", [given_by(getattr(made, key), value) for key in OF_VALUES])
    answer("statistics", [given_by(getattr(made, key)) for key in STATISTICS])
    answer("shapes", [made.batch_shape.as_list(), made.event_shape.as_list(), made.dtype.name])
    answer("shape tensors", [made.batch_shape_tensor(), made.event_shape_tensor()])
    answer("scalars", [made.is_scalar_batch(), made.is_scalar_event()])
    answer("type", repr(made.reparameterization_type))
    answer("parameters", sorted(made.parameters))
    answer("samples", made.sample(2, seed=3))
    answer("sample", made.sample(seed=4).shape.as_list())
    answer("divergence", given_by(made.kl_divergence, made.copy(name="other")))


def test_divergences(tf, ds, answer):
    answer("normal", ds.kl_divergence(ds.Normal(0.0, 1.0), ds.Normal([1.0, 2.0], 2.0)))
    answer("gamma", ds.kl_divergence(ds.Gamma(1.0, 1.0), ds.Gamma([1.0, 2.0], 2.0)))
    answer("exponential", ds.kl_divergence(ds.Exponential(1.0), ds.Exponential(2.0)))
    answer("beta", ds.kl_divergence(ds.Beta(1.0, 1.0), ds.Beta([1.0, 2.0], 2.0)))
    answer("bernoulli", ds.kl_divergence(ds.Bernoulli(probs=0.2), ds.Bernoulli(probs=[0.3, 0.9])))
    first, second = (ds.Categorical(logits=x) for x in ([0.1, 0.8], [0.3, 0.7]))
    answer("categorical", [ds.kl_divergence(first, second), first.cross_entropy(second)])
    answer("dirichlet", ds.kl_divergence(ds.Dirichlet([0.2, 0.8]), ds.Dirichlet([0.3, 0.7])))
    answer.raises("none", lambda: ds.kl_divergence(ds.Normal(0.0, 1.0), ds.Gamma(1.0, 1.0)),
                  ["No KL"])  # fmt: skip

    class Mine(ds.Normal):
        pass

    class Other(ds.Normal):
        pass

    ds.RegisterKL(Mine, ds.Normal)(lambda a, b, name=None: a.loc * 0 + 7.0)
    answer("registered", ds.kl_divergence(Mine(0.0, 1.0), Other(0.0, 1.0)))
    answer("inherited", ds.kl_divergence(Other(0.0, 1.0), Mine(0.0, 1.0)))
    answer.raises("twice", lambda: ds.RegisterKL(Mine, ds.Normal)(lambda a, b: a), ["already"])


def test_invalid_arguments(tf, ds, answer):
    answer.raises("none", ds.Bernoulli, ["probs or logits"])
    answer.raises("both", lambda: ds.Bernoulli(1.0, 0.5), ["not both"])
    answer.raises("integers", lambda: ds.Bernoulli(probs=1), ["floating"])
    answer.raises("dtypes", lambda: ds.Normal(1.0, tf.constant(1.0, tf.float64)), ["same type"])
    answer.raises("scale", lambda: ds.Normal(1.0, -1.0, validate_args=True), ["x > 0"])
    answer.raises("bounds", lambda: ds.Uniform(1.0, 0.0, validate_args=True), ["low >= high"])
    answer.raises("sum", lambda: ds.Categorical(probs=[0.2, 0.2], validate_args=True), ["sum to 1"])
    answer.raises("mode", lambda: ds.Beta(0.5, 0.5, allow_nan_stats=False).mode(), ["undefined"])
    counts = ds.Multinomial(2.0, probs=[0.5, 0.5], validate_args=True)
    answer.raises("counts", lambda: counts.prob([1.0, 0.0]), ["must sum"])


def test_tails(ds, answer):
    x = np.float32([-50.0, -12.0, -3.0, 0.0, 3.0, 7.0])
    answer("normal", ds.Normal(0.0, 1.0).log_cdf(x))
    answer("laplace", ds.Laplace(0.0, 1.0).log_cdf(x))


def test_a_policy_in_a_graph(tf, ds, answer):
    """Reinforcement learning: the gradient of the log probability of what was sampled."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        logits = v1.placeholder(tf.float32, [None, 3])
        policy = ds.Categorical(logits=logits)
        action = policy.sample(seed=1)
        loss = v1.reduce_sum(policy.log_prob([1, 2]))
        fetches = [action, loss, v1.gradients(loss, logits)[0], policy.entropy()]
        answer("names", [policy.name, action.shape.as_list()])
        answer("values", session.run(fetches, {logits: [[0.0, 1.0, 2.0], [1.0, 1.0, 1.0]]}))
        normal = ds.Normal(0.0, 1.0)
        answer("strings", [str(normal), repr(normal)])
        scale = v1.placeholder(tf.float32, [1])
        mean = ds.Normal([1.0], scale, validate_args=True).mean()
        answer.raises("scale", lambda: session.run(mean, {scale: [-5.0]}), ["x > 0"])
