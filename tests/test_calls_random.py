"""Random numbers, with seeds: the ops, samplers and generators."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803

    def two(g):
        numbers = g.binomial([3], 10.0, 0.5), g.binomial([2, 2], [100.0, 5.0], [0.3, 0.9])
        return *numbers, g.state, g.normal([2])

    return dict(Rn=tf.random, seeded=lambda f: (tf.random.set_seed(7), f())[1], two=two)


test_calls = calls(
    names,
    r"""
seeded(lambda:Rn.normal([3]))
seeded(lambda:Rn.normal([3],1.,2.,seed=5))
seeded(lambda:Rn.normal([2],[1.,2.],[1.,2.]))
seeded(lambda:Rn.normal([2],dtype=tf.float64))
seeded(lambda:Rn.normal([2],dtype=tf.float16))
seeded(lambda:Rn.normal([2],dtype=tf.int32))
seeded(lambda:Rn.uniform([3]))
seeded(lambda:Rn.uniform([3],1,5,dtype=tf.int32))
seeded(lambda:Rn.uniform([3],dtype=tf.int32))
seeded(lambda:Rn.uniform([3],5,1,dtype=tf.int32))
seeded(lambda:Rn.uniform([3],-1.,1.,dtype=tf.float64))
seeded(lambda:Rn.uniform([3],maxval=C([1.,2.,3.])))
seeded(lambda:Rn.truncated_normal([3]))
seeded(lambda:Rn.truncated_normal([3],1.,0.1))
seeded(lambda:Rn.gamma([3],2.))
seeded(lambda:Rn.gamma([2],[0.5,2.],beta=2.))
seeded(lambda:Rn.poisson([3],4.))
seeded(lambda:Rn.poisson([2],[1.,20.]))
seeded(lambda:Rn.shuffle([1,2,3,4]))
seeded(lambda:Rn.shuffle([[1,2],[3,4],[5,6]]))
seeded(lambda:Rn.categorical([[0.,1.,2.]],4))
seeded(lambda:Rn.categorical(C([0.,1.]),4))
seeded(lambda:Rn.log_uniform_candidate_sampler(C([[0]],tf.int64),1,2,True,10))
seeded(lambda:Rn.fixed_unigram_candidate_sampler(C([[0]],tf.int64),1,2,True,3,unigrams=[1.,2.,3.]))
seeded(lambda:Rn.uniform_candidate_sampler(C([[0]],tf.int64),1,2,True,10))
Rn.stateless_normal([2],[1,2])
Rn.stateless_uniform([2],[1,2])
Rn.stateless_uniform([2],[1,2],0,10,tf.int32)
Rn.stateless_uniform([2],[1,2],None,None,tf.int32)
Rn.stateless_uniform([2],[1,2],alg='threefry')
Rn.stateless_uniform([2],[1,2],alg='philox')
Rn.stateless_uniform([2],1)
Rn.stateless_truncated_normal([2],[1,2])
Rn.stateless_gamma([2],[1,2],2.)
Rn.stateless_poisson([2],[1,2],3.)
Rn.stateless_categorical([[0.,1.]],3,[1,2])
Rn.experimental.stateless_shuffle([1,2,3,4],[1,2])
Rn.experimental.stateless_fold_in([1,2],3)
Rn.experimental.stateless_split([1,2],2)
Rn.fold_in([1,2],3)
Rn.split([1,2],2)
Rn.Generator.from_seed(1).normal([2])
Rn.Generator.from_seed(1).uniform([2])
Rn.Generator.from_seed(1).uniform([2],1,5,tf.int32)
Rn.Generator.from_seed(1).uniform_full_int([2])
Rn.Generator.from_seed(1).truncated_normal([2])
Rn.Generator.from_seed(1).make_seeds(2)
Rn.Generator.from_seed(1).split(2)[0].normal([2])
Rn.Generator.from_seed(1).state
Rn.Generator.from_seed(1).key
Rn.Generator.from_seed(1).algorithm
Rn.Generator.from_state([1,2,3],alg='philox').normal([2])
Rn.Generator.from_key_counter(1,[2,3],alg='philox').normal([2])
Rn.Generator.from_seed(1,alg='foo')
Rn.create_rng_state(1,'philox')
Rn.all_candidate_sampler([[0]],1,3,True)
Rn.learned_unigram_candidate_sampler([[0]],1,2,True,5)[0].shape
Rn.set_seed('a')
tf.random.stateless_binomial([4,2],[3,4],[100.,7.],[0.4,0.8])
tf.random.stateless_binomial([3],[3,4],[1.,2.,3.],[0.4],output_dtype=tf.float32)
tf.random.stateless_binomial([3],[3,4],1000.,0.9)
tf.random.stateless_binomial([20],[1,2],10.,0.5)
tf.random.stateless_binomial([3],[3,4],[1.,2.],0.5)
tf.random.stateless_binomial([3],[3,4],[0.,2.,5.],[0.5,0.,1.])
tf.random.stateless_binomial([2],[3,4],10,0.5)
tf.random.stateless_binomial([2],[3,4],C([10.,20.],tf.float64),C([0.3,0.7],tf.float64),output_dtype=tf.float64)
two(Rn.Generator.from_seed(1))
tf.function(lambda: tf.random.stateless_binomial([3],[3,4],10.,0.9))()
Rn.Generator.from_seed(1).binomial([2],[10.],[0.5])
""",
)
