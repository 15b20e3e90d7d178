"""Which dtypes an op takes: an op that is not listed takes any.

JAX makes floats of integers where a function needs floats, and adds booleans; TensorFlow refuses.
The table says of an op's main inputs (those of its first letter) what TensorFlow's registry says.
"""

_FLOATS = "bfloat16 half float double"
_COMPLEX = "complex64 complex128"
_SIGNED = "int8 int16 int32 int64"
_INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64"
_REAL = f"{_FLOATS} {_INTEGERS}"

_TABLE = {
    _FLOATS:
        "Atan2 AvgPool AvgPool3D Ceil CheckNumerics Conv3D CumulativeLogsumexp Digamma "
        "DepthwiseConv2dNative Elu Erf Erfc Erfinv Floor HSVToRGB Igamma Igammac IsFinite IsInf "
        "IsNan L2Loss LeakyRelu Lgamma LinSpace LogSoftmax LogSumExp Ndtri RGBToHSV Rint Selu "
        "Softmax SoftmaxCrossEntropyWithLogits Softplus Softsign "
        "SparseSoftmaxCrossEntropyWithLogits BesselI0 BesselI0e BesselI1 BesselI1e BesselJ0 "
        "BesselJ1 BesselK0 BesselK0e BesselK1 BesselK1e BesselY0 BesselY1 Dawsn Expint FresnelCos "
        "FresnelSin Spence",
    f"{_FLOATS} {_COMPLEX}":
        "Acos Acosh Asin Asinh Atan Atanh Cos Cosh DivNoNan Exp Expm1 Log Log1p MulNoNan "
        "MatrixTriangularSolve Rsqrt Sigmoid Sin Sinh Sqrt Tan Tanh Xdivy Xlog1py Xlogy",
    f"half float double {_COMPLEX}":
        "Cholesky LogMatrixDeterminant MatrixDeterminant MatrixExponential MatrixInverse Qr "
        "MatrixSolve MatrixSquareRoot SelfAdjointEigV2 Svd",
    f"float double {_COMPLEX}": "Eig",
    "float double": "RFFT RFFT2D RFFT3D RFFTND Betainc Complex NextAfter Polygamma Zeta",
    "bfloat16 half float": "LRN",
    _COMPLEX: "FFT FFT2D FFT3D FFTND IFFT IFFT2D IFFT3D IFFTND IRFFT IRFFT2D IRFFT3D IRFFTND "
        "Angle ComplexAbs Conj Imag MatrixLogarithm Real",
    f"{_REAL} {_COMPLEX} string": "AddV2",
    f"{_REAL} {_COMPLEX}":
        "AddN BiasAdd Bitcast ClipByValue Cumprod Cumsum EuclideanNorm FloorDiv Mean Mul "
        "Prod RealDiv Round SegmentMean SegmentProd SegmentSum Square Sub Sum TruncateDiv",
    f"{_FLOATS} {_SIGNED} {_COMPLEX}": "Neg Pow Reciprocal Sign",
    f"{_FLOATS} int32 int64 {_COMPLEX}": "Diag DiagPart SquaredDifference",
    f"{_FLOATS} int32 int64 uint8 uint16 uint32 uint64 {_COMPLEX}": "MatMul",
    _REAL:
        "Cross Dilation2D FloorMod Greater GreaterEqual Less LessEqual Max MaxPool Maximum Min "
        "Minimum Multinomial Relu Relu6 SegmentMax SegmentMin StatelessMultinomial TopKV2 "
        "IsotonicRegression",
    f"{_REAL} bool": "ArgMax ArgMin",
    f"{_FLOATS} {_SIGNED}": "Abs",
    f"{_FLOATS} int32 int64": "TruncateMod",
    f"{_FLOATS} int32": "Conv2D",
    _INTEGERS: "BitwiseAnd BitwiseOr BitwiseXor Invert LeftShift RightShift",
    "int8 int16 int32 int64 uint8": "index",  # inputs of the letter `i`, of any op
    "string": "StringLength StringLower StringUpper StringStrip StringToNumber Substr ReduceJoin "
        "StringToHashBucket StringToHashBucketFast StringToHashBucketStrong RegexReplace "
        "RegexFullMatch StringJoin UnsortedSegmentJoin",
    "int32 int64": "DenseBincount InvertPermutation UnravelIndex",
}  # fmt: skip

ALLOWED = {op: kinds.split() for kinds, ops in _TABLE.items() for op in ops.split()}

_KERNEL_NAMES = {"float32": "float", "float64": "double", "float16": "half", "object": "string"}
_PYTHON_NAMES = {"float": "float32", "double": "float64", "half": "float16"}


def kernel_name(dtype):
    """A dtype (of NumPy or of TensorFlow) as TensorFlow's kernels spell it.

    >>> import numpy as np
    >>> kernel_name(np.dtype("float32"))
    'float'
    """
    return _KERNEL_NAMES.get(dtype.name, dtype.name)


def python_name(dtype):
    """A dtype (of NumPy or of TensorFlow) as TensorFlow's Python calls it.

    >>> import numpy as np
    >>> python_name(np.dtype(object))
    'string'
    """
    return "string" if dtype.name == "object" else dtype.name


def refusal(op, dtype):
    """(TensorFlow's words eagerly, its words in a graph) if the main inputs of `op` have `dtype`.

    None where the op takes them.

    >>> import numpy as np
    >>> refusal("Eig", np.dtype("float32"))
    >>> refusal("NextAfter", np.dtype("int32"))[0]
    "Value for attr 'T' of int32 is not in the list of allowed values: float, double"
    """
    allowed, kernel = ALLOWED.get(op), kernel_name(dtype)
    if allowed is None or kernel in allowed:
        return None
    names = [_PYTHON_NAMES.get(a, a) for a in allowed]
    return (
        f"Value for attr 'T' of {kernel} is not in the list of allowed values: "
        f"{', '.join(allowed)}",
        f"has DataType {python_name(dtype)} not in list of allowed values: {', '.join(names)}",
    )
