"""Charts as they are shown: the picture inside a piece of markdown."""

import re
import xml.etree.ElementTree as ET
from urllib.parse import unquote


def picture(markdown: str) -> ET.Element:
    """Return the root of the SVG that *markdown* shows."""
    found = re.search(r"svg\+xml,(.*)>\)$", markdown)
    assert found is not None
    return ET.fromstring(unquote(found[1]))
