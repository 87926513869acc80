"""How much HTML a message may have. Sizes are those of its UTF-8 bytes; 1 kB is 1,024 of them."""

CLIPPED = 102
"""Gmail shows so many kB and hides the rest behind a link, and with it whatever stands at the end: the way out."""
LARGEST = 1024
"""More is a loop gone astray or an image in the text: servers and programs refuse or choke on it at sizes of their own."""


def kilobytes(html: str) -> int:
    """Return the size of *html* in kB, rounded up."""
    return -(-len(html.encode()) // 1024)
