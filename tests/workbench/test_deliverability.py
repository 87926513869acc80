"""What `relance check` says of e-mail that would not reach the inbox."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelines.workbench.check import check
from tests.workbench.test_check_bad_files import HERE, lay_out

SMTP = 'kind = "smtp"\nhost = "mail.lilas.example"\nbounce_address = "{}"\nchannels = ["email"]\n'


def said(root: Path, changes: Mapping[str, str]) -> list[tuple[str, str]]:
    settings = lay_out(HERE / "sound", root) / "relance.toml"
    text = settings.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    settings.write_text(text, encoding="utf-8")
    return [(problem.severity, problem.text) for problem in check(root)]


@pytest.mark.parametrize(
    ("shop", "bounces", "aligned"),
    [
        ("lilas.example", "lilas.example", True),
        ("lilas.example", "bounces.lilas.example", True),
        ("news.lilas.example", "Bounces.Lilas.example", True),
        ("mail.lilas.co.uk", "lilas.co.uk", True),
        ("lilas.example", "mailer.example", False),
        ("lilas.co.uk", "mailer.co.uk", False),
        ("lilas.example", "notlilas.example", False),
    ],
)
def test_bounces_go_to_the_registered_domain_that_people_see(shop: str, bounces: str, aligned: bool, tmp_path: Path) -> None:
    changes = {'email = "hello@lilas.example"': f'email = "hello@{shop}"', 'kind = "files"\nchannels = ["email", "sms"]\n': SMTP.format(f"b@{bounces}")}
    found = [text for _, text in said(tmp_path, changes) if "SPF" in text]
    assert found == ([] if aligned else [f"bounces go to {bounces.lower()}, and `shop.email` is of {shop}: SPF vouches for another domain than people see"])


@pytest.mark.parametrize(
    ("domain", "free"),
    [("gmail.com", True), ("yahoo.fr", True), ("Yahoo.co.uk", True), ("orange.fr", True), ("gmail.lilas.example", False), ("orange.example", False)],
)
def test_an_address_where_anybody_has_one_is_a_warning(domain: str, free: bool, tmp_path: Path) -> None:
    found = [each for each in said(tmp_path, {"hello@lilas.example": f"hello@{domain}"}) if "forged" in each[1]]
    assert found == ([("warning", f"`shop.email` is an address of {domain.lower()}: mail from it that others send is taken for forged")] if free else [])
