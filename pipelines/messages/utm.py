"""The utm_ parameters by which web analytics tell where a visit came from: added to links that lead to the shop."""

import re
from dataclasses import dataclass, replace
from html import escape, unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

ATTRIBUTE = r"""\s+[^\s=>/"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?"""
HREF = re.compile(rf"""(<a(?:{ATTRIBUTE})*?\s+href\s*=\s*)(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>\"'\[\]]*[^\s<>\"'\[\]().,;:!?*_»]", re.IGNORECASE)


@dataclass(frozen=True)
class Tags:
    """The parameters of one message, for links to `host` and what lies under it; addresses that begin with one of `left_alone` get none."""

    host: str
    parameters: tuple[tuple[str, str], ...]
    left_alone: tuple[str, ...]

    @property
    def common(self) -> "Tags":
        """The same for every contact."""
        return replace(self, left_alone=())

    def url(self, url: str) -> str:
        """Return *url* with the parameters it lacks, its own kept as they are, before the fragment; the same for what leads elsewhere."""
        if not self._leads_to_the_shop(url) or url.startswith(self.left_alone):
            return url
        page, mark, fragment = url.partition("#")
        path, _, query = page.partition("?")
        has = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
        added = urlencode({name: value for name, value in self.parameters if name not in has})
        query = "&".join(part for part in (query.rstrip("&"), added) if part)
        return f"{path}?{query}{mark}{fragment}" if added else url

    def html(self, html: str) -> str:
        """Return *html* with every link tagged; pictures, styles and words stay."""
        return HREF.sub(lambda found: f'{found[1]}"{escape(self.url(unescape(found[2] or found[3] or "")))}"', html)

    def text(self, text: str) -> str:
        """Return plain *text* with every address tagged."""
        return ADDRESS.sub(lambda found: self.url(found[0]), text)

    def _leads_to_the_shop(self, url: str) -> bool:
        if not url.lower().startswith(("http://", "https://")):
            return False
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return False
        return host == self.host or host.endswith(f".{self.host}")


def host_of(shop_url: str) -> str:
    """Return the domain of the shop, without `www`."""
    return (urlsplit(shop_url).hostname or "").removeprefix("www.")
