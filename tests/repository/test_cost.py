"""Who has the plugin installed and doesn't use it pays nothing."""

from __future__ import annotations

import pytest

EXPENSIVE = ("botocore", "boto3", "wrapt", "freezegun", "sortedcontainers")


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Only this plugin, so that what another one imports isn't held against it."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


def test_a_run_without_the_fixtures_imports_nothing_expensive(pytester):
    pytester.makepyfile(
        f"""
        import sys

        def test_nothing_of_ours():
            assert [name for name in {EXPENSIVE} if name in sys.modules] == []
        """
    )
    result = pytester.runpytest_subprocess("-p", "pytest_cloudfakes.plugin", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_importing_the_package_imports_nothing_expensive(pytester):
    script = pytester.makepyfile(
        f"""
        import sys
        import pytest_cloudfakes

        loaded = [name for name in {(*EXPENSIVE, "pytest", "hypothesis")} if name in sys.modules]
        assert loaded == [], loaded
        """
    )
    assert pytester.runpython(script).ret == 0


def test_the_plugin_is_found_without_being_asked_for(pytester, monkeypatch):
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    pytester.makepyfile(
        """
        def test_registered(pytestconfig):
            assert pytestconfig.pluginmanager.hasplugin("cloudfakes")
        """
    )
    pytester.runpytest_subprocess("-p", "no:asyncio").assert_outcomes(passed=1)
