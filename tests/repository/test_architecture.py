"""Who may import whom, and who may ask for the time."""

from __future__ import annotations

import pytest

from pytest_cloudfakes.api import Service
from pytest_cloudfakes.services import FAKED, service_class

# What stands for time, chance or concurrency, and the few modules whose business that is.
RESTRICTED = {
    "time": {"clock.py", "freezers.py", "interception/", "locks.py"},
    "random": {"ids.py", "schedule.py"},
    "secrets": set(),
    "uuid.uuid1": set(),
    "uuid.uuid4": set(),
    "threading": {"clock.py", "pending.py", "interception/", "front_door/", "locks.py", "outside.py"},
    "asyncio": {"awaiting.py", "tasks.py", "http_targets.py", "interception/", "front_door/"},
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


def reached(imports, module):
    return {name for name in imports if name == module or name.startswith(module + ".")}


def importers(modules, *imported, for_types=False):
    """The modules that import any of these, for annotations alone only when that counts."""
    return {
        module.path
        for module in modules
        if any(reached(module.imports(for_types=for_types), name) for name in imported)
    }


@pytest.fixture(scope="session")
def services(modules):
    """The modules of the services."""
    return [module for module in modules if module.path.count("/") >= 2 and module.path.startswith("services/")]


@pytest.mark.parametrize("restricted", RESTRICTED)
def test_time_chance_and_threads_stay_where_they_belong(modules, restricted):
    allowed = RESTRICTED[restricted]
    assert {path for path in importers(modules, restricted) if not within(path, allowed)} == set()


def test_the_time_of_day_is_read_by_the_clock_alone(modules):
    readers = {module.path for module in modules if module.attribute_uses() & READS_OF_REAL_TIME}
    assert {path for path in readers if not within(path, RESTRICTED["time"])} == set()


def test_boto3_is_never_imported(modules):
    assert importers(modules, "boto3", for_types=True) == set()


def test_pytest_is_imported_by_the_plugin_alone(modules):
    assert importers(modules, "pytest", "_pytest") <= {"plugin.py", "report.py"}


def test_services_know_nothing_of_the_rooms_around_them(services):
    rooms = [f"pytest_cloudfakes.{room}" for room in OUTER_ROOMS]
    assert importers(services, *rooms) == set()


def test_services_reach_each_other_through_the_cloud_only(services):
    for module in services:
        own = "pytest_cloudfakes.services." + module.path.split("/")[1]
        imports = module.imports(for_types=True)
        assert reached(imports, "pytest_cloudfakes.services") <= reached(imports, own), module.path


def test_state_machines_know_neither_botocore_nor_http(services):
    machines = [module for module in services if not module.path.endswith(DOORS)]
    assert importers(machines, "botocore", "http", "urllib.request", "urllib3", "requests") == set()


def test_functions_can_be_read_at_once(modules):
    assert {f"{module.path}: {name}" for module in modules for name, lines in module.functions() if lines > 60} == set()


def test_files_are_split_by_noun(modules):
    assert {module.path for module in modules if module.lines() > 600} == set()


@pytest.mark.parametrize("name", FAKED)
def test_a_service_is_declared_with_the_name_that_botocore_uses(name):
    service = service_class(name)
    assert issubclass(service, Service)
    assert service.name == name
