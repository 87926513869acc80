"""What Dagster is told about each asset: where it comes from, who owns it, which file to open, what its columns are."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.home import prepare_home
from pipelines.assets.in_process import history
from pipelines.settings import Project
from tests.assets.small_shop import AUDIENCE, Day

Specs = dict[str, dg.AssetSpec]
BEHIND = {
    "sources/orders": {"files/orders"},
    "segments/buyers": {"facts/contacts"},
    "segments/big_buyers": {"facts/contacts", "segments/buyers"},
    "segments/newcomers": {"facts/contacts", "sources/site_events"},
    "scenarios/thanks": {"facts/contacts", "facts/attributes", "facts/channels", "facts/interests", "segments/big_buyers", "sources/orders"},
    "scenarios/welcome": {"facts/contacts", "facts/attributes", "facts/channels", "facts/interests", "sources/site_events"},
    "facts/bought_together": {"sources/orders"},
    "outbox/messages": {"facts/bought_together", "scenarios/thanks", "scenarios/welcome", "segments/buyers", "segments/newcomers"},
    "senders/outgoing": {"outbox/messages"},
    "audiences/regulars": {"outbox/messages", "segments/buyers", "sources/consents"},
    "results/report": {"senders/outgoing", "audiences/regulars"},
}
OPENED = {
    "sources/contacts": "relance.toml", "sources/orders": "orders.sql", "facts/contacts": "views.sql", "facts/bought_together": "publish.sql", "segments/buyers": "buyers.sql",
    "scenarios/welcome": "welcome.yaml", "outbox/messages": "decide.sql", "senders/outgoing": "relance.toml", "audiences/regulars": "relance.toml",
}  # fmt: skip


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Specs:
    from tests.assets.small_shop import write_shop

    found = Day(write_shop(tmp_path_factory.mktemp("shop"), **{"[alerts]": AUDIENCE})).runner.definitions.resolve_all_asset_specs()
    return {spec.key.to_user_string(): spec for spec in found}


@pytest.mark.parametrize("name", BEHIND)
def test_an_asset_comes_from_what_it_reads(specs: Specs, name: str) -> None:
    assert {dep.asset_key.to_user_string() for dep in specs[name].deps} == BEHIND[name]


def test_every_asset_is_in_the_group_of_its_room_with_words_and_kinds(specs: Specs) -> None:
    assert [name for name, spec in specs.items() if spec.group_name != name.partition("/")[0]] == []
    assert [name for name, spec in specs.items() if not spec.description or not spec.kinds] == []


def test_every_asset_of_the_warehouse_shows_its_columns(specs: Specs) -> None:
    shown = {name for name, spec in specs.items() if spec.metadata.get("dagster/column_schema")}
    assert set(specs) - shown == {name for name in specs if name.startswith(("files/", "scenarios/"))}
    columns = {column.name for column in specs["segments/buyers"].metadata["dagster/column_schema"].columns}
    assert columns == {"contact_id", "entered_at", "order_count"}


@pytest.mark.parametrize("name", OPENED)
def test_an_asset_links_to_the_file_that_makes_it(specs: Specs, name: str) -> None:
    [reference] = specs[name].metadata["dagster/code_references"].code_references
    assert Path(reference.file_path).name == OPENED[name]
    assert Path(reference.file_path).is_file()


def test_sql_and_owners_are_shown(specs: Specs) -> None:
    assert "where order_count > 0" in (specs["segments/buyers"].description or "")
    assert "select number as order_id" in (specs["sources/orders"].description or "")
    assert list(specs["segments/newcomers"].owners) == ["crm@lilas.example"]
    assert list(specs["scenarios/welcome"].owners) == ["crm@lilas.example"]


def test_dagster_tries_nothing_again(project: Project) -> None:
    definitions = Day(project).runner.definitions
    assets = definitions.resolve_asset_graph().assets_defs
    assert [each.op.name for each in assets if each.is_executable and each.op.retry_policy is not None] == []
    assert [name for name in ("daily", "quarter_hour", "hand_over") if definitions.resolve_job_def(name).op_retry_policy is not None] == []


def test_nothing_is_reported_to_the_makers_of_dagster_and_one_run_goes_on_at_a_time(project: Project) -> None:
    prepare_home(project)
    with history(project) as instance:
        assert not instance.telemetry_enabled
        assert not instance.run_retries_enabled
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1  # type: ignore[union-attr]
