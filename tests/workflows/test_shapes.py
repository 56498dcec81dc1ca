"""One definition for call files, inputs and stored facts: what goes out comes back, what is wrong is told at once."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from workflows.calls.sources import Origin, Sourced
from workflows.money.differences import Difference
from workflows.money.gains import GainedEuros, GainedThirtieths
from workflows.shapes import dump, load, schema_of


class Colour(StrEnum):
    SAFRAN = "safran"
    INDIGO = "indigo"
    GARANCE = "garance"


@dataclass(frozen=True, slots=True)
class Petal:
    name: str
    length: Decimal
    colour: Colour = Colour.SAFRAN


@dataclass(frozen=True, slots=True)
class Flower:
    name: str
    petals: tuple[Petal, ...]
    count: int
    wild: bool
    share: Fraction
    price: Decimal
    seen_on: date
    noted_at: datetime
    pair: tuple[int, str]
    colours: frozenset[Colour]
    heights: Mapping[str, Fraction]
    rate: Sourced[Fraction]
    kinds: Sourced[tuple[Colour, ...]]
    main: Petal | None
    note: str | None
    nick: str = field(default="", metadata={"longest": 12})

    def __post_init__(self) -> None:
        if self.count > 900:
            raise ValueError("Trop de fleurs : comptez-les mieux.")


FLOWER: dict[str, Any] = {
    "name": "capucine",
    "petals": [{"name": "haut", "length": "1.50"}, {"name": "bas", "length": "2", "colour": "indigo"}],
    "count": 5,
    "wild": True,
    "share": "1/3",
    "price": "3 249,79 €",
    "seen_on": "2024-06-14",
    "noted_at": "2024-06-10T14:12:00+02:00",
    "pair": [2, "trois"],
    "colours": ["indigo", "garance"],
    "heights": {"tige": "0,5"},
    "rate": {"value": "50 %", "rule": "NA-17"},
    "kinds": {"unknown": True, "rule": "NA-29"},
}


def refusals(data: Any, shape: type[Any] = Flower) -> dict[str, str]:
    """The messages of a refusal by path, spaces made ordinary; fails when nothing is refused."""
    with pytest.raises(ValidationError) as caught:
        load(shape, data)
    return dict(_flat(caught.value.messages, ""))


def _flat(messages: Any, path: str):
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, path if key == "_schema" else f"{path}.{key}".removeprefix("."))
    else:
        yield path, "\n".join(messages).replace("\u202f", " ").replace("\u00a0", " ")


def one_refusal(name: str, value: Any) -> str:
    """The message for one wrong member, which must be the only one."""
    found = refusals({**FLOWER, name: value})
    assert len(found) == 1, found
    path, message = found.popitem()
    assert "\n" not in message
    assert path.split(".")[0] == name
    return message


def test_every_kind_of_value_is_read():
    flower = load(Flower, FLOWER)
    assert flower.petals == (Petal("haut", Decimal("1.50")), Petal("bas", Decimal("2.00"), Colour.INDIGO))
    assert (flower.share, flower.price, flower.pair) == (Fraction(1, 3), Decimal("3249.79"), (2, "trois"))
    assert flower.noted_at == datetime(2024, 6, 10, 12, 12, tzinfo=UTC)
    assert flower.noted_at.tzinfo is UTC
    assert flower.colours == {Colour.INDIGO, Colour.GARANCE}
    assert flower.heights == {"tige": Fraction(1, 2)}
    assert flower.rate == Sourced(Fraction(1, 2), Origin.PRINTED, "NA-17")
    assert flower.kinds == Sourced(None, Origin.UNKNOWN, "NA-29")
    assert (flower.main, flower.note, flower.nick) == (None, None, "")


def test_the_values_toml_gives_are_read_without_a_binary_float():
    text = "count = 5\nprice = 3249.79\nshare = 0.5\nseen_on = 2024-06-14\nnoted_at = 2024-06-10T14:12:00+02:00"
    read = tomllib.loads(text, parse_float=Decimal)
    assert load(Flower, {**FLOWER, **read}) == load(Flower, {**FLOWER, "share": "1/2"})


# What goes out comes back.

names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30).filter(
    lambda t: t.strip() == t
)
amounts = st.integers(0, 10**11 - 1).map(lambda cents: Decimal(cents).scaleb(-2))
shares = st.fractions(0, 10**6 - 1, max_denominator=10**9)
days = st.dates(date(1900, 1, 2), date(2200, 12, 30))
zones = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
instants = st.datetimes(datetime(1900, 1, 3), datetime(2200, 12, 29), timezones=zones)  # noqa: DTZ001  # bounds
petals = st.builds(Petal, names, amounts, st.sampled_from(Colour))


def sourced(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Sourced[Any]]:
    known = st.sampled_from([origin for origin in Origin if origin is not Origin.UNKNOWN])
    notes = st.none() | names
    return st.builds(Sourced, values, known, names, notes) | st.builds(
        Sourced, st.none(), st.just(Origin.UNKNOWN), names, notes
    )


flowers = st.builds(
    Flower,
    name=names,
    petals=st.lists(petals, max_size=3).map(tuple),
    count=st.integers(0, 900),
    wild=st.booleans(),
    share=shares,
    price=amounts,
    seen_on=days,
    noted_at=instants,
    pair=st.tuples(st.integers(0, 10**9 - 1), names),
    colours=st.frozensets(st.sampled_from(Colour)),
    heights=st.dictionaries(names, shares, max_size=3),
    rate=sourced(shares),
    kinds=sourced(st.lists(st.sampled_from(Colour)).map(tuple)),
    main=st.none() | petals,
    note=st.none() | names,
    nick=names.filter(lambda text: len(text) <= 12),
)


@given(flowers)
def test_what_is_dumped_is_loaded_again(flower):
    plain = json.loads(json.dumps(dump(flower)))
    assert load(Flower, plain) == flower
    assert dump(load(Flower, plain)) == plain


def test_dumped_data_keeps_the_order_of_the_members_and_says_what_is_absent():
    plain = dump(load(Flower, FLOWER))
    assert list(plain)[:3] == ["name", "petals", "count"]
    assert plain["note"] is None
    assert plain["price"] == "3249.79"
    assert plain["colours"] == ["garance", "indigo"]
    assert plain["rate"] == {"value": "1/2", "rule": "NA-17"}
    assert plain["kinds"] == {"unknown": True, "rule": "NA-29"}


# What is wrong is told, in French, with its place.


def _short(value: object) -> str:
    """A readable id of a parameter, monsters included."""
    huge = isinstance(value, int) and value.bit_length() > 64
    return "huge" if huge else ascii(str(value)[:16])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("name", 12, "Un texte est attendu"),
        ("name", "   ", "Ce texte est vide"),
        ("name", "a\x00b", "caractère de contrôle"),
        ("name", "cloche\x07", "caractère de contrôle"),
        ("name", "échappement\x1b[31m", "caractère de contrôle"),
        ("name", "ancien\x85", "caractère de contrôle"),
        ("name", "moitié \ud83d", "caractère de contrôle"),
        ("name", None, "ne peut pas être vide"),
        ("name", "x" * 10_000_000, "10000000 caractères, 4000 au plus"),
        ("nick", "treize lettres", "14 caractères, 12 au plus"),
        ("note", "x" * 4001, "4001 caractères"),
        ("count", True, "nombre entier"),
        ("count", 5.0, "nombre entier"),
        ("count", "5.0", "nombre entier"),
        ("count", "٥", "nombre entier"),
        ("count", "9" * 41, "nombre entier"),
        ("count", "9" * 10_000_000, "nombre entier"),
        ("count", -1, "positif"),
        ("count", 10**9, "sous un milliard"),
        ("count", 1 << 100_000, "sous un milliard"),
        ("wild", 1, "true (oui) ou false (non)"),
        ("wild", "true", "true (oui) ou false (non)"),
        ("price", 3249.79, "Un montant en euros est attendu"),
        ("price", True, "Un montant en euros est attendu"),
        ("price", "1e3", "Un montant en euros est attendu"),
        ("price", "1_000", "Un montant en euros est attendu"),
        ("price", "١٢", "Un montant en euros est attendu"),
        ("price", "-5", "Un montant en euros est attendu"),
        ("price", "", "Un montant en euros est attendu"),
        ("price", "9" * 10_000_000, "Un montant en euros est attendu"),
        ("price", Decimal("-0.01"), "positif"),
        ("price", Decimal("NaN"), "positif"),
        ("price", Decimal("sNaN"), "positif"),
        ("price", Decimal("Infinity"), "positif"),
        ("price", Decimal("1e999999"), "sous un milliard"),
        ("price", Decimal(10**9), "sous un milliard"),
        ("price", 1 << 100_000, "sous un milliard"),
        ("price", Decimal("1e-999999"), "deux décimales"),
        ("price", "3249.791", "deux décimales"),
        ("share", 0.5, "Une part est attendue"),
        ("share", False, "Une part est attendue"),
        ("share", "1/0", "Une part est attendue"),
        ("share", "moitié", "Une part est attendue"),
        ("share", "1e999999", "Une part est attendue"),
        ("share", "%", "Une part est attendue"),
        ("share", "1/" + "3" * 10_000_000, "Une part est attendue"),
        ("share", Decimal("1e999999"), "raisonnable"),
        ("share", Decimal("1e-999999"), "raisonnable"),
        ("share", Decimal("NaN"), "raisonnable"),
        ("share", Decimal("-1"), "raisonnable"),
        ("share", 1 << 100_000, "raisonnable"),
        ("share", "1/9999999999", "raisonnable"),
        ("seen_on", "14/06/2024", "Une date est attendue"),
        ("seen_on", "2024-W24-5", "Une date est attendue"),
        ("seen_on", "2024-02-30", "Une date est attendue"),
        ("seen_on", "x" * 10_000_000, "Une date est attendue"),
        ("seen_on", 20240614, "Une date est attendue"),
        ("seen_on", datetime(2024, 6, 14, tzinfo=UTC), "Une date est attendue"),
        ("seen_on", "1899-12-31", "hors du calendrier"),
        ("seen_on", date(2201, 1, 1), "hors du calendrier"),
        ("noted_at", "2024-06-10T14:12:00", "doit porter son décalage"),
        ("noted_at", "hier", "Un instant est attendu"),
        ("noted_at", "x" * 10_000_000, "Un instant est attendu"),
        ("noted_at", 1718020320, "Un instant est attendu"),
        ("noted_at", date(2024, 6, 10), "Un instant est attendu"),
        ("noted_at", "0001-01-01T00:00:00+14:00", "hors du calendrier"),
        ("noted_at", "1900-01-01T00:00:00+02:00", "hors du calendrier"),
        ("noted_at", "9999-12-31T23:59:59-14:00", "hors du calendrier"),
        ("petals", "haut", "Une liste est attendue"),
        ("petals", {"name": "haut"}, "Une liste est attendue"),
        ("main", [], "Une table de clés et de valeurs"),
        ("heights", ["tige"], "Une table de clés et de valeurs"),
        ("heights", {"tige": "1", "tige ": "2"}, "Deux clés de cette table"),
        ("pair", [1], "Une liste de 2 valeurs"),
        ("pair", "ab", "Une liste de 2 valeurs"),
        ("colours", ["indigo", "indigos"], "Vouliez-vous écrire « indigo » ?"),
        ("colours", ["vert"], "Valeurs possibles : safran, indigo, garance."),
        ("colours", [3], "parmi : safran, indigo, garance."),
        ("colours", ["i" * 10_000_000], "Valeurs possibles"),
    ],
    ids=_short,
)
def test_a_wrong_value_is_told(name, value, words):
    assert words in one_refusal(name, value)


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ("50 %", "rate", "La valeur doit dire sa source"),
        ({"value": "50 %"}, "rate", "Donnez une source, et une seule"),
        ({"value": "50 %", "rule": "NA-17", "law": "CRPA"}, "rate", "Donnez une source, et une seule"),
        ({"rule": "NA-17"}, "rate", "Donnez la valeur (value = …)"),
        ({"value": "moitié", "rule": "NA-17"}, "rate.value", "Une part est attendue"),
        ({"value": None, "rule": "NA-17"}, "rate.value", "ne peut pas être vide"),
        ({"value": "50 %", "rule": ""}, "rate.rule", "Ce texte est vide"),
        ({"value": "50 %", "rule": 17}, "rate.rule", "Un texte est attendu"),
        ({"value": "50 %", "rule": "NA-17", "note": "\x00"}, "rate.note", "caractère de contrôle"),
        ({"value": "50 %", "rul": "NA-17"}, "rate.rul", "Vouliez-vous écrire « rule » ?"),
        ({"valeur": "50 %", "rule": "NA-17"}, "rate.valeur", "Vouliez-vous écrire « value » ?"),
        ({"unknown": True, "value": "50 %", "rule": "NA-17"}, "rate", "ne porte pas de valeur"),
        ({"unknown": False, "rule": "NA-17"}, "rate", "Écrivez unknown = true"),
        ({"unknown": True, "default": "A25"}, "rate", "cite la règle qui constate le silence"),
    ],
)
def test_a_value_must_say_where_it_comes_from(value, path, words):
    found = refusals({**FLOWER, "rate": value})
    assert list(found) == [path]
    assert words in found[path]


@pytest.mark.parametrize("key", ["rule", "law", "default", "choice", "complement"])
def test_the_key_of_the_source_is_its_origin(key):
    rate = load(Flower, {**FLOWER, "rate": {"value": 1, key: "X"}}).rate
    assert rate.origin is {"rule": Origin.PRINTED}.get(key) or rate.origin.value == key


def test_an_unknown_key_is_refused_with_a_suggestion():
    assert refusals({**FLOWER, "nicks": ""}) == {"nicks": "Clé inconnue : « nicks ». Vouliez-vous écrire « nick » ?"}
    found = refusals({**FLOWER, "zzz": 1})["zzz"]
    assert found.startswith("Clé inconnue : « zzz ». Clés possibles : colours, count,")


def test_a_misspelt_key_is_one_mistake():
    data = {key: value for key, value in FLOWER.items() if key != "price"}
    assert refusals({**data, "cost": "3"})["price"] == "Valeur manquante : donnez-la."
    assert refusals({**data, "prise": "3"}) == {"prise": "Clé inconnue : « prise ». Vouliez-vous écrire « price » ?"}


def test_a_monstrous_key_is_shortened_and_printable():
    message = refusals({**FLOWER, "k" * 10_000_000 + "\x1b": 1}).popitem()[1]
    assert len(message) < 400
    assert message.isprintable()


def test_every_mistake_is_told_at_once():
    found = refusals(
        {
            "name": "",
            "petals": [{"name": "haut", "length": "x"}, {"length": 1, "colour": "vert", "odeur": 1}, 3],
            "count": "x",
            "wild": "x",
            "share": "x",
            "price": "x",
            "seen_on": "x",
            "noted_at": "x",
            "pair": ["x", 3],
            "colours": ["x"],
            "heights": {"tige": "x", "": "y"},
            "rate": {"value": "x", "rule": "", "note": 3, "odeur": 1},
            "main": {"name": 1, "length": 1},
            "odeur": 1,
        }
    )
    assert sorted(found) == sorted(
        """name petals.0.length petals.1.name petals.1.colour petals.1.odeur petals.2 count wild share price seen_on
        noted_at pair.0 pair.1 colours.0 heights.tige heights. rate.value rate.rule rate.note rate.odeur kinds
        main.name odeur""".split()  # noqa: SIM905  # a table of paths
    )


def test_what_the_dataclass_itself_refuses_is_told_at_its_place():
    assert refusals({**FLOWER, "count": 901}) == {"": "Trop de fleurs : comptez-les mieux."}
    assert refusals({"flower": {**FLOWER, "count": 901}}, Bunch) == {"flower": "Trop de fleurs : comptez-les mieux."}


@dataclass(frozen=True, slots=True)
class Bunch:
    flower: Flower


@pytest.mark.parametrize("data", [None, [], "capucine", 3, [FLOWER]])
def test_data_that_is_no_table_is_refused(data):
    assert "Une table de clés et de valeurs" in refusals(data)[""]


def test_messages_have_french_spaces():
    with pytest.raises(ValidationError) as caught:
        load(Flower, {**FLOWER, "colours": ["indigos"], "zzz": 1})
    assert isinstance(caught.value.messages, dict)
    assert caught.value.messages["colours"] == {
        0: ["Valeur inconnue\u00a0: «\u00a0indigos\u00a0». Vouliez-vous écrire «\u00a0indigo\u00a0»\u202f?"]
    }
    assert caught.value.messages["zzz"][0].startswith("Clé inconnue\u00a0: «\u00a0zzz\u00a0».")


def test_a_type_that_no_shape_can_describe_is_refused_when_the_schema_is_made():
    @dataclass
    class Odd:
        value: complex

    @dataclass
    class Either:
        value: int | str

    for shape in (Odd, Either):
        with pytest.raises(TypeError, match="a shape cannot describe"):
            schema_of(shape)


plain_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(plain_data)
def test_no_data_makes_it_fall(data):
    for name in FLOWER:
        try:
            load(Flower, {**FLOWER, name: data})
        except ValidationError as error:
            told = {key.split(".")[0] for key in dict(_flat(error.messages, ""))}
            if told - {name, ""}:
                pytest.fail(f"{name} = {data!r} is told at {told}")


@dataclass(frozen=True, slots=True)
class Bare:
    """Every kind of member, none of them required."""

    petals: tuple[Petal, ...] | None
    pair: tuple[int, str] | None
    heights: Mapping[str, Fraction] | None
    rate: Sourced[Fraction] | None
    share: Fraction | None
    price: Decimal | None
    seen_on: date | None
    noted_at: datetime | None
    colour: Colour | None
    main: Petal | None


def test_what_may_be_absent_is_none_both_ways():
    bare = load(Bare, {})
    assert bare == Bare(*[None] * 10)
    assert set(dump(bare).values()) == {None}
    assert load(Bare, dump(bare)) == bare


def test_values_already_made_pass():
    rate, day = Sourced(Fraction(1, 2), Origin.LAW, "CRPA"), date(2024, 6, 14)
    made = load(
        Bare, {"rate": rate, "share": Fraction(1, 3), "seen_on": day, "colour": Colour.INDIGO, "pair": (1, "a")}
    )
    assert (made.rate, made.share, made.seen_on, made.colour, made.pair) == (
        rate,
        Fraction(1, 3),
        day,
        Colour.INDIGO,
        (1, "a"),
    )


def test_a_form_gives_whole_numbers_as_text():
    assert load(Flower, {**FLOWER, "count": "24"}).count == 24


def test_a_text_that_may_be_absent_may_be_empty():
    assert load(Flower, {**FLOWER, "note": "  "}).note == ""


@dataclass(frozen=True, slots=True)
class Gains:
    months: tuple[Difference, ...]


GAINED = Difference(2024, 2, 1, GainedThirtieths(30), GainedEuros(Decimal("3249.79")))
LOST = Difference(2025, 11, 2, GainedThirtieths(-7), GainedEuros(Decimal("-0.05")))


@dataclass(frozen=True, slots=True)
class Bouquet:
    stems: int = field(metadata={"stored": "flowers"})


def test_a_member_may_keep_in_plain_data_the_key_it_was_stored_under():
    assert dump(Bouquet(3)) == {"flowers": 3}
    assert load(Bouquet, {"flowers": 3}) == Bouquet(3)
    with pytest.raises(ValidationError) as told:
        load(Bouquet, {"stems": 3})
    assert set(told.value.normalized_messages()) == {"stems", "flowers"}


def test_a_month_gained_or_lost_is_one_line():
    assert dump(Gains((GAINED, LOST))) == {"months": ["2024-02 1 30 3249.79", "2025-11 2 -7 -0.05"]}


@given(
    st.lists(
        st.builds(
            Difference,
            *(st.integers(1, 9999), st.integers(1, 12), st.integers(1, 99), st.integers(-30, 30)),
            st.decimals(Decimal("-99999999.99"), Decimal("99999999.99"), places=2),
        ),
        max_size=3,
    )
)
def test_months_gained_or_lost_come_back(months):
    assert load(Gains, json.loads(json.dumps(dump(Gains(tuple(months)))))) == Gains(tuple(months))


@pytest.mark.parametrize(
    "value",
    [
        *("2024-13 1 30 1.00", "2024-00 1 30 1.00", "2024-02 1 31 1.00", "2024-02 1 30 1.0", "2024-02 1 30 NaN"),
        *("2024-02 1 30 1.00\n", "2024-02 1 30", "", 12, None, {"year": 2024}),
    ],
)
def test_a_month_that_cannot_be_read_is_told(value):
    with pytest.raises(ValidationError):
        load(Gains, {"months": [value]})
