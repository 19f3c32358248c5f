"""The options that several commands share: each alone, or in a bundle of those that go together.

A command names a bundle as the type of a parameter; ``app`` gives its options to typer one by one,
in their order, and the command gets them together. Each says in which panel of the help it stands;
a sentence of 53 letters fits on one line beside the names.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from marketmove.cli import arguments, environment
from marketmove.cli.terminal import render_options
from marketmove.render import RenderOptions
from marketmove.sources.block import ReadOptions, read_options

if TYPE_CHECKING:
    from marketmove.closes.find import Spec
    from marketmove.config import Config
    from marketmove.market.groups import Group
    from marketmove.market.indices import Registry

# An option, or an argument, in its panel of the help.
what_option = functools.partial(typer.Option, rich_help_panel="What")
what_argument = functools.partial(typer.Argument, rich_help_panel="What")
files_option = functools.partial(typer.Option, rich_help_panel="Which files")
files_argument = functools.partial(typer.Argument, rich_help_panel="Which files")
reading_option = functools.partial(typer.Option, rich_help_panel="How files are read")
compare_option = functools.partial(typer.Option, rich_help_panel="Compare")
alert_option = functools.partial(typer.Option, rich_help_panel="Alerts")
delivery_option = functools.partial(typer.Option, rich_help_panel="Delivery")
output_option = functools.partial(typer.Option, rich_help_panel="Output")

_FORMAT = output_option("--format", "-f", metavar="FORMAT", help="How to write it.")
SessionFormat = Annotated[Literal["table", "csv", "json", "ndjson", "markdown"], _FORMAT]
HistoryFormat = Annotated[Literal["table", "csv", "json", "ndjson"], _FORMAT]
TableFormat = Annotated[Literal["table", "csv", "json"], _FORMAT]
CalcFormat = Annotated[Literal["table", "json"], _FORMAT]
SummaryFormat = Annotated[Literal["text", "markdown", "json", "html"], _FORMAT]
Sort = Literal["change", "name", "given", "spread"]
BarSort = Literal["change", "name", "given"]

DateArgument = Annotated[
    str | None,
    what_argument(
        metavar="DATE|latest|today|yesterday",
        help="Such as 2025-02-14, or friday.",
        show_default="latest",
    ),
]
OutputOption = Annotated[
    Path | None,
    output_option("--output", "-o", metavar="FILE", help="Write this file, whole or not at all."),
]
PaletteOption = Annotated[
    Literal["western", "east-asia", "korea", "cvd", "none"] | None,
    output_option(metavar="PALETTE", help="Colours of up and down.", show_default="western"),
]
AsciiOption = Annotated[bool, output_option("--ascii", help="Use ASCII signs only.")]
CsvSafeOption = Annotated[
    bool, output_option("--csv-safe", help="CSV for a spreadsheet: no cell is a formula.")
]
AllOption = Annotated[bool, output_option("--all", help="All rows of a long table.")]
ConfigOption = Annotated[
    Path | None,
    files_option(
        "--config", "-c", metavar="FILE", help="Your settings, where not in their usual place."
    ),
]
JournalOption = Annotated[
    Path | None,
    delivery_option(
        "--journal",
        metavar="FILE",
        help="The journal of what was sent.",
        show_default="usual place",
    ),
]
LevelsOption = Annotated[
    list[str] | None,
    files_option(
        "--levels",
        "-l",
        metavar="PATH",
        help="Files of closes, or folders; - is standard input; else as configured, else what fetch"
        " brought.",
    ),
]
PeriodOption = Annotated[
    list[str] | None,
    what_option(
        metavar="PERIOD|week|month|qtd|ytd|5d|1y",
        help="Also since: week, month, ytd, 5d, 3m, 1y, since:DATE.",
    ),
]
InOption = Annotated[
    str,
    compare_option(
        "--in",
        metavar="CURRENCY",
        help="In one currency, such as USD, by rates in the closes.",
    ),
]
ColumnsOption = Annotated[
    list[str] | None,
    output_option(
        "--columns",
        metavar="NAME,NAME",
        help="Only these, in this order: symbol,ytd_change_pct.",
    ),
]
AsOfOption = Annotated[
    str | None,
    what_option(
        metavar="MOMENT|now",
        help="As it was at 2025-02-14T18:00+08:00, or is now.",
    ),
]
ExplainOption = Annotated[
    bool, reading_option("--explain", help="All notes, and how the files were read.")
]
QuietOption = Annotated[bool, output_option("--quiet", "-q", help="No warnings on stderr.")]
SymbolsArgument = Annotated[
    list[str] | None,
    what_argument(metavar="INDEX", help="Only these: symbols, names or aliases."),
]
FilesArgument = Annotated[
    list[str] | None,
    files_argument(
        metavar="FILE",
        help="Files or folders of closes; - is standard input.",
        show_default="as configured, else what fetch brought",
    ),
]
GroupOption = Annotated[
    list[str] | None,
    what_option(
        "--group",
        "-g",
        metavar="GROUP",
        help="Only a region, developed, or a group of your own.",
    ),
]
FloorOption = Annotated[
    str | None,
    compare_option(
        metavar="PCT",
        help="Least size of both moves of a pair.",
        show_default="0.5",
    ),
]
EncodingOption = Annotated[
    str | None,
    reading_option(metavar="NAME", help="The encoding, such as gb18030, where it is open."),
]


class ChosenOptions(NamedTuple):
    """The files of closes, and the indices of them."""

    levels: LevelsOption = None
    indices: Annotated[
        list[str] | None,
        what_option(
            "--index", "-i", metavar="INDEX", help="Only this one: a symbol, a name or an alias."
        ),
    ] = None
    group: GroupOption = None

    def specs(self) -> tuple[Spec, ...]:
        """Give the files to read."""
        return arguments.specs(self.levels or ())

    def groups(self, config: Config) -> tuple[Group, ...]:
        """Give the groups named."""
        return arguments.groups(self.group or (), config)


class EngineOptions(NamedTuple):
    """Which engine works it out where the rows are, and where that is."""

    engine: Annotated[
        Literal["duckdb", "spark"] | None,
        output_option(
            help="Work it out in DuckDB or Spark: from a Parquet table into a folder of Parquet."
        ),
    ] = None
    master: Annotated[
        str | None,
        output_option(
            metavar="URL",
            help="Where Spark is, such as spark://HOST:7077 or, by Spark Connect, sc://HOST:15002.",
        ),
    ] = None


class ReadingOptions(NamedTuple):
    """What a file leaves open of how to read it."""

    symbol: Annotated[
        str | None,
        reading_option(metavar="INDEX", help="The index of a file that does not name its own."),
    ] = None
    decimal: Annotated[
        Literal[".", ","] | None,
        reading_option(metavar="SIGN", help="The decimal mark, where it is open."),
    ] = None
    date_format: Annotated[
        str | None,
        reading_option(
            metavar="ORDER", help="That of dates, where it is open: dmy, mdy, %d.%m.%y."
        ),
    ] = None
    encoding: EncodingOption = None
    later_wins: Annotated[
        bool,
        reading_option("--later-wins", help="A later file may revise the closes of an earlier."),
    ] = False

    def checked(self) -> ReadOptions:
        """Give the options, each of which is one."""
        return read_options(*self)


class RangeArguments(NamedTuple):
    """The first and the last session."""

    first: Annotated[str, what_argument(metavar="FROM", help="The first date.")]
    last: Annotated[
        str, what_argument(metavar="TO|latest|today", help="The last date, or latest, today.")
    ]


class HistoryArguments(NamedTuple):
    """The first and the last session; also from the beginning of a year, or of the last one's."""

    first: Annotated[
        str, what_argument(metavar="FROM|ytd", help="The first date, or a year, or ytd (of TO's).")
    ]
    last: Annotated[
        str, what_argument(metavar="TO|latest|today", help="The last date, or latest, today.")
    ]


class PairOptions(NamedTuple):
    """Two indices, and the sessions in which they are compared."""

    one: Annotated[str, what_argument(metavar="A", help="An index, or both: HSI:N225.")]
    other: Annotated[
        str | None, what_argument(metavar="B", help="The index whose move is subtracted.")
    ] = None
    since: Annotated[
        str | None, what_option(metavar="DATE", help="The first date; else as the data begins.")
    ] = None
    until: Annotated[
        str | None, what_option(metavar="DATE", help="The last date; else as the data ends.")
    ] = None
    window: Annotated[
        int,
        compare_option(
            metavar="N", min=60, help="How many earlier sessions a spread is compared with."
        ),
    ] = 250


class AlertOptions(NamedTuple):
    """What to watch for, and what to do where it is met."""

    alert: Annotated[
        list[str] | None,
        alert_option(
            metavar="CONDITION",
            help="End with status 5 if met: 'HSI: 3', 'HSI-N225: 4pp',"
            " 'any pair: p99', 'any: record', 'HSI: missing'.",
        ),
    ] = None
    exit_code: Annotated[
        bool, alert_option("--exit-code", help="End with status 5 for configured alerts too.")
    ] = False
    on_alert: Annotated[
        str | None,
        alert_option(metavar="COMMAND", help="Run this if one is met; its input is the JSON."),
    ] = None
    on_alert_timeout: Annotated[
        int,
        alert_option(metavar="SEC", min=1, max=86_400, help="How long that may take."),
    ] = 30


class LookOptions(NamedTuple):
    """Where the result goes, and how it is to look."""

    output: OutputOption = None
    palette: PaletteOption = None
    ascii_only: AsciiOption = False

    def render_options(self, config: Config) -> RenderOptions:
        """Give how text for people is to look there."""
        return render_options(self.output, config.palette, self.ascii_only)


class RunOptions(NamedTuple):
    """What is said and refused, and the configuration."""

    quiet: QuietOption = False
    strict: Annotated[
        bool, files_option("--strict", help="Refuse files that have a bad row anywhere.")
    ] = False
    config: ConfigOption = None

    def registry(self) -> Registry:
        """Give the indices that are known by name."""
        return self.settings().registry

    def settings(self, **chosen: str | float | int | None) -> Config:
        """Give the configuration, with what was chosen on the command line over it."""
        settings = environment.settings(self.config, **chosen)
        return replace(settings, progress=None) if self.quiet else settings


def asked(
    chosen: ChosenOptions, reading: ReadingOptions, run: RunOptions, **choices: str | int | None
) -> dict[str, Any]:
    """Give what each request for figures has: the files, the indices, and the settings."""
    specs, checked = chosen.specs(), reading.checked()
    floor = arguments.floor_pct(choices.pop("floor_pct", None))  # type: ignore[arg-type]
    settings = run.settings(floor_pct=floor, **choices)
    return {
        "levels": specs,
        "chosen": tuple(chosen.indices or ()),
        "reading": checked,
        "config": settings,
        "strict": run.strict,
        "now": environment.now(),
        "groups": chosen.groups(settings),
    }
