"""What is public is a decision, not an accident: the lists are true, every name is explained."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
import types

import pytest

import sixmm


def module_names() -> list[str]:
    """Return the names of all modules of the package."""
    found = pkgutil.walk_packages(sixmm.__path__, "sixmm.")
    return ["sixmm", *(m.name for m in found if not m.name.endswith("__main__"))]


def load(name: str) -> types.ModuleType:
    """Import a module, or skip where the optional package that it needs is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "sixmm":
            raise
        pytest.skip(f"needs {error.name}")


def untruthful(module: types.ModuleType) -> list[str]:
    """Return what is wrong with a module's ``__all__``: missing, unsorted, dead or left out."""
    own = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == module.__name__
    }
    listed = getattr(module, "__all__", None)
    if listed is None:
        # The __init__ of a folder that only says what the folder is for needs no list.
        return ["no __all__"] if own or not hasattr(module, "__path__") else []
    faults = [f"left out: {name}" for name in sorted(own - set(listed))]
    faults += [f"dead: {name}" for name in listed if not hasattr(module, name)]
    return faults if len(listed) == len(set(listed)) else [*faults, "a name occurs twice"]


def undocumented(module: types.ModuleType) -> list[str]:
    """Return the public classes, methods and functions of a module that explain nothing."""
    faults = [] if module.__doc__ else [module.__name__]
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if getattr(value, "__module__", None) != module.__name__:
            continue
        if (inspect.isclass(value) or inspect.isfunction(value)) and not value.__doc__:
            faults.append(f"{module.__name__}.{name}")
        for member, item in vars(value).items() if inspect.isclass(value) else ():
            plain = getattr(item, "__func__", getattr(item, "fget", item))
            if inspect.isfunction(plain) and not member.startswith("_") and not plain.__doc__:
                faults.append(f"{module.__name__}.{name}.{member}")
    return faults


class TestTop:
    """The names that ``import sixmm`` offers."""

    def test_all_equals_the_lazy_map(self) -> None:
        """Every listed name is imported on first use, and no other."""
        assert set(sixmm.__all__) - {"__version__"} == set(sixmm._HOMES)

    def test_all_is_sorted(self) -> None:
        """Each name occurs once, in order."""
        assert list(sixmm.__all__) == sorted(set(sixmm.__all__))

    @pytest.mark.parametrize("name", sorted(sixmm._HOMES))
    def test_every_name_resolves_to_its_home(self, name: str) -> None:
        """A name is the very object of the module that the map says, and that module lists it."""
        home = importlib.import_module(sixmm._HOMES[name], "sixmm")

        assert getattr(sixmm, name) is getattr(home, name)
        assert name in home.__all__

    def test_promised_names(self) -> None:
        """The names that documentation and users' programs rely on are there."""
        promised = {
            "AccountUpdate",
            "Client",
            "Connected",
            "DepthUpdate",
            "Disconnected",
            "Kline",
            "MarketTrade",
            "OrderTradeUpdate",
            "Overflow",
            "Resynced",
            "SixmmError",
            "Ticker",
            "Tickers",
            "UnknownEvent",
        }

        assert promised <= set(sixmm.__all__)

    def test_dir_lists_the_lazy_names(self) -> None:
        """Completion in a notebook shows what is there before it was used."""
        assert set(sixmm.__all__) <= set(dir(sixmm))

    def test_unknown_name(self) -> None:
        """A misspelt name is an AttributeError, as with any module."""
        with pytest.raises(AttributeError, match="no attribute 'Cleint'"):
            _ = sixmm.Cleint

    def test_star_import(self) -> None:
        """``from sixmm import *`` gives exactly the listed names."""
        names: dict[str, object] = {}
        exec("from sixmm import *", names)

        assert set(names) - {"__builtins__"} == set(sixmm.__all__)

    def test_import_is_cheap(self) -> None:
        """``import sixmm`` alone loads none of the packages that it depends on."""
        program = (
            "import sys, sixmm;"
            "print(sorted({'requests', 'websocket', 'attrs', 'attr', 'cattrs', 'aiohttp', 'click',"
            " 'rich', 'asyncio', 'ssl'} & set(sys.modules)))"
        )
        result = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
        )

        assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("name", module_names())
class TestEveryModule:
    """What holds for every module of the package."""

    def test_all_is_truthful(self, name: str) -> None:
        """``__all__`` lists every public class and function of the module, and nothing dead."""
        assert untruthful(load(name)) == []

    def test_public_names_are_documented(self, name: str) -> None:
        """Whoever asks for help on a public name gets an answer."""
        assert undocumented(load(name)) == []


class TestTheChecks:
    """The checks of this module can fail."""

    def make(self, source: str) -> types.ModuleType:
        """Return a module made from a source text."""
        module = types.ModuleType("made", "Made.")
        exec(source, vars(module))
        return module

    @pytest.mark.parametrize(
        ("source", "fault"),
        [
            ("", "no __all__"),
            ("__all__ = ['a']", "dead: a"),
            ("__all__ = []\ndef f(): pass", "left out: f"),
            ("__all__ = []\nclass C: pass", "left out: C"),
            ("__all__ = ['f', 'f']\ndef f(): pass", "a name occurs twice"),
        ],
    )
    def test_untruthful_list_is_found(self, source: str, fault: str) -> None:
        """Each kind of wrong list is told."""
        assert untruthful(self.make(source)) == [fault]

    @pytest.mark.parametrize(
        ("source", "fault"),
        [
            ("__all__ = ['f']\ndef f(): pass", "made.f"),
            ("__all__ = ['C']\nclass C: pass", "made.C"),
            ("__all__ = ['C']\nclass C:\n 'Doc.'\n def m(self): pass", "made.C.m"),
            ("__all__ = ['C']\nclass C:\n 'Doc.'\n @property\n def p(self): pass", "made.C.p"),
            ("__all__ = ['C']\nclass C:\n 'Doc.'\n @classmethod\n def c(cls): pass", "made.C.c"),
        ],
    )
    def test_missing_docstring_is_found(self, source: str, fault: str) -> None:
        """A public name without a docstring is told, methods and properties included."""
        assert undocumented(self.make(source)) == [fault]
