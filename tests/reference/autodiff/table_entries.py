"""Examples of functions of entries: entry by entry, reductions, indexing."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from reference.autodiff.elementwise import expit
from reference.autodiff.indexing import _getitem, scatter
from reference.autodiff.shapes import cast
from tests.reference.autodiff.of import Of, of_numpy, with_

TRAPEZOID: Any = getattr(np, "trapezoid", None) or getattr(np, "trapz", None)
REDUCED = [
    Of(()), Of((3,)), Of((2, 3), axis=0), Of((2, 3), axis=-1, keepdims=True), Of((2, 3, 2), axis=(0, -1)),
    Of((2, 3, 2), axis=(2, 1), keepdims=True), Of((2, 1), axis=1), Of((1, 3), keepdims=True),
]  # fmt: skip
SPREAD = [
    Of((3,)), Of((4,), ddof=1), Of((2, 3), axis=0), Of((2, 3), axis=-1, keepdims=True, ddof=1),
    Of((2, 3, 2), axis=(0, -1)), Of((3, 2), keepdims=True),
]  # fmt: skip
EMPTY = [Of((0,)), Of((0, 3), axis=1), Of((2, 0, 3), axis=(0, 1))]
mask = np.array([[True, False, True], [False, True, True]])
some = np.array([[0, 2], [2, 2], [1, 0]])


def missing(function: Any, x: Any, **options: Any) -> Any:
    """The function of x with two entries missing."""
    return function(np.where(mask, x, np.nan), **options)


TABLE: dict[Any, list[Of]] = {
    expit: [Of(()), Of((2, 3))],
    np.power: [
        *(Of(a, b, domains=("positive",)) for a, b in [((), ()), ((2, 3), (3,)), ((2, 1), (1, 3)), ((3,), ())]),
        *(Of((2, 3), call=lambda x, p=p: x**p) for p in (0, 1, 2, 3, -1, 2.0, np.float64(3.0), np.array([0, 1, 2]))),
        Of((3,), call=lambda x: 2.0**x),
        Of((3,), call=lambda x: np.array([2.0, 0.5, 1.0]) ** x),
        Of((3,), call=lambda x: np.power(x, 0.5), domains="positive"),
    ],
    np.where: [
        Of((2, 3), (2, 3), call=lambda a, b: np.where(mask, a, b)),
        Of((3,), (), call=lambda a, b: np.where(mask, a, b)),
        Of((2, 1), (1, 3), call=lambda a, b: np.where(a > b, a * a, b)),
        Of((3,), call=lambda a: np.where(mask, a, 0.0)),
        Of((), (), call=lambda a, b: np.where(a > b, a, b)),
    ],
    np.clip: [
        Of((2, 3), call=lambda x: np.clip(x, -1.0, 1.0)),
        Of((3,), call=lambda x: np.clip(x, None, 0.5)),
        Of((2, 3), call=lambda x: np.clip(x, np.array([-1.0, 0.0, 0.5]), 1.5)),
        Of((), call=lambda x: np.clip(x, 0.0, None)),
        Of((3,), call=lambda x: np.clip(x, a_min=-1.0, a_max=1.0)),
        Of((3,), call=lambda x: x.clip(-1.0, 1.0)),
        Of((3,), call=lambda x: np.clip(x, np.zeros((2, 3)), np.ones((2, 1)))),
    ],
    np.ldexp: [Of((), call=lambda x: np.ldexp(x, 3)), Of((2, 3), call=lambda x: np.ldexp(x, np.array([1, -2, 0])))],
    np.divmod: [
        Of((2, 3), (3,), call=lambda a, b: np.divmod(a, b)[1]),
        Of((), (), call=lambda a, b: np.divmod(a, b)[1]),
    ],
    np.modf: [Of((2, 3), call=lambda x: np.modf(x)[0]), Of((), call=lambda x: np.modf(x)[0])],
    np.select: [
        Of((2, 3), (3,), call=lambda a, b: np.select([a > 1, mask], [a * b, b], 2.0)),
        Of((3,), call=lambda a: np.select([a > 0], [a])),
    ],
    np.full_like: [Of((3,), call=lambda x: np.full_like(x, x[0]))],
    np.real: [Of((2, 3)), Of(())],
    cast: [Of((3,), call=lambda x: cast(x, np.float64)), Of((), call=lambda x: cast(x, float))],
    np.sum: [
        *REDUCED,
        *EMPTY,
        Of((2, 3), call=with_(np.sum, 0)),
        Of((2, 3), call=lambda x: x.sum(axis=1)),
        Of((2, 3), call=with_(np.sum, 0, None, None, True)),
    ],
    np.mean: [*REDUCED, Of((2, 3), call=with_(np.mean, -1)), Of((2, 3), call=lambda x: x.mean())],
    np.max: REDUCED,
    np.min: REDUCED,
    np.prod: [*REDUCED, *EMPTY],
    np.var: SPREAD,
    np.std: SPREAD,
    np.cumsum: [Of((3,)), Of((2, 3)), Of((2, 3), axis=0), Of((2, 3, 2), axis=-2), Of((0,)), Of((1,), axis=0), Of(())],
    np.ptp: [Of((3,)), Of((2, 3), axis=0), Of((2, 3), axis=-1, keepdims=True)],
    np.average: [
        Of((2, 3)),
        Of((2, 3), axis=0),
        Of((2, 3), (2, 3), call=lambda a, w: np.average(a, weights=w), domains=("reals", "positive")),
        Of((3, 3), (3,), call=lambda a, w: np.average(a, axis=0, weights=w), domains=("reals", "positive")),
        Of((2, 3), (3,), call=lambda a, w: np.average(a, axis=-1, weights=w), domains=("reals", "positive")),
    ],
    np.amax: REDUCED,
    np.amin: REDUCED,
    np.nansum: [*REDUCED, Of((3,), call=lambda x: np.nansum(np.where([True, False, True], x, np.nan)))],
    np.nanmean: [*REDUCED, Of((2, 3), call=lambda x: np.nanmean(np.where(mask, x, np.nan), axis=1))],
    **{f: [*REDUCED, Of((2, 3), call=partial(missing, f))] for f in (np.nanmax, np.nanmin, np.nanprod)},
    np.nancumsum: [Of((3,)), Of((2, 3), axis=0, call=partial(missing, np.nancumsum))],
    np.polyval: [Of((3,), (2, 2)), Of((1,), ()), Of((4,), (3,))],
    **of_numpy("astype", [Of((3,), call=lambda x: np.astype(x, np.float64))]),
    np.median: [Of((3,)), Of((4,)), Of((2, 3), axis=0), Of((2, 3), axis=-1, keepdims=True), Of((2, 4), keepdims=True)],
    np.cumprod: [Of((3,)), Of((2, 3)), Of((2, 3), axis=0), Of((2, 3, 2), axis=-2), Of((1,))],
    TRAPEZOID: [
        Of((4,)),
        Of((2, 4), dx=0.5),
        Of((3, 2), axis=0),
        Of((2, 3), (3,)),
        Of((3, 2), (3,), axis=0),
        Of((2, 3), (2, 3)),
    ],
    **of_numpy("cumulative_sum", [Of((3,)), Of((2, 3), axis=0)]),
    **of_numpy("cumulative_prod", [Of((3,)), Of((2, 3), axis=0)]),
    _getitem: [
        *(
            Of((3, 4, 2), call=lambda x, key=key: x[key])
            for key in (
                0,
                -1,
                (1, 2),
                slice(None, None, -1),
                (..., 0),
                (None, 1),
                (slice(0, 2), [0, 0, 3]),
                (np.array([0, 2]), np.array([1, 1])),
                ([0, 0, 1],),
                (np.array([[0], [2]]), np.array([1, 1])),
                (slice(None), np.int64(2)),
                (0, slice(None), 1),
                (0, 0, 0),
                np.array([True, False, True]),
                (slice(None), np.array([True, False, True, True])),
                slice(0, 0),
                np.ones((3, 4), bool),
            )
        ),
        Of((2, 3), call=lambda x: x[x > 0]),
        Of((3,), call=sum),
        Of((2, 3), call=lambda x: x[...]),
    ],
    scatter: [
        Of((2,), call=lambda g: scatter(g, [1, 1], (3,))),
        Of((2, 3), call=lambda g: scatter(g, slice(0, 2), (4, 3))),
        Of((), call=lambda g: scatter(g, (0, 1), (2, 2))),
    ],
    np.take: [
        Of((3,), indices=[0, 0, 2]),
        Of((2, 3), indices=[5, 0]),
        Of((2, 3), indices=[[0, 2], [1, 1]], axis=1),
        Of((2, 3), indices=-1, axis=-1),
        Of((3, 2), indices=1, axis=0),
    ],
    np.take_along_axis: [
        Of((3, 3), indices=some, axis=1),
        Of((3, 2), indices=some, axis=0),
        Of((3, 4), indices=np.array([[1, 2]]), axis=-1),
        Of((1, 3), indices=some, axis=1),
        Of((2, 3), indices=np.array([5, 0, 0]), axis=None),
    ],
    np.sort: [
        Of((4,)),
        Of((2, 3)),
        Of((3, 2), axis=0),
        Of((2, 3), axis=None),
        Of((2, 3, 2), axis=-2),
        Of((1,)),
        Of((0,)),
    ],
    np.compress: [
        Of((3,), call=lambda x: np.compress([True, False, True], x)),
        Of((2, 3), call=lambda x: np.compress([False, True], x, axis=0)),
    ],
    np.extract: [Of((2, 3), call=lambda x: np.extract(mask, x))],
    np.delete: [Of((4,), obj=1), Of((2, 3), obj=[0, 2], axis=1), Of((2, 3), obj=slice(0, 2))],
}
