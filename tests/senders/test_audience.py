"""People as the platforms know them: the values and hashes that their own documentation gives as examples."""

from hashlib import sha256
from pathlib import Path

import pytest

from senders.audience import FORMATS, Person, Platform, discard, draft, erase, publish


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


# Published with their hashes: customer information parameters of Meta; list of supported ids of TikTok, which takes plain columns.
META_EMAIL = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"
META_PHONE = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"
META_NAMES = {
    "Mary": "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec",
    "정": "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14",
    "Valéry": "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c",
}
META_US = "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621"
JANE = "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"


@pytest.mark.parametrize(
    ("platform", "person", "kind", "expected"),
    [
        pytest.param("meta", Person(email=" John_Smith@gmail.com "), "email", META_EMAIL, id="Meta: address"),
        pytest.param("meta", Person(phone="(650)555-1212", country="US"), "phone", META_PHONE, id="Meta: number of the country"),
        pytest.param("meta", Person(phone="+1 650 555 1212"), "phone", META_PHONE, id="Meta: international number"),
        pytest.param("meta", Person(email="cloudy.sanfrancisco@gmail.com"), "email", digest("cloudy.sanfrancisco@gmail.com"), id="Meta: points stay"),
        pytest.param("csv", Person(email="JaneDoe@gmail.com"), "email", JANE, id="plain: address"),
        pytest.param("csv", Person(phone="(657)777-0000", country="US"), "phone", digest("+16577770000"), id="plain: number"),
        pytest.param("google", Person(email="cloudy.sanfrancisco+shopping@gmail.com"), "email", digest("cloudysanfrancisco@gmail.com"), id="Google: Gmail"),
        pytest.param("google", Person(email="Cloudy.SanFrancisco@GoogleMail.com"), "email", digest("cloudysanfrancisco@googlemail.com"), id="Google: its other name"),
        pytest.param("google", Person(email="user.name+NYC@Example.com"), "email", digest("user.name+nyc@example.com"), id="Google: others keep points and plus"),
        pytest.param("google", Person(phone="(800)555-0100", country="US"), "phone", digest("+18005550100"), id="Google: number"),
    ],
)  # fmt: skip
def test_an_address_is_hashed_as_its_platform_says(platform: Platform, person: Person, kind: str, expected: str) -> None:
    assert FORMATS[platform].addresses(person) == {kind: expected}


@pytest.mark.parametrize("phone", ["", "0612345678", "12", "hello", "+999 1"])
def test_what_cannot_be_a_number_is_left_out(phone: str) -> None:
    assert FORMATS["google"].addresses(Person(phone=phone)) == {}


@pytest.mark.parametrize("name", META_NAMES)
def test_meta_gets_where_somebody_lives_by_hash(name: str) -> None:
    person = Person("john_smith@gmail.com", "", name, "O'Brien-Smith", "US", "94025-1234")
    home = [META_NAMES[name], digest("obriensmith"), META_US, digest("94025")]
    assert FORMATS["meta"].added(person, home=True) == [META_EMAIL, "", *home]
    assert FORMATS["meta"].headings(home=True) == ["email", "phone", "fn", "ln", "country", "zip"]
    assert FORMATS["meta"].added(Person(country="GB", postcode="M1 1AE", first_name="a", last_name="b"), home=True)[-1] == digest("m11ae")


def test_google_gets_country_and_postcode_in_the_open_and_names_by_hash() -> None:
    person = Person("test@example.com", "", " Zoë  Ann ", "Pérez-O'Hara", "sg", "=WC2H 8LG")
    home = [digest("zoë ann"), digest("pérezohara"), "SG", "WC2H 8LG"]
    assert FORMATS["google"].added(person, home=True) == [digest("test@example.com"), "", *home]
    assert FORMATS["google"].headings(home=True) == ["Email", "Phone", "First Name", "Last Name", "Country", "Zip"]


@pytest.mark.parametrize("missing", ["first_name", "last_name", "country", "postcode"])
def test_part_of_an_address_is_kept_to_oneself(missing: str) -> None:
    known = {"email": "test@example.com", "first_name": "Ann", "last_name": "Lee", "country": "FR", "postcode": "44000"}
    assert FORMATS["google"].added(Person(**{**known, missing: ""}), home=True) == [digest("test@example.com"), "", "", "", "", ""]


def test_an_address_is_taken_out_in_its_column() -> None:
    assert FORMATS["google"].removed("phone", "h") == ["", "h"]
    assert FORMATS["google"].headings() == ["Email", "Phone"]


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out" / "buyers-00001-adds-2026-01-05.csv"
    assert draft(path, ["a", "b"], iter([["1", "2"], ["3", "4"]])) == 2
    assert not path.exists()
    publish(path)
    publish(path)
    assert path.read_text() == "a,b\n1,2\n3,4\n"
    assert draft(path.with_name("buyers-00002-adds-2026-01-05.csv"), ["a"], []) == 0
    draft(path.with_name("buyers-00003-adds-2026-01-05.csv"), ["a"], [["1"]])
    discard(path.parent, "buyers")
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_draft_that_was_just_begun_keeps_nobody_from_being_forgotten(tmp_path: Path) -> None:
    (tmp_path / "buyers-00001-adds-2026-01-05.csv.part").touch()
    (tmp_path / "buyers-00002-adds-2026-01-06.csv.part").write_text("Email,Phone\nh,\nother,\n")
    assert erase(tmp_path, "buyers", {"h"}) == 1
