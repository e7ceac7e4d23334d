"""Who may import whom, and who may ask for the time."""

from __future__ import annotations

import pytest

from pytest_cloudfakes.api import Service
from pytest_cloudfakes.services import FAKED, service_class

# What stands for time, chance or concurrency, and the few modules whose business that is.
RESTRICTED = {
    "time": {"clock.py", "freezers.py", "interception/"},
    "random": {"ids.py", "schedule.py"},
    "secrets": set(),
    "uuid.uuid1": set(),
    "uuid.uuid4": set(),
    "threading": {"clock.py", "cloud.py", "pending.py", "interception/"},
    "asyncio": {"clock.py", "interception/"},
    "sched": set(),
    "multiprocessing": set(),
}
READS_OF_REAL_TIME = {
    f"{prefix}{name}"
    for prefix, names in {
        "datetime.": ("now", "utcnow", "today"),
        "datetime.datetime.": ("now", "utcnow", "today"),
        "datetime.date.": ("today",),
        "date.": ("today",),
    }.items()
    for name in names
}
OUTER_ROOMS = ("plugin", "cloud", "interception", "protocols", "report")
DOORS = ("operations.py", "views.py", "__init__.py")


def within(path, places):
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


def reaches(imports, module):
    return {name for name in imports if name == module or name.startswith(module + ".")}


@pytest.mark.parametrize("restricted", RESTRICTED)
def test_time_chance_and_threads_stay_where_they_belong(module, restricted):
    if not within(module.path, RESTRICTED[restricted]):
        assert not reaches(module.imports(), restricted), f"{module} is not among {sorted(RESTRICTED[restricted])}"


def test_the_time_of_day_is_read_by_the_clock_alone(module):
    if not within(module.path, RESTRICTED["time"]):
        assert not module.attribute_uses() & READS_OF_REAL_TIME


def test_boto3_is_never_imported(module):
    assert not reaches(module.imports(for_types=True), "boto3")


def test_pytest_is_imported_by_the_plugin_alone(module):
    if module.path not in {"plugin.py", "report.py"}:
        assert not reaches(module.imports(), "pytest")
        assert not reaches(module.imports(), "_pytest")


def test_the_plugin_is_cheap_to_import(module):
    if module.path == "plugin.py":
        for costly in ("botocore", "wrapt", "freezegun", "hypothesis"):
            assert not reaches(module.top_level_imports(), costly)


def test_services_know_nothing_of_the_rooms_around_them(module):
    if module.path.startswith("services/"):
        for room in OUTER_ROOMS:
            assert not reaches(module.imports(), f"pytest_cloudfakes.{room}")


def test_services_reach_each_other_through_the_cloud_only(module):
    if module.path.count("/") >= 2 and module.path.startswith("services/"):
        own = f"pytest_cloudfakes.services.{module.path.split('/')[1]}"
        strangers = reaches(module.imports(for_types=True), "pytest_cloudfakes.services") - reaches(
            module.imports(for_types=True), own
        )
        assert not strangers


def test_state_machines_know_neither_botocore_nor_http(module):
    if module.path.startswith("services/") and not module.path.endswith(DOORS):
        for stranger in ("botocore", "http", "urllib.request", "urllib3", "requests"):
            assert not reaches(module.imports(), stranger)


def test_functions_are_short_enough_to_be_read_at_once(module):
    assert [name for name, lines in module.functions() if lines > 60] == []


def test_files_are_split_by_noun(module):
    assert module.lines() < 600


@pytest.mark.parametrize("name", FAKED)
def test_a_service_is_declared_with_the_name_that_botocore_uses(name):
    service = service_class(name)
    assert issubclass(service, Service)
    assert service.name == name
