"""What a cloud is, by both definitions: systems, a week of wishes, the effort that is left."""

import pytest

from models.cloud.countless import Countless, countless
from models.cloud.definitions import Tenancy, examine
from models.cloud.effort import Effort, effort
from models.cloud.first_sentence import HOURS, Week, ask
from models.cloud.platform.entrance import CLIENTS
from models.cloud.scatter_gather import Job, best_tasks
from models.cloud.traits.systems import SYSTEMS


def test_distributed_is_neither_enough_nor_needed():
    cluster = examine(Tenancy(system="cluster"))
    assert cluster.distributed
    assert not cluster.cloud
    alone = examine(Tenancy(system="public", machines=1))
    assert alone.cloud
    assert not alone.distributed


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("machines", [1, 3])
def test_every_system_gives_each_tenant_its_machines(system, machines):
    examined = examine(Tenancy(system=system, machines=machines))
    assert examined.hosts == machines
    assert examined.facts()["A cloud?"].value == ("yes" if examined.judged.shown == 5 else "no")


def test_the_best_cut_is_the_closed_form_s_and_countless_ones_take_longer():
    cost = countless(Countless(overhead=2.0))
    assert cost.tasks[cost.best] == pytest.approx(best_tasks(Job(overhead=2.0)), rel=0.15)
    assert cost.makespans == pytest.approx(2.0 * cost.tasks + 3_600 / cost.tasks)
    assert not cost.keeps_falling
    assert countless(Countless(overhead=0.0, most=50)).keeps_falling


def test_a_week_at_a_program_s_desk_serves_everybody_from_one_pool():
    week = ask(Week())
    assert len(week.wishes) == HOURS * len(CLIENTS) == 672
    assert week.share() == week.worst_hour == week.worst_client == 1
    assert week.shared_hosts > 0


def test_each_mechanism_taken_out_shows():
    assert ask(Week(desk="tickets")).share() == 0
    site = ask(Week(entrance="site"))
    assert (site.worst_hour, site.worst_client, site.share()) == (1, 0, 0.25)
    assert ask(Week(hosts="silos")).shared_hosts == 0


def test_effort_moves_with_the_model_and_people_with_the_desk():
    api, desk = effort(Effort()), effort(Effort(desk="tickets", model="IaaS"))
    assert (api.people, api.waited, api.layers) == (0, 0, ())
    assert desk.people == 1
    assert desk.waited == (2 * 24 + 6 + 0.5) * 3_600  # Saturday at 3 to Monday at 9:30
    assert set(desk.layers) > set(effort(Effort(model="PaaS")).layers) > set(api.layers)
