"""A small project and shop to write messages in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.facts.refresh import refresh_facts
from pipelines.messages.message_library import MessageLibrary, read_messages
from pipelines.messages.render import InvalidContent, render_batch
from pipelines.segments.files import SegmentFiles
from pipelines.settings import LinkSettings, Project, ProjectSettings, ScheduleSettings, Settings, ShopSettings, SourceSettings
from pipelines.settings_file import load_project
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.schema import BY_NAME
from senders.files import FilesSettings
from senders.message import Message
from tests.facts.history import tick

NO_SEGMENTS = SegmentFiles((), {}, {})
NO_TAGS = LinkSettings()
NOW = datetime(2026, 9, 14, 4, 0)
LOADED = {"loaded_from": "test", "loaded_at": NOW}
SHOP = ShopSettings(
    name="Tilleul",
    url="https://tilleul.example",
    address="12 rue des Tilleuls, 69004 Lyon",
    email="bonjour@tilleul.example",
    phone="+33 4 00 00 00 00",
    cart_url="https://tilleul.example/cart/{cart_id}",
    order_url="https://tilleul.example/account/orders/{order_id}",
    subscription_url="https://tilleul.example/account/subscriptions/{subscription_id}",
    survey_url="https://tilleul.example/survey/{order_id}",
    referral_url="https://tilleul.example/friends/{referral_code}",
    unsubscribe_url="https://tilleul.example/stop/{message_key}?c={contact_id}",
    unsubscribe_mailto="stop@tilleul.example",
)


ROOT = Path(__file__).parents[2]
PARAMS = load_project(ROOT).settings.params
"""The thresholds that the segments which ship ask for."""


def project(root: Path, shop: ShopSettings = SHOP, locale: str = "en", links: LinkSettings = NO_TAGS) -> Project:
    settings = Settings(
        params=PARAMS if root == ROOT else {},
        project=ProjectSettings(name="tilleul", timezone="Europe/Paris", currency="EUR", locale=locale),
        schedule=ScheduleSettings(start=date(2026, 9, 14)),
        shop=shop,
        links=links,
        sources=[SourceSettings(name="contacts", table="contacts", path="contacts.csv", format="csv")],
        senders=[FilesSettings(kind="files", name="folder", channels=["email", "sms"])],
    )
    return Project(root=root, settings=settings)


def library(root: Path, templates: dict[str, str], segments: SegmentFiles = NO_SEGMENTS, **settings: Any) -> MessageLibrary:
    """Write *templates*, by path under `scenarios/messages/`, and read them."""
    for name, text in templates.items():
        path = root / "scenarios" / "messages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return read_messages(project(root, **settings), segments)


@contextmanager
def shop_warehouse() -> Iterator[Warehouse]:
    """
    A warehouse where Zoé, who bought a torch in May that is sold no more, has a cart with three lines: a lamp, a jug without name, picture and page,
    and a product the shop forgot. A candle goes with the lamp; the lamp became dearer in August.
    """
    with memory_warehouse() as warehouse:
        zoe = {"email": "zoe@example.org", "phone": "+33612345678", "first_name": "Zoé", "last_name": "Durand", "locale": "fr-FR", "country": "FR"}
        add(warehouse, "raw.contacts", contact_id="zoe", **zoe, timezone="Europe/Paris", created_at=datetime(2026, 1, 1), attributes='{"shoe_size": 38}')
        add(warehouse, "raw.contacts", contact_id="nobody", email="nobody@example.org", created_at=datetime(2026, 1, 1))
        lamp = {"name": "Lampe & pied", "category": "light", "url": "/p/lamp", "image_url": "https://cdn.example/lamp.jpg", "stock": 3}
        product(warehouse, "lamp", datetime(2026, 1, 1), **lamp, price=Decimal("39.90"))
        product(warehouse, "lamp", datetime(2026, 8, 1), **lamp, price=Decimal("49.90"))
        product(warehouse, "lamp", datetime(2026, 12, 1), **lamp, price=Decimal("99.90"))
        product(warehouse, "jug", datetime(2026, 1, 1))
        product(warehouse, "torch", datetime(2026, 1, 1), name="Lampe de poche", category="light", stock=0)
        product(warehouse, "candle", datetime(2026, 1, 1), name="Bougie", category="light", url="https://tilleul.example/p/candle", price=Decimal("12"))
        product(warehouse, "gone", datetime(2026, 2, 1), name="Épuisé", category="light", url="https://tilleul.example/p/gone", stock=0)
        for related in ("candle", "gone"):
            add(warehouse, "raw.product_relations", product_id="lamp", related_id=related, kind="accessory")
        add(warehouse, "raw.orders", order_id="O0", contact_id="zoe", ordered_at=datetime(2026, 5, 1), total=Decimal("12"))
        add(warehouse, "raw.order_lines", order_id="O0", line_no=1, product_id="torch", quantity=1, unit_price=Decimal("12"))
        cart_event(warehouse, "e1", datetime(2026, 9, 13, 10), [("jug", 1, "5")])
        cart_event(warehouse, "e2", datetime(2026, 9, 13, 11), [("lamp", 2, "49.90"), ("jug", 1, "5"), ("forgotten", 1, "1234.5")])
        cart_event(warehouse, "e3", datetime(2026, 9, 20, 11), [])
        with warehouse.at(NOW):
            refresh_facts(warehouse, project(Path()), tick(project(Path()), NOW))
        yield warehouse


def undone(warehouse: Warehouse) -> Iterator[Warehouse]:
    """Lend a warehouse to one test and take back what it changed: building one takes half a second."""
    warehouse.connection.begin()
    yield warehouse
    warehouse.connection.rollback()


def product(warehouse: Warehouse, product_id: str, valid_from: datetime, **card: Any) -> None:
    add(warehouse, "raw.products", product_id=product_id, valid_from=valid_from, **card)


def cart_event(warehouse: Warehouse, event_id: str, at: datetime, lines: list[tuple[str, int, str]]) -> None:
    add(warehouse, "raw.site_events", event_id=event_id, contact_id="zoe", occurred_at=at, name="cart_updated", cart_id="K1",
        cart_value=sum(quantity * Decimal(price) for _, quantity, price in lines))  # fmt: skip
    for number, (product, quantity, price) in enumerate(lines, 1):
        add(warehouse, "raw.cart_lines", event_id=event_id, line_no=number, product_id=product, quantity=quantity, unit_price=Decimal(price))


def add(warehouse: Warehouse, table: str, **values: Any) -> None:
    """Insert one row; a raw table gets its load columns."""
    row = values | LOADED if BY_NAME[table].schema == "raw" else values
    warehouse.append(table, list(row), [tuple(row.values())])


def due(warehouse: Warehouse, template: str, key: str = "m1", trigger: str = '{"cart_id": "K1"}', **changes: Any) -> None:
    """Put a message in the outbox, with the enrolment it belongs to."""
    contact = changes.get("contact_id", "zoe")
    run: dict[str, Any] = {"enrolment_id": f"run-{key}", "scenario": "abandoned_cart", "version": 1, "contact_id": contact}
    started = {"activity_id": "e1", "activity": "cart_updated", "triggered_at": datetime(2026, 9, 13, 10), "trigger_data": trigger}
    entered = {"entry_key": "K1", "entered_at": datetime(2026, 9, 13, 11), "entered_as_of": NOW, "ghost": False}
    add(warehouse, "journeys.enrolments", **run, **started, **entered)
    what = {"message_key": key, "step": template, "template": template, "channel": "email", "address": "zoe@example.org", "locale": "fr-FR"}
    why = {"topic": "promotions", "category": "marketing", "basis": "opt_in", "priority": 50, "status": "to_send"}
    when = dict.fromkeys(("as_of", "due_at", "not_before", "expires_at", "changed_at"), NOW)
    add(warehouse, "outbox.messages", **run | what | why | when | changes)


def rendered(warehouse: Warehouse, messages: MessageLibrary) -> dict[str, Message | InvalidContent]:
    """Render everything in the outbox and return it by message key."""
    with warehouse.at(NOW):
        warehouse.run("create or replace temp table to_render as select * from outbox.messages")
        outcomes = list(render_batch(warehouse, messages, NOW))
    return {outcome.key if isinstance(outcome, Message) else outcome.message_key: outcome for outcome in outcomes}


def written(warehouse: Warehouse, messages: MessageLibrary, key: str = "m1") -> Message:
    outcome = rendered(warehouse, messages)[key]
    assert isinstance(outcome, Message), outcome
    return outcome


def wrong(warehouse: Warehouse, messages: MessageLibrary, key: str = "m1") -> str:
    outcome = rendered(warehouse, messages)[key]
    assert isinstance(outcome, InvalidContent), outcome
    return outcome.detail
