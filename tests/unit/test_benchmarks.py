"""The harness measures fairly: turns, pairs, and a gate on the less favourable quartile."""

import gc
import itertools
import statistics
from time import sleep
from xml.etree import ElementTree as ET

import pytest

from benchmarks import __main__ as command
from benchmarks import _plot
from benchmarks._harness import Contender, Context, Report, Timings, figure

FOUND = {
    "median_ms": [
        {"title": "20 films", "DRF & co": 20.0, "Matinee, JSON": 3.25},
        {"title": "100 films", "DRF, naive": 700.0, "DRF & co": 60.0, "Matinee, JSON": 8.1},
        {"title": "1,000 films", "DRF & co": 540.0, "Matinee, JSON": 66.0},
        {"title": "100 films over HTTP", "Matinee, JSON": 9.0},
    ]
}
RATIOS = [9.0, 1.0, 8.0, 2.0, 7.0, 3.0, 6.0, 4.0, 5.0]


@pytest.fixture
def context():
    context = Context(quick=True)
    context.sample_s = 0.0
    return context


def test_a_gate_from_below_is_held_against_the_lower_quartile():
    assert figure("x", RATIOS).quartile == 3.0
    assert figure("x", RATIOS, at_least=3.0).passed
    assert not figure("x", RATIOS, at_least=3.1).passed


def test_a_gate_from_above_is_held_against_the_upper_quartile():
    assert figure("x", RATIOS, at_most=7.0).passed
    assert not figure("x", RATIOS, at_most=6.9).passed


def test_the_median_opens_no_gate():
    each = figure("x", RATIOS, at_least=5.0)
    assert each.median == 5.0
    assert not each.passed


def test_a_figure_may_be_one_number_and_have_no_gate():
    each = figure("x", 7)
    assert (each.median, each.quartile, each.gate, each.passed) == (7, 7, "", True)


def test_a_figure_has_one_gate():
    with pytest.raises(ValueError, match="one gate"):
        figure("x", 1, at_least=1, at_most=1)


def test_a_speedup_compares_samples_of_the_same_round():
    timings = Timings("", {"naive": [8.0, 30.0], "planned": [2.0, 10.0]})
    assert timings.speedup("x", of="planned", over="naive").samples == [4.0, 3.0]


def test_contenders_take_turns_in_an_order_that_moves_on(context):
    calls = []
    timings = context.measure(
        *(Contender(name, lambda name=name: calls.append(name)) for name in "abc")
    )
    # Before the rounds each runs once to be compared and once to be timed for its sample's size.
    rounds = ["".join(calls[start : start + 3]) for start in range(6, len(calls), 3)]
    assert rounds == ["abc", "bca", "cab"] * 3
    assert {len(seconds) for seconds in timings.seconds.values()} == {9}


def test_two_that_are_close_take_more_turns_of_which_the_best_counts(context):
    waits = {"a": itertools.cycle([0.002] * 4 + [0]), "b": itertools.cycle([0])}
    timings = context.measure(
        *(Contender(name, lambda wait=wait: sleep(next(wait))) for name, wait in waits.items()),
        close=True,
    )
    assert {len(seconds) for seconds in timings.seconds.values()} == {13}
    assert statistics.median(timings.seconds["a"]) < 0.002


def test_contenders_must_return_the_same(context):
    with pytest.raises(ValueError, match="'a' and 'b' differ"):
        context.measure(Contender("a", lambda: 1), Contender("b", lambda: 2))


def test_contenders_must_have_names_of_their_own(context):
    with pytest.raises(ValueError, match="names of their own"):
        context.measure(Contender("a", lambda: 1), Contender("a", lambda: 1))


def test_a_sample_is_filled_with_calls_of_a_fast_contender():
    context = Context(quick=True)
    context.sample_s = 0.001
    calls = []
    context.measure(Contender("a", lambda: calls.append(1)))
    assert len(calls) > 9 * 10


def test_what_was_frozen_for_measuring_is_thawed(context):
    context.measure(Contender("a", lambda: 1))
    assert gc.get_freeze_count() == 0


def test_fewer_than_nine_rounds_are_refused():
    with pytest.raises(ValueError, match="at least 9"):
        Context(rounds=8)
    with pytest.raises(SystemExit):
        command.main(["reads", "--rounds", "8"])


def test_the_table_shows_each_contender_and_each_verdict():
    timings = Timings("films", {"naive": [0.008] * 9, "planned": [0.002] * 9})
    report = Report(
        timings,
        figures=[
            timings.speedup("good", of="planned", over="naive", at_least=3),
            timings.speedup("bad", of="planned", over="naive", at_least=5),
        ],
        facts={"Queries": {"naive": 901, "planned": 4}},
        notes=["200 films"],
    )
    lines = list(command._lines(report))
    assert lines[4:7] == ["Queries", "  naive: 901", "  planned: 4"]
    assert lines[1].split() == ["naive", "8.000", "8.000", "8.000"]
    assert [line.split()[-1] for line in lines[-3:-1]] == ["OK", "MISSED"]
    assert lines[-1] == "200 films"


def test_a_drawing_has_a_row_for_each_contender_the_slowest_first():
    svg = ET.fromstring(_plot.drawing(FOUND))
    texts = [each.text for each in svg.iter() if each.tag.endswith("text")]
    names = [text for text in texts if text in {"DRF, naive", "DRF & co", "Matinee, JSON"}]
    assert names == ["DRF, naive", "DRF & co", "Matinee, JSON"]
    assert {"700", "20", "60", "540", "3.2", "8.1", "66"} <= set(texts)
    assert {"1 ms", "10 ms", "100 ms", "1,000 ms"} <= set(texts)
    assert "9.0" not in texts


def test_equal_ratios_are_equal_distances_in_a_drawing():
    decades = range(4)
    one, ten, hundred = (_plot._x(ms, decades) for ms in (1, 10, 100))
    assert hundred - ten == pytest.approx(ten - one, abs=0.2)


def test_the_tables_of_the_docs_say_which_gate_was_missed():
    detail = {"quartile": 1.214, "median": 1.1, "gate": "<= 1.15", "passed": False}
    machine = {"cpus": 2, "cpu": "C", "load_1min": 0.1, "python": "P", "postgresql": "18"}
    found = {
        **FOUND,
        "details": {"reads.x": detail},
        "facts": {"Queries": {"DRF, naive": 901}},
        "machine": {**machine, "packages": {"django": "6.1"}},
    }
    lines = _plot.tables(found).splitlines()
    assert "| `reads.x` | 1.21 | 1.1 | <= 1.15 | missed |" in lines
    assert "| DRF, naive | 901 |" in lines
    assert "| 100 films over HTTP | ms |" in lines
    assert not any("| 100 films |" in line for line in lines)
