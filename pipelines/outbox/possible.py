"""Which channels each due message may take, with the contact's address on each, or why it may not."""

from pathlib import Path

import phonenumbers

from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse
from senders.call_list import CallListSettings
from senders.http_sms import HttpSmsSettings
from senders.phone import phone_number

HERE = Path(__file__).parent
NUMBERS = ["number_hash", "plans", "fault"]


def judge_options(warehouse: Warehouse, project: Project) -> None:
    """
    Write `judged_options`: each channel that a message of the temporary table `due` may take, and why it is impossible.

    A number that nobody can have is no address where the channel's sender would refuse it, so that the next channel is taken.
    """
    warehouse.run(HERE / "phones.sql")
    channels = {channel for each in project.settings.senders if isinstance(each, CallListSettings | HttpSmsSettings) for channel in each.channels}
    warehouse.run("create or replace temp table judged_channels (channel varchar)")
    warehouse.append("judged_channels", ["channel"], [(channel,) for channel in sorted(channels)])
    if channels and warehouse.value("select 1 from phones limit 1"):
        _judge_numbers(warehouse)
    warehouse.run(HERE / "possible.sql")


def _judge_numbers(warehouse: Warehouse) -> None:
    """Hold numbers against the numbering plans, each once for every release of these: 40,000 a second."""
    plans = phonenumbers.__version__
    new = warehouse.rows(HERE / "unjudged_phones.sql", plans=plans)
    warehouse.append("outbox.numbers", NUMBERS, [(hashed, plans, _fault(phone)) for phone, hashed in new])
    warehouse.run(HERE / "faulty_phones.sql")


def _fault(phone: str) -> str | None:
    try:
        phone_number(phone)
    except ValueError:
        return "the number is in no country's numbering plan"
    return None
