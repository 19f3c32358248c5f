"""Settings: where they come from, which comes before which, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from marketmove import config, yamltext
from marketmove.errors import Place
from marketmove.market.groups import Groups, parse_groups
from marketmove.market.indices import Registry, parse_indices
from marketmove.resources import root
from program import SAMPLE_CLOSES, RunCli, Write

SESSION = ("session", "2025-02-14")
CLOSES = "date,symbol,close\n2025-02-13,MYX,200\n2025-02-14,MYX,203\n"


def _pairs(run_cli: RunCli, *arguments: str | Path) -> int:
    """How many pairs the table shows, which `top` settles."""
    asked = (*SESSION, "-l", SAMPLE_CLOSES, "--sort", "spread", *arguments)
    return run_cli(*asked).stdout.count(" versus ")


def _usual_place(text: str) -> None:
    import platformdirs

    path = platformdirs.user_config_path("marketmove") / "marketmove.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def test_the_defaults() -> None:
    settings = config.load(None)
    assert settings.levels == ()
    assert settings.palette == "western"
    assert settings.floor_pct == 0.5
    assert settings.top == 10
    assert settings.sort == "change"


def test_every_default_is_a_choice_and_has_a_comment() -> None:
    text = (root() / "config" / "marketmove.yaml").read_text(encoding="utf-8")
    for setting in ("levels", "palette", "floor_pct", "top", "sort", "alerts", "to", "groups"):
        before, found, _ = text.partition(f"\n{setting}:")
        assert found
        assert before.splitlines()[-1].startswith("# ")


def test_the_indices_of_the_samples_are_known() -> None:
    registry = config.load(None).registry
    header, *rows = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()
    assert header == "date,symbol,close"
    symbols = {row.split(",")[1] for row in rows} | {"HSTECH"}
    assert len(symbols) == 20
    for symbol in symbols:
        index = registry.find(symbol)
        assert index is not None
        assert index.symbol == symbol
        assert index.name != symbol
        assert len(index.exchange) == 4
        assert len(index.currency) == 3
        assert index.region


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("^HSI", "HSI"), (".HSI", "HSI"), ("Hang Seng", "HSI"), ("Nikkei", "N225"),
        ("^N225", "N225"), ("Shanghai Composite", "SSEC"), ("000001.SS", "SSEC"),
        ("Taiex", "TWII"), ("^TWII", "TWII"), ("Hang Seng Tech", "HSTECH"), ("DAX", "GDAXI"),
        ("KOSPI", "KS11"), ("S&P 500", "SPX"),
    ],
)  # fmt: skip
def test_names_and_aliases(text: str, symbol: str) -> None:
    for written in (text, text.lower(), text.upper(), f" {text} "):
        index = config.load(None).registry.find(written)
        assert index is not None
        assert index.symbol == symbol


def test_the_order_of_places(
    run_cli: RunCli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _pairs(run_cli) == 8
    _usual_place("top: 5\n")
    assert _pairs(run_cli) == 5
    monkeypatch.setenv("MARKETMOVE_CONFIG", str(write("environment.yaml", "top: 4\n")))
    assert _pairs(run_cli) == 4
    option = write("option.yaml", "top: 3\n")
    assert _pairs(run_cli, "--config", option) == 3
    assert _pairs(run_cli, "--config", option, "--top", "2") == 2


def test_an_empty_variable_is_none(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETMOVE_CONFIG", "")
    assert _pairs(run_cli) == 8


def test_a_setting_that_is_not_there_keeps_its_default(run_cli: RunCli, write: Write) -> None:
    path = write("own.yaml", "# top: 2\nfloor_pct: 0.8\n")
    assert _pairs(run_cli, "--config", path) == 4
    assert _pairs(run_cli, "--config", write("empty.yaml", "# nothing\n")) == 8


def test_what_is_typed_comes_before_the_file(run_cli: RunCli, write: Write) -> None:
    path = write("own.yaml", "floor_pct: 4\nsort: name\n")
    assert _pairs(run_cli, "-c", path) == 0
    assert _pairs(run_cli, "-c", path, "--floor-pct", "0.5") == 8
    asked = (*SESSION, "-l", SAMPLE_CLOSES, "-c", path, "-f", "csv")
    names = [row["name"].casefold() for row in run_cli(*asked).rows]
    assert names == sorted(names)
    percents = [float(row["change_pct"]) for row in run_cli(*asked, "--sort", "change").rows]
    assert percents == sorted(percents, reverse=True)


@pytest.mark.parametrize("variable", [False, True])
def test_a_file_that_is_named_has_to_be_there(
    variable: bool, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "none.yaml"
    if variable:
        monkeypatch.setenv("MARKETMOVE_CONFIG", str(path))
        ran = run_cli(*SESSION)
    else:
        ran = run_cli(*SESSION, "--config", path)
    assert ran == ("", f"{path}: the configuration: no such file or directory\n", 3)


def test_all_problems_are_named_together(run_cli: RunCli, write: Write) -> None:
    path = write(
        "own.yaml",
        "palete: cvd\npalette: pink\nfloor_pct: -1\ntop: 0\nsort: size\nlevels: {a: b}\n"
        "shade: red\nindices:\n  HSI: {nam: x}\n  N225: {decimals: 2.5}\n  X: y\n",
    )
    ran = run_cli(*SESSION, "--config", path)
    fields = (
        "name, exchange, region, currency, aliases, shared, decimals, returns, levels, since,"
        " rebased"
    )
    assert ran.stderr.splitlines() == [
        f"{path}:1: palete is not a setting; did you mean palette?",
        f"{path}:2: palette: pink is not one of western, east-asia, korea, cvd, none",
        f"{path}:3: floor_pct: -1 is not a percentage of 0 or more, such as 0.5",
        f"{path}:4: top: 0 is not a whole number of 1 or more",
        f"{path}:5: sort: size is not one of change, name, given, spread",
        f"{path}:6: levels: expected a list of files",
        (
            f"{path}:7: shade is not a setting; the keys are levels, sessions, palette, floor_pct,"
            " top, sort, home, prefer, pairs, indices, groups, columns, alerts, to, feeds, archive,"
            " fx"
        ),
        f"{path}:9: nam is not a key here; did you mean name?",
        f"{path}:10: decimals: 2.5 is not a whole number from 0 to 8",
        f"{path}:11: X: expected {fields}",
    ]
    assert (ran.stdout, ran.status) == ("", 3)
    document = run_cli(*SESSION, "--config", path, "-f", "json").document
    assert [p["place"] for p in document["error"]["problems"]] == [
        f"{path}:{line}" for line in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11)
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("top: 1\ntop: 2\n", "2: top is there twice, here and on line 1; remove one"),
        ("top: 010\n", '1: YAML reads 010 as the number 8; write "010", in quotes'),
        ("top:\t5\n", "1: a tab character; YAML wants spaces"),
        ("top: [1]\n", "1: top: expected one value"),
        ("top:\n", "1: top: expected one value"),
        ("top: 1.5\n", "1: top: 1.5 is not a whole number of 1 or more"),
        ("top: many\n", "1: top: many is not a whole number of 1 or more"),
        ("floor_pct: .inf\n", '1: YAML reads .inf as the number inf; write ".inf", in quotes'),
        ("floor_pct: 1e3\n", "1: floor_pct: 1e3 is not a percentage of 0 or more, such as 0.5"),
        ("palette: no\n", '1: YAML reads no as false; write "no", in quotes'),
        ("- top\n", "1: expected settings, as key: value"),
        ("indices: []\n", "1: expected indices by symbol"),
        (
            "indices:\n  HSI: {aliases: ^HSI}\n",
            "2: aliases: not of the form that config/indices.yaml shows",
        ),
        ("indices:\n  X: {name: Hang Seng}\n", "1: Hang Seng is a name of both HSI and X"),
    ],
)
def test_a_setting_that_is_refused(text: str, said: str, run_cli: RunCli, write: Write) -> None:
    path = write("own.yaml", text)
    ran = run_cli(*SESSION, "--config", path)
    assert ran == ("", f"{path}:{said}\n", 3)


def test_a_configuration_that_is_no_text(run_cli: RunCli, write: Write) -> None:
    path = write("own.yaml", b"top: \xff\n")
    ran = run_cli(*SESSION, "--config", path)
    assert ran == ("", f"{path}: the configuration: not UTF-8 text\n", 3)


def test_levels_are_relative_to_the_file_that_names_them(
    run_cli: RunCli, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write("folder/data/closes.csv", CLOSES)
    path = write("folder/own.yaml", "levels: [data/closes.csv]\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for session in ("2025-02-14", "latest"):
        ran = run_cli("session", session, "--config", path, "--format", "csv")
        assert [(r["symbol"], r["change_pct"]) for r in ran.rows] == [("MYX", "1.5")]
    assert "(bundled sample)" not in run_cli(*SESSION, "--config", path).stdout


def test_levels_may_be_one_file_at_home(run_cli: RunCli, write: Write) -> None:
    (Path.home() / "closes.csv").write_text(CLOSES, encoding="utf-8")
    for text in ("levels: ~/closes.csv\n", "levels: [~/closes.csv]\n"):
        ran = run_cli("session", "--config", write("own.yaml", text), "--format", "csv")
        assert [row["symbol"] for row in ran.rows] == ["MYX"]


def test_levels_of_the_configuration_that_are_not_there(run_cli: RunCli, write: Write) -> None:
    path = write("own.yaml", "top: 3\nlevels: [none.csv]\n")
    ran = run_cli(*SESSION, "--config", path)
    assert ran.stderr.splitlines() == [
        f"{path.parent / 'none.csv'}: no such file",
        f"{path}:2: this setting names what cannot be read",
    ]
    assert (ran.stdout, ran.status) == ("", 3)


def test_levels_that_are_typed_replace_those_of_the_configuration(
    run_cli: RunCli, write: Write
) -> None:
    closes = write("closes.csv", CLOSES)
    path = write("own.yaml", "levels: [none.csv]\n")
    ran = run_cli(*SESSION, "--config", path, "--levels", closes, "--format", "csv")
    assert [row["symbol"] for row in ran.rows] == ["MYX"]


def test_a_known_index_keeps_what_is_not_changed(write: Write) -> None:
    before = config.load(None).registry.find("HSI")
    after = config.load(write("own.yaml", "indices:\n  HSI: {decimals: 1}\n")).registry.find("HSI")
    assert before is not None
    assert after == before._replace(decimals=1)


def test_an_index_of_ones_own(run_cli: RunCli, write: Write) -> None:
    closes = write("closes.csv", CLOSES)
    path = write(
        "own.yaml",
        "indices:\n  MYX: {name: My Index, aliases: [Mine], decimals: 0}\n"
        "  HSI: {name: Hongkong}\n",
    )
    asked = (*SESSION, "--config", path)
    row = run_cli(*asked, "--levels", closes, "-i", "mine", "--format", "csv").rows[0]
    assert (row["symbol"], row["name"]) == ("MYX", "My Index")
    renamed = run_cli(*asked, "-l", SAMPLE_CLOSES, "-i", "^HSI", "-f", "csv").rows[0]
    assert (renamed["symbol"], renamed["name"]) == ("HSI", "Hongkong")


# What is bundled is parsed as far as it is asked for.


def _bundled(name: str) -> yamltext.Mapping:
    label = f"config/{name}.yaml"
    whole = yamltext.parse((root() / label).read_text(encoding="utf-8"), label)
    assert isinstance(whole, yamltext.Mapping)
    return whole


def test_bundled_entries_are_those_of_the_whole_files() -> None:
    settings = config.load(None)
    indices, problems = parse_indices(_bundled("indices"), "config/indices.yaml", {})
    assert not problems
    assert dict(settings.registry.indices) == indices
    assert list(settings.registry.indices) == list(indices)
    groups, problems = parse_groups(_bundled("groups"), "config/groups.yaml")
    assert not problems
    whole = Groups(Registry.of(indices.values()), groups)
    assert dict(settings.groups) == dict(whole)
    assert {key: whole[key].place for key in groups} == {
        key: Place("config/groups.yaml", line) for key, line in _bundled("groups").lines.items()
    }
    exchanges: Any = _bundled("exchanges").items
    for code, entry in exchanges.items():
        clock = settings.exchanges[code]
        told = {key: value.text for key, value in entry.items.items()}
        assert told.pop("settles_after", "0") == str(clock.settles_after), code
        assert told == {"zone": clock.zone, "close": f"{clock.close:%H:%M}"}, code
    assert list(settings.exchanges) == list(exchanges)


def test_every_bundled_name_leads_to_its_index() -> None:
    config._bundled.cache_clear()
    settings = config.load(None)
    indices, _ = parse_indices(_bundled("indices"), "config/indices.yaml", {})
    whole = Registry.of(indices.values())
    for index in indices.values():
        for name in (index.symbol, index.name, *index.aliases):
            for text in (name, name.lower(), name.upper(), f" {name} ", name[1:], f"{name} x"):
                assert settings.registry.find(text) == whole.find(text), text


def test_of_the_bundled_indices_only_those_that_may_be_meant_are_parsed(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    parse = yamltext.parse

    def counted(text: str, label: str, *error: Any) -> yamltext.Value:
        parsed.append(text)
        return parse(text, label, *error)

    monkeypatch.setattr(yamltext, "parse", counted)
    config._bundled.cache_clear()
    assert run_cli(*SESSION, "-l", SAMPLE_CLOSES, "-i", "HSI").status == 0
    once = len(parsed)
    assert once < 40
    assert run_cli(*SESSION, "-l", SAMPLE_CLOSES, "-i", "HSI").status == 0
    assert len(parsed) == once
