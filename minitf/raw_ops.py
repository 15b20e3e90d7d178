"""TensorFlow's ops under their own names, called by keywords: `tf.raw_ops.MatMul(a=x, b=y)`.

A row of the table below says how an op is called and what it is here:

    Abs Acos(x)                                 the ops of these names themselves
    Sum(input, axis, keep_dims=False) = ...     what the public functions say
    Svd(input, ...) -> s u v = ...              a named tuple of several results

A function is made of its row when it is first asked for. Ops that have no row raise
AttributeError: those of TensorFlow's own machinery (datasets, devices, quantized training).
"""

import collections
import functools
import inspect
import re

import minitf as tf
from minitf import install, nn, signal  # noqa: F401  two wings that register ops
from minitf.core.dispatch import execute
from minitf.core.registry import get
from minitf.ops.normalization import fused_batch_norm

_TABLE = r"""
# Elementwise
Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Digamma Erf Erfc Erfinv Exp Expm1 Floor(x)
Invert InvertPermutation IsFinite IsInf IsNan Lgamma Log Log1p LogicalNot Ndtri Neg(x)
Reciprocal Rint Round Rsqrt Sigmoid Sign Sin Sinh Sqrt Square Tan Tanh(x)
AddV2 BitwiseAnd BitwiseOr BitwiseXor DivNoNan FloorDiv FloorMod Greater GreaterEqual(x, y)
LeftShift Less LessEqual LogicalAnd LogicalOr Maximum Minimum Mul MulNoNan Pow RealDiv(x, y)
RightShift SquaredDifference Sub TruncateDiv TruncateMod Xdivy Xlog1py Xlogy(x, y)
Conj Identity StopGradient(input)
PopulationCount(x)
Elu Relu Relu6 Selu Softplus Softsign(features)
ReciprocalGrad RsqrtGrad SqrtGrad(y, dy)
Atan2(y, x)
NextAfter(x1, x2)
ClipByValue(t, clip_value_min, clip_value_max)
SelectV2(condition, t, e)
L2Loss(t)
Add(x, y) = tf.add(x, y, name=name)
AddN(inputs) = tf.add_n(inputs, name=name)
Angle(input, Tout=tf.float32) = tf.cast(tf.math.angle(input, name=name), Tout)
ApproximateEqual(x, y, tolerance=1e-5) = tf.less(tf.abs(x - y), tf.cast(tolerance, x.dtype), name)
BesselI0(x) = tf.math.bessel_i0(x, name=name)
BesselI0e(x) = tf.math.bessel_i0e(x, name=name)
BesselI1(x) = tf.math.bessel_i1(x, name=name)
BesselI1e(x) = tf.math.bessel_i1e(x, name=name)
BesselJ0(x) = tf.math.special.bessel_j0(x, name=name)
BesselJ1(x) = tf.math.special.bessel_j1(x, name=name)
BesselK0(x) = tf.math.special.bessel_k0(x, name=name)
BesselK0e(x) = tf.math.special.bessel_k0e(x, name=name)
BesselK1(x) = tf.math.special.bessel_k1(x, name=name)
BesselK1e(x) = tf.math.special.bessel_k1e(x, name=name)
BesselY0(x) = tf.math.special.bessel_y0(x, name=name)
BesselY1(x) = tf.math.special.bessel_y1(x, name=name)
Betainc(a, b, x) = tf.math.betainc(a, b, x, name=name)
Bitcast(input, type) = tf.bitcast(input, type, name=name)
Cast(x, DstT, Truncate=False) = tf.cast(x, DstT, name=name)
CheckNumerics CheckNumericsV2(tensor, message) = tf.debugging.check_numerics(tensor, message, name)
Complex(real, imag, Tout=tf.complex64) = tf.cast(tf.complex(real, imag, name=name), Tout)
ComplexAbs(x, Tout=tf.float32) = tf.cast(tf.abs(x, name=name), Tout)
Dawsn(x) = tf.math.special.dawsn(x, name=name)
Div(x, y) = tf.realdiv(x, y, name=name) if x.dtype.is_floating else tf.truncatediv(x, y, name=name)
EluGrad(gradients, outputs) = tf.where(outputs < 0, gradients * (outputs + 1), gradients, name)
Equal(x, y, incompatible_shape_error=True) = tf.equal(x, y, name=name)
Expint(x) = tf.math.special.expint(x, name=name)
FresnelCos(x) = tf.math.special.fresnel_cos(x, name=name)
FresnelSin(x) = tf.math.special.fresnel_sin(x, name=name)
Igamma(a, x) = tf.math.igamma(a, x, name=name)
IgammaGradA(a, x)
Igammac(a, x) = tf.math.igammac(a, x, name=name)
Imag(input, Tout=tf.float32) = tf.cast(tf.math.imag(input, name=name), Tout)
Inv(x) = tf.math.reciprocal(x, name=name)
IdentityN(input) = tf.identity_n(input, name=name)
LeakyRelu(features, alpha=0.2) = tf.nn.leaky_relu(features, alpha, name=name)
LeakyReluGrad(gradients, features, alpha=0.2) =
    tf.where(features > 0, gradients, alpha * gradients, name)
LogSoftmax(logits) = tf.nn.log_softmax(logits, name=name)
Mod(x, y) = tf.truncatemod(x, y, name=name)
NotEqual(x, y, incompatible_shape_error=True) = tf.not_equal(x, y, name=name)
OnesLike(x) = tf.ones_like(x, name=name)
Polygamma(a, x) = tf.math.polygamma(a, x, name=name)
Real(input, Tout=tf.float32) = tf.cast(tf.math.real(input, name=name), Tout)
Relu6Grad(gradients, features) = pullback(tf.nn.relu6, features, gradients)
ReluGrad(gradients, features) = pullback(tf.nn.relu, features, gradients)
Select(condition, x, y) = tf.compat.v1.where(condition, x, y, name=name)
SeluGrad(gradients, outputs) = tf.where(outputs < 0, gradients * (outputs +
    tf.constant(1.7580993408473768599, outputs.dtype)), gradients * 1.0507009873554804934, name)
SigmoidGrad(y, dy) = tf.multiply(dy * y, 1 - y, name=name)
Snapshot(input) = tf.identity(input, name=name)
Softmax(logits) = tf.nn.softmax(logits, name=name)
SoftplusGrad(gradients, features) = pullback(tf.nn.softplus, features, gradients)
SoftsignGrad(gradients, features) = pullback(tf.nn.softsign, features, gradients)
Spence(x) = tf.math.special.spence(x, name=name)
TanhGrad(y, dy) = tf.multiply(dy, 1 - y * y, name=name)
ZerosLike(x) = tf.zeros_like(x, name=name)
Zeta(x, q) = tf.math.zeta(x, q, name=name)

# Shapes and parts
BatchToSpaceND(input, block_shape, crops)
BroadcastArgs(s0, s1)
BroadcastTo(input, shape)
Fill(dims, value)
PadV2(input, paddings, constant_values)
Reshape(tensor, shape)
ReverseV2(tensor, axis)
Roll(input, shift, axis)
SpaceToBatchND(input, block_shape, paddings)
Tile(input, multiples)
Transpose(x, perm)
UnravelIndex(indices, dims)
Where(condition)
BroadcastGradientArgs(s0, s1) -> r0 r1 = broadcast_gradient_args(s0, s1)
Bucketize(input, boundaries) = tf.reshape(tf.searchsorted(tf.constant(boundaries, tf.float32),
    tf.cast(tf.reshape(input, [-1]), tf.float32), 'right'), tf.shape(input), name)
Concat(concat_dim, values) = tf.concat(values, concat_dim, name=name)
ConcatOffset(concat_dim, shape) = tf.unstack(tf.cumsum(tf.stack(shape), exclusive=True)
    * tf.one_hot(concat_dim, tf.size(shape[0]), dtype=tf.convert_to_tensor(shape[0]).dtype))
ConcatV2(values, axis) = tf.concat(values, axis, name=name)
Const(value, dtype) = tf.constant(value, dtype, name=name)
ConjugateTranspose(x, perm) = tf.transpose(x, perm, conjugate=True, name=name)
DepthToSpace(input, block_size, data_format='NHWC') =
    tf.nn.depth_to_space(input, block_size, data_format, name=name)
DynamicPartition(data, partitions, num_partitions) =
    tf.dynamic_partition(data, partitions, num_partitions, name=name)
DynamicStitch ParallelDynamicStitch(indices, data) = tf.dynamic_stitch(indices, data, name=name)
Empty(shape, dtype, init=False) = tf.zeros(shape, dtype, name=name)
EnsureShape(input, shape) = tf.ensure_shape(input, shape, name=name)
ExpandDims(input, axis) = tf.expand_dims(input, axis, name=name)
ExtractImagePatches(images, ksizes, strides, rates, padding) =
    tf.image.extract_patches(images, ksizes, strides, rates, padding, name=name)
Gather(params, indices, validate_indices=True) = tf.gather(params, indices, name=name)
GatherNd(params, indices, bad_indices_policy='') =
    tf.gather_nd(params, indices, bad_indices_policy=bad_indices_policy, name=name)
GatherV2(params, indices, axis, batch_dims=0) =
    tf.gather(params, indices, axis=axis, batch_dims=batch_dims, name=name)
GuaranteeConst(input) = tf.guarantee_const(input, name=name)
LinSpace(start, stop, num) = tf.linspace(start, stop, num, name=name)
ListDiff(x, y, out_idx=tf.int32) -> out idx = tf.compat.v1.setdiff1d(x, y, out_idx, name)
LowerBound(sorted_inputs, values, out_type=tf.int32) =
    tf.searchsorted(sorted_inputs, values, 'left', out_type, name=name)
UpperBound(sorted_inputs, values, out_type=tf.int32) =
    tf.searchsorted(sorted_inputs, values, 'right', out_type, name=name)
MirrorPad(input, paddings, mode) = tf.pad(input, paddings, mode, name=name)
NthElement(input, n, reverse=False) = tf.gather(
    tf.sort(input, -1, 'DESCENDING' if reverse else 'ASCENDING'), n, axis=-1, name=name)
OneHot(indices, depth, on_value, off_value, axis=-1) =
    tf.one_hot(indices, depth, on_value, off_value, axis, name=name)
Pack(values, axis=0) = tf.stack(values, axis, name=name)
Pad(input, paddings) = tf.pad(input, paddings, name=name)
ParallelConcat(values, shape) = tf.ensure_shape(tf.concat(values, 0, name=name), shape)
Placeholder(dtype, shape=None) = tf.compat.v1.placeholder(dtype, shape, name)
PlaceholderWithDefault(input, shape) = tf.compat.v1.placeholder_with_default(input, shape, name)
Range(start, limit, delta) = tf.range(start, limit, delta, name=name)
Rank(input) = tf.rank(input, name=name)
Reverse(tensor, dims) = tf.reverse(tensor, tf.reshape(tf.where(dims), [-1]), name=name)
ReverseSequence(input, seq_lengths, seq_dim, batch_dim=0) =
    tf.reverse_sequence(input, seq_lengths, seq_dim, batch_dim, name=name)
ScatterNd(indices, updates, shape, bad_indices_policy='') =
    tf.scatter_nd(indices, updates, shape, bad_indices_policy, name=name)
ScatterNdNonAliasingAdd(input, indices, updates, bad_indices_policy='') =
    tf.tensor_scatter_nd_add(input, indices, updates, name=name)
Shape(input, out_type=tf.int32) = tf.shape(input, out_type, name=name)
ShapeN(input, out_type=tf.int32) = tf.shape_n(input, out_type, name=name)
Size(input, out_type=tf.int32) = tf.size(input, out_type, name=name)
Slice(input, begin, size) = tf.slice(input, begin, size, name=name)
SobolSample(dim, num_results, skip, dtype=tf.float32) =
    tf.math.sobol_sample(dim, num_results, skip, dtype, name)
SpaceToDepth(input, block_size, data_format='NHWC') =
    tf.nn.space_to_depth(input, block_size, data_format, name=name)
Split(axis, value, num_split) = tf.split(value, num_split, axis, name=name)
SplitV(value, size_splits, axis, num_split) =
    tf.split(value, size_splits, axis, num_split, name=name)
Squeeze(input, axis=[]) = tf.squeeze(input, axis or None, name=name)
StridedSlice(input, begin, end, strides, begin_mask=0, end_mask=0, ellipsis_mask=0,
    new_axis_mask=0, shrink_axis_mask=0) = tf.strided_slice(input, begin, end, strides,
    begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask, name=name)
TensorScatterAdd(tensor, indices, updates, bad_indices_policy='') =
    tf.tensor_scatter_nd_add(tensor, indices, updates, name=name)
TensorScatterMax(tensor, indices, updates, bad_indices_policy='') =
    tf.tensor_scatter_nd_max(tensor, indices, updates, name=name)
TensorScatterMin(tensor, indices, updates, bad_indices_policy='') =
    tf.tensor_scatter_nd_min(tensor, indices, updates, name=name)
TensorScatterSub(tensor, indices, updates, bad_indices_policy='') =
    tf.tensor_scatter_nd_sub(tensor, indices, updates, name=name)
TensorScatterUpdate(tensor, indices, updates, bad_indices_policy='') =
    tf.tensor_scatter_nd_update(tensor, indices, updates, name=name)
TopK(input, k, sorted=True) -> values indices = tf.math.top_k(input, k, sorted, name=name)
TopKV2(input, k, sorted=True, index_type=tf.int32) -> values indices =
    tf.math.top_k(input, k, sorted, index_type, name=name)
Unique(x, out_idx=tf.int32) -> y idx = tf.unique(x, out_idx, name)
UniqueWithCounts(x, out_idx=tf.int32) -> y idx count = tf.unique_with_counts(x, out_idx, name)
UniqueV2(x, axis, out_idx=tf.int32) -> y idx = itself('UniqueV2', (x, axis), name,
    (tf.as_dtype(out_idx).np,))
UniqueWithCountsV2(x, axis, out_idx=tf.int32) -> y idx count = itself('UniqueWithCountsV2',
    (x, axis), name, (tf.as_dtype(out_idx).np,))
Unpack(value, num, axis=0) = tf.unstack(value, num, axis, name=name)

# Reductions
All(input, axis, keep_dims=False) = tf.reduce_all(input, axis, keep_dims, name=name)
Any(input, axis, keep_dims=False) = tf.reduce_any(input, axis, keep_dims, name=name)
EuclideanNorm(input, axis, keep_dims=False) =
    tf.math.reduce_euclidean_norm(input, axis, keep_dims, name=name)
Max(input, axis, keep_dims=False) = tf.reduce_max(input, axis, keep_dims, name=name)
Mean(input, axis, keep_dims=False) = tf.reduce_mean(input, axis, keep_dims, name=name)
Min(input, axis, keep_dims=False) = tf.reduce_min(input, axis, keep_dims, name=name)
Prod(input, axis, keep_dims=False) = tf.reduce_prod(input, axis, keep_dims, name=name)
Sum(input, axis, keep_dims=False) = tf.reduce_sum(input, axis, keep_dims, name=name)
ArgMax(input, dimension, output_type=tf.int64) = tf.argmax(input, dimension, output_type, name)
ArgMin(input, dimension, output_type=tf.int64) = tf.argmin(input, dimension, output_type, name)
Cumprod(x, axis, exclusive=False, reverse=False) =
    tf.math.cumprod(x, axis, exclusive, reverse, name=name)
Cumsum(x, axis, exclusive=False, reverse=False) =
    tf.math.cumsum(x, axis, exclusive, reverse, name=name)
CumulativeLogsumexp(x, axis, exclusive=False, reverse=False) =
    tf.math.cumulative_logsumexp(x, axis, exclusive, reverse, name=name)
Bincount(arr, size, weights) = tf.math.bincount(tf.reshape(arr, [-1]), *weighted(weights),
    size, size, tf.convert_to_tensor(weights).dtype, name)
DenseBincount(input, size, weights, binary_output=False) = tf.math.bincount(input,
    *weighted(weights), size, size, tf.convert_to_tensor(weights).dtype, name, -1, binary_output)
HistogramFixedWidth(values, value_range, nbins, dtype=tf.int32) =
    tf.histogram_fixed_width(values, value_range, nbins, dtype, name=name)
SegmentMax(data, segment_ids) = tf.math.segment_max(data, segment_ids, name=name)
SegmentMean(data, segment_ids) = tf.math.segment_mean(data, segment_ids, name=name)
SegmentMin(data, segment_ids) = tf.math.segment_min(data, segment_ids, name=name)
SegmentProd(data, segment_ids) = tf.math.segment_prod(data, segment_ids, name=name)
SegmentSum(data, segment_ids) = tf.math.segment_sum(data, segment_ids, name=name)
UnsortedSegmentMax SegmentMaxV2(data, segment_ids, num_segments) =
    tf.math.unsorted_segment_max(data, segment_ids, num_segments, name=name)
UnsortedSegmentMin SegmentMinV2(data, segment_ids, num_segments) =
    tf.math.unsorted_segment_min(data, segment_ids, num_segments, name=name)
UnsortedSegmentProd SegmentProdV2(data, segment_ids, num_segments) =
    tf.math.unsorted_segment_prod(data, segment_ids, num_segments, name=name)
UnsortedSegmentSum SegmentSumV2(data, segment_ids, num_segments) =
    tf.math.unsorted_segment_sum(data, segment_ids, num_segments, name=name)
SparseSegmentMean(data, indices, segment_ids, sparse_gradient=False) =
    tf.sparse.segment_mean(data, indices, segment_ids, name=name)
SparseSegmentSqrtN(data, indices, segment_ids, sparse_gradient=False) =
    tf.sparse.segment_sqrt_n(data, indices, segment_ids, name=name)
SparseSegmentSum(data, indices, segment_ids, sparse_gradient=False) =
    tf.sparse.segment_sum(data, indices, segment_ids, name=name)

# Matrices and Fourier transforms
Cholesky DiagPart MatrixDeterminant MatrixExponential(input)
LogMatrixDeterminant(input) -> sign log_abs_determinant
MatrixLogarithm MatrixSquareRoot FFT FFT2D FFT3D IFFT IFFT2D IFFT3D(input)
Cross(a, b)
Diag(diagonal)
MatrixBandPart(input, num_lower, num_upper)
BatchMatMul BatchMatMulV2(x, y, adj_x=False, adj_y=False, grad_x=False, grad_y=False) =
    tf.matmul(x, y, adjoint_a=adj_x, adjoint_b=adj_y, name=name)
BatchMatMulV3(x, y, Tout, adj_x=False, adj_y=False, grad_x=False, grad_y=False) =
    tf.matmul(
    tf.cast(x, Tout), tf.cast(y, Tout), adjoint_a=adj_x, adjoint_b=adj_y, name=name)
Einsum(inputs, equation) = tf.einsum(equation, *inputs, name=name)
IRFFT(input, fft_length, Treal=tf.float32) = tf.signal.irfft(input, fft_length, name)
IRFFT2D(input, fft_length, Treal=tf.float32) = tf.signal.irfft2d(input, fft_length, name)
IRFFT3D(input, fft_length, Treal=tf.float32) = tf.signal.irfft3d(input, fft_length, name)
RFFT(input, fft_length, Tcomplex=tf.complex64) = tf.signal.rfft(input, fft_length, name)
RFFT2D(input, fft_length, Tcomplex=tf.complex64) = tf.signal.rfft2d(input, fft_length, name)
RFFT3D(input, fft_length, Tcomplex=tf.complex64) = tf.signal.rfft3d(input, fft_length, name)
Lu(input, output_idx_type=tf.int32) -> lu p = tf.linalg.lu(input, output_idx_type, name=name)
MatMul(a, b, transpose_a=False, transpose_b=False, grad_a=False, grad_b=False) =
    tf.matmul(a, b, transpose_a, transpose_b, name=name)
SparseMatMul(a, b, transpose_a=False, transpose_b=False, a_is_sparse=False, b_is_sparse=False) =
    tf.matmul(a, b, transpose_a, transpose_b, name=name)
MatrixDiag(diagonal) = tf.linalg.diag(diagonal, name=name)
MatrixDiagV2(diagonal, k, num_rows, num_cols, padding_value) = tf.linalg.diag(
    diagonal, name, k, num_rows, num_cols, padding_value, align='LEFT_LEFT')
MatrixDiagV3(diagonal, k, num_rows, num_cols, padding_value, align='RIGHT_LEFT') =
    tf.linalg.diag(diagonal, name, k, num_rows, num_cols, padding_value, align=align)
MatrixDiagPart(input) = tf.linalg.diag_part(input, name=name)
MatrixDiagPartV2(input, k, padding_value) =
    tf.linalg.diag_part(input, name, k, padding_value, align='LEFT_LEFT')
MatrixDiagPartV3(input, k, padding_value, align='RIGHT_LEFT') =
    tf.linalg.diag_part(input, name, k, padding_value, align=align)
MatrixInverse(input, adjoint=False) = tf.linalg.inv(input, adjoint, name=name)
MatrixSetDiag(input, diagonal) = tf.linalg.set_diag(input, diagonal, name=name)
MatrixSetDiagV2(input, diagonal, k) =
    tf.linalg.set_diag(input, diagonal, name, k, align='LEFT_LEFT')
MatrixSetDiagV3(input, diagonal, k, align='RIGHT_LEFT') =
    tf.linalg.set_diag(input, diagonal, name, k, align=align)
MatrixSolve(matrix, rhs, adjoint=False) = tf.linalg.solve(matrix, rhs, adjoint, name=name)
MatrixSolveLs(matrix, rhs, l2_regularizer, fast=True) =
    tf.linalg.lstsq(matrix, rhs, l2_regularizer, fast, name=name)
MatrixTriangularSolve(matrix, rhs, lower=True, adjoint=False) =
    tf.linalg.triangular_solve(matrix, rhs, lower, adjoint, name=name)
Qr(input, full_matrices=False) -> q r = tf.linalg.qr(input, full_matrices, name=name)
Eig(input, Tout, compute_v=True) -> e v = (tf.linalg.eig(input, name) if compute_v
    else (tf.linalg.eigvals(input, name), tf.zeros([], Tout)))
SelfAdjointEigV2(input, compute_v=True) -> e v = tf.linalg.eigh(input, name=name)
    if compute_v else (tf.linalg.eigvalsh(input, name=name), tf.zeros([], input.dtype))
Svd(input, compute_uv=True, full_matrices=False) -> s u v =
    tf.linalg.svd(input, full_matrices, name=name) if compute_uv else
    (tf.linalg.svd(input, full_matrices, False, name), *[tf.zeros([], input.dtype)] * 2)
TridiagonalMatMul(superdiag, maindiag, subdiag, rhs) = tf.linalg.tridiagonal_matmul(
    [tf.squeeze(d, -2) for d in (superdiag, maindiag, subdiag)], rhs, 'sequence', name)
TridiagonalSolve(diagonals, rhs, partial_pivoting=True, perturb_singular=False) =
    tf.linalg.tridiagonal_solve(diagonals, rhs, partial_pivoting=partial_pivoting,
    perturb_singular=perturb_singular, name=name)

# Layers
SoftmaxCrossEntropyWithLogits(features, labels) -> loss backprop =
    with_gradient(lambda x: tf.nn.softmax_cross_entropy_with_logits(labels, x, name=name), features)
SparseSoftmaxCrossEntropyWithLogits(features, labels) -> loss backprop = with_gradient(
    lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels, x, name=name), features)
InTopKV2(predictions, targets, k)
InTopK(predictions, targets, k) = tf.math.in_top_k(targets, predictions, k, name=name)
AvgPool(value, ksize, strides, padding, data_format='NHWC') =
    tf.nn.avg_pool2d(value, ksize, strides, padding, data_format, name=name)
AvgPool3D(input, ksize, strides, padding, data_format='NDHWC') =
    tf.nn.avg_pool3d(input, ksize, strides, padding, data_format, name=name)
BiasAdd(value, bias, data_format='NHWC') = tf.nn.bias_add(value, bias, data_format, name=name)
BiasAddGrad(out_backprop, data_format='NHWC') =
    tf.reduce_sum(out_backprop, [i for i in range(out_backprop.shape.rank)
    if i != (out_backprop.shape.rank - 1 if data_format == 'NHWC' else 1)], name=name)
BiasAddV1(value, bias) = tf.nn.bias_add(value, bias, name=name)
Conv2D(input, filter, strides, padding, use_cudnn_on_gpu=True, explicit_paddings=[],
    data_format='NHWC', dilations=[1, 1, 1, 1]) = tf.nn.conv2d(input, filter, strides,
    padded(padding, explicit_paddings), data_format, dilations, name=name)
Conv2DBackpropInput(input_sizes, filter, out_backprop, strides, padding, use_cudnn_on_gpu=True,
    explicit_paddings=[], data_format='NHWC', dilations=[1, 1, 1, 1]) =
    tf.nn.conv2d_transpose(out_backprop, filter, input_sizes, strides,
    padded(padding, explicit_paddings), data_format, dilations, name=name)
Conv2DBackpropFilter(input, filter_sizes, out_backprop, strides, padding, use_cudnn_on_gpu=True,
    explicit_paddings=[], data_format='NHWC', dilations=[1, 1, 1, 1]) =
    tf.compat.v1.nn.conv2d_backprop_filter(input, filter_sizes, out_backprop, strides,
    padded(padding, explicit_paddings), True, data_format, dilations, name)
Conv3D(input, filter, strides, padding, data_format='NDHWC', dilations=[1, 1, 1, 1, 1]) =
    tf.nn.conv3d(input, filter, strides, padding, data_format, dilations, name=name)
Conv3DBackpropInputV2(input_sizes, filter, out_backprop, strides, padding, data_format='NDHWC',
    dilations=[1, 1, 1, 1, 1]) = tf.nn.conv3d_transpose(out_backprop, filter, input_sizes,
    strides, padding, data_format, dilations, name=name)
Conv3DBackpropFilterV2(input, filter_sizes, out_backprop, strides, padding, data_format='NDHWC',
    dilations=[1, 1, 1, 1, 1]) = tf.compat.v1.nn.conv3d_backprop_filter(input, filter_sizes,
    out_backprop, strides, padding, data_format, dilations, name)
DepthwiseConv2dNative(input, filter, strides, padding, explicit_paddings=[], data_format='NHWC',
    dilations=[1, 1, 1, 1]) = tf.nn.depthwise_conv2d(input, filter, strides,
    padded(padding, explicit_paddings), data_format, dilations[1:3], name=name)
Dilation2D(input, filter, strides, rates, padding) =
    tf.nn.dilation2d(input, filter, strides, padding, 'NHWC', rates, name=name)
FusedBatchNorm FusedBatchNormV2(x, scale, offset, mean, variance, epsilon=1e-4,
    exponential_avg_factor=1, data_format="NHWC", is_training=True)
    -> y batch_mean batch_variance reserve_space_1 reserve_space_2 = fused_batch_norm(x, scale,
    offset, mean, variance, epsilon, exponential_avg_factor, data_format, is_training, name)
FusedBatchNormV3(x, scale, offset, mean, variance, epsilon=1e-4, exponential_avg_factor=1,
    data_format="NHWC", is_training=True)
    -> y batch_mean batch_variance reserve_space_1 reserve_space_2 reserve_space_3 =
    (*fused_batch_norm(x, scale, offset, mean, variance, epsilon, exponential_avg_factor,
    data_format, is_training, name), tf.zeros([0]))
LRN(input, depth_radius=5, bias=1, alpha=1, beta=0.5) =
    tf.nn.local_response_normalization(input, depth_radius, bias, alpha, beta, name=name)
MaxPool(input, ksize, strides, padding, explicit_paddings=[], data_format='NHWC') =
    tf.nn.max_pool2d(input, ksize, strides, padded(padding, explicit_paddings), data_format,
    name=name)
MaxPool3D(input, ksize, strides, padding, data_format='NDHWC') =
    tf.nn.max_pool3d(input, ksize, strides, padding, data_format, name=name)
MaxPoolV2(input, ksize, strides, padding, data_format='NHWC') =
    tf.nn.max_pool2d(input, ksize, strides, padding, data_format, name=name)
MaxPoolGrad(orig_input, orig_output, grad, ksize, strides, padding, explicit_paddings=[],
    data_format='NHWC') = pullback(lambda x: tf.nn.max_pool2d(x, ksize, strides,
    padded(padding, explicit_paddings), data_format), orig_input, grad)
AvgPoolGrad(orig_input_shape, grad, ksize, strides, padding, data_format='NHWC') =
    pullback(lambda x: tf.nn.avg_pool2d(x, ksize, strides, padding, data_format),
    tf.zeros(orig_input_shape, grad.dtype), grad)
MaxPoolWithArgmax(input, ksize, strides, padding, Targmax=tf.int64,
    include_batch_in_index=False) -> output argmax = tf.nn.max_pool_with_argmax(input, ksize,
    strides, padding, 'NHWC', Targmax, include_batch_in_index, name=name)

# Strings
RegexFullMatch(input, pattern)
StringStrip(input)
AsString(input, precision=-1, scientific=False, shortest=False, width=-1, fill='') =
    tf.strings.as_string(input, precision, scientific, shortest, width, fill, name=name)
DecodeBase64(input) = tf.io.decode_base64(input, name=name)
EncodeBase64(input, pad=False) = tf.io.encode_base64(input, pad, name=name)
ReduceJoin(inputs, reduction_indices, keep_dims=False, separator='') = tf.strings.reduce_join(
    inputs, reduction_indices, keep_dims, separator, name=name)
RegexReplace StaticRegexReplace(input, pattern, rewrite, replace_global=True) =
    tf.strings.regex_replace(input, pattern, rewrite, replace_global, name=name)
StaticRegexFullMatch(input, pattern) = tf.strings.regex_full_match(input, pattern, name=name)
StringFormat(inputs, template='%s', placeholder='%s', summarize=3) =
    tf.strings.format(template, inputs, placeholder, summarize, name=name)
StringJoin(inputs, separator='') = tf.strings.join(inputs, separator, name=name)
StringLength(input, unit='BYTE') = tf.strings.length(input, unit, name=name)
StringLower(input, encoding='') = tf.strings.lower(input, encoding, name=name)
StringUpper(input, encoding='') = tf.strings.upper(input, encoding, name=name)
StringToHashBucket(string_tensor, num_buckets) =
    tf.strings.to_hash_bucket(string_tensor, num_buckets, name=name)
StringToHashBucketFast(input, num_buckets) =
    tf.strings.to_hash_bucket_fast(input, num_buckets, name=name)
StringToHashBucketStrong(input, num_buckets, key) =
    tf.strings.to_hash_bucket_strong(input, num_buckets, key, name=name)
StringToNumber(string_tensor, out_type=tf.float32) =
    tf.strings.to_number(string_tensor, out_type, name=name)
Substr(input, pos, len, unit='BYTE') = tf.strings.substr(input, pos, len, unit, name=name)
UnicodeTranscode(input, input_encoding, output_encoding, errors='replace',
    replacement_char=65533, replace_control_characters=False) = tf.strings.unicode_transcode(
    input, input_encoding, output_encoding, errors, replacement_char,
    replace_control_characters, name=name)
UnsortedSegmentJoin(inputs, segment_ids, num_segments, separator='') =
    tf.strings.unsorted_segment_join(inputs, segment_ids, num_segments, separator, name=name)

# Images, sounds and files
AdjustContrastv2(images, contrast_factor) = tf.image.adjust_contrast(images, contrast_factor)
AdjustHue(images, delta) = tf.image.adjust_hue(images, delta)
AdjustSaturation(images, scale) = tf.image.adjust_saturation(images, scale)
CropAndResize(image, boxes, box_ind, crop_size, method='bilinear', extrapolation_value=0) =
    tf.image.crop_and_resize(image, boxes, box_ind, crop_size, method, extrapolation_value, name)
DecodeJpeg(contents, channels=0, ratio=1, fancy_upscaling=True, try_recover_truncated=False,
    acceptable_fraction=1, dct_method='') = tf.io.decode_jpeg(contents, channels, ratio,
    fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method, name)
DecodePng(contents, channels=0, dtype=tf.uint8) = tf.io.decode_png(contents, channels, dtype, name)
DecodeRaw(bytes, out_type, little_endian=True) =
    tf.io.decode_raw(bytes, out_type, little_endian, name=name)
EncodePng(image, compression=-1) = tf.io.encode_png(image, compression, name)
HSVToRGB(images) = tf.image.hsv_to_rgb(images, name=name)
RGBToHSV(images) = tf.image.rgb_to_hsv(images, name=name)
MatchingFiles(pattern) = tf.io.matching_files(pattern, name)
NonMaxSuppressionV3(boxes, scores, max_output_size, iou_threshold, score_threshold) =
    tf.image.non_max_suppression(boxes, scores, max_output_size, iou_threshold, score_threshold,
    name)
ParseTensor(serialized, out_type) = tf.io.parse_tensor(serialized, out_type, name)
ReadFile(filename) = tf.io.read_file(filename, name)
ResizeArea(images, size, align_corners=False) =
    tf.compat.v1.image.resize_area(images, size, align_corners, name)
ResizeBicubic(images, size, align_corners=False, half_pixel_centers=False) =
    tf.compat.v1.image.resize_bicubic(
    images, size, align_corners, name, half_pixel_centers)
ResizeBilinear(images, size, align_corners=False, half_pixel_centers=False) =
    tf.compat.v1.image.resize_bilinear(
    images, size, align_corners, name, half_pixel_centers)
ResizeNearestNeighbor(images, size, align_corners=False, half_pixel_centers=False) =
    tf.compat.v1.image.resize_nearest_neighbor(images, size, align_corners, name,
    half_pixel_centers)
SerializeTensor(tensor) = tf.io.serialize_tensor(tensor, name)
WriteFile(filename, contents) = tf.io.write_file(filename, contents, name)

# Variables, random numbers, and what has effects
NoOp() = tf.no_op(name=name)
Timestamp() = tf.timestamp(name=name)
Assert(condition, data, summarize=3) = tf.Assert(condition, data, summarize, name=name)
Print(input, data, message='', first_n=-1, summarize=3) =
    tf.compat.v1.Print(input, data, message, first_n, summarize, name)
AssignAddVariableOp AssignSubVariableOp(resource, value)
ResourceScatterAdd ResourceScatterDiv ResourceScatterMax(resource, indices, updates)
ResourceScatterMin ResourceScatterMul ResourceScatterSub(resource, indices, updates)
ResourceScatterUpdate(resource, indices, updates)
VarIsInitializedOp(resource)
AssignVariableOp(resource, value, validate_shape=False) = itself('AssignVariableOp', (resource,
    value), name)
ReadVariableOp(resource, dtype) = itself('ReadVariableOp', (resource,), name)
StatelessMultinomial(logits, num_samples, seed, output_dtype=tf.int64) =
    tf.random.stateless_categorical(logits, num_samples, seed, output_dtype, name)
StatelessRandomNormal(shape, seed, dtype=tf.float32) =
    tf.random.stateless_normal(shape, seed, dtype=dtype, name=name)
RandomGammaGrad(alpha, sample)
StatelessRandomPoisson(shape, seed, lam, dtype) =
    tf.random.stateless_poisson(shape, seed, lam, dtype, name)
StatelessRandomUniform(shape, seed, dtype=tf.float32) =
    tf.random.stateless_uniform(shape, seed, dtype=dtype, name=name)
StatelessRandomUniformFullInt(shape, seed, dtype=tf.uint64) =
    tf.random.stateless_uniform(shape, seed, None, None, dtype, name)
StatelessRandomUniformInt(shape, seed, minval, maxval) =
    tf.random.stateless_uniform(shape, seed, minval, maxval, maxval.dtype, name)
StatelessTruncatedNormal(shape, seed, dtype=tf.float32) =
    tf.random.stateless_truncated_normal(shape, seed, dtype=dtype, name=name)

# Sparse tensors
SparseReorder(input_indices, input_values, input_shape) -> output_indices output_values =
    parts(tf.sparse.reorder(tf.SparseTensor(input_indices, input_values, input_shape)))[:2]
SparseReshape(input_indices, input_shape, new_shape) -> output_indices output_shape =
    parts(tf.sparse.reshape(tf.SparseTensor(input_indices,
    tf.zeros([input_indices.shape[0]]), input_shape), new_shape))[::2]
SparseTensorDenseMatMul(a_indices, a_values, a_shape, b, adjoint_a=False, adjoint_b=False) =
    tf.sparse.sparse_dense_matmul(
    tf.SparseTensor(a_indices, a_values, a_shape), b, adjoint_a, adjoint_b, name)
SparseToDense(sparse_indices, output_shape, sparse_values, default_value,
    validate_indices=True) = tf.compat.v1.sparse_to_dense(
    sparse_indices, output_shape, sparse_values, default_value, validate_indices, name)
StringSplitV2(input, sep, maxsplit=-1) -> indices values shape =
    parts(tf.strings.split(input, sep, maxsplit).to_sparse())
"""

# A row: the names, the arguments, the names of several results, and what it is here.
_ROW = re.compile(r"([\w ]+)\(([^)]*)\)(?: -> ([\w ]+?))?(?: = (.*))?")


def _rows():
    """name -> (arguments, names of the results, expression) of every op in the table."""
    rows = {}
    for text in re.sub(r"\n +", " ", _TABLE).splitlines():
        if text and not text.startswith("#"):
            match = _ROW.fullmatch(text)
            assert match is not None, text
            names, arguments, results, expression = match.groups()
            rows.update({name: (arguments, results, expression) for name in names.split()})
    return rows


_ROWS = _rows()


def _made(name):
    """The function of a row; its arguments are keywords, as those of TensorFlow's raw ops are."""
    arguments, results, expression = _ROWS[name]
    if expression is None:
        inputs = "".join(f"{argument}, " for argument in arguments.split(", "))
        expression = f"itself({name!r}, ({inputs}), name)"
    if results is not None:
        expression = f"Results(*({expression}))"
    space = {
        "tf": tf, "itself": _itself, "pullback": _pullback, "padded": _padded, "parts": _parts,
        "with_gradient": _with_gradient, "weighted": _weighted,
        "broadcast_gradient_args": _broadcast_gradient_args, "fused_batch_norm": _fused_batch_norm,
        "Results": results and collections.namedtuple(name, results), "__name__": __name__,
    }  # fmt: skip
    keywords = f"*, {arguments}, name=None" if arguments else "*, name=None"
    source = f"def {name}({keywords}):\n    return {expression}\n"
    exec(compile(source, f"{__file__}:{name}", "exec"), space)  # noqa: S102
    function = _refusing(space[name], expression)
    function.__doc__ = f"TensorFlow's op `{name}`: `{expression}`."
    return function


def _refusing(function, expression):
    """`function`, which refuses other values than the default of what its row does not use."""
    unused = {argument.name: argument.default
              for argument in inspect.signature(function).parameters.values()
              if argument.default is not argument.empty and argument.name != "name"
              and not re.search(rf"\b{argument.name}\b", expression)}  # fmt: skip
    if not unused:
        return function

    @functools.wraps(function)
    def checked(**arguments):
        for name in unused.keys() & arguments.keys():
            if arguments[name] not in (unused[name], None, "DEFAULT"):
                raise NotImplementedError(
                    f"tf.raw_ops.{function.__name__}: {name}={arguments[name]!r}"
                )
        return function(**arguments)

    return checked


def _itself(op, inputs, name, attrs=()):
    return execute(get(op), inputs, attrs, name)


def _pullback(fn, x, cotangent):
    """The gradient of `fn(x)` for the cotangent of its result."""
    with tf.GradientTape() as tape:
        x = tf.convert_to_tensor(x)
        tape.watch(x)
        y = fn(x)
    return tape.gradient(y, x, cotangent)


def _padded(padding, explicit):
    """The padding that a public function takes: pairs, where it is explicit."""
    return list(zip(explicit[::2], explicit[1::2])) if padding == "EXPLICIT" else padding


def _parts(sparse):
    return sparse.indices, sparse.values, sparse.dense_shape


def _fused_batch_norm(x, scale, offset, mean, variance, epsilon, factor, data_format, training,
                      name):  # fmt: skip
    """The results, and what the gradient reuses: the mean and variance that it normalised with."""
    results = fused_batch_norm(x, scale, offset, mean, variance, epsilon, data_format, training,
                               name, factor)  # fmt: skip
    if training:
        x = tf.convert_to_tensor(x)
        channel = x.shape.rank - 1 if data_format.endswith("C") else 1
        axes = [axis for axis in range(x.shape.rank) if axis != channel]
        mean, variance = nn.moments(tf.cast(x, results[1].dtype), axes)
    return *results, tf.convert_to_tensor(mean), tf.convert_to_tensor(variance)


def _with_gradient(fn, x):
    """`fn(x)` and the gradient of its sum."""
    with tf.GradientTape() as tape:
        x = tf.convert_to_tensor(x)
        tape.watch(x)
        y = fn(x)
    return y, tape.gradient(y, x)


def _weighted(weights):
    """The argument `weights` of a public function: no weights at all stand for ones."""
    return [None if tf.convert_to_tensor(weights).shape == [0] else weights]


def _broadcast_gradient_args(s0, s1):
    """The axes along which the gradients of two broadcast arguments are summed."""
    shapes = [[int(n) for n in tf.get_static_value(s)] for s in (s0, s1)]
    rank = max(map(len, shapes))
    full = [[1] * (rank - len(shape)) + shape for shape in shapes]
    axes = [
        [i for i in range(rank) if a[i] == 1 and (b[i] != 1 or i < rank - min(map(len, shapes)))]
        for a, b in (full, full[::-1])
    ]
    return tuple(tf.constant(a, tf.int32) for a in axes)


def __getattr__(name):
    if name not in _ROWS:
        raise install.missing(__name__, name, _ROWS)
    globals()[name] = _made(name)
    return globals()[name]


def __dir__():
    return sorted(_ROWS)
