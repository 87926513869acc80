"""What the settings of every API have in common, and the session that they open."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

from pydantic import Field

from senders.credentials import read_secret
from senders.http import Access, is_safe, opened
from senders.json_api import Bound, JsonApi, basic
from senders.lookup import looked_up
from senders.message import Lost, Session
from senders.pace import PacedSettings

SOME_NEED = ("username", "domain", "stream", "template_id")
"""Settings that only some providers have."""


class HttpSettings(PacedSettings):
    """How requests are made."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,47}$", description="The sender's name, in lineage and the send ledger.")
    ca_file: Path | None = Field(None, description="Certificates to trust instead of the usual ones, relative to the project.")
    timeout: float = Field(30, gt=0, le=600, description="Seconds to wait for the connection, and for each piece of the answer.")

    def require_one(self, first: str, second: str) -> None:
        """Raise ValueError unless exactly one of two settings is given."""
        if bool(getattr(self, first)) == bool(getattr(self, second)):
            raise ValueError(f"give one of `{first}` and `{second}`")

    def require_safe(self, name: str, carried: str) -> None:
        """Raise ValueError where the setting *name* is an address that what is *carried* may not travel to."""
        if (url := getattr(self, name)) and not is_safe(url):
            raise ValueError(f"`{name}` is no address that {carried} may travel to|write https:// and no user or password")

    def opened(self, access: Callable[[], Access], root: Path) -> AbstractContextManager[Session]:
        """Open a session with what *access* finds, as `senders.http.opened` says."""
        return opened(access, self.timeout, root / self.ca_file if self.ca_file else None)


class ApiSettings(HttpSettings):
    """Where an API is and how one is let in."""

    region: Literal["", "eu", "us"] = Field("", description="Where the account lives, with providers that keep several places apart.")
    base_url: str = Field("", description="Another address of the API: your own server, a proxy, a test. Encrypted, unless on this machine.")
    api_key_env: str = Field("", description="Environment variable that holds the API key.")
    api_key_file: Path | None = Field(None, description="File that holds the API key, relative to the project.")

    def check(self, provider: str, api: JsonApi) -> None:
        """Raise ValueError where the settings do not fit the provider, or where its key would not be safe."""
        given = {name for name in (*SOME_NEED, "base_url") if getattr(self, name, None)}
        for name in sorted(api.needs - given):
            raise ValueError(f"{provider} needs `{name}`")
        for name in sorted(given - api.needs - api.takes - {"base_url"}):
            raise ValueError(f"`{name}` is no setting of {provider}|remove it")
        if self.region not in (*api.regions, ""):
            known = " or ".join(f"`{region}`" for region in api.regions if region)
            raise ValueError(f"{provider} has no region `{self.region}`|{f'write {known}, or leave it out' if known else 'leave it out'}")
        self.require_one("api_key_env", "api_key_file")
        self.require_safe("base_url", "a key")

    def session(self, bound: Bound, root: Path, username: str) -> AbstractContextManager[Session]:
        """Open a session with an API; without its key the session is closed."""
        return self.opened(lambda: self._access(bound, root, username), root)

    def looked_up(self, bound: Bound, root: Path, username: str, lost: Sequence[Lost]) -> Iterator[tuple[str, str]] | None:
        """Ask an API for messages whose answer was lost, as `senders.message.Answers` says."""
        if not bound.api.lookup:
            return None
        ca_file = root / self.ca_file if self.ca_file else None
        return looked_up(lambda: self._access(bound, root, username), bound.api.lookup, bound.settings, lost, timeout=self.timeout, ca_file=ca_file)

    def _access(self, bound: Bound, root: Path, username: str) -> Access:
        secret = read_secret(self.api_key_env, self.api_key_file, root)
        login = basic(username, secret)
        headers = {name: value.format(secret=secret, basic=login) for name, value in bound.api.headers.items()}
        return Access(bound, self.base_url or bound.api.regions[self.region], headers, (secret, login))
