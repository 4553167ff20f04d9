"""Erlang B and C against exact arithmetic, SciPy's incomplete gamma function and laws."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from models.performance.queueing.erlang import erlang_b, erlang_c, log_erlang_b, log_erlang_c

SERVERS = st.integers(1, 10_000)
LOADS = st.floats(0.01, 3.0)


def exact_b(servers: int, offered: Fraction) -> Fraction:
    """Erlang's recursion in rational numbers: no rounding at all."""
    inverse = Fraction(1)
    for n in range(1, servers + 1):
        inverse = 1 + inverse * n / offered
    return 1 / inverse


def recursion_log_b(servers: int, offered: float) -> float:
    """Erlang's recursion in the logarithm of 1/B."""
    x = 0.0
    for n in range(1, servers + 1):
        x = np.logaddexp(0.0, np.log(n / offered) + x)
    return -x


@pytest.mark.parametrize("servers", [1, 2, 3, 7, 20, 60])
@pytest.mark.parametrize("offered", ["1/8", "1", "13/4", "16", "50", "300"])
def test_b_agrees_with_rational_arithmetic(servers, offered):
    exact = float(exact_b(servers, Fraction(offered)))
    assert float(erlang_b(servers, float(Fraction(offered)))) == pytest.approx(exact, rel=2e-13)


def test_b_agrees_with_scipy_up_to_ten_thousand_servers():
    rng = np.random.default_rng(2)
    servers = np.concatenate([rng.integers(1, 10_001, 400), [9_999, 10_000, 10_000]])
    offered = servers * rng.uniform(0.8, 1.05, servers.size)
    expected = poisson.logpmf(servers, offered) - poisson.logcdf(servers, offered)
    # SciPy's own logarithm of the mass loses about 1e-16 x c log c = 1e-11.
    np.testing.assert_allclose(log_erlang_b(servers, offered), expected, rtol=0, atol=3e-11)


def test_b_in_log_form_where_the_probability_underflows():
    assert erlang_b(10_000, 1_000.0) == 0.0
    expected = recursion_log_b(10_000, 1_000.0)
    assert expected < -1_000
    assert float(log_erlang_b(10_000, 1_000.0)) == pytest.approx(expected, rel=1e-12)


def test_no_server_blocks_all_and_one_server_blocks_a_over_one_plus_a():
    assert erlang_b(0, 3.0) == pytest.approx(1.0, abs=1e-13)
    offered = np.array([0.001, 0.5, 1.0, 40.0])
    np.testing.assert_allclose(erlang_b(1, offered), offered / (1 + offered), rtol=1e-13)


@given(SERVERS, LOADS)
def test_recursion_holds_between_neighbours(servers, load):
    a = servers * load
    here, before = float(log_erlang_b(servers, a)), float(log_erlang_b(servers - 1, a))
    expected = np.logaddexp(0, np.log(servers / a) - before)
    assert -here == pytest.approx(expected, rel=2e-15, abs=4e-12)


@given(SERVERS, st.floats(0.01, 0.98))
def test_probabilities_are_ordered(servers, load):
    a = servers * load
    b, c = float(log_erlang_b(servers, a)), float(log_erlang_c(servers, a))
    slack = 1e-11
    assert b <= c + slack <= 2 * slack
    assert float(log_erlang_b(servers, a * 1.01)) >= b - slack
    assert float(log_erlang_c(servers, a * 1.01)) >= c - slack
    assert float(log_erlang_c(servers + 1, a)) <= c + slack


def test_c_for_one_server_is_its_load():
    load = np.array([0.1, 0.5, 0.99])
    np.testing.assert_allclose(erlang_c(1, load), load, rtol=1e-12)


def test_c_is_one_from_full_load_on():
    np.testing.assert_allclose(erlang_c([1, 10, 10_000], [1.0, 12.0, 10_000.0]), 1.0, rtol=1e-12)


def test_shapes_broadcast_and_chunks_do_not_show():
    servers, load = np.arange(1, 301)[:, None], np.linspace(0.1, 1.4, 40)
    table = log_erlang_b(servers, servers * load)
    assert table.shape == (300, 40)
    assert table[17, 3] == log_erlang_b(18, 18 * load[3])


@pytest.mark.parametrize(
    ("servers", "offered", "says"),
    [
        (-1, 1.0, "servers: -1.0"),
        (np.nan, 1.0, "servers: nan"),
        (3, 0.0, "offered: 0.0"),
        (3, -2.0, "offered: -2.0"),
        (3, np.inf, "offered: inf"),
    ],
)
def test_what_cannot_be_is_refused_by_name(servers, offered, says):
    with pytest.raises(ValueError, match=says):
        erlang_b(servers, offered)


def test_a_line_without_a_server_is_refused():
    with pytest.raises(ValueError, match="1 or more servers"):
        erlang_c(0, 1.0)
