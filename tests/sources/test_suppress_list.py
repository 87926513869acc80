"""Lists of addresses nobody may write to again."""

from pathlib import Path

import pytest

from pipelines.errors import BadFiles
from pipelines.sources.suppress_list import Suppressed, suppress_list
from tests.delivery.scripted import Scripted
from tests.journeys.world import empty_world, scenario, utc

NOW = utc("2026-01-05 05:30")


def test_addresses_on_a_list_get_nothing_more_and_the_list_read_again_changes_nothing(tmp_path: Path) -> None:
    world = empty_world(tmp_path)
    for name in ("ann", "bob", "eve"):
        world.contact(name)
        world.did(name, "page_viewed", "2026-01-05 05:00")
    listed = tmp_path / "list.txt"
    hash_of_eve = world.warehouse.value("select rl_sha256('eve@shop.example')")
    listed.write_text(f"\ufeff ANN@shop.example \n\n{hash_of_eve.upper()}\nnobody at all\nann@shop.example\n")
    assert suppress_list(world.warehouse, listed, "", "email", "hard_bounce", NOW) == Suppressed(3, 2, ["nobody at all"])
    assert suppress_list(world.warehouse, listed, "", "email", "hard_bounce", NOW).new == 0
    world.tick("2026-01-05 06:00", scenario([{"send": "mail"}], trigger={"activity": "page_viewed"}))
    sender = Scripted()
    world.hand_over("2026-01-05 06:00", sender)
    assert world.messages("contact_id", "reason") == [("ann", "suppressed"), ("bob", None), ("eve", "suppressed")]
    assert "ann" not in str(world.warehouse.rows("select * from delivery.suppressions"))


def test_a_csv_names_its_column(tmp_path: Path) -> None:
    world = empty_world(tmp_path)
    listed = tmp_path / "bounces.csv"
    listed.write_text("when,phone\n2026-01-01,+33 6 12 34 56 78\n2026-01-02,\n")
    assert suppress_list(world.warehouse, listed, "phone", "sms", "manual", NOW) == Suppressed(1, 1, [])
    with pytest.raises(BadFiles, match=r"bounces.csv:1: has no column `phones`\n  hint: did you mean `phone`\?"):
        suppress_list(world.warehouse, listed, "phones", "sms", "manual", NOW)
    with pytest.raises(BadFiles, match="cannot be read"):
        suppress_list(world.warehouse, tmp_path / "nothing.csv", "", "email", "manual", NOW)
