"""The headers by which streams of marketing mail are told apart."""

import pytest

from pipelines.messages.bulk_headers import bulk_headers


@pytest.mark.parametrize(
    ("project", "sender", "topic", "stream", "feedback"),
    [
        ("tilleul", "bonjour@tilleul.example", "promotions", "promotions.tilleul.tilleul.example", "promotions:tilleul:tilleulexample"),
        ("my_shop", "a@x.fr", "new_things", "new-things.my-shop.x.fr", "new_things:my_shop:xfr00"),
        ("shop", "a@newsletter.a-long-name.example", "news", "news.shop.newsletter.a-long-name.example", "news:shop:newslettera-lon"),
        ("ete", "a@été.example", "news", "news.ete.xn--t-9fab.example", "news:ete:xn--t-9fabexamp"),
    ],
    ids=["a shop", "a short domain", "a long domain", "a domain beyond ascii"],
)
def test_a_stream_is_named_by_project_topic_and_domain(project: str, sender: str, topic: str, stream: str, feedback: str) -> None:
    found = bulk_headers(project, sender, topic, "welcome/hello")
    assert found == {"List-Id": f"<{stream}>", "Feedback-ID": f"welcome/hello:{feedback}"}
    assert 5 <= len(found["Feedback-ID"].rpartition(":")[2]) <= 15
