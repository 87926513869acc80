"""The checks are seen to fail: each is held against a warehouse that somebody has tampered with."""

import pytest

from pipelines.settings import Project
from pipelines.warehouse.duckdb import open_warehouse
from tests.assets.small_shop import Day

TAMPERED = [
    pytest.param("delete from outbox.messages where contact_id = 'c2'", "outbox/messages: due_adds_up", id="a message that fell due is gone"),
    pytest.param(
        """update outbox.messages set status = 'to_send', reason = null where contact_id = 'c1';
        insert into delivery.suppressions by name
        select channel, rl_sha256(address) as address_hash, 'hard_bounce' as reason, as_of as since from outbox.messages where contact_id = 'c1'""",
        "outbox/messages: nobody_suppressed",
        id="a message is to go to an address that bounced",
    ),
    pytest.param(
        """insert into journeys.codes by name
        select enrolment_id, contact_id, 'welcome_10' as offer, entered_at as given_at, entered_as_of as as_of from journeys.enrolments where contact_id = 'c1'""",
        "outbox/messages: welcome_10: 0 codes left, 1 missing in this tick",
        id="a contact went without a code",
    ),
    pytest.param("delete from facts.stored_contacts where contact_id = 'c4'", "facts/contacts: one_row_per_contact", id="a contact has no facts"),
    pytest.param(
        "insert into facts.stored_contacts select * from facts.stored_contacts where contact_id = 'c4'",
        "facts/contacts: one_row_per_contact",
        id="a contact has facts twice",
    ),
    pytest.param(
        "delete from journeys.positions where scenario = 'welcome'", "scenarios/welcome: everybody_accounted_for", id="contacts are lost on their way"
    ),
    pytest.param(
        "update delivery.sends set state = 'unknown' where state = 'accepted'", "senders/outgoing: outcomes_known", id="nobody knows what became of a message"
    ),
]


@pytest.mark.parametrize(("sql", "check"), TAMPERED)
def test_a_check_finds(project: Project, sql: str, check: str) -> None:
    day = Day(project)
    assert day.daily().failed_checks == ()
    with open_warehouse(project) as warehouse:
        warehouse.run(sql)
    assert check in day.daily().failed_checks
