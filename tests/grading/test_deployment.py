"""Chapter 3's exercises: every sheet and every draw has the answer that its prompt promises."""

from collections import Counter

import numpy as np
import pytest

from models.grading.exercises import ex_03_1, ex_03_2, ex_03_3, ex_03_4
from models.grading.feedback import Outcome
from models.grading.task import Attempt

RNG = np.random.default_rng


# Of 49 and 80 the first draw had a level that is busy for just the ratio of the prices.
@pytest.mark.parametrize("seed", [*range(30), 49, 80])
def test_the_cheapest_number_of_servers_is_a_level_that_is_busy_enough(seed):
    g = ex_03_1.draw(RNG(seed))
    busy = {g.night: 1.0, g.day: (g.day_hours + g.peak_hours) / 24, g.peak: g.peak_hours / 24}
    enough = [level for level, share in busy.items() if share >= g.own / g.public]
    assert ex_03_1.owned(g) == max(enough)


@pytest.mark.parametrize("number", range(1, 40))
def test_every_sheet_has_every_label(number):
    sheet = ex_03_2.Given(number).scenarios()
    found = Counter(scenario.label for scenario in sheet.values())
    assert set(found) == set(ex_03_2.ANSWERS)
    assert found.total() == ex_03_2.HOWMANY == len(set(sheet.values()))


def test_the_second_try_is_told_what_decides():
    given = ex_03_2.Given()
    right = {letter: scenario.label for letter, scenario in given.scenarios().items()}
    letter = next(letter for letter, label in right.items() if label == "none")
    wrong = right | {letter: "public"}
    for tries, words in ((0, "1 of 8 differ"), (1, f"{letter} is not public: ")):
        feedback = ex_03_2.mark(Attempt(given, (wrong,), tries, RNG(1)))
        assert feedback.outcome is Outcome.NOT_YET
        assert words in feedback.text()
    assert "is no label" in ex_03_2.mark(Attempt(given, ({"A": "mine"},), 0, RNG(1))).text()
    assert "dictionary" in ex_03_2.mark(Attempt(given, ("private",), 0, RNG(1))).text()
    assert ex_03_2.mark(Attempt(given, (right,), 0, RNG(1))).passed


def test_a_placement_that_is_dearer_or_unknown_or_missing_is_told():
    cases = list(ex_03_3.cases(ex_03_3.Given(), RNG(3)))
    told = Counter()
    for case in cases:
        _, sites = case.about
        for answer in (None, "Nowhere", *(site.name for site in sites)):
            words = ex_03_3.complaint(case, answer)
            told[" ".join(words.split()[1:4])] += 1
    assert {"may run it.", "may not run", "is not the", "may run it,", ""} <= set(told)
    # In each case exactly one answer is right.
    assert told[""] == len(cases)


@pytest.mark.parametrize("seed", range(30))
def test_the_saving_is_gone_when_the_planner_says(seed):
    g = ex_03_4.draw(RNG(seed))
    by_hand = (24 * g.own - g.burst * g.public) / g.missing
    assert ex_03_4.gone(g) == pytest.approx(by_hand)
    assert 0 < by_hand < g.burst


def test_a_burst_that_owning_beats_is_refused():
    with pytest.raises(ValueError, match="burst: 12 h of rent cost more than owning all day"):
        ex_03_4.Given(burst=12)
