"""How much HTML a message may have. Sizes are those of its UTF-8 bytes; 1 kB is 1,024 of them."""

CLIPPED = 102
"""Gmail shows so many kB and hides the rest behind a link, and with it whatever stands at the end: the way out."""
LARGEST = 1024
"""More is a loop gone astray or an image in the text: servers and programs refuse or choke on it at sizes of their own."""


def kilobytes(html: str) -> int:
    """Return the size of *html* in kB, rounded up."""
    return -(-len(html.encode()) // 1024)


def is_too_large(html: str) -> bool:
    """Whether *html* has more than LARGEST kB: a sign takes 4 bytes at most, and to write all as bytes takes about as long as to fill in a page."""
    return len(html) > LARGEST * 1024 // 4 and kilobytes(html) > LARGEST
