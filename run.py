#!/usr/bin/env python3
"""Run the example or the tests from a fresh checkout; needs Python 3.10 or newer with pip, and nothing else.

    python3 run.py example      the order service of examples/orders: its tests, then what happened when
    python3 run.py tests        the whole test suite; more arguments go to pytest: run.py tests -k fifo -x

The first run makes a virtual environment in `.venv` beside this file and installs the project into it; later
runs start at once. Nothing is installed outside the checkout. To begin anew, delete `.venv`.
"""

# Written so that an old Python gets as far as the sentence that tells its user so.
from __future__ import print_function

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 10)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11", "python3.10")
HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "cloudfakes-installed")


def main(arguments):
    command = arguments[0] if arguments else None
    if command not in COMMANDS:
        print(__doc__.strip())
        return 0 if command in ("-h", "--help") else 2
    if sys.version_info < OLDEST:
        return with_a_newer_python(arguments)
    try:
        environment()
    except subprocess.CalledProcessError as error:
        return "run.py: this step of the set-up failed: %s" % " ".join(error.cmd)
    try:
        return COMMANDS[command](arguments[1:])
    except KeyboardInterrupt:
        return 130


def example(arguments):
    """A project of its own with its own configuration, as a user's would be."""
    return subprocess.call([PYTHON, "-m", "pytest"] + arguments, cwd=os.path.join(HERE, "examples", "orders"))


def tests(arguments):
    return subprocess.call([PYTHON, "-m", "pytest", "-n", "auto"] + arguments, cwd=HERE)


COMMANDS = {"example": example, "tests": tests}


def with_a_newer_python(arguments):
    """Start again under a Python that is new enough, where there is one."""
    for name in NEWER:
        python = shutil.which(name) if hasattr(shutil, "which") else None
        if python and succeeds(python, "-c", "import pip"):
            return subprocess.call([python, os.path.abspath(__file__)] + arguments)
    here = "%d.%d" % sys.version_info[:2]
    return "run.py: this is Python " + here + "; start it with Python 3.10 or newer."


# ---- the virtual environment ----


def environment():
    """Make `.venv` ready: at once if it is, by repairing or making it if not."""
    if ready():
        return
    if not usable():
        say("making a virtual environment in .venv")
        import venv

        # Without pip: Debian's Python has the venv module but not always ensurepip, and fails over it.
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=False).create(VENV)
    if not succeeds(PYTHON, "-c", "import pip"):
        bring_pip()
    say("installing the project and what its tests need (once)")
    install("--upgrade", "pip>=25.1")  # reads dependency groups
    install("--group", os.path.join(HERE, "pyproject.toml") + ":test", "--editable", HERE)
    with open(STAMP, "w") as stamp:
        stamp.write(wanted())


def ready():
    try:
        with open(STAMP) as stamp:
            return stamp.read() == wanted() and usable()
    except OSError:
        return False


def wanted():
    """What the environment was made from: when it changes, the installation is repeated."""
    with open(os.path.join(HERE, "pyproject.toml"), "rb") as pyproject:
        return hashlib.sha256(pyproject.read() + HERE.encode()).hexdigest()


def usable():
    check = "import sys; sys.exit(sys.version_info < %r or sys.prefix == sys.base_prefix)" % (OLDEST,)
    return succeeds(PYTHON, "-c", check)


def bring_pip():
    """Put pip into the environment: the interpreter's own copy, else by the pip of this Python."""
    if succeeds(PYTHON, "-m", "ensurepip"):
        return
    site = subprocess.check_output([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", site.decode().strip(), "pip"]
    # Settings of the user that are right elsewhere and would refuse this.
    subprocess.check_call(command, env=dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0"))


def succeeds(*command):
    try:
        with open(os.devnull, "w") as nowhere:
            return subprocess.call(command, stdout=nowhere, stderr=nowhere) == 0
    except OSError:
        return False


def install(*what):
    subprocess.check_call([PYTHON, "-m", "pip", "install", "--quiet"] + list(what), env=dict(os.environ, PIP_USER="0"))


def say(text):
    print("run.py: " + text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
