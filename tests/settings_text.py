"""The part of a `relance.toml` that every project has, for tests that are about the rest."""

HEAD = """\
[project]
name = "shop"
timezone = "Europe/Paris"
currency = "EUR"

[schedule]
start = 2026-01-01

[shop]
name = "Shop"
url = "https://shop.example"
address = "1 rue du Port, Nantes"
email = "shop@shop.example"

"""
