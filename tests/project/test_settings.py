"""A `relance.toml` that cannot be used says why, line by line; nothing in it is guessed."""

from pathlib import Path

import pytest

from pipelines.errors import BadFiles
from pipelines.settings_file import load_project
from tests.settings_text import HEAD

GOOD = (
    HEAD
    + """\
[[sources]]
name = "orders"
table = "orders"
path = "orders.csv"
format = "csv"

[[senders]]
name = "files"
kind = "files"
channels = ["email"]

[[caps]]
name = "week"
at_most = 3
per = "7 days"
clock = "rolling"
"""
)
APPLE = 'bundle_id = "a.b"\nteam_id = "C86NV9JX3D"\nkey_id = "8YL3G3RRW7"'


def refusal(root: Path, content: bytes) -> str:
    (root / "relance.toml").write_bytes(content)
    with pytest.raises(BadFiles) as bad:
        load_project(root)
    return str(bad.value)


CASES = [
    pytest.param(
        "timezone =", "timezon =", ["1: `project.timezone` is missing", "3: unknown setting `project.timezon`|did you mean `timezone`?"], id="unknown key"
    ),
    pytest.param("[[caps]]", "[[cap]]", ["26: unknown setting `cap`|did you mean `caps`?"], id="unknown table"),
    pytest.param(
        'format = "csv"',
        'format = "csv"\nstale_afer = "2 days"',
        ["20: unknown setting `sources[orders].stale_afer`|did you mean `stale_after`?"],
        id="unknown key of a source",
    ),
    pytest.param(
        'channels = ["email"]',
        'channels = ["email"]\nfoldr = "out"',
        ["25: unknown setting `senders[files].foldr`|did you mean `folder`?"],
        id="unknown key of a sender",
    ),
    pytest.param(
        "Europe/Paris", "Europe/Pari", ["3: `project.timezone`: `Europe/Pari` is not a time zone name|did you mean `Europe/Paris`?"], id="unknown time zone"
    ),
    pytest.param(
        "Europe/Paris", "Etc/GMT+1", ["3: `project.timezone`: `Etc/GMT+1` is not a time zone name|did you mean `Etc/UTC`?"], id="zone whose sign misleads"
    ),
    pytest.param('per = "7 days"', 'per = "7 dyas"', ["29: `caps[week].per`: `7 dyas` is not a duration: write for example `30 minutes`"], id="not a duration"),
    pytest.param(
        'per = "7 days"',
        'per = "week"',
        ["26: `caps[week]`: `per` does not fit the clock|write `day`, `week` or `month` with `calendar`, a duration"],
        id="clock that does not fit",
    ),
    pytest.param(
        'kind = "files"',
        'kind = "pigeon"',
        ["21: `senders[files].kind`: `pigeon` is none of apns, call_list, files, http_email, http_sms, mobile_push, ses, smtp, web_push, webhook"],
        id="unknown kind of sender",
    ),
    pytest.param('kind = "files"\n', "", ["21: `senders[files].kind` is missing"], id="no kind of sender"),
    pytest.param(
        '["email"]',
        '["sms", "emial"]',
        ["24: `senders[files].channels[2]`: `emial` is none of email, sms, push, webhook, call_list|did you mean `email`?"],
        id="unknown channel",
    ),
    *(
        pytest.param('kind = "files"', f'kind = "http_email"\n{lines}', [f"21: `senders[files]`: {said}"], id=id)
        for id, lines, said in [
            ("API without a key", 'provider = "brevo"', "give one of `api_key_env` and `api_key_file`"),
            ("API with two keys", 'provider = "brevo"\napi_key_env = "KEY"\napi_key_file = "key"', "give one of `api_key_env` and `api_key_file`"),
            ("API that needs more", 'provider = "mailgun"\napi_key_env = "KEY"', "mailgun needs `domain`"),
            ("API with a setting of another", 'provider = "brevo"\napi_key_env = "KEY"\nstream = "x"', "`stream` is no setting of brevo|remove it"),
            ("region that is none", 'provider = "sendgrid"\napi_key_env = "KEY"\nregion = "us"', "sendgrid has no region `us`|write `eu`, or leave it out"),
            ("provider without regions", 'provider = "brevo"\napi_key_env = "KEY"\nregion = "eu"', "brevo has no region `eu`|leave it out"),
            (
                "key in the clear",
                'provider = "brevo"\napi_key_env = "KEY"\nbase_url = "http://api.example"',
                "`base_url` is no address that a key may travel to|write https:// and no user or password",
            ),
        ]
    ),
    *(
        pytest.param('kind = "files"\nchannels = ["email"]', f'kind = "{kind}"\n{lines}', [f"`senders[files]{said}"], id=id)
        for id, kind, lines, said in [
            ("browsers without a key", "web_push", 'subject = "mailto:a@b.example"', "`: give one of `private_key_env` and `private_key_file`"),
            ("browsers told nobody to write to", "web_push", 'private_key_env = "KEY"', ".subject` is missing"),
            ("app without an account", "mobile_push", 'project = "maison"', "`: give one of `service_account_env` and `service_account_file`"),
            (
                "token in the clear",
                "mobile_push",
                'service_account_env = "KEY"\nbase_url = "http://fcm.example"',
                "`: `base_url` is no address that a token may travel to|write https:// and no user or password",
            ),
            ("Apple without a key", "apns", APPLE, "`: give one of `private_key_env` and `private_key_file`"),
            ("Apple without a team", "apns", 'bundle_id = "a.b"\nkey_id = "8YL3G3RRW7"\nprivate_key_env = "KEY"', ".team_id` is missing"),
            (
                "Apple in the clear",
                "apns",
                f'{APPLE}\nprivate_key_env = "KEY"\nbase_url = "http://apns.example"',
                "`: `base_url` is no address that a token may travel to|write https:// and no user or password",
            ),
            ("region of another cloud", "ses", 'region = "europe"', ".region`"),
            ("SES in the clear", "ses", 'endpoint_url = "http://ses.example"', ".endpoint_url`"),
        ]
    ),
    pytest.param(
        'kind = "files"', 'kind = "http_email"\nprovider = "brvo"', ["24: `senders[files].provider`: `brvo` is none of brevo"], id="provider nobody knows"
    ),
    pytest.param(
        'kind = "files"\nchannels = ["email"]',
        'kind = "http_email"\nprovider = "brevo"\napi_key_env = "KEY"\nchannels = ["sms"]',
        ["26: `senders[files].channels[1]`: `sms` is none of email"],
        id="channel that the sender does not carry",
    ),
    pytest.param('name = "week"\n', "", ["26: `caps[1].name` is missing"], id="cap without a name, counted from one"),
    pytest.param("[[caps]]", '[params]\nfiles = "x"\n\n[[caps]]', ["27: `params.files`: "], id="parameter named as a kind of sender"),
    pytest.param(
        'name = "Shop"',
        'name = "Shop"\ncart_url = "https://x.example/{cart}"\norder_url = "/orders/{order_id}"',
        [
            "11: `shop.cart_url`: `{cart}` is not filled in here|write `{cart_id}`",
            "12: `shop.order_url`: `/orders/{order_id}` is no web address|begin it with `https://`",
        ],
        id="pages of the shop",
    ),
    pytest.param(
        "[[caps]]",
        '[attributes.a]\nactivity = "visited"\n[attributes.b]\nvalue = "url"\n[attributes.c]\nwhere = "true"\n[attributes.d]\ntype = "word"\n[[caps]]',
        [
            "26: `attributes.a`: `activity` without `value`: what is answered?|write both, or neither where the contacts file alone says it",
            "28: `attributes.b`: `value` without `activity`: of which activity?|write both, or neither where the contacts file alone says it",
            "30: `attributes.c`: `where` without `activity`: of which activity?|write `activity` and `value` too",
            "33: `attributes.d.type`: `word` is none of text, number, date, boolean",
        ],
        id="attributes half said",
    ),
    pytest.param('name = "Shop"', "name = ", ["10: Invalid value|see https://toml.io for how TOML is written"], id="not TOML"),
    pytest.param('name = "files"', 'name = "files"\nname = "more"', ["23: Cannot overwrite a value"], id="key written twice"),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_settings_that_cannot_be_used_are_refused_with_their_line(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    assert old in GOOD
    found = refusal(tmp_path, GOOD.replace(old, new, 1).encode())
    for words in said:
        assert words.replace("|", "\n  hint: ") in found.replace("relance.toml:", "")


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = GOOD + '\n[[senders]]\nname = "more"\nkind = "files"\nchannels = ["email"]\n'
    assert "channel with two senders `email` is declared twice" in refusal(tmp_path, twice.encode())


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, GOOD.replace("Shop", "Café").encode("latin-1")).startswith("relance.toml: is not UTF-8 text (")


def test_the_settings_all_cases_start_from_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "relance.toml").write_text(GOOD, encoding="utf-8")
    assert load_project(tmp_path).settings.project.name == "shop"
