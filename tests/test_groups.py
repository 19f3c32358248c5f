"""Groups of indices: which there are, and what they choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from marketmove import config
from program import SAMPLE_CLOSES, Ran, RunCli, Write, rows_by_symbol

if TYPE_CHECKING:
    from pathlib import Path

SESSION = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)
HOLIDAY = ("session", "2025-02-04", "--levels", SAMPLE_CLOSES)
REGIONS = ("africa", "americas", "asia", "europe", "middle-east", "oceania")
LISTED = ("developed", "emerging", "greater-china", "volatility")

# MSCI's classification of June 2025 of the countries whose exchanges the registry has.
DEVELOPED = (
    *("XNYS", "XNAS", "XTSE", "XASX", "XHKG", "XTKS", "XSES", "XETR", "XPAR", "XLON", "XAMS"),
    *("XBRU", "XCSE", "XDUB", "XHEL", "XLIS", "XMAD", "XMIL", "XOSL", "XSTO", "XSWX", "XWBO"),
    *("XNZE", "XTAE", "XASE"),
)
EMERGING = (
    *("BVMF", "XBOG", "XLIM", "XMEX", "XSGO", "ROCO", "XBKK", "XBOM", "XIDX", "XKLS", "XKRX"),
    *("XNSE", "XPHS", "XSHE", "XSHG", "XTAI", "ASEX", "XBUD", "XIST", "XPRA", "XWAR", "DSMD"),
    *("XADS", "XDFM", "XSAU", "XJSE", "XCAI", "XKUW"),
)
NEITHER = (
    *("XCAS", "XNAI", "XNSA", "XBUE", "HSTC", "XCOL", "XDHA", "XKAR", "XSTC", "XBSE", "XBUL"),
    *("XICE", "XMOS", "XTAL", "XBAH", "XMUS", "XCBF", "XRIS", "XLIT", "XTUN", "XNEP"),
)
VOLATILE = {"VIX", "INDIAVIX", "VXN", "VVIX", "MOVE"}
MAINLAND_IN_HONG_KONG = {"HSCEI", "HSCC"}


def _groups(ran: Ran) -> dict[str, dict[str, Any]]:
    return {group["name"]: group for group in ran.document["groups"]}


# What groups there are.


def test_the_bundled_groups_are_those_of_the_registry() -> None:
    settings = config.load(None)
    assert set(settings.groups) == {*REGIONS, *LISTED}
    volatile = set(settings.groups["volatility"].symbols)
    assert volatile == VOLATILE
    for name, group in settings.groups.items():
        assert len(set(group.symbols)) == len(group.symbols)
        for symbol in group.symbols:
            index = settings.registry.find(symbol)
            assert index is not None
            assert index.symbol == symbol
            assert name in LISTED or index.region == name
        assert name == "volatility" or not volatile & set(group.symbols)


def test_every_index_is_in_the_class_of_its_country() -> None:
    settings = config.load(None)
    developed, emerging, china = (
        set(settings.groups[name].symbols) for name in ("developed", "emerging", "greater-china")
    )
    for symbol, index in settings.registry.indices.items():
        assert index.exchange in {"", *DEVELOPED, *EMERGING, *NEITHER}
        shares = symbol not in VOLATILE
        mainland = symbol in MAINLAND_IN_HONG_KONG
        assert (symbol in developed) == (index.exchange in DEVELOPED and shares and not mainland)
        assert (symbol in emerging) == ((index.exchange in EMERGING and shares) or mainland)
        chinese = index.exchange in {"XHKG", "XSHG", "XSHE", "XTAI", "ROCO"}
        assert (symbol in china) == chinese


def test_an_index_of_ones_own_is_in_the_group_of_its_region(run_cli: RunCli, write: Write) -> None:
    closes = write("c.csv", "date,symbol,close\n2025-02-13,MYX,200\n2025-02-14,MYX,203\n")
    own = write("own.yaml", "indices:\n  MYX: {region: Middle East}\n")
    asked = ("session", "2025-02-14", "-l", closes, "-c", own, "-f", "csv")
    for name in ("middle-east", "Middle_East", "middle east"):
        assert [row["symbol"] for row in run_cli(*asked, "-g", name).rows] == ["MYX"]


# One's own.


def test_a_group_of_ones_own(run_cli: RunCli, write: Write) -> None:
    closes = write("c.csv", "date,symbol,close\n2025-02-13,MyX,200\n2025-02-14,MyX,203\n")
    own = write("own.yaml", "groups:\n  Mine: [nikkei, ^TWII, N225, myx, SPX, Rare Thing]\n")
    ran = run_cli(*SESSION, "-l", closes, "-c", own, "-g", "mine", "-f", "json", "--sort", "given")
    assert [move["symbol"] for move in ran.document["moves"]] == ["N225", "TWII", "MyX", "SPX"]
    assert _groups(ran)["Mine"]["symbols"] == ["N225", "TWII", "MyX", "SPX"]
    assert ran.stderr == ""


def test_a_group_of_ones_own_replaces_the_bundled_one(run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", "groups:\n  Greater China: [SSEC]\n  volatility: [N225]\n")
    rows = run_cli(*SESSION, "-c", own, "-g", "greater-china", "-f", "csv").rows
    assert [row["symbol"] for row in rows] == ["SSEC"]
    asia = rows_by_symbol(run_cli(*SESSION, "-c", own, "-g", "asia", "-f", "csv"))
    assert "N225" not in asia
    assert "HSI" in asia


def test_a_misspelt_index_of_a_group_is_a_warning(run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", "groups:\n  mine: [HSI, Nikei 225]\n")
    ran = run_cli(*SESSION, "-c", own, "-g", "mine", "-f", "csv")
    assert [row["symbol"] for row in ran.rows] == ["HSI"]
    assert ran.stderr == (
        f"{own}:2: warning: unknown index: Nikei 225, of the group mine;"
        " did you mean Nikkei 225, NIKKEI225, Nikkei-225?\n"
    )
    assert run_cli(*SESSION, "-c", own, "-f", "csv").stderr == ""


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("[HSI]", "1: expected lists of indices by group"),
        ("HSI", "1: expected lists of indices by group"),
        ("\n  a: HSI", "2: a: expected a list of indices, such as a: [HSI, N225]"),
        ("\n  a: {HSI: N225}", "2: a: expected a list of indices, such as a: [HSI, N225]"),
        ("\n  a:", "2: a: expected a list of indices, such as a: [HSI, N225]"),
        ("\n  a: []", "2: a: a group without an index; expected such as a: [HSI, N225]"),
        ("\n  a: [HSI, [N225]]", "2: a: one of the list is not a symbol or name of an index"),
        ("\n  a: [HSI, ]\n  b: [~]", "3: b: one of the list is not a symbol or name of an index"),
        ("\n  a_b: [HSI]\n  A b: [N225]", "3: A b: a_b on line 2 is the same name; remove one"),
        ('\n  " - ": [HSI]', "2: a group without a name"),
    ],
)
def test_a_group_that_is_refused(groups: str, said: str, run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", f"groups: {groups}\n")
    assert run_cli(*SESSION, "-c", own) == ("", f"{own}:{said}\n", 3)


def test_all_that_is_wrong_is_said_at_once(run_cli: RunCli, write: Write) -> None:
    own = write("own.yaml", "top: 0\ngroups:\n  a: []\n  b: HSI\nindices:\n  X: {color: red}\n")
    ran = run_cli(*SESSION, "-c", own)
    assert ran.stderr.count(f"{own}:") == 4
    assert (ran.stdout, ran.status) == ("", 3)


# What --group chooses.


def test_a_group_is_what_the_data_has_of_it(run_cli: RunCli) -> None:
    ran = run_cli(*SESSION, "-g", "europe", "-f", "csv")
    assert set(rows_by_symbol(ran)) == {"FTSE", "GDAXI", "FCHI", "STOXX50E"}
    assert ran.stderr == ""


def test_indices_come_before_groups(run_cli: RunCli) -> None:
    asked = ("-g", "europe", "-i", "DAX", "-i", "SPX", "-g", "EUROPE", "--sort", "given")
    rows = run_cli(*SESSION, *asked, "-f", "csv").rows
    assert [row["symbol"] for row in rows] == ["GDAXI", "SPX", "FTSE", "FCHI", "STOXX50E"]
    groups = _groups(run_cli(*SESSION, *asked, "-f", "json"))
    assert groups["europe"]["symbols"] == ["FTSE", "GDAXI", "FCHI", "STOXX50E"]


def test_history_and_verify_choose_by_group_too(run_cli: RunCli) -> None:
    asked = ("history", "2025-02-13", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "csv")
    by_group = run_cli(*asked, "-g", "americas")
    by_index = run_cli(*asked, "-i", "SPX", "-i", "DJI", "-i", "IXIC")
    assert by_group.rows == by_index.rows
    assert len(by_group.rows) == 6
    report = SAMPLE_CLOSES.parent / "published" / "2025-02-04.yaml"
    rows = run_cli("verify", report, "-f", "csv", "-g", "developed").rows
    assert {row["symbol"] for row in rows} == {"HSI", "HSTECH", "N225"}


@pytest.mark.parametrize("command", [SESSION, ("history", "2025-02-13", *SESSION[1:])])
def test_groups_that_are_refused(command: tuple[str | Path, ...], run_cli: RunCli) -> None:
    ran = run_cli(*command, "-g", "asai", "-g", "x")
    names = ", ".join(sorted([*REGIONS, *LISTED]))
    assert (ran.stdout, ran.status) == ("", 2)
    assert ran.stderr.splitlines() == [
        f"marketmove: asai is not a group; did you mean asia? the groups are {names}",
        f"marketmove: x is not a group; the groups are {names}",
    ]
    ran = run_cli(*command, "-g", "asia", "-g", "africa")
    assert (ran.stdout, ran.status) == ("", 2)
    assert ran.stderr == (
        "marketmove: the data has no index of the group africa; it has CSI300, DJI, FTSE, GDAXI,"
        " HSI, N225, SPX, SSEC, TWII, AXJO, FCHI, HSCEI and 8 more\n"
    )


def test_the_indices_of_one_exchange_are_of_one_region() -> None:
    """So that a region has all of its exchanges, and schedule waits for the right ones."""
    regions: dict[str, set[str]] = {}
    for index in config.load(None).registry.indices.values():
        if index.exchange:
            regions.setdefault(index.exchange, set()).add(index.region)
    assert {exchange: of for exchange, of in regions.items() if len(of) > 1} == {}
