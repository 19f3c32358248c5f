"""The options that several commands share: each alone, or in a bundle of those that go together.

A command names a bundle as the type of a parameter; ``app`` gives its options to typer one by one,
in their order, and the command gets them together.
"""

from __future__ import annotations

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

_FORMAT = typer.Option("--format", "-f", help="How to write it.")
SessionFormat = Annotated[Literal["table", "csv", "json", "ndjson", "markdown"], _FORMAT]
HistoryFormat = Annotated[Literal["table", "csv", "json", "ndjson"], _FORMAT]
TableFormat = Annotated[Literal["table", "csv", "json"], _FORMAT]
CalcFormat = Annotated[Literal["table", "json"], _FORMAT]
SummaryFormat = Annotated[Literal["text", "markdown", "json", "html"], _FORMAT]
Sort = Literal["change", "name", "given", "spread"]
BarSort = Literal["change", "name", "given"]

DateArgument = Annotated[
    str | None, typer.Argument(metavar="[DATE|latest|today|yesterday]", show_default=False)
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file, whole or not at all.")
]
PaletteOption = Annotated[
    Literal["western", "east-asia", "korea", "cvd", "none"] | None,
    typer.Option(help="Colours of up and down."),
]
AsciiOption = Annotated[bool, typer.Option("--ascii", help="Use ASCII signs only.")]
AllOption = Annotated[bool, typer.Option("--all", help="All rows of a long table.")]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="Your configuration file.")
]
JournalOption = Annotated[
    Path | None,
    typer.Option(
        "--journal",
        metavar="PATH",
        readable=False,  # a journal that may not be read has its own message
        help="The journal; else journal.sqlite in the user state directory (Linux:"
        " ~/.local/state/marketmove).",
    ),
]
LevelsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--levels",
        "-l",
        metavar="PATH|-",
        help="A file of closes, or a folder of them; - is standard input. Repeatable.",
    ),
]
PeriodOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="week|month|qtd|ytd|5d|1y|...",
        help="Also the change of the week, month, quarter or year so far, of so many sessions"
        " (5d), calendar weeks, months or years (2w, 3m, 1y), or since:DATE. Repeatable.",
    ),
]
InOption = Annotated[
    str,
    typer.Option(
        "--in",
        metavar="CURRENCY",
        help="In one currency, such as USD, by the exchange rates among the closes, such as"
        " USDJPY; each move compounded with that of its currency.",
    ),
]
ColumnsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        metavar="NAME,NAME",
        help="Only these columns, in this order, such as symbol,close,ytd_change_pct,drawdown_pct.",
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        metavar="MOMENT|now",
        help="Each index's last session over at a moment such as 2025-02-14T18:00+08:00.",
    ),
]
ExplainOption = Annotated[
    bool, typer.Option("--explain", help="Say how the files were read, and why.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings on stderr.")]


class ChosenOptions(NamedTuple):
    """The files of closes, and the indices of them."""

    levels: LevelsOption = None
    indices: Annotated[
        list[str] | None,
        typer.Option(
            "--index",
            "-i",
            metavar="INDEX",
            help="Only this index: symbol, name or alias. Repeatable.",
        ),
    ] = None
    group: Annotated[
        list[str] | None,
        typer.Option(
            "--group",
            "-g",
            metavar="GROUP",
            help="Only the indices of this group: a region, developed, emerging, greater-china, or"
            " one of your own. Repeatable.",
        ),
    ] = None

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
        typer.Option(
            help="Work it out in DuckDB or Spark: from a Parquet table into a folder of Parquet."
        ),
    ] = None
    master: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where Spark is, such as spark://HOST:7077 or, by Spark Connect, sc://HOST:15002.",
        ),
    ] = None


class ReadingOptions(NamedTuple):
    """What a file leaves open of how to read it."""

    symbol: Annotated[
        str | None,
        typer.Option(
            metavar="INDEX", help="The index of a file that has one and does not name it."
        ),
    ] = None
    decimal: Annotated[
        Literal[".", ","] | None,
        typer.Option(help="The decimal mark, where the file leaves it open."),
    ] = None
    date_format: Annotated[
        str | None,
        typer.Option(
            metavar="dmy|mdy|ymd|PATTERN", help="The order of dates, where the file leaves it open."
        ),
    ] = None
    encoding: Annotated[
        str | None,
        typer.Option(help="The encoding of the files, such as gb18030, where it is open."),
    ] = None
    later_wins: Annotated[
        bool,
        typer.Option(
            "--later-wins", help="Let the closes of a later file revise those of an earlier one."
        ),
    ] = False

    def checked(self) -> ReadOptions:
        """Give the options, each of which is one."""
        return read_options(*self)


class RangeArguments(NamedTuple):
    """The first and the last session."""

    first: Annotated[str, typer.Argument(metavar="FROM", show_default=False)]
    last: Annotated[str, typer.Argument(metavar="TO|latest|today", show_default=False)]


class HistoryArguments(NamedTuple):
    """The first and the last session; also from the beginning of a year, or of the last one's."""

    first: Annotated[str, typer.Argument(metavar="FROM|YEAR|ytd", show_default=False)]
    last: Annotated[str, typer.Argument(metavar="TO|latest|today", show_default=False)]


class PairOptions(NamedTuple):
    """Two indices, and the sessions in which they are compared."""

    one: Annotated[str, typer.Argument(metavar="A", show_default=False)]
    other: Annotated[str, typer.Argument(metavar="B", show_default=False)]
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="The first date; else as the data begins.")
    ] = None
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last date; else as the data ends.")
    ] = None
    window: Annotated[
        int, typer.Option(min=60, help="How many common sessions each is held against.")
    ] = 250


class AlertOptions(NamedTuple):
    """What to watch for, and what to do where it is met."""

    alert: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="End with status 5 if this is met: HSI: 3, HSI: -3, HSI-N225: 4pp, any pair: p99,"
            " HSI: streak 5, any: record, HSI: missing. Repeatable.",
        ),
    ] = None
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with status 5 for configured alerts too.")
    ] = False
    on_alert: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help="Run this if an alert is met, with the JSON on its standard input.",
        ),
    ] = None
    on_alert_timeout: Annotated[
        int, typer.Option(metavar="SECONDS", min=1, max=86_400, help="How long that may take.")
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
    strict: Annotated[bool, typer.Option("--strict", help="Refuse any bad row of the files.")] = (
        False
    )
    config: ConfigOption = None

    def settings(self, **chosen: str | float | int | None) -> Config:
        """Give the configuration, with what was chosen on the command line over it."""
        return environment.settings(self.config, **chosen)


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
