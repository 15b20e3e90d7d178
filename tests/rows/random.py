"""Random numbers: those that seeds determine."""

from rows import A, F, I, row

SEED = A(3, 5, dtype="int32")


def stateless(name, *inputs, **options):
    return row(
        f"random.stateless_{name}",
        [2, 3],
        SEED,
        *inputs,
        id=f"stateless_{name}",
        unknown=False,
        **options,
    )


def seeded(name, function, **options):
    """A row for a stateful op after `set_seed`, called twice: two parts of one stream."""

    def call(tf, _):
        tf.random.set_seed(7)
        return [function(tf), function(tf)]

    return row(call, A(0.0), id=name, gradient=False, compiled=False, **options)


STATELESS = [
    stateless("normal"),
    stateless("normal", mean=F(3), stddev=F(2, 3)),
    stateless("normal", dtype="float64"),
    stateless("normal", dtype="float16"),
    stateless("normal", alg="philox"),
    stateless("binomial", A(40.0, 5.0, 9.0), A(0.75), gradient=False, static=False, alone=True),
    stateless("uniform"),
    stateless("uniform", A(-1.0), A(3.0)),
    stateless("uniform", dtype="float64"),
    stateless("uniform", dtype="float16"),
    stateless("uniform", dtype="bfloat16"),
    stateless("uniform", -3, 12, dtype="int32"),
    stateless("uniform", -3, 2**40, dtype="int64"),
    stateless("uniform", None, None, dtype="int32"),
    stateless("uniform", None, None, dtype="uint64"),
    stateless("uniform", 0, 2, dtype="uint32", raises=[]),
    stateless("uniform", dtype="int32", raises=[]),
    stateless("truncated_normal"),
    stateless("truncated_normal", dtype="float64"),
    stateless("truncated_normal", mean=1.0, stddev=3.0),
    stateless("gamma", A(0.5, 1.0, 3.0), rtol=1e-4),
    stateless("gamma", A(0.5, 1.0, 3.0), beta=A(2.0), rtol=1e-4),
    stateless("poisson", A(0.5, 4.0, 30.0)),
    row("random.stateless_categorical", F(2, 4), 5, SEED, unknown=False),
    row("random.stateless_categorical", F(2, 4), 5, SEED, unknown=False, dtype="int32"),
    row("random.stateless_normal", [2], A(1, 2, 3, dtype="int32"), raises=[]),
    row("random.stateless_normal", [2], SEED, alg="mersenne", raises=[]),
    row("random.experimental.stateless_shuffle", I(6), SEED, unknown=False),
    row("random.experimental.stateless_shuffle", F(5, 2), A(8, 9, dtype="int64"), unknown=False, gradient=False),
    row("random.split", SEED, num=3, unknown=False),
    row("random.split", A(2**40, -1, dtype="int64"), unknown=False),
    row("random.fold_in", SEED, 12, unknown=False),
    row("random.experimental.stateless_split", SEED, unknown=False),
    row("random.experimental.stateless_fold_in", SEED, A(7, dtype="int64"), unknown=False),
    row(lambda tf, i, seed: tf.random.experimental.index_shuffle(i, seed, 11),
        A(0, 3, 11, dtype="int32"), A(1, 2, dtype="uint32"), id="index_shuffle", unknown=False,
        alone=True),
    row(lambda tf, i, seed: tf.random.experimental.index_shuffle(i, seed, 10**6),
        A(0, 3, 11, dtype="int64"), A(7, 2, dtype="uint32"), id="index_shuffle_large",
        unknown=False, alone=True),
]  # fmt: skip

STATEFUL = [
    seeded("normal", lambda tf: tf.random.normal([5])),
    seeded("normal_op_seed", lambda tf: tf.random.normal([2, 3], 1.0, 2.0, tf.float64, seed=3)),
    seeded("uniform", lambda tf: tf.random.uniform([5], -1.0, 3.0)),
    seeded("uniform_int", lambda tf: tf.random.uniform([5], 0, 10, tf.int64, seed=1)),
    seeded("uniform_half", lambda tf: tf.random.uniform([5], dtype=tf.float16)),
    seeded("truncated_normal", lambda tf: tf.random.truncated_normal([5])),
    seeded("gamma", lambda tf: tf.random.gamma([2], [0.5, 2.0]), rtol=1e-4),
    seeded("poisson", lambda tf: tf.random.poisson([3], [0.5, 20.0])),
    seeded("categorical", lambda tf: tf.random.categorical([[0.1, 2.0, 0.3]], 6)),
    seeded("shuffle", lambda tf: tf.random.shuffle(tf.range(10))),
    seeded("shuffle_rows", lambda tf: tf.random.shuffle(tf.reshape(tf.range(8), [4, 2]), seed=4)),
    seeded("dropout", lambda tf: tf.nn.dropout(tf.ones([3, 4]), 0.4)),
    seeded("dropout_noise", lambda tf: tf.nn.dropout(tf.ones([3, 4]), 0.4, noise_shape=[3, 1])),
    seeded("stateless_dropout", lambda tf: tf.nn.experimental.stateless_dropout(
        tf.ones([3, 4]), 0.4, [1, 2])),
    seeded("random_crop", lambda tf: tf.image.random_crop(tf.range(24), [5])),
]  # fmt: skip

TRUE = [[1, 3], [0, 9]]
SAMPLERS = [
    seeded(f"{name}_{unique}", lambda tf, name=name, unique=unique: getattr(
        tf.random, f"{name}_candidate_sampler")(TRUE, 2, 6, unique, 10, seed=5))
    for name in ("uniform", "log_uniform", "learned_unigram")
    for unique in (True, False)
] + [
    seeded("fixed_unigram", lambda tf: tf.random.fixed_unigram_candidate_sampler(
        [[1, 3], [0, 4]], 2, 4, True, 5, unigrams=[0.1, 0.2, 0.4, 0.05, 0.25], distortion=0.75)),
    seeded("all", lambda tf: tf.random.all_candidate_sampler(TRUE, 2, 10, True)),
    seeded("nce_loss", lambda tf: tf.nn.nce_loss(
        tf.ones([10, 3]), tf.zeros([10]), tf.constant([[1], [2]], tf.int64), tf.ones([2, 3]), 4, 10)),
    seeded("sampled_softmax_loss", lambda tf: tf.nn.sampled_softmax_loss(
        tf.ones([10, 3]), tf.zeros([10]), tf.constant([[1], [2]], tf.int64), tf.ones([2, 3]), 4, 10, seed=3)),
]  # fmt: skip

TRUNCATED = [
    row("random.stateless_parameterized_truncated_normal", [2, 3], [1, 2], A([0.0, 1.0, 2.0]), 1.0, -1.0, 4.0, alone=True),
    row("random.stateless_parameterized_truncated_normal", [4], [1, 2], 0.0, 1.0, 3.0, A(5.0), alone=True),
]  # fmt: skip

ROWS = STATELESS + STATEFUL + SAMPLERS + TRUNCATED
