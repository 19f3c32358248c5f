"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Format = Literal["table", "csv", "json", "ndjson", "markdown"]
HistoryFormat = Literal["table", "csv", "json", "ndjson"]
CalcFormat = Literal["table", "json"]
CheckFormat = Literal["table", "csv", "json"]
JournalFormat = Literal["table", "csv", "json"]
VerifyFormat = Literal["table", "csv", "json"]
SummaryFormat = Literal["text", "markdown", "json", "html"]
Palette = Literal["western", "east-asia", "korea", "cvd", "none"]
Sort = Literal["change", "name", "given"]
DecimalMark = Literal[".", ","]

OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file, whole or not at all.")
]
AsciiOption = Annotated[bool, typer.Option("--ascii", help="Use ASCII signs only.")]
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
IndexOption = Annotated[
    list[str] | None,
    typer.Option(
        "--index",
        "-i",
        metavar="INDEX",
        help="Only this index: symbol, name or alias. Repeatable.",
    ),
]
GroupOption = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        "-g",
        metavar="GROUP",
        help="Only the indices of this group: a region, developed, emerging, greater-china, or one"
        " of your own. Repeatable.",
    ),
]
PeriodOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="day|week|month|ytd",
        help="Also the change since the last close before the week, month or year. Repeatable.",
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        metavar="MOMENT|now",
        help="Each index's last session over at a moment such as 2025-02-14T18:00+08:00.",
    ),
]
SymbolOption = Annotated[
    str | None,
    typer.Option(metavar="INDEX", help="The index of a file that has one and does not name it."),
]
DecimalOption = Annotated[
    DecimalMark | None, typer.Option(help="The decimal mark, where the file leaves it open.")
]
DateFormatOption = Annotated[
    str | None,
    typer.Option(
        metavar="dmy|mdy|ymd|PATTERN", help="The order of dates, where the file leaves it open."
    ),
]
EncodingOption = Annotated[
    str | None, typer.Option(help="The encoding of the files, such as gb18030, where it is open.")
]
ExplainOption = Annotated[
    bool, typer.Option("--explain", help="Say how the files were read, and why.")
]
AllOption = Annotated[bool, typer.Option("--all", help="All rows of a long table.")]
AlertOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CONDITION",
        help="End with status 5 if this is met: HSI: 3, HSI: -3, HSI-N225: 4pp, any pair: p99,"
        " HSI: streak 5, any: record, HSI: missing. Repeatable.",
    ),
]
ExitCodeOption = Annotated[
    bool, typer.Option("--exit-code", help="End with status 5 for configured alerts too.")
]
OnAlertOption = Annotated[
    str | None,
    typer.Option(
        metavar="COMMAND", help="Run this if an alert is met, with the JSON on its standard input."
    ),
]
OnAlertTimeoutOption = Annotated[
    int, typer.Option(metavar="SECONDS", min=1, max=86_400, help="How long that may take.")
]
ToOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TARGET",
        help="Deliver here instead of printing: env:NAME or file:PATH, which have an apprise URL;"
        " a URL itself; - prints. Repeatable.",
    ),
]
ToTimeoutOption = Annotated[
    int, typer.Option(metavar="SECONDS", min=1, max=3_600, help="How long one target may take.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Refuse any bad row of the files.")]


QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings on stderr.")]
PaletteOption = Annotated[Palette | None, typer.Option(help="Colours of up and down.")]
