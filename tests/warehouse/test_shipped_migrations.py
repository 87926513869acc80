"""Warehouse files of earlier versions are brought forward with the people in them."""

from pathlib import Path

import duckdb

from pipelines.warehouse.build import build
from pipelines.warehouse.schema import SCHEMA_VERSION

VERSION_1 = """
drop table journeys.alternatives; drop table journeys.triggers; drop table journeys.nodes; drop table journeys.conditions; drop table journeys.codes;
drop table delivery.links;
create table journeys.triggers (scenario varchar not null, version bigint not null,
    kind varchar not null check (kind in ('activity', 'segment', 'anniversary')), activities varchar, query varchar, key varchar, settle_seconds bigint,
    max_age_seconds bigint, segment varchar, change varchar, backfill bigint, offset_days bigint, clock bigint);
create table journeys.nodes (scenario varchar not null, version bigint not null, node bigint not null,
    kind varchar not null check (kind in ('send', 'wait', 'wait_until', 'wait_days', 'wait_for', 'if', 'split', 'exit')), step varchar, next bigint, other bigint,
    seconds bigint, days bigint, clock bigint, condition bigint, arm varchar, other_arm varchar, below bigint, message varchar, channels varchar,
    valid_seconds bigint, on_capped varchar, window_id varchar, word varchar);
create table journeys.conditions (scenario varchar not null, version bigint not null, condition bigint not null,
    role varchar not null check (role in ('step', 'goal', 'exit')), kind varchar not null check (kind in ('message', 'did', 'in_segment', 'where')),
    step varchar, event varchar, activities varchar, query varchar, segment varchar, within_seconds bigint, match_key varchar, probe varchar);
insert into journeys.triggers by name select 'cart' as scenario, 1 as version, 'activity' as kind, 'cart_updated' as activities;
insert into journeys.nodes by name select 'cart' as scenario, 1 as version, 3 as node, 'wait_for' as kind, 0 as condition, 60 as seconds;
insert into journeys.conditions by name select 'cart' as scenario, 1 as version, 0 as condition, 'step' as role, 'message' as kind, 'mail' as step;
update runs.schema set version = 1, definition = 'of version 1';
"""


def test_a_file_of_version_1_keeps_its_scenarios_and_learns_the_new_kinds(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "warehouse.duckdb") as connection:
        build(connection)
        connection.execute(VERSION_1)
        build(connection)
        assert connection.execute("select max(version) from runs.schema").fetchone() == (SCHEMA_VERSION,)
        assert connection.execute("select scenario, kind, activities from journeys.triggers").fetchall() == [("cart", "activity", "cart_updated")]
        assert connection.execute("select condition, way, part, parts from journeys.alternatives").fetchall() == [(0, 0, 0, 1)]
        connection.execute("insert into journeys.conditions by name select 'new' as scenario, 1 as version, 0 as condition, 'step' as role, 'tagged' as kind")
        connection.execute("insert into journeys.nodes by name select 'new' as scenario, 1 as version, 0 as node, 'sync' as kind, 'spared' as word")
        assert connection.execute("select kind from journeys.conditions order by 1").fetchall() == [("message",), ("tagged",)]


VERSION_4 = """
insert into journeys.enrolments by name
select id as enrolment_id, 'cart' as scenario, 1 as version, id as contact_id, '' as entry_key, timestamp '2026-01-05 06:00' as triggered_at,
    timestamp '2026-01-05 06:00' as entered_at, timestamp '2026-01-05 06:00' as entered_as_of, id = 'held back' as ghost
from (values ('held back'), ('treated')) t (id);
insert into journeys.decisions by name
select enrolment_id, scenario, version, contact_id, entered_at as decided_at, 'offered' as outcome, 'gift' as reason, entered_as_of as as_of
from journeys.enrolments;
insert into journeys.codes by name
select enrolment_id, contact_id, 'gift' as offer, 'G1' as code, entered_at as given_at, entered_as_of as as_of from journeys.enrolments where not ghost;
update runs.schema set version = 4, definition = 'of version 4';
"""


def test_holdouts_that_passed_an_offer_before_version_5_have_their_row_without_a_code(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "warehouse.duckdb") as connection:
        build(connection)
        connection.execute(VERSION_4)
        build(connection)
        assert connection.execute("select enrolment_id, code from journeys.codes order by 1").fetchall() == [("held back", None), ("treated", "G1")]
