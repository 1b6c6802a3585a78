"""The package as it is installed: its metadata, its dependencies and where it is imported from."""

from __future__ import annotations

import configparser
import importlib.metadata
import importlib.resources
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import sixmm

ROOT = Path(__file__).parent.parent
RUNTIME = {"attrs", "cattrs", "requests", "websocket-client"}

installed = pytest.mark.skipif(
    not os.environ.get("SIXMM_TEST_INSTALLED"), reason="runs under tox, against the wheel"
)


def config(name: str) -> configparser.ConfigParser:
    """Return one of the project's configuration files."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / name, encoding="utf-8")
    return parser


def lines(parser: configparser.ConfigParser, section: str, option: str) -> list[str]:
    """Return the entries of an option that holds one a line."""
    text = parser.get(section, option)
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def name_of(requirement: str) -> str:
    """Return the name of the package that a requirement asks for."""
    return re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0]


def lower_bound(requirement: str) -> tuple[int, ...]:
    """Return the lowest version that a requirement accepts."""
    found = re.search(r">=([\d.]+)", requirement)
    assert found is not None, f"{requirement} has no lower bound"
    return tuple(map(int, found[1].split(".")))


class TestSetup:
    """What ``setup.cfg`` says."""

    def test_four_dependencies(self) -> None:
        """The package needs four others, each with a lower bound, and never the broken release."""
        requires = lines(config("setup.cfg"), "options", "install_requires")

        assert {name_of(line) for line in requires} == RUNTIME
        assert all(lower_bound(line) for line in requires)
        assert any("!=1.9.1" in line for line in requires if "websocket-client" in line)

    def test_demo_is_sim_and_cli(self) -> None:
        """The demonstration needs what the embedded exchange and the command line need."""
        setup = config("setup.cfg")
        sim, cli, demo = (
            set(lines(setup, "options.extras_require", name)) for name in ("sim", "cli", "demo")
        )

        assert demo == sim | cli

    def test_lowest_versions_are_the_tested_ones(self) -> None:
        """``tox run -e min`` tests exactly the lower bounds that are declared."""
        setup = config("setup.cfg")
        declared = [
            *lines(setup, "options", "install_requires"),
            *lines(setup, "options.extras_require", "demo"),
        ]
        pins = dict(
            line.split("==")
            for line in lines(config("tox.ini"), "testenv:min", "deps")
            if "==" in line
        )

        for requirement in declared:
            bound = lower_bound(requirement)
            tested = tuple(map(int, pins[name_of(requirement)].split(".")))
            assert tested[: len(bound)] == bound
            assert not any(tested[len(bound) :]), f"{requirement} is tested with another release"

    def test_pyproject_only_names_the_build(self) -> None:
        """There is one place for settings; ``pyproject.toml`` only says how to build."""
        headings = re.findall(r"(?m)^\[.+\]$", (ROOT / "pyproject.toml").read_text())

        assert headings == ["[build-system]"]


class TestMetadata:
    """What the installed distribution says about itself."""

    @pytest.fixture
    def metadata(self) -> importlib.metadata.Distribution:
        """Return the installed distribution, or skip where tests run from the sources."""
        try:
            return importlib.metadata.distribution("sixmm")
        except importlib.metadata.PackageNotFoundError:
            pytest.skip("sixmm is not installed")

    def test_version(self, metadata: importlib.metadata.Distribution) -> None:
        """The version in the code is the version of the distribution."""
        assert metadata.version == sixmm.__version__

    def test_version_is_in_the_changelog(self) -> None:
        """Users find what changed: the changelog has the version, or what is unreleased."""
        text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

        assert f"## [{sixmm.__version__}]" in text or "## [Unreleased]" in text

    def test_command(self, metadata: importlib.metadata.Distribution) -> None:
        """Installing the package installs its command."""
        scripts = {e.name: e.value for e in metadata.entry_points if e.group == "console_scripts"}

        assert scripts == {"sixmm": "sixmm.cli:main"}

    def test_extras(self, metadata: importlib.metadata.Distribution) -> None:
        """The documented extras exist."""
        extras = set(metadata.metadata.get_all("Provides-Extra") or ())

        assert extras == {"cli", "demo", "dev", "fast", "sim"}

    @installed
    def test_only_the_package_is_installed(self, metadata: importlib.metadata.Distribution) -> None:
        """Neither tests nor documentation end up among other packages."""
        tops = {
            file.parts[0]
            for file in metadata.files or ()
            if ".." not in file.parts and not file.parts[0].endswith(".dist-info")
        }

        assert tops == {"sixmm"}


class TestInstalled:
    """Under tox the tests run against the wheel, not the sources."""

    def test_typed(self) -> None:
        """Type checkers are told that the package has types."""
        assert (importlib.resources.files("sixmm") / "py.typed").is_file()

    @installed
    def test_imported_from_site_packages(self) -> None:
        """``import sixmm`` in a test is what a user gets."""
        assert Path(sixmm.__file__).is_relative_to(sysconfig.get_path("purelib"))

    @installed
    def test_programs_import_it_from_there_too(self) -> None:
        """A program that a test starts does not fall back to the sources."""
        program = "import sixmm; print(sixmm.__file__)"
        result = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
        )

        assert Path(result.stdout.strip()).is_relative_to(sysconfig.get_path("purelib"))

    def test_every_module_file_is_shipped(self) -> None:
        """The wheel has every module of the sources."""
        if not (ROOT / "sixmm").is_dir():
            pytest.skip("the sources are not here")
        here = Path(sixmm.__file__).parent

        def modules(folder: Path) -> set[str]:
            return {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}

        assert modules(here) == modules(ROOT / "sixmm")
