"""The regions: each with its clock, its calendar and its departments."""

from zoneinfo import ZoneInfo

from workflows.calendars import CALENDARS
from workflows.regions import DEPARTMENTS, REGIONS

OVERSEAS = {
    "01": "America/Guadeloupe",
    "02": "America/Martinique",
    "03": "America/Cayenne",
    "04": "Indian/Reunion",
    "06": "Indian/Mayotte",
}
METROPOLE = {"11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94"}


def test_the_regions_of_the_insee_list_on_their_clock():
    assert set(REGIONS) == METROPOLE | OVERSEAS.keys()
    assert all(REGIONS[code].zones == ("Europe/Paris",) for code in METROPOLE)
    assert {code: REGIONS[code].zones[0] for code in OVERSEAS} == OVERSEAS


def test_every_zone_and_calendar_exists():
    for region in REGIONS.values():
        assert all(ZoneInfo(zone) for zone in region.zones)
        assert set(region.calendars) <= CALENDARS.keys()
    assert {calendar for region in REGIONS.values() for calendar in region.calendars} == set(CALENDARS)


def test_the_departments_of_nouvelle_aquitaine():
    assert REGIONS["75"].departments == tuple("16 17 19 23 24 33 40 47 64 79 86 87".split())  # noqa: SIM905


def test_each_department_is_in_one_region():
    codes = [code for region in REGIONS.values() for code in region.departments]
    assert len(codes) == len(set(codes))
    metropole = {code for key in METROPOLE for code in REGIONS[key].departments}
    assert metropole == ({f"{n:02}" for n in range(1, 96)} - {"20"}) | {"2A", "2B"}
    assert {"975", "988"} <= DEPARTMENTS
