"""The training loop: epochs of mini-batches, with a history, validation and early stopping.

The same generator state gives the same bits: nothing else is drawn from, and no clock is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reference.autodiff import value_and_grad, vjp
from reference.autodiff.trees import leaves
from reference.nn.batches import batches
from reference.nn.optimisers import Optimiser

Tree = Any
Loss = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class History:
    """What happened.

    Attributes:
        steps: The loss of each mini-batch, before its step.
        epochs: The mean of these over the examples of each epoch.
        validation: After each epoch, where there is a validation.
    """

    steps: tuple[float, ...] = ()
    epochs: tuple[float, ...] = ()
    validation: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where training stands after an epoch; epoch 0 is before the first.

    Attributes:
        epoch: How many epochs are done.
        params: The parameters.
        state: What layers keep beside, as batch norm does; None if there is nothing.
        validation: The value of `validate` at these, None if there is none.
    """

    epoch: int
    params: Tree
    state: Tree = None
    validation: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        optimiser: How to descend.
        epochs: How often each example is seen, at most.
        batch_size: How many examples are in a batch.
        drop_last: Whether a last batch that is shorter is left out.
        clip: Applied to the gradients before each step.
        patience: Training stops when this many epochs in a row have not been better than the best, the beginning among
            them, and the best is what comes back. None: all epochs are done, and the last comes back.
        callbacks: Called after each epoch; one that returns True ends training.
    """

    optimiser: Optimiser
    epochs: int
    batch_size: int
    drop_last: bool = False
    clip: Callable[[Tree], Tree] | None = None
    patience: int | None = None
    callbacks: Sequence[Callable[[Snapshot, History], object]] = ()


@dataclass(frozen=True, slots=True)
class Trained:
    """The result of training.

    Attributes:
        params: With early stopping those of the best epoch, otherwise those of the last.
        state: That of the same epoch.
        epoch: That epoch: how many epochs it took to get there.
        stopped: Whether training ended before the last epoch that was asked for.
        history: Of all epochs that were done.
    """

    params: Tree
    state: Tree
    epoch: int
    stopped: bool
    history: History


def train(
    loss: Loss,
    params: Tree,
    data: Sequence[Any],
    plan: Plan,
    rng: np.random.Generator,
    *,
    state: Tree = None,
    validate: Callable[..., float] | None = None,
) -> Trained:
    """Minimise a loss over mini-batches.

    Args:
        loss: loss(params, *batch), a number. With a state: loss(params, state, *batch), the number and the new state.
        params: Where to begin; not changed.
        data: The arrays, as (X, y), whose first axis counts the N examples. A batch has the same rows of each.
        plan: How to train.
        rng: The order of the examples. A loss that drops units may draw from it too.
        state: What layers keep beside, if they do.
        validate: validate(params), or validate(params, state), after each epoch: the smaller the better.

    Raises:
        ValueError: The arrays are empty or of different lengths, or there is patience and no validation.
    """
    N = _length(data)
    if plan.patience is not None and (validate is None or plan.patience < 1):
        raise ValueError("early stopping needs `validate` and a patience of at least 1")
    now = best = _validated(Snapshot(0, params, state), validate)
    memory, history, stopped = plan.optimiser.init(params), History(), False
    while now.epoch < plan.epochs and not stopped:
        losses, sizes = [], []
        for rows in batches(N, plan.batch_size, rng, drop_last=plan.drop_last):
            value, gradients, state = _loss_and_gradients(loss, now, [array[rows] for array in data])
            clipped = gradients if plan.clip is None else plan.clip(gradients)
            params, memory = plan.optimiser.step(now.params, clipped, memory)
            now = replace(now, params=params, state=state)
            losses.append(float(value))
            sizes.append(len(rows))
        now = _validated(replace(now, epoch=now.epoch + 1), validate)
        history = _longer(history, losses, sizes, now)
        best = now if plan.patience is None or _better(now, best) else best
        stopped = _to_stop(plan, now, best, history)
    return Trained(best.params, best.state, best.epoch, now.epoch < plan.epochs, history)


def _loss_and_gradients(loss: Loss, now: Snapshot, batch: list[Any]) -> tuple[Any, Tree, Tree]:
    """The loss of a batch, its gradients by the parameters, and the new state."""
    if now.state is None:
        value, gradients = value_and_grad(lambda params: loss(params, *batch))(now.params)
        return value, gradients, None
    (value, new), pull = vjp(lambda params: loss(params, now.state, *batch), now.params)
    nothing = [np.zeros(np.shape(leaf)) for leaf in leaves(new)]
    return value, pull([1.0, *nothing])[0], new


def _length(data: Sequence[Any]) -> int:
    lengths = {len(array) for array in data}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(f"the arrays of a data set have one length, and it is not 0; these have {sorted(lengths)}")
    return lengths.pop()


def _validated(now: Snapshot, validate: Callable[..., float] | None) -> Snapshot:
    if validate is None:
        return now
    value = validate(now.params) if now.state is None else validate(now.params, now.state)
    return replace(now, validation=float(value))


def _better(now: Snapshot, best: Snapshot) -> bool:
    """Whether a validation is below another; what is no number is not, and every number is better than that."""
    assert now.validation is not None and best.validation is not None
    return now.validation < best.validation or bool(np.isnan(best.validation) and not np.isnan(now.validation))


def _to_stop(plan: Plan, now: Snapshot, best: Snapshot, history: History) -> bool:
    """Whether patience is at its end, or a callback says so. All of them are called."""
    said = [callback(now, history) is True for callback in plan.callbacks]
    return any(said) or (plan.patience is not None and now.epoch - best.epoch >= plan.patience)


def _longer(history: History, losses: list[float], sizes: list[int], now: Snapshot) -> History:
    epoch = float(np.average(losses, weights=sizes))
    validation = () if now.validation is None else (now.validation,)
    return History(history.steps + tuple(losses), (*history.epochs, epoch), history.validation + validation)
