"""The DuckDB door: one writer, the read copy, and whatever else only DuckDB has."""

import os
import resource
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Iterator

import duckdb
import pytest

from pipelines.errors import ReadCopyTooOld, RelanceError, WarehouseBusy
from pipelines.settings import AttributeSettings, Project, ProjectSettings, ScheduleSettings, Settings, ShopSettings, SourceSettings, WarehouseSettings
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse, open_read_copy, open_warehouse
from pipelines.warehouse.rewrite import rewrite_warehouse
from senders.files import FilesSettings

T1 = datetime(2026, 3, 2, 5)
T2 = datetime(2026, 3, 3, 5)
HOLD = """
import sys
from pathlib import Path
from pipelines.settings import Project
from pipelines.warehouse.duckdb import open_warehouse

with open_warehouse(Project.model_validate_json(sys.argv[1])) as warehouse:
    warehouse.run("create or replace table main.mark as select 1 as one")
    print("open", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return _project(tmp_path, timedelta(seconds=30))


def _project(root: Path, wait: timedelta) -> Project:
    return Project(
        root=root,
        settings=Settings(
            project=ProjectSettings(name="shop", timezone="Europe/Paris", currency="EUR"),
            schedule=ScheduleSettings(start=date(2026, 3, 1)),
            shop=ShopSettings(name="Shop", url="https://shop.example", address="1 rue du Port, Nantes", email="shop@shop.example"),
            warehouse=WarehouseSettings(lock_timeout=wait, threads=1),
            sources=[SourceSettings(name="orders", table="orders", path="orders.csv", format="csv")],
            senders=[FilesSettings(kind="files", name="files", channels=["email"])],
            params={"lapsed_days": 90, "big_spender": 250.5},
        ),
    )


def _order(warehouse: Warehouse, order_id: str, ordered_at: datetime, **values: Any) -> None:
    row = {"order_id": order_id, "contact_id": "c1", "ordered_at": ordered_at, "total": 20, "loaded_from": "orders", "loaded_at": ordered_at, **values}
    warehouse.append("raw.orders", list(row), [tuple(row.values())])


def _start(project: Project) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, project.model_dump_json()]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def other_run(project: Project) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the warehouse until it reads a line or is killed."""
    process = _start(project)
    assert process.stdout
    assert process.stdout.readline() == "open\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_run_waits_with_a_message_and_then_goes_on(project: Project, other_run: subprocess.Popen[str]) -> None:
    second = _start(project)
    assert second.stderr
    message = second.stderr.readline()
    other_run.communicate("go on\n", timeout=60)
    out, _ = second.communicate("go on\n", timeout=60)
    assert message == f"waiting up to 30 seconds for another run (process {other_run.pid}), which is writing to warehouse.duckdb\n"
    assert (second.returncode, out) == (0, "open\n")


def test_a_run_that_waited_long_enough_gives_up_and_says_who_holds_the_warehouse(project: Project, other_run: subprocess.Popen[str]) -> None:
    with pytest.raises(WarehouseBusy) as refusal, open_warehouse(_project(project.root, timedelta(0))):
        pass
    assert str(refusal.value) == (
        f"{project.warehouse_path}: still held by another run (process {other_run.pid}) after 0 seconds\n  hint: let it finish, or raise warehouse.lock_timeout"
    )


def test_a_killed_run_leaves_the_warehouse_free_and_its_finished_work_in_it(project: Project, other_run: subprocess.Popen[str]) -> None:
    os.kill(other_run.pid, signal.SIGKILL)
    other_run.wait()
    with open_warehouse(project) as warehouse:
        assert warehouse.value("select one from main.mark") == 1


def test_a_run_that_fails_leaves_the_warehouse_free(project: Project) -> None:
    with pytest.raises(ZeroDivisionError), open_warehouse(project):
        raise ZeroDivisionError
    with open_warehouse(project) as warehouse:
        assert warehouse.value("select 1") == 1


def test_a_run_waits_for_a_tool_that_opened_the_live_file_and_recommends_the_read_copy(project: Project) -> None:
    with open_warehouse(project):
        pass
    shell = f"import duckdb, sys; c = duckdb.connect({str(project.warehouse_path)!r}, read_only=True); print('open', flush=True); sys.stdin.readline()"
    with subprocess.Popen([sys.executable, "-c", shell], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as tool:
        assert tool.stdout
        assert tool.stdout.readline() == "open\n"
        impatient = _project(project.root, timedelta(0))
        with pytest.raises(WarehouseBusy, match=rf"PID {tool.pid}\)[\s\S]*use read_copy.duckdb beside it"), open_warehouse(impatient):
            pass
        run = _start(project)
        assert run.stderr
        message = run.stderr.readline()
        tool.communicate("close\n", timeout=60)
        out, _ = run.communicate("close\n", timeout=60)
    assert message == "waiting up to 30 seconds for the tool that has warehouse.duckdb open; read_copy.duckdb beside it is the one to open\n"
    assert (run.returncode, out) == (0, "open\n")


def test_a_file_that_is_no_warehouse_is_refused_in_words(project: Project) -> None:
    project.warehouse_path.parent.mkdir()
    project.warehouse_path.write_text("order_id;total\n" * 5000)
    with pytest.raises(RelanceError, match=r"warehouse.duckdb: cannot be opened \(.*\n  hint: "), open_warehouse(project):
        pass


def test_a_parameter_has_its_value_and_an_unknown_one_is_an_error() -> None:
    with memory_warehouse({"lapsed_days": 90, "big_spender": 250.5}) as warehouse:
        assert warehouse.rows("select param('lapsed_days'), param('big_spender')") == [(90, 250.5)]
        with pytest.raises(duckdb.Error, match="unknown parameter lapsed_day"):
            warehouse.value("select param('lapsed_day')")


def test_the_read_copy_answers_pasted_sql_with_time_and_parameters(project: Project) -> None:
    with open_warehouse(project) as warehouse:
        _order(warehouse, "seen", T1)
        _order(warehouse, "not yet", T2)
        warehouse.publish_read_copy(project.read_copy_path, T2)
    with duckdb.connect(project.read_copy_path, read_only=True) as shell:
        pasted = "select order_id, as_of(), param('lapsed_days'), rl_days(ordered_at, as_of()) from shop.orders"
        assert shell.execute(pasted).fetchall() == [("seen", T2, 90, 1)]
    with open_read_copy(project) as copy, copy.at(T1):
        assert copy.rows("select order_id from shop.orders") == []


def test_a_reader_keeps_what_it_opened_while_a_new_copy_is_published(project: Project) -> None:
    ask = "[row[0] for row in c.execute('select order_id from shop.orders order by all').fetchall()]"
    connect = f"import duckdb, sys; c = duckdb.connect({str(project.read_copy_path)!r}, read_only=True)"
    reader = f"{connect}; print({ask}, flush=True); sys.stdin.readline(); print({ask})"
    with open_warehouse(project) as warehouse:
        _order(warehouse, "first", T1)
        warehouse.publish_read_copy(project.read_copy_path, T2)
        with subprocess.Popen([sys.executable, "-c", reader], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "['first']\n"
            _order(warehouse, "second", T1)
            warehouse.publish_read_copy(project.read_copy_path, T2)
            assert process.communicate("again\n", timeout=60)[0] == "['first']\n"
    with open_read_copy(project) as copy:
        assert copy.rows("select order_id from shop.orders order by all") == [("first",), ("second",)]
    assert sorted(path.name for path in project.state_folder.iterdir()) == ["read_copy.duckdb", "warehouse.duckdb", "warehouse.lock"]


def test_publishing_the_copy_does_not_let_another_process_write_the_live_file(project: Project) -> None:
    intruder = f"import duckdb; duckdb.connect({str(project.warehouse_path)!r})"
    with open_warehouse(project) as warehouse:
        warehouse.publish_read_copy(project.read_copy_path, T1)
        answer = subprocess.run([sys.executable, "-c", intruder], capture_output=True, text=True, check=False)
    assert "Could not set lock" in answer.stderr


def test_a_copy_that_fails_leaves_the_last_one(project: Project) -> None:
    with open_warehouse(project) as warehouse:
        warehouse.publish_read_copy(project.read_copy_path, T1)
        project.read_copy_path.with_suffix(".draft").mkdir()
        with pytest.raises(IsADirectoryError):
            warehouse.publish_read_copy(project.read_copy_path, T2)
    with open_read_copy(project) as copy:
        assert copy.value("select as_of()") == T1


def test_asking_for_a_read_copy_that_was_never_published_says_what_to_run(project: Project) -> None:
    with pytest.raises(RelanceError, match="there is no read copy yet\n  hint: .*relance run"), open_read_copy(project):
        pass


def test_a_read_copy_of_an_older_version_says_what_to_run(project: Project) -> None:
    with open_warehouse(project) as warehouse:
        warehouse.publish_read_copy(project.read_copy_path, T1)
    with duckdb.connect(project.read_copy_path) as copy:
        copy.execute("update runs.schema set definition = 'of other attributes'")
    with open_read_copy(project) as opened:
        assert opened.value("select as_of()") == T1
    with duckdb.connect(project.read_copy_path) as copy:
        copy.execute("update runs.schema set version = version - 1")
    with pytest.raises(ReadCopyTooOld, match="older version of relance\n  hint: .*relance run"), open_read_copy(project):
        pass
    with open_read_copy(project, older=True) as opened:
        assert opened.value("select as_of()") == T1


def test_the_file_does_not_grow_when_rows_are_replaced_tick_after_tick(project: Project) -> None:
    sizes = []
    with open_warehouse(project) as warehouse:
        for tick in range(50):
            with warehouse.transaction():
                warehouse.run("delete from segments.members")
                warehouse.run(
                    "insert into segments.members select 'all', 'c' || (n * 7919 + $tick) % 100000, $at, null from range(20000) as numbers(n)", tick=tick, at=T1
                )
            warehouse.checkpoint()
            sizes.append(project.warehouse_path.stat().st_size)
    assert max(sizes[10:]) <= 1.5 * sizes[4]


def test_deleted_rows_keep_their_room_until_the_file_is_tidied(project: Project) -> None:
    stored = "select sum(count) from pragma_storage_info('main.many') where column_id = 0 and segment_type = 'VALIDITY'"
    with open_warehouse(project) as warehouse:
        warehouse.run("create table main.many as select i from range(300000) t(i)")
        warehouse.checkpoint()
        warehouse.run("delete from main.many where i % 2 = 0")
        warehouse.checkpoint()
        before = warehouse.value(stored)
        warehouse.tidy()
        assert before == 300_000
        assert warehouse.value(stored) < 200_000


OWN = """
    create schema mine; create table mine.notes (note integer primary key); insert into mine.notes values (1); create index by_note on mine.notes (note);
    create macro main.twice(x) as x * 2; create view main.own as select order_id, twice(total) as doubled from shop.orders;
    comment on table mine.notes is 'ours'
"""
HOLDS = """
    select 1, schema_name, table_name, column_name, data_type, is_nullable, comment from duckdb_columns() where not internal
    union all select null, schema_name, view_name, sql, comment, null, null from duckdb_views() where not internal
    union all select null, schema_name, function_name, macro_definition, null, null, null from duckdb_functions() where not internal and function_name <> 'as_of'
    union all select null, schema_name, index_name, sql, null, null, null from duckdb_indexes()
    union all select null, schema_name, table_name, constraint_text, null, null, null from duckdb_constraints()
    order by all
"""


def test_a_file_written_anew_holds_all_that_the_old_one_did(project: Project) -> None:
    project.settings.attributes["favourite_room"] = AttributeSettings(type="text")
    with open_warehouse(project) as warehouse:
        _order(warehouse, "seen", T1)
        with warehouse.at(T1):
            warehouse.run(OWN)
        before = warehouse.rows(HOLDS)
    rewrite_warehouse(project)
    with open_warehouse(project) as warehouse:
        assert warehouse.rows(HOLDS) == before
        with warehouse.at(T2):
            assert warehouse.rows("select favourite_room from facts.contacts") == []
            assert warehouse.rows("select doubled, note from main.own cross join mine.notes") == [(40, 1)]


def test_a_file_written_anew_lies_where_the_old_one_did_and_nobody_else_may_read_it(project: Project) -> None:
    target = project.root / "elsewhere.duckdb"
    with open_warehouse(project) as warehouse:
        _order(warehouse, "seen", T1)
    project.warehouse_path.rename(target)
    project.warehouse_path.symlink_to(target)
    target.chmod(0o600)
    before = target.stat().st_ino
    rewrite_warehouse(project)
    assert project.warehouse_path.is_symlink()
    assert (target.stat().st_mode & 0o777, target.stat().st_ino == before) == (0o600, False)


def test_a_file_that_cannot_be_written_anew_stays_and_its_draft_goes(project: Project) -> None:
    with open_warehouse(project) as warehouse:
        warehouse.run("create table main.many as select hash(i) as h from range(500000) t(i)")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal_before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        with pytest.raises(RelanceError, match="cannot be written .*\n  hint: make room on the disk"):
            rewrite_warehouse(project)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, signal_before)
    assert sorted(path.name for path in project.state_folder.iterdir()) == ["warehouse.duckdb", "warehouse.lock"]
    with open_warehouse(project) as warehouse:
        assert warehouse.value("select count(*) from main.many") == 500_000
