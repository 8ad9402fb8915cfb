"""Examples of products of arrays, of linear algebra, of the fast door."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from reference.autodiff import ops
from reference.autodiff.linalg import log_abs_det
from tests.reference.autodiff.of import Of, many, of_numpy

SQUARE = [Of((1, 1), domains="regular"), Of((3, 3), domains="regular"), Of((2, 2, 2), domains="regular")]
# NumPy 2 takes b for a vector if it has one axis, NumPy 1 if it has one less than a.
STACKED = (
    [((2, 2, 2), (2,)), ((3, 2, 2), (2,)), ((3, 2, 2), (2, 4))] if np.__version__ >= "2" else [((3, 2, 2), (3, 2))]
)
VECTORS = [Of((3,), (3,)), Of((2, 3), (2, 3))]
EINSUMS: list[Any] = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("i,i->", (3,), (3,)),
    ("ij->ji", (2, 3)),
    ("ij->i", (2, 3)),
    ("ii->i", (3, 3)),
    ("ii", (3, 3)),
    ("iij->j", (2, 2, 3)),
    ("i,j->ij", (2,), (3,)),
    ("ij,j,i->", (2, 3), (3,), (2,)),
    ("bij,bjk->bik", (2, 2, 3), (2, 3, 1)),
    ("...ij,...jk->...ik", (2, 2, 3), (3, 4)),
    ("...i,i", (2, 3), (3,)),
    ("i...->...", (2, 3, 2)),
    ("ij,ij->ij", (2, 3), (2, 3)),
    ("ij,kl->", (2, 3), (2, 2)),
    ("ij,ij->ij", (1, 3), (2, 3)),
    ("ba", (2, 3)),
    (" i j , j -> i ", (2, 3), (3,)),
    ("...,...->...", (2, 1), (3,)),
    ("iii->i", (2, 2, 2)),
    ("ii,i->i", (3, 3), (3,)),
]

TABLE: dict[Any, list[Of]] = {
    np.matmul: [
        Of(a, b)
        for a, b in [
            ((2, 3), (3, 4)),
            ((3,), (3,)),
            ((3,), (3, 2)),
            ((2, 3), (3,)),
            ((2, 3, 4), (4, 2)),
            ((2, 3), (4, 3, 2)),
            ((2, 2, 3), (2, 3, 1)),
            ((3,), (2, 3, 4)),
            ((2, 4, 3), (3,)),
            ((1, 2, 3), (4, 3, 2)),
            ((0, 3), (3, 2)),
            ((2, 0), (0, 3)),
            ((5, 1, 2, 3), (2, 3, 1)),
        ]
    ],
    np.dot: [
        Of(a, b)
        for a, b in [
            ((3,), (3,)),
            ((2, 3), (3, 4)),
            ((), (2, 3)),
            ((2,), ()),
            ((2, 3), (3,)),
            ((3,), (3, 2)),
            ((2, 3), (4, 3, 2)),
            ((2, 2, 3), (4, 3, 2)),
        ]
    ],
    np.inner: [Of(a, b) for a, b in [((3,), (3,)), ((2, 3), (4, 3)), ((), (2,)), ((2, 3), (3,)), ((2, 2, 3), (4, 3))]],
    np.outer: [Of(a, b) for a, b in [((2,), (3,)), ((2, 2), (3, 1)), ((), (2,))]],
    np.vdot: [Of((3,), (3,)), Of((2, 3), (2, 3)), Of((), ())],
    np.kron: [
        Of(a, b)
        for a, b in [((2,), (3,)), ((2, 3), (1, 2)), ((2, 1), (3,)), ((2,), (2, 2)), ((), (2,)), ((2, 1, 2), (3, 2))]
    ],
    np.cross: [Of((3,), (3,)), Of((2, 3), (2, 3)), Of((3,), (2, 3)), Of((4, 1, 3), (2, 3))],
    np.tensordot: [
        Of((2, 3, 4), (3, 4, 2)),
        Of((2, 3), (3, 4), axes=1),
        Of((2, 3), (4,), axes=0),
        Of((2, 3, 4), (4, 2, 5), axes=([0, 2], [1, 0])),
        Of((2, 3, 4), (5, 3), axes=(1, 1)),
        Of((2, 3, 4), (4, 3, 2), axes=((-1, 0), (0, -1))),
        Of((3,), (3,), axes=1),
        Of((2, 3, 2), (2, 3, 4), axes=((1, 2), (1, 0))),
    ],
    np.einsum: [Of(*shapes, call=partial(np.einsum, text)) for text, *shapes in EINSUMS]
    + [Of((2, 3), (3, 4), call=partial(np.einsum, "ij,jk", optimize=True))],
    **of_numpy("vecdot", VECTORS),
    **of_numpy("linalg.vecdot", VECTORS),
    **of_numpy("matvec", [Of((2, 3), (3,)), Of((2, 2, 3), (2, 3))]),
    **of_numpy("vecmat", [Of((3,), (3, 2)), Of((4, 3), (4, 3, 2))]),
    **of_numpy("linalg.matmul", [Of((2, 3), (3, 4))]),
    **of_numpy("linalg.outer", [Of((2,), (3,))]),
    **of_numpy("linalg.cross", VECTORS),
    **of_numpy("linalg.tensordot", [Of((2, 3), (3, 4), axes=1)]),
    np.linalg.inv: SQUARE,
    np.linalg.det: SQUARE,
    log_abs_det: SQUARE,
    np.linalg.slogdet: [Of(*one.shapes, domains="regular", call=lambda a: np.linalg.slogdet(a)[1]) for one in SQUARE],
    np.linalg.solve: [
        Of(a, b, domains=("regular",))
        for a, b in [
            ((3, 3), (3,)),
            ((3, 3), (3, 2)),
            ((2, 2, 2), (2, 2, 3)),
            ((2, 2), (3, 2, 1)),
            ((4, 2, 2), (1, 2, 3)),
            *STACKED,
            ((1, 1), (1,)),
        ]
    ],
    np.linalg.cholesky: [
        Of(shape, domains="definite", call=lambda a: np.linalg.cholesky(0.5 * (a + np.swapaxes(a, -1, -2))))
        for shape in ((1, 1), (3, 3), (2, 2, 2))
    ],
    np.linalg.norm: [
        Of((3,)),
        Of((2, 3)),
        Of((2, 3), axis=0),
        Of((2, 3), axis=-1, keepdims=True),
        Of((2, 3), axis=(0, 1)),
        Of((2, 3), ord="fro"),
        Of((3,), ord=2),
        Of((3,), ord=1),
        Of((3,), ord=np.inf),
        Of((2, 3), ord=1, axis=1),
        Of((2, 3, 2), axis=(0, 2), keepdims=True),
        Of((2, 3, 4)),
        Of((2, 3), ord=np.inf, axis=0, keepdims=True),
    ],
    np.linalg.matrix_power: [
        Of((2, 2), n=3, domains="regular"),
        Of((2, 2), n=-2, domains="regular"),
        Of((2, 3, 3), n=1, domains="regular"),
    ],
    np.linalg.multi_dot: [Of((2, 3), (3, 2), (2,), call=many(np.linalg.multi_dot))],
    **of_numpy("linalg.vector_norm", [Of((3,)), Of((2, 3), axis=0), Of((2, 3), keepdims=True)]),
    **of_numpy("linalg.matrix_norm", [Of((2, 3)), Of((2, 3, 2), keepdims=True)]),
    ops._affine: [Of((4, 2), (2, 3), (3,))],
    ops.affine: [
        Of((4, 2), (2, 3), (3,)),
        Of((1, 1), (1, 1), (1,)),
        Of((4, 2), (3,), call=lambda x, b: ops.affine(x, np.ones((2, 3)), b)),
        Of((4, 2), (2, 3), (1, 3)),
        Of((0, 2), (2, 3), (3,)),
    ],
    ops.softmax: [Of((3,)), Of((2, 3)), Of((2, 3), axis=0)],
    ops.logsumexp: [Of((3,)), Of((2, 3)), Of((2, 3), axis=0, keepdims=True)],
    ops.softmax_cross_entropy: [
        Of((4, 3), targets=np.eye(3)[[0, 2, 1, 0]]),
        Of((2, 3), targets=np.array([[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]])),
    ],
    **{f: [Of(()), Of((2, 3))] for f in (ops.exp, ops.sin, ops.cos, ops.tanh, ops.relu, ops.sigmoid, ops.softplus)},
    ops.log: [Of((), domains="positive"), Of((2, 3), domains="positive")],
}
