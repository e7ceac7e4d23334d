"""The benchmarks can be run. How fast anything is, no test says."""

from __future__ import annotations

import json
import subprocess
import sys

import botocore.session
import pytest


def test_the_benchmarks_measure_what_they_are_asked_for(root, tmp_path):
    if not (root / "benchmarks").is_dir():
        pytest.skip("the benchmarks come with a checkout only")
    if botocore.session.Session().get_service_model("sqs").metadata["protocol"] != "json":
        pytest.skip("the benchmarks' server speaks JSON, and this botocore the older protocol")
    results = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only", "sqs-calls", "--json", results]

    finished = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    assert finished.returncode == 0, finished.stderr
    rows = json.loads(results.read_text(encoding="utf-8"))["rows"]
    assert {row["comparison"] for row in rows} == {"sqs-calls"}
    assert all(row["ratio"] > 0 and row["title"] in finished.stdout for row in rows)


def test_an_unknown_benchmark_is_answered_with_those_that_exist(root):
    if not (root / "benchmarks").is_dir():
        pytest.skip("the benchmarks come with a checkout only")
    command = [sys.executable, "-m", "benchmarks", "--only", "nothing"]

    finished = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    assert finished.returncode == 2
    assert "sqs-calls" in finished.stderr
