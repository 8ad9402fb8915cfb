"""Examples of functions that move entries, join arrays and split them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.reference.autodiff.of import Of, many, of_numpy, with_

JOINED = [Of((2, 3), (1, 3)), Of((2,), (3,), (1,)), Of((0, 2), (3, 2))]

TABLE: dict[Any, list[Of]] = {
    np.reshape: [
        Of((2, 3), call=with_(np.reshape, (3, 2))),
        Of((2, 3), call=with_(np.reshape, -1)),
        Of((), call=with_(np.reshape, (1, 1))),
        Of((2, 3), call=with_(np.reshape, (3, -1), order="F")),
        Of((2, 3), call=lambda x: x.reshape(3, 2)),
        Of((0, 2), call=with_(np.reshape, (2, 0))),
    ],
    np.transpose: [
        Of((2, 3)),
        Of((2, 3, 4), axes=(2, 0, 1)),
        Of((2, 3, 4), axes=(-1, 0, -2)),
        Of((3,)),
        Of((2, 3), call=lambda x: x.T),
        Of((2, 3, 4), call=lambda x: x.transpose(1, 2, 0)),
    ],
    np.ravel: [Of((2, 3)), Of((2, 3), order="F"), Of(()), Of((2, 0))],
    np.copy: [Of((2, 3)), Of(())],
    np.moveaxis: [
        Of((2, 3, 4), call=with_(np.moveaxis, 0, -1)),
        Of((2, 3, 4), call=with_(np.moveaxis, (0, 1), (-1, 0))),
    ],
    np.swapaxes: [Of((2, 3, 4), call=with_(np.swapaxes, 0, -1))],
    np.rollaxis: [
        Of((2, 3, 4), call=with_(np.rollaxis, 2)),
        Of((2, 3, 4), call=with_(np.rollaxis, 0, 3)),
        Of((2, 3, 4), call=with_(np.rollaxis, -1, 1)),
        Of((2, 3, 4, 5), call=with_(np.rollaxis, 1, -1)),
    ],
    np.squeeze: [Of((1, 3, 1)), Of((1, 3, 1), axis=0), Of((1, 3, 1), axis=(0, -1)), Of((1,))],
    np.expand_dims: [Of((2, 3), axis=0), Of((2, 3), axis=(0, -1)), Of((), axis=0)],
    np.broadcast_to: [
        Of((3,), shape=(2, 3)),
        Of((2, 1), shape=(4, 2, 3)),
        Of((), shape=(2,)),
        Of((1, 3), shape=(0, 3)),
    ],
    np.flip: [Of((2, 3)), Of((2, 3), axis=0), Of((2, 3, 2), axis=(0, -1))],
    np.fliplr: [Of((2, 3))],
    np.flipud: [Of((2, 3)), Of((3,))],
    np.rot90: [
        Of((2, 3)),
        Of((2, 3), k=2),
        Of((2, 3), k=-1),
        Of((2, 3, 4), axes=(1, 2)),
        Of((2, 3, 4), k=3, axes=(2, 0)),
    ],
    np.roll: [
        Of((2, 3), shift=2),
        Of((2, 3), shift=-1, axis=1),
        Of((2, 3), shift=(1, 2), axis=(0, 1)),
        Of((3,), shift=4, axis=0),
    ],
    np.tile: [
        Of((3,), reps=2),
        Of((2, 3), reps=(2, 1, 2)),
        Of((2, 3), reps=(2,)),
        Of((), reps=3),
        Of((2, 2), reps=np.array([1, 2])),
        Of((2,), reps=0),
    ],
    np.repeat: [
        Of((3,), repeats=2),
        Of((2, 3), repeats=2),
        Of((2, 3), repeats=2, axis=-1),
        Of((2, 3), repeats=[1, 2, 0], axis=1),
        Of((), repeats=2),
        Of((2, 3, 2), repeats=3, axis=-2),
    ],
    np.pad: [
        Of((3,), pad_width=2),
        Of((2, 3), pad_width=((1, 0), (0, 2))),
        Of((2, 3), pad_width=(1, 2)),
        Of((2, 3), pad_width=((1,), (2,))),
        *(Of((3, 4), pad_width=((1, 2), (2, 1)), mode=mode) for mode in ("edge", "reflect", "symmetric", "wrap")),
        Of((2, 3), call=with_(np.pad, 1, "constant")),
    ],
    np.diag: [Of((3,)), Of((3,), k=1), Of((3,), k=-2), Of((2, 3)), Of((3, 2), k=-1), Of((3, 4), k=2)],
    np.diagonal: [
        Of((3, 3)),
        Of((2, 3, 4), offset=1, axis1=-1, axis2=0),
        Of((2, 3, 4), offset=-1, axis1=1, axis2=2),
        Of((3, 2), offset=-1),
    ],
    np.trace: [
        Of((3, 3)),
        Of((2, 4), offset=1),
        Of((2, 3, 4), axis1=-2, axis2=-1),
        Of((2, 3, 4), offset=-1, axis1=2, axis2=0),
    ],
    np.tril: [Of((3, 3)), Of((2, 3, 4), k=1), Of((3, 2), k=-1)],
    np.triu: [Of((3, 3)), Of((2, 3, 4), k=-1), Of((3, 2), k=1)],
    np.concatenate: [
        *(Of(*one.shapes, call=many(np.concatenate)) for one in JOINED),
        Of((2, 1), (2, 3), call=many(np.concatenate, axis=-1)),
        Of((2, 1), (3,), call=many(np.concatenate, axis=None)),
        Of((2,), call=lambda x: np.concatenate([x, np.ones(2), x])),
    ],
    np.stack: [
        Of((), (), call=many(np.stack)),
        Of((2, 3), (2, 3), call=many(np.stack, axis=1)),
        Of((2, 3), (2, 3), call=many(np.stack, axis=-1)),
        Of((3,), call=lambda x: np.stack([x[0], x[2] * x[1], 1.0])),
    ],
    np.vstack: [Of((3,), (2, 3), call=many(np.vstack)), Of((), (), call=many(np.vstack))],
    np.hstack: [
        Of((3,), (2,), call=many(np.hstack)),
        Of((2, 3), (2, 1), call=many(np.hstack)),
        Of((), (), call=many(np.hstack)),
        Of((), (2,), call=many(np.hstack)),
    ],
    np.column_stack: [Of((3,), (3, 2), call=many(np.column_stack)), Of((3,), (3,), call=many(np.column_stack))],
    np.append: [Of((2, 3), (2,)), Of((2, 3), (1, 3), axis=0), Of((2, 1), (2, 2), axis=-1)],
    np.split: [
        Of((4, 2), call=with_(np.split, 2)),
        Of((2, 5), call=with_(np.split, [1, 3], axis=-1)),
        Of((4,), call=with_(np.split, [2, 2])),
    ],
    np.array_split: [
        Of((5, 2), call=with_(np.array_split, 3)),
        Of((2, 5), call=with_(np.array_split, 2, axis=1)),
        Of((2,), call=with_(np.array_split, 3)),
    ],
    np.diff: [Of((4,)), Of((2, 4), n=2), Of((3, 2), axis=0), Of((3, 2), n=0)],
    np.atleast_1d: [Of(()), Of((2, 3)), Of((), (2,))],
    np.atleast_2d: [Of(()), Of((3,)), Of((2, 3)), Of((2, 3, 4))],
    np.atleast_3d: [Of(()), Of((3,)), Of((2, 3)), Of((2, 3, 4))],
    np.dstack: [
        Of((3,), (3,), call=many(np.dstack)),
        Of((2, 3), (2, 3, 2), call=many(np.dstack)),
        Of((), (), call=many(np.dstack)),
    ],
    np.vsplit: [Of((4, 2), call=with_(np.vsplit, 2))],
    np.hsplit: [Of((4, 3), call=with_(np.hsplit, [1])), Of((4,), call=with_(np.hsplit, 2))],
    np.dsplit: [Of((2, 1, 4), call=with_(np.dsplit, 2))],
    np.broadcast_arrays: [Of((2, 1), (3,)), Of((), (2,))],
    np.meshgrid: [Of((2,), (3,)), Of((2,), (3,), indexing="ij"), Of((2,), (3,), (1,)), Of((3,))],
    np.diagflat: [Of((2, 2)), Of((3,), k=-1)],
    np.ediff1d: [Of((4,)), Of((2, 2))],
    **of_numpy("unstack", [Of((3,)), Of((2, 3), axis=-1)]),
    **of_numpy("matrix_transpose", [Of((2, 3)), Of((2, 3, 4))]),
    **of_numpy("linalg.matrix_transpose", [Of((2, 3)), Of((2, 3, 4))]),
    **of_numpy("linalg.trace", [Of((3, 3)), Of((2, 3, 4), offset=1)]),
    **of_numpy("linalg.diagonal", [Of((3, 3)), Of((2, 3, 4), offset=1)]),
}
