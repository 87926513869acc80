"""People as the platforms know them: the values and hashes that their own documentation gives as examples."""

from hashlib import sha256
from pathlib import Path

import pytest

from senders.audience import FORMATS, Person, Platform, addresses, discard, draft, erase, kinds, publish, read

[GOOGLE], [META] = FORMATS["google"], FORMATS["meta"]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


# Published with their hashes: customer information parameters of Meta; list of supported ids of TikTok; customer list items of Microsoft.
META_EMAIL = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"
META_PHONE = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"
META_NAMES = {
    "Mary": "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec",
    "정": "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14",
    "Valéry": "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c",
}
META_US = "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621"
JANE = "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"
TIKTOK_PHONE = "65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4"
MICROSOFT_EMAIL = "f25ad364d33972379a7a4f4df33db142205f5c40eb19cfdb2fc5aaf117e10101"


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
        pytest.param("tiktok", Person(email="Jane Doe@gmail.com"), "email", JANE, id="TikTok: address"),
        pytest.param("tiktok", Person(phone="+37493828222"), "phone", TIKTOK_PHONE, id="TikTok: number"),
        pytest.param("pinterest", Person(email="Email1@Pinterest.com"), "email", digest("email1@pinterest.com"), id="Pinterest: address"),
        pytest.param("snapchat", Person(email=" Person@Example.com "), "email", digest("person@example.com"), id="Snapchat: address"),
        pytest.param("snapchat", Person(phone="0044 (0)844-412 4653", country="FR"), "phone", digest("448444124653"), id="Snapchat: number"),
        pytest.param("microsoft", Person(email="Test@contoso.com"), "email", MICROSOFT_EMAIL, id="Microsoft: address"),
        pytest.param("x", Person(email=" Support@X.com "), "email", digest("support@x.com"), id="X: address"),
    ],
)  # fmt: skip
def test_an_address_is_hashed_as_its_platform_says(platform: Platform, person: Person, kind: str, expected: str) -> None:
    assert addresses(platform, person) == {kind: expected}


@pytest.mark.parametrize(
    ("platform", "first_lines"),
    [
        ("google", [["Email", "Phone"]]), ("meta", [["email", "phone"]]), ("tiktok", [["Email_SHA256"], ["Phone_SHA256"]]), ("pinterest", [[]]),
        ("snapchat", [[], []]), ("microsoft", [["Email"]]), ("x", [[]]), ("csv", [["email_sha256", "phone_sha256"]]),
    ],
)  # fmt: skip
def test_a_file_begins_as_its_platform_says(platform: Platform, first_lines: list[list[str]]) -> None:
    assert [form.headings() for form in FORMATS[platform]] == first_lines


@pytest.mark.parametrize("platform", ["pinterest", "microsoft", "x"])
def test_a_number_is_nothing_to_a_platform_that_says_nothing_of_numbers(platform: Platform) -> None:
    assert kinds(platform) == ("email",)
    assert addresses(platform, Person(phone="+33612345678")) == {}


@pytest.mark.parametrize("platform", FORMATS)
class TestEveryPlatform:
    """What is true of the files of any platform."""

    ann = Person("ann@shop.example", "+33612345678", "Ann", "Lee", "FR", "44000")

    def test_nobody_can_be_read_in_a_line_and_every_line_is_as_long_as_the_first(self, platform: Platform) -> None:
        for form in FORMATS[platform]:
            for home in (False, True):
                line = form.person(self.ann, home=home)
                assert len(line) == len(form.headings(home=home) or line)
                assert not {"ann", "lee", "ann@shop.example", "+33612345678", "33612345678"} & {cell.lower() for cell in line}

    def test_each_kind_of_address_has_its_place_in_one_file_and_is_read_back_from_it(self, platform: Platform) -> None:
        known = addresses(platform, self.ann)
        assert tuple(known) == kinds(platform)
        assert len(set(known)) == len(kinds(platform))
        read_back: dict[str, str] = {}
        for form in FORMATS[platform]:
            read_back |= form.read(form.person(self.ann, home=True))
            assert form.read(form.headings(home=True)) == {}
            for kind in form.addresses:
                assert form.read(form.address(kind, known[kind])) == {kind: known[kind]}
        assert read_back == known

    def test_one_address_has_one_form_however_it_is_written(self, platform: Platform) -> None:
        others = (Person(" Ann@SHOP.example\n", "0033 6 12 34 56 78", country="FR"), Person("ANN@shop.example", "06.12.34.56.78", country="FR"))
        assert [addresses(platform, other) for other in others] == [addresses(platform, self.ann)] * 2

    def test_somebody_without_an_address_has_none(self, platform: Platform) -> None:
        assert addresses(platform, Person(first_name="Ann", country="FR", postcode="44000")) == {}

    def test_a_file_is_read_as_it_was_written(self, platform: Platform, tmp_path: Path) -> None:
        for form in FORMATS[platform]:
            path = tmp_path / "buyers-00001-adds-2026-01-05.csv"
            draft(path, form.headings(home=True), [form.person(self.ann, home=True)])
            publish(path)
            assert [cells for line in read(path) if (cells := form.read(line))] == [form.read(form.person(self.ann, home=False))]
            assert erase(tmp_path, "buyers", set(addresses(platform, self.ann).values())) == 1
            assert read(path) == list(filter(None, [form.headings(home=True)]))


@pytest.mark.parametrize("phone", ["", "0612345678", "12", "hello", "+999 1"])
def test_what_cannot_be_a_number_is_left_out(phone: str) -> None:
    assert addresses("google", Person(phone=phone)) == {}


@pytest.mark.parametrize("name", META_NAMES)
def test_meta_gets_where_somebody_lives_by_hash(name: str) -> None:
    person = Person("john_smith@gmail.com", "", name, "O'Brien-Smith", "US", "94025-1234")
    home = [META_NAMES[name], digest("obriensmith"), META_US, digest("94025")]
    assert META.person(person, home=True) == [META_EMAIL, "", *home]
    assert META.headings(home=True) == ["email", "phone", "fn", "ln", "country", "zip"]
    assert META.person(Person(country="GB", postcode="M1 1AE", first_name="a", last_name="b"), home=True)[-1] == digest("m11ae")


def test_google_gets_country_and_postcode_in_the_open_and_names_by_hash() -> None:
    person = Person("test@example.com", "", " Zoë  Ann ", "Pérez-O'Hara", "sg", "=WC2H 8LG")
    home = [digest("zoë ann"), digest("pérezohara"), "SG", "WC2H 8LG"]
    assert GOOGLE.person(person, home=True) == [digest("test@example.com"), "", *home]
    assert GOOGLE.headings(home=True) == ["Email", "Phone", "First Name", "Last Name", "Country", "Zip"]


@pytest.mark.parametrize("missing", ["first_name", "last_name", "country", "postcode"])
def test_part_of_an_address_is_kept_to_oneself(missing: str) -> None:
    known = {"email": "test@example.com", "first_name": "Ann", "last_name": "Lee", "country": "FR", "postcode": "44000"}
    assert GOOGLE.person(Person(**{**known, missing: ""}), home=True) == [digest("test@example.com"), "", "", "", "", ""]


def test_an_address_is_taken_out_in_its_column() -> None:
    assert GOOGLE.address("phone", "h") == ["", "h"]
    assert GOOGLE.headings() == ["Email", "Phone"]


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
