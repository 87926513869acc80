"""Contacts: addresses in one form, and what is no address costs the contact nothing but the address."""

import pytest

from tests.sources.shop import OpenShop

NOTE = ": the contact is kept without it"


def one(open_shop: OpenShop, column: str, text: str, country: str = "") -> tuple[str | None, list[str]]:
    """Load one contact whose *column* holds *text*; return what became of it, and what was noted."""
    shop = open_shop(table="contacts", delimiter=";", quote="")
    columns = {"contact_id": "c1", "country": country, column: text}
    shop.write("a.csv", f"{';'.join(columns)}\n{';'.join(columns.values())}\n")
    load = shop.load()
    assert (load.inserted, load.rejected) == (1, 0)
    return shop.rows(column)[0][0], [reason for _, reason in shop.refused()]


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Jean.DUPONT@Mail.Example ", "jean.dupont@mail.example"),
        ("o'neil+a@b.co", "o'neil+a@b.co"),
        ("x@xn--caf-dma.example", "x@xn--caf-dma.example"),
        ("info@Müller.example", "info@xn--mller-kva.example"),
        ("A@例子.example", "a@xn--fsqu00a.example"),
        ("", None),
    ],
)
def test_an_email_is_trimmed_and_in_lower_case(open_shop: OpenShop, text: str, email: str | None) -> None:
    assert one(open_shop, "email", text) == (email, [])


@pytest.mark.parametrize(
    "text",
    [
        "jean",
        "jean@mail",
        "@mail.example",
        "a b@mail.example",
        "a@mail..example",
        ".a@mail.example",
        "a..b@mail.example",
        "a@-mail.example",
        "a@mail.example>",
        "Jean <a@b.example>",
        "a@b@c.example",
        "a@mail.example, b@mail.example",
        "a@mail.1",
        f"{'a' * 65}@mail.example",
    ],
)
def test_what_is_no_email_is_left_out_and_noted(open_shop: OpenShop, text: str) -> None:
    assert one(open_shop, "email", text) == (None, [f"invalid email `{text}`{NOTE}"])


def test_letters_beyond_ascii_before_the_at_are_said(open_shop: OpenShop) -> None:
    why = " (letters beyond ASCII before the @, which few mail servers take)"
    assert one(open_shop, "email", "jürgen@mail.example") == (None, [f"invalid email `jürgen@mail.example`{why}{NOTE}"])
    assert one(open_shop, "email", "jürgen@müller.example") == (None, [f"invalid email `jürgen@müller.example`{why}{NOTE}"])


def test_a_domain_that_no_mail_can_go_to_is_said(open_shop: OpenShop) -> None:
    why = " (The part after the @-sign is a special-use or reserved name that cannot be used with email)"
    assert one(open_shop, "email", "zoe@intranet.local") == (None, [f"invalid email `zoe@intranet.local`{why}{NOTE}"])


@pytest.mark.parametrize(
    ("text", "country", "phone"),
    [
        ("+33 6 12 34 56 78", "", "+33612345678"),
        ("0033612345678", "", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("+33 (0)6 12-34-56-78", "", "+33612345678"),
        ("612345678", "FR", "+33612345678"),
        ("020 7946 0958", "UK", "+442079460958"),
        ("06 698 12345", "IT", "+3906 69812345".replace(" ", "")),
        ("(415) 555-0100", "US", "+14155550100"),
        ("1-415-555-0100", "ca", "+14155550100"),
        ("0170/1234567", "DE", "+491701234567"),
        ("912 345 678", "ES", "+34912345678"),
        ("06 30 123 4567", "HU", "+36301234567"),
        ("06 1234 5678", "JP", "+81612345678"),
        ("0412 345 678", "AU", "+61412345678"),
    ],
)
def test_a_phone_becomes_international(open_shop: OpenShop, text: str, country: str, phone: str) -> None:
    assert one(open_shop, "phone", text, country) == (phone, [])


@pytest.mark.parametrize(
    ("text", "country"),
    [("06 12 34 56 78", ""), ("12", "FR"), ("+33 6 12 34 56 78 90 12 34", ""), ("call me", "FR"), ("+0612345678", "")],
)
def test_what_is_no_phone_is_left_out_and_noted(open_shop: OpenShop, text: str, country: str) -> None:
    assert one(open_shop, "phone", text, country) == (None, [f"invalid phone `{text}`{NOTE}"])


@pytest.mark.parametrize(
    ("text", "locale"), [("fr_FR", "fr-FR"), ("FR-ca", "fr-CA"), ("en", "en"), ("fr_FR.UTF-8", "fr-FR"), ("zh-Hans-CN", "zh-CN"), ("de_DE@euro", "de-DE")]
)
def test_a_locale_has_one_form(open_shop: OpenShop, text: str, locale: str) -> None:
    assert one(open_shop, "locale", text) == (locale, [])


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("locale", "français", "invalid locale"),
        ("country", "France", "invalid country"),
        ("timezone", "Europe/Atlantis", "invalid timezone"),
        ("timezone", "+02:00", "invalid timezone"),
        ("timezone", "Etc/GMT-2", "invalid timezone"),
    ],
)
def test_an_unknown_word_is_left_out_and_noted(open_shop: OpenShop, column: str, text: str, said: str) -> None:
    assert one(open_shop, column, text) == (None, [f"{said} `{text}`{NOTE}"])


@pytest.mark.parametrize(("text", "country"), [("fr", "FR"), (" GB", "GB"), ("UK", "GB"), ("EL", "GR")])
def test_a_country_is_two_capital_letters(open_shop: OpenShop, text: str, country: str) -> None:
    assert one(open_shop, "country", text) == (country, [])


def test_notes_do_not_count_as_refused_rows(open_shop: OpenShop) -> None:
    shop = open_shop(table="contacts", max_reject_rate=0)
    shop.write("a.csv", "contact_id,email,timezone\nc1,nobody,Europe/Paris\nc2,a@b.example,Mars/Olympus\n")
    load = shop.load()
    assert (load.inserted, load.rejected, load.status) == (2, 0, "fresh")
    assert shop.refused() == [(2, f"invalid email `nobody`{NOTE}"), (3, f"invalid timezone `Mars/Olympus`{NOTE}")]
    assert shop.warehouse.rows("select row from raw.rejects order by line") == [
        ('{"contact_id":"c1","email":"nobody"}',),
        ('{"contact_id":"c2","timezone":"Mars/Olympus"}',),
    ]


def test_zones_of_contacts_are_in_the_calendar(open_shop: OpenShop) -> None:
    shop = open_shop(table="contacts")
    shop.write("a.csv", "contact_id,timezone\nc1,Pacific/Auckland\nc2,Mars/Olympus\n")
    shop.load()
    assert shop.warehouse.value("select count(*) from calendar.zone_offsets where zone = 'Pacific/Auckland'") > 100
