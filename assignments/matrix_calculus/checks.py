"""Matrix calculus in denominator layout, vectors as columns: shapes, rules, activations, losses, Kronecker products."""

import numpy as np

from grader import Dims, assert_close, assert_gradient, assert_raises, check
from reference.layout import derivative_shape

dims = Dims(n=(3, 6), m=(3, 7), k=(4, 9), r=(2, 5), s=(2, 5))


def jacobian(draw, of, by):
    """What a vector's derivative by a vector looks like: with it, a message can name a wrong layout."""
    return draw.dims[of] / draw.dims[by]


def assert_refuses(function, *args, columns):
    """The arguments as they are must be accepted; a 1-D array or a row at one of the places `columns` must not."""
    function(*args)
    for place in columns:
        for bad in (args[place].ravel(), args[place].T):
            assert_raises(ValueError, function, *args[:place], bad, *args[place + 1 :])


def assert_shapes(student, *pairs):
    """gradient_shape has the right answer for each pair (of, by), all of which have one."""
    for pair in pairs:
        assert_close(student.gradient_shape(*pair), derivative_shape(*pair, columns=True), name="the tuple")


# ------------------------------------------------------------------------------------------------------- shapes


@check(points=1)
def shape_of_vectors(student, draw):
    """gradient_shape: scalars and vectors."""
    n, m = draw.size("n"), draw.size("m")
    assert_shapes(student, ((), ()), ((), (n, 1)), ((m, 1), ()), ((m, 1), (n, 1)))


@check(points=1)
def shape_of_matrices(student, draw):
    """gradient_shape: a scalar by a matrix, a matrix by a scalar."""
    n, m = draw.size("n"), draw.size("m")
    assert_shapes(student, ((), (m, n)), ((m, n), ()))


@check(points=1, needs=[shape_of_vectors, shape_of_matrices])
def shape_undefined(student, draw):
    """gradient_shape refuses a matrix by a vector with ValueError."""
    n, m, k = draw.size("n"), draw.size("m"), draw.size("k")
    assert_shapes(student, ((m, 1), (n, 1)))
    assert_raises(ValueError, student.gradient_shape, (m, k), (n, 1))


@check(points=1, needs=[shape_undefined], visibility="hidden")
def shape_undefined_pairs(student, draw):
    """gradient_shape refuses every pair without a rule, and no other."""
    n, m, k = draw.size("n"), draw.size("m"), draw.size("k")
    assert_shapes(student, ((n, 1), (m, 1)), ((1, n), ()), ((), (m, k)))
    for pair in [((n, 1), (m, k)), ((m, k), (k, n)), ((1, n), (m, 1))]:
        assert_raises(ValueError, student.gradient_shape, *pair)


# -------------------------------------------------------------------------------------------------------- rules


@check(points="0.5")
def constant(student, draw):
    """The derivative of a constant vector is zero."""
    a, x = draw("m 1"), draw("n 1")
    assert_close(student.d_constant(a, x), np.zeros((len(x), len(a))), derivative=jacobian(draw, "m", "n"))


@check(points="0.5", needs=[constant], visibility="hidden")
def constant_refuses(student, draw):
    """d_constant refuses 1-D arrays and rows."""
    assert_refuses(student.d_constant, draw("m 1"), draw("n 1"), columns=[0, 1])


@check(points="0.5")
def identity(student, draw):
    """The derivative of x by x is the identity."""
    x = draw("n 1")
    assert_close(student.d_identity(x), np.eye(len(x)))


@check(points="0.5", needs=[identity], visibility="hidden")
def identity_refuses(student, draw):
    """d_identity refuses 1-D arrays and rows."""
    assert_refuses(student.d_identity, draw("n 1"), columns=[0])


@check(points="0.5")
def linear(student, draw):
    """The derivative of Ax."""
    A = draw("m n")
    assert_close(student.d_linear(A, draw("n 1")), A.T, derivative=jacobian(draw, "m", "n"))


@check(points="0.5", needs=[linear], visibility="hidden")
def linear_refuses(student, draw):
    """d_linear refuses 1-D arrays and rows."""
    assert_refuses(student.d_linear, draw("m n"), draw("n 1"), columns=[1])


@check(points="0.5")
def row_linear(student, draw):
    """The derivative of xᵀA."""
    A = draw("n m")
    assert_close(student.d_row_linear(draw("n 1"), A), A, derivative=jacobian(draw, "m", "n"))


@check(points="0.5", needs=[row_linear], visibility="hidden")
def row_linear_refuses(student, draw):
    """d_row_linear refuses 1-D arrays and rows."""
    assert_refuses(student.d_row_linear, draw("n 1"), draw("n m"), columns=[0])


@check(points="0.5")
def scaled(student, draw):
    """The derivative of a u(x), for a constant a."""
    a, du_dx = draw(""), draw("n m")
    assert_close(student.d_scaled(a, du_dx), a * du_dx, derivative=jacobian(draw, "m", "n"))


@check(points="0.5", needs=[scaled], visibility="hidden")
def scaled_one_output(student, draw):
    """The derivative of a u(x), where u has one entry."""
    a, du_dx = draw(""), draw("n 1")
    assert_close(student.d_scaled(a, du_dx), a * du_dx, derivative=jacobian(draw, "1", "n"))


@check(points="0.5")
def product(student, draw):
    """The derivative of v(x) u(x), for a scalar v and a vector u."""
    v, u, dv_dx, du_dx = draw(""), draw("m 1"), draw("n 1"), draw("n m")
    right = v * du_dx + np.outer(dv_dx, u)
    assert_close(student.d_product(v, u, dv_dx, du_dx), right, derivative=jacobian(draw, "m", "n"))


@check(points="0.5", needs=[product], visibility="hidden")
def product_refuses(student, draw):
    """d_product refuses 1-D arrays and rows."""
    assert_refuses(student.d_product, draw(""), draw("m 1"), draw("n 1"), draw("n m"), columns=[1, 2])


@check(points="0.5")
def sum_of_two(student, draw):
    """The derivative of v(x) + u(x)."""
    dv_dx, du_dx = draw("n m"), draw("n m")
    assert_close(student.d_sum(dv_dx, du_dx), dv_dx + du_dx, derivative=jacobian(draw, "m", "n"))


@check(points="0.5", needs=[sum_of_two], visibility="hidden")
def sum_of_two_one_output(student, draw):
    """The derivative of v(x) + u(x), where both have one entry."""
    dv_dx, du_dx = draw("n 1"), draw("n 1")
    assert_close(student.d_sum(dv_dx, du_dx), dv_dx + du_dx, derivative=jacobian(draw, "1", "n"))


@check(points="0.5")
def matrix_times(student, draw):
    """The derivative of A u(x)."""
    A, du_dx = draw("k m"), draw("n m")
    right = np.einsum("km,nm->nk", A, du_dx)
    assert_close(student.d_matrix_times(A, du_dx), right, derivative=jacobian(draw, "k", "n"))


@check(points="0.5", needs=[matrix_times], visibility="hidden")
def matrix_times_square(student, draw):
    """The derivative of A u(x), for a square A that is not symmetric."""
    A, du_dx = draw("m m"), draw("n m")
    right = np.einsum("km,nm->nk", A, du_dx)
    assert_close(student.d_matrix_times(A, du_dx), right, derivative=jacobian(draw, "m", "n"))


@check(points="0.5")
def chain(student, draw):
    """The derivative of g(u(x)): the chain rule in path order."""
    du_dx, dg_du = draw("n m"), draw("m k")
    right = np.einsum("nm,mk->nk", du_dx, dg_du)
    assert_close(student.d_chain(du_dx, dg_du), right, derivative=jacobian(draw, "k", "n"))


@check(points="0.5", needs=[chain], visibility="hidden")
def chain_one_output(student, draw):
    """The chain rule where g has one entry: it carries a gradient back."""
    du_dx, dg_du = draw("n m"), draw("m 1")
    right = np.einsum("nm,mk->nk", du_dx, dg_du)
    assert_close(student.d_chain(du_dx, dg_du), right, derivative=jacobian(draw, "1", "n"))


@check(points="0.5")
def dot(student, draw):
    """The gradient of u(x) · v(x)."""
    u, v, du_dx, dv_dx = draw("m 1"), draw("m 1"), draw("n m"), draw("n m")
    assert_close(student.d_dot(u, v, du_dx, dv_dx), du_dx @ v + dv_dx @ u)


@check(points="0.5", needs=[dot], visibility="hidden")
def dot_refuses(student, draw):
    """d_dot refuses 1-D arrays and rows."""
    assert_refuses(student.d_dot, draw("m 1"), draw("m 1"), draw("n m"), draw("n m"), columns=[0, 1])


@check(points="0.5")
def quadratic(student, draw):
    """The gradient of xᵀAx, for an A that is not symmetric."""
    at = {"A": draw("n n"), "x": draw("n 1")}
    assert_gradient(student.d_quadratic, of=lambda A, x: (x.T @ A @ x).item(), at=at, wrt="x")


@check(points="0.5", needs=[quadratic], visibility="hidden")
def quadratic_refuses(student, draw):
    """d_quadratic refuses 1-D arrays and rows."""
    assert_refuses(student.d_quadratic, draw("n n"), draw("n 1"), columns=[1])


# -------------------------------------------------------------------------------------------------- activations


def far(draw):
    """A column with entries near 0, 1000 and -1000."""
    return np.concatenate([draw("n 1") + middle for middle in (0, 1000, -1000)])


def of_both_signs(draw):
    """A column with positive and negative entries."""
    x = draw("n 1")
    return np.concatenate([x, -x])


def logistic(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def exp_share(x):
    e = np.exp(x - x.max())
    return e / e.sum()


@check(points=1)
def sigmoid(student, draw):
    """sigmoid: values."""
    x = of_both_signs(draw)
    assert_close(student.sigmoid(x), logistic(x))


@check(points=1, needs=[sigmoid], visibility="hidden")
def sigmoid_far(student, draw):
    """sigmoid at ±1000, without overflow."""
    x = far(draw)
    assert_close(student.sigmoid.with_(raise_warnings=True)(x), logistic(x))


@check(points=1)
def sigmoid_jacobian(student, draw):
    """The Jacobian of sigmoid."""
    s = logistic(x := draw("n 1"))
    assert_close(student.d_sigmoid(x), np.diagflat(s * (1 - s)))


@check(points="0.5", needs=[sigmoid_jacobian], visibility="hidden")
def sigmoid_jacobian_far(student, draw):
    """The Jacobian of sigmoid at ±1000, without overflow."""
    s = logistic(x := far(draw))
    assert_close(student.d_sigmoid.with_(raise_warnings=True)(x), np.diagflat(s * (1 - s)))


@check(points="0.5", needs=[sigmoid, sigmoid_jacobian], visibility="hidden")
def sigmoid_refuses(student, draw):
    """sigmoid and d_sigmoid refuse 1-D arrays and rows."""
    for function in (student.sigmoid, student.d_sigmoid):
        assert_refuses(function, draw("n 1"), columns=[0])


@check(points=1)
def softmax(student, draw):
    """softmax: values."""
    x = draw("n 1")
    assert_close(student.softmax(x), exp_share(x))


@check(points=1, needs=[softmax], visibility="hidden")
def softmax_far(student, draw):
    """softmax at ±1000, without overflow."""
    x = far(draw)
    assert_close(student.softmax.with_(raise_warnings=True)(x), exp_share(x))


@check(points=1)
def softmax_jacobian(student, draw):
    """The Jacobian of softmax."""
    s = exp_share(x := draw("n 1"))
    assert_close(student.d_softmax(x), np.diagflat(s) - s @ s.T)


@check(points="0.5", needs=[softmax_jacobian], visibility="hidden")
def softmax_jacobian_far(student, draw):
    """The Jacobian of softmax at ±1000, without overflow."""
    s = exp_share(x := far(draw))
    assert_close(student.d_softmax.with_(raise_warnings=True)(x), np.diagflat(s) - s @ s.T)


@check(points="0.5", needs=[softmax, softmax_jacobian], visibility="hidden")
def softmax_refuses(student, draw):
    """softmax and d_softmax refuse 1-D arrays and rows."""
    for function in (student.softmax, student.d_softmax):
        assert_refuses(function, draw("n 1"), columns=[0])


@check(points=1)
def softplus(student, draw):
    """softplus: values, for any beta."""
    x, beta = draw("n 1"), draw("", "positive")
    assert_close(student.softplus(x, beta), np.log1p(np.exp(beta * x)) / beta)


@check(points=1, needs=[softplus], visibility="hidden")
def softplus_far(student, draw):
    """softplus at ±1000, without overflow."""
    x, beta = far(draw), draw("", "uniform", low=1, high=2)
    assert_close(student.softplus.with_(raise_warnings=True)(x, beta), np.logaddexp(0, beta * x) / beta)


@check(points=1)
def softplus_jacobian(student, draw):
    """The Jacobian of softplus, for any beta."""
    x, beta = of_both_signs(draw), draw("", "positive")
    assert_close(student.d_softplus(x, beta), np.diagflat(logistic(beta * x)))


@check(points="0.5", needs=[softplus_jacobian], visibility="hidden")
def softplus_jacobian_far(student, draw):
    """The Jacobian of softplus at ±1000, without overflow."""
    x, beta = far(draw), draw("", "uniform", low=1, high=2)
    assert_close(student.d_softplus.with_(raise_warnings=True)(x, beta), np.diagflat(logistic(beta * x)))


@check(points="0.5", needs=[softplus, softplus_jacobian], visibility="hidden")
def softplus_refuses(student, draw):
    """softplus and d_softplus refuse 1-D arrays and rows."""
    for function in (student.softplus, student.d_softplus):
        assert_refuses(function, draw("n 1"), draw("", "positive"), columns=[0])


# ------------------------------------------------------------------------------------------------------- losses


def form_value(x, A, z):
    return (x.T @ (A @ x + z)).item()


def half_square_value(w, x, y):
    return 0.5 * ((w.T @ x).item() - y) ** 2


def least_squares_value(w, X, y):
    return np.sum((X @ w - y) ** 2).item() / (2 * len(y))


def affine_value(W, x, b, y):
    return np.sum((W @ x + b - y) ** 2).item()


def form_at(draw):
    return {"x": draw("n 1"), "A": draw("n n"), "z": draw("n 1")}


def half_square_at(draw):
    return {"w": draw("n 1"), "x": draw("n 1"), "y": draw("")}


def least_squares_at(draw):
    return {"w": draw("n 1"), "X": draw("m n"), "y": draw("m 1")}


def affine_at(draw):
    return {"W": draw("m n"), "x": draw("n 1"), "b": draw("m 1"), "y": draw("m 1")}


@check(points="0.5")
def form(student, draw):
    """f(x) = xᵀ(Ax + z): value."""
    at = form_at(draw)
    assert_close(student.form.returns("")(*at.values()), form_value(**at))


@check(points=1)
def form_gradient(student, draw):
    """f(x) = xᵀ(Ax + z): gradient, for an A that is not symmetric."""
    assert_gradient(student.d_form, of=form_value, at=form_at(draw), wrt="x")


@check(points="0.5", needs=[form, form_gradient], visibility="hidden")
def form_refuses(student, draw):
    """form and d_form refuse 1-D arrays and rows."""
    for function in (student.form, student.d_form):
        assert_refuses(function, *form_at(draw).values(), columns=[0, 2])


@check(points="0.5")
def half_square(student, draw):
    """L(w) = ½(wᵀx − y)²: value."""
    at = half_square_at(draw)
    assert_close(student.half_square.returns("")(*at.values()), half_square_value(**at))


@check(points=1)
def half_square_gradient(student, draw):
    """L(w) = ½(wᵀx − y)²: gradient."""
    assert_gradient(student.d_half_square, of=half_square_value, at=half_square_at(draw), wrt="w")


@check(points="0.5", needs=[half_square, half_square_gradient], visibility="hidden")
def half_square_refuses(student, draw):
    """half_square and d_half_square refuse 1-D arrays and rows."""
    for function in (student.half_square, student.d_half_square):
        assert_refuses(function, *half_square_at(draw).values(), columns=[0, 1])


@check(points="0.5")
def least_squares(student, draw):
    """L(w) = 1/(2m) ‖Xw − y‖²: value."""
    at = least_squares_at(draw)
    assert_close(student.least_squares.returns("")(*at.values()), least_squares_value(**at))


@check(points=1)
def least_squares_gradient(student, draw):
    """L(w) = 1/(2m) ‖Xw − y‖²: gradient."""
    assert_gradient(student.d_least_squares, of=least_squares_value, at=least_squares_at(draw), wrt="w")


@check(points="0.5", needs=[least_squares, least_squares_gradient], visibility="hidden")
def least_squares_refuses(student, draw):
    """least_squares and d_least_squares refuse 1-D arrays and rows."""
    for function in (student.least_squares, student.d_least_squares):
        assert_refuses(function, *least_squares_at(draw).values(), columns=[0, 2])


@check(points="0.5")
def affine(student, draw):
    """L = ‖z − y‖² with z = Wx + b: value."""
    at = affine_at(draw)
    assert_close(student.affine_loss.returns("")(*at.values()), affine_value(**at))


def affine_part(student, draw, wrt, place):
    """One of the four gradients; the others may be wrong."""

    def gradient(*args):
        return student.d_affine_loss(*args)[place]

    assert_gradient(gradient, of=affine_value, at=affine_at(draw), wrt=wrt)


@check(points="0.5")
def affine_by_W(student, draw):
    """L = ‖z − y‖² with z = Wx + b: gradient by W."""
    affine_part(student, draw, "W", 0)


@check(points="0.5")
def affine_by_x(student, draw):
    """L = ‖z − y‖² with z = Wx + b: gradient by x."""
    affine_part(student, draw, "x", 1)


@check(points="0.5")
def affine_by_b(student, draw):
    """L = ‖z − y‖² with z = Wx + b: gradient by b."""
    affine_part(student, draw, "b", 2)


@check(points="0.5")
def affine_by_z(student, draw):
    """L = ‖z − y‖² with z = Wx + b: gradient by z."""
    W, x, b, y = affine_at(draw).values()
    dz = student.d_affine_loss(W, x, b, y)[3]
    assert_close(dz, 2 * (W @ x + b - y), name="the gradient by z")


@check(points="0.5", needs=[affine, affine_by_W], visibility="hidden")
def affine_refuses(student, draw):
    """affine_loss and d_affine_loss refuse 1-D arrays and rows."""
    at = affine_at(draw) | {"W": draw("m m"), "x": draw("m 1")}  # with other lengths NumPy itself would refuse some
    for function in (student.affine_loss, student.d_affine_loss):
        assert_refuses(function, *at.values(), columns=[1, 2, 3])


# ---------------------------------------------------------------------------------------------------- Kronecker


@check(points="0.5")
def vec(student, draw):
    """vec stacks columns."""
    E = draw("n m")
    assert_close(student.vec(E), np.concatenate(list(E.T))[:, None])


@check(points=1, needs=[vec])
def vec_kron(student, draw):
    """(E:)ᵀ(F⊗G) = ((GᵀEF):)ᵀ."""
    E, F, G = draw("n m"), draw("m s"), draw("n r")
    left = np.concatenate(list(E.T)) @ np.kron(F, G)
    assert_close(student.vec_kron(E, F, G), left[None, :])


@check(points=1, needs=[vec_kron], visibility="hidden")
def vec_kron_large(student, draw):
    """(E:)ᵀ(F⊗G) at 700 × 700, without forming F⊗G."""
    E, F, G = (draw("700 700") for _ in range(3))
    assert_close(student.vec_kron(E, F, G), (F.T @ (E.T @ G)).reshape(1, -1))


@check(points="0.5")
def kron_transpose(student, draw):
    """(F⊗G)ᵀ = Fᵀ⊗Gᵀ."""
    F, G = draw("n m"), draw("r s")
    assert_close(student.kron_transpose(F, G), np.kron(F, G).T)


@check(points="0.5", needs=[kron_transpose], visibility="hidden")
def kron_transpose_column(student, draw):
    """(F⊗G)ᵀ where F is a column and G a square matrix."""
    F, G = draw("n 1"), draw("s s")
    assert_close(student.kron_transpose(F, G), np.kron(F, G).T)


@check(points="0.5")
def kron_product(student, draw):
    """(E⊗G)(F⊗H) = EF⊗GH."""
    E, G, F, H = draw("n m"), draw("r s"), draw("m k"), draw("s 2")
    assert_close(student.kron_product(E, G, F, H), np.kron(E, G) @ np.kron(F, H))


@check(points="0.5", needs=[kron_product], visibility="hidden")
def kron_product_large(student, draw):
    """(E⊗G)(F⊗H) for E, G with 6000 columns, without forming E⊗G and F⊗H."""
    E, G, F, H = draw("2 6000"), draw("3 6000"), draw("6000 2"), draw("6000 3")
    EF_GH = np.einsum("ab,cd,be,df->acef", E, G, F, H, optimize=True)
    assert_close(student.kron_product(E, G, F, H), EF_GH.reshape(6, 6))
