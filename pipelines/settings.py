"""`relance.toml` → Settings. Every setting, its meaning and its default; unknown keys are errors."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.durations import Duration
from pipelines.setting_values import Activities, ClockTime, Name, Zone, page
from senders.audience import Platform
from senders.message import Channel
from senders.wiring import SenderSettings

FILE_NAME = "relance.toml"
TYPES = {"text": "VARCHAR", "number": "DECIMAL(18,4)", "date": "DATE", "boolean": "BOOLEAN"}
"""SQL types by the word that settings have for what an attribute's value is."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProjectSettings(Section):
    """What the project is and where it lives in time and money."""

    name: Name = Field(description="Short name; part of file names and message ids.")
    timezone: Zone = Field(description="Zone of the schedule, of calendar days and of contacts without a valid zone of their own.")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="The one currency of all amounts (ISO 4217).")
    locale: str = Field("en", pattern=r"^[a-z]{2}(-[A-Z]{2})?$", description="Language of contacts who have none.")


class WarehouseSettings(Section):
    """The DuckDB file and what it may use."""

    path: Path = Field(Path(".relance/warehouse.duckdb"), description="The live file; people and tools open the read copy beside it.")
    memory_limit: str = Field("1GB", pattern=r"^\d+(MB|GB)$", description="DuckDB's memory limit; beyond it, it spills to disk.")
    threads: int = Field(2, ge=1, description="DuckDB's threads.")
    lock_timeout: Duration = Field(timedelta(minutes=10), description="How long a run waits for another run to finish.")


class ScheduleSettings(Section):
    """When ticks run, in the project's zone."""

    daily_at: ClockTime = Field("06:00", description="Time of the daily tick.")
    start: date = Field(description="First day that may have a tick.")
    quarter_hourly: bool = Field(False, description="Start the quarter-hour ticks schedule by default.")
    hand_over_every: int = Field(15, ge=5, le=60, description="Minutes between hand-over passes.")


class ShopSettings(Section):
    """Who is speaking: what templates see as `shop`."""

    name: str = Field(description="The name customers know.")
    url: str = Field(pattern=r"^https?://[^/ ]+$", description="Address of the shop, without a final slash.")
    address: str = Field(description="Postal address; marketing mail must carry one.")
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", description="Address that messages come from.")
    reply_to: str = Field("", description="Address that answers go to, where it differs.")
    phone: str = Field("", description="Telephone of the customer service.")
    logo_url: str = Field("", description="Image shown at the top of messages.")
    color: str = Field("#1f4e5f", pattern=r"^#[0-9a-fA-F]{6}$", description="Main colour of messages.")
    cart_url: Annotated[str, page("cart_id")] = Field("", description="Page of a cart; `{cart_id}` is filled in.")
    order_url: Annotated[str, page("order_id")] = Field("", description="Page of an order; `{order_id}` is filled in. Cut there: of all orders.")
    subscription_url: Annotated[str, page("subscription_id")] = Field(
        "", description="Page of a subscription; `{subscription_id}` is filled in. Cut there: of all."
    )
    survey_url: Annotated[str, page("order_id")] = Field("", description="Page that asks for a score; `{order_id}` is filled in.")
    referral_url: Annotated[str, page("referral_code")] = Field(
        "", description="Page where a friend begins; `{referral_code}` is filled in with the contact's code of `shop.referral_codes`."
    )
    unsubscribe_url: str = Field("", description="Unsubscribe address; `{token}` (signed, docs/sending.md), `{message_key}` and `{contact_id}` are filled in.")
    unsubscribe_secret_env: str = Field("", description="Environment variable holding the secret that signs `{token}`: 32 characters or more.")
    unsubscribe_mailto: str = Field("", description="Address that unsubscribe mails go to.")


class LinkSettings(Section):
    """What links in e-mail tell the shop's web analytics, with the scenario as utm_campaign and the message as utm_content."""

    utm_source: str = Field("", description="Added as utm_source to links that lead to the shop; empty adds nothing at all.")
    utm_medium: str = Field("email", min_length=1, description="Added as utm_medium.")


class SourceSettings(Section):
    """Where the rows of one contract table come from."""

    name: Name = Field(description="The source's name, in lineage and reports.")
    table: Name = Field(description="The contract table it fills, such as `orders`.")
    path: str = Field(description="File or glob, relative to the project folder.")
    format: Literal["csv", "jsonl", "parquet"] = Field(description="Format of the files.")
    mapping: Path | None = Field(None, description="SQL file: one SELECT from `source` (the file's own columns) to the contract's columns.")
    delimiter: str = Field(",", min_length=1, max_length=1, description="CSV: the one character that separates columns.")
    quote: str = Field('"', max_length=1, description="CSV: quote character; empty for none.")
    header: bool = Field(True, description="CSV: the first line names the columns. Without header they are column0, column1…")
    encoding: Literal["utf-8", "latin-1", "utf-16"] = Field("utf-8", description="Encoding of text files; latin-1 stands for Windows-1252 too.")
    decimal: Literal[".", ","] = Field(".", description="Decimal sign of numbers in text files.")
    timezone: Zone = Field("UTC", description="Zone of timestamps that carry none.")
    timestamp_format: str = Field("", description="strptime format of timestamps in text files; empty means ISO 8601.")
    date_format: str = Field("", description="strptime format of dates in text files; empty means ISO 8601.")
    max_reject_rate: float = Field(0.05, ge=0, le=1, description="Share of unreadable rows above which a file is refused whole.")
    optional: bool = Field(False, description="No file at all is normal (a feed that starts later).")
    stale_after: Duration | None = Field(None, description="The newest row may be this old; beyond it, scenarios that need the source are held.")


class ScoreRule(Section):
    """Points that an activity gives, for a number of days."""

    activity: str = Field(description="Activity that gives points, such as `page_viewed`.")
    url: str = Field("", description="Page pattern (SQL LIKE); empty means any.")
    points: int = Field(description="Points per activity.")
    days: int = Field(ge=1, le=730, description="How many whole days they last.")


class LeadScoreSettings(Section):
    """How a lead score comes about. A contact is a qualified lead from `threshold` on."""

    initial: int = Field(0, description="Points everybody starts with.")
    threshold: int = Field(30, description="The one threshold.")
    rules: list[ScoreRule] = Field(default_factory=list)


class BoughtTogetherSettings(Section):
    """Which orders say what is bought together (`facts.bought_together`), and from when on a pair of products is no chance."""

    days: int = Field(365, ge=1, le=1095, description="Whole days of orders, up to the day before the tick's.")
    min_support: int = Field(3, ge=1, description="Orders that hold both, at least: fewer are chance.")
    largest_order: int = Field(
        100, ge=2, le=1000, description="Different products of an order, at most: one with more says little about any two of them, and does not count."
    )


class AttributeSettings(Section):
    """
    What is known of a contact under a name of the shop's own: a column of `facts.contacts`, and `contact.attributes.<name>` in templates.

    The latest answer counts, then what the contacts file says under that name.
    """

    activity: Activities = Field((), description="Activities that answer it, such as `message_clicked`; none: the contacts file alone says it.")
    where: str = Field("", description="Which of them do: SQL over their columns, as in a trigger. Empty means all.")
    value: str = Field("", description="What they answer: SQL over the same columns, such as `link`.")
    type: Literal["text", "number", "date", "boolean"] = Field("text", description="What a value is. One that cannot be read as that is no answer.")

    @model_validator(mode="after")
    def _answers_have_a_value(self) -> "AttributeSettings":
        if bool(self.activity) != bool(self.value):
            said = "`activity` without `value`: what is answered?" if self.activity else "`value` without `activity`: of which activity?"
            raise ValueError(f"{said}|write both, or neither where the contacts file alone says it")
        if self.where and not self.activity:
            raise ValueError("`where` without `activity`: of which activity?|write `activity` and `value` too")
        return self


class OfferSettings(Section):
    """Personal codes that scenarios give with `offer: NAME`, out of the stock that the source of `offer_codes` brings."""

    valid_for: Duration | None = Field(None, description="How long a code is good once it is given, unless its own `valid_until` comes first.")
    warn_below: int = Field(100, ge=0, description="The run warns when fewer free codes than this are left.")


class AudienceSettings(Section):
    """
    People whom an ads platform is told of, to show them ads or to spare them. Scenarios fill it with `sync:`, or a segment does.

    Nobody is in it without an opt-in that stands for its channel and topic.
    """

    platform: Platform = Field(
        description="Whose files: `google` (Customer Match), `meta` (Custom Audiences), `tiktok`, `pinterest`, `snapchat`, `microsoft`, `x`, or `csv`, "
        "plain columns for others."
    )
    topic: str = Field(pattern=r"^[a-z][a-z0-9_]{0,47}$", description="Consent topic that its members agreed to.")
    channel: str = Field(
        "ads", pattern=r"^[a-z][a-z0-9_]{0,47}$", description="Consent channel that they agreed to: `ads`, unless the text of another one speaks of ads."
    )
    segment: Name | None = Field(None, description="The segment whose members it has; empty: whom the steps `sync:` put in.")
    postcode: str = Field(
        "",
        pattern=r'^[^"]*$',
        description="Key of the contact's attributes that holds the postcode; with it names, country and postcode go too, where known and asked for.",
    )
    folder: Path = Field(Path(".relance/audiences"), description="Where the files go, relative to the project. Outside of it only live runs write.")


class Cap(Section):
    """At most so many marketing messages in a stretch of time; the rule names its clock."""

    name: Name = Field(description="The cap's name, in reports.")
    channel: Channel | None = Field(None, description="Counted channel; empty counts all.")
    topic: str | None = Field(None, description="Counted topic; empty counts all.")
    segment: Name | None = Field(None, description="Only for members of this segment.")
    at_most: int = Field(ge=0, description="Messages allowed; 0 forbids.")
    per: Literal["day", "week", "month"] | Duration = Field(description="`day`, `week`, `month` on the calendar clock; a duration on the rolling clock.")
    clock: Literal["calendar", "rolling"] = Field(description="`calendar`: since the day, week or month began; `rolling`: in the time just before.")
    zone: Literal["project", "contact"] = Field("project", description="Whose calendar days.")

    @model_validator(mode="after")
    def _clock_fits(self) -> "Cap":
        if (self.clock == "calendar") != isinstance(self.per, str):
            raise ValueError("`per` does not fit the clock|write `day`, `week` or `month` with `calendar`, a duration such as `7 days` with `rolling`")
        return self


class Guards(Section):
    """Entries far outside a scenario's usual range hold it until released."""

    max_factor: float = Field(10.0, gt=1, description="Entries of a tick may be this many times the most of the past 28 days.")
    min_entries: int = Field(500, ge=1, description="Fewer entries than this never trip the guard.")


class HoldoutSettings(Section):
    """Contacts who get no marketing at all, to measure what marketing brings."""

    share: float = Field(0.0, ge=0, le=0.5, description="Share of addresses, 0.05 is 5 %.")


class AlertSettings(Section):
    """
    Who is told when a run fails, and once a day, by the daily run, of what is held back: quarter-hour runs hold in silence. Addresses and URLs, no secrets.
    """

    webhook_env: str = Field("", description="Environment variable holding the URL that alerts are posted to.")
    email_to: str = Field("", description="Address that alerts are mailed to, where messages may reach people.")
    smtp_sender: str = Field("", description="Name of the smtp sender that carries alert mail.")


class SendingSettings(Section):
    """Which warehouse may send to people. A clone makes one with another name, and mails nobody."""

    warehouse: str = Field("", description="Name of the warehouse that owns this project's sending; the first live run says what to write here.")


class SampleSettings(Section):
    """The sample shop that `relance demo` makes up."""

    contacts: int = Field(3_000, ge=50, description="Contacts made up.")
    seed: int = Field(7, description="The same seed makes the same shop, byte for byte.")
    start: date = Field(date(2026, 9, 14), description="First day the demo plays; two years of history lie before it.")
    days: int = Field(8, ge=1, description="Days the demo plays.")


class Settings(Section):
    """A whole project."""

    project: ProjectSettings
    schedule: ScheduleSettings
    shop: ShopSettings
    links: LinkSettings = LinkSettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    sources: list[SourceSettings] = Field(min_length=1)
    senders: list[Annotated[SenderSettings, Field(discriminator="kind")]] = Field(min_length=1)
    params: dict[Name, int | float] = Field(default_factory=dict, description="Thresholds that segments share: `param('lapsed_days')`.")
    lead_score: LeadScoreSettings = LeadScoreSettings()
    bought_together: BoughtTogetherSettings = BoughtTogetherSettings()
    attributes: dict[Name, AttributeSettings] = Field(default_factory=dict)
    offers: dict[Name, OfferSettings] = Field(default_factory=dict)
    audiences: dict[Name, AudienceSettings] = Field(default_factory=dict)
    caps: list[Cap] = Field(default_factory=list)
    guards: Guards = Guards()
    holdout: HoldoutSettings = HoldoutSettings()
    alerts: AlertSettings = AlertSettings()
    sending: SendingSettings = SendingSettings()
    sample: SampleSettings = SampleSettings()

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Settings":
        declared: dict[str, list[str]] = {
            "source": [source.name for source in self.sources],
            "sender": [sender.name for sender in self.senders],
            "cap": [cap.name for cap in self.caps],
            "channel with two senders": [channel for sender in self.senders for channel in sender.channels],
        }
        for kind, names in declared.items():
            if doubles := {name for name in names if names.count(name) > 1}:
                raise ValueError(f"{kind} `{min(doubles)}` is declared twice")
        return self

    @model_validator(mode="after")
    def _one_lead_score_threshold(self) -> "Settings":
        if "lead_score_threshold" in self.params:
            raise ValueError("`params.lead_score_threshold` is set by `lead_score.threshold`|keep that one")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.project.timezone)

    @property
    def attribute_types(self) -> dict[str, str]:
        """The SQL type of each declared attribute."""
        return {name: TYPES[attribute.type] for name, attribute in self.attributes.items()}

    @property
    def thresholds(self) -> dict[str, int | float]:
        """What `param('…')` gives: the params, and the threshold of the lead score as `lead_score_threshold`."""
        return {**self.params, "lead_score_threshold": self.lead_score.threshold}


class Project(BaseModel):
    """A project's folder and its settings: what almost every function is given."""

    model_config = ConfigDict(frozen=True)
    root: Path
    settings: Settings

    @property
    def segments_folder(self) -> Path:
        return self.root / "segments_sql"

    @property
    def scenarios_folder(self) -> Path:
        return self.root / "scenarios"

    @property
    def messages_folder(self) -> Path:
        return self.scenarios_folder / "messages"

    @property
    def state_folder(self) -> Path:
        """Where everything a run writes lives; never in git."""
        return self.warehouse_path.parent

    @property
    def previews_folder(self) -> Path:
        """Where pages of messages are written that name real contacts."""
        return self.state_folder / "previews"

    @property
    def warehouse_path(self) -> Path:
        return self.root / self.settings.warehouse.path

    @property
    def read_copy_path(self) -> Path:
        return self.warehouse_path.with_name("read_copy.duckdb")
