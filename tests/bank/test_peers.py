"""The formulas of courses that the benchmark compares with do as they are described."""

from __future__ import annotations

import pytest

from tests.bank.bank import BY_NAME
from tests.bank.peers import PEERS, Trial, judge, version

WRITTEN_HERE = [name for name, (package, _) in PEERS.items() if not package]
INSTALLED = [name for name, (package, _) in PEERS.items() if version(package) is not None]


def says(name: str, case: str, seconds: float = 60.0) -> bool | None:
    return judge(PEERS[name][1], Trial(BY_NAME[case], 0, seconds))


@pytest.mark.parametrize("name", INSTALLED)
@pytest.mark.filterwarnings("default")
def test_a_peer_accepts_what_is_plainly_right_and_rejects_what_is_plainly_wrong(name: str) -> None:
    assert says(name, "softmax layer") is True
    assert says(name, "mean squares: climbs") is False


def test_peers_are_fooled_as_their_formulas_are() -> None:
    assert says("needle", "linear: upstream taken as ones") is True  # its own upstream gradient is ones
    assert says("minitorch", "mean squares: a thousandth too large") is True  # within its tolerance
    assert says("CS231n, everywhere", "logarithms of millionths") is False  # its step is larger than x


def test_a_wrong_shape_is_rejected() -> None:
    assert says("minitorch", "linear: b not summed over the batch") is False


def test_out_of_time_is_no_verdict() -> None:
    assert says("needle", "softmax layer", seconds=0.0) is None


def test_every_formula_is_there() -> None:
    assert len(WRITTEN_HERE) == 4
    assert set(WRITTEN_HERE) <= set(INSTALLED)
