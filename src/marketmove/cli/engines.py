"""A history that an engine works out: what its options have to be, and what is said of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from marketmove.cli import environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, warn
from marketmove.errors import ExitStatus, WrongUsageError

if TYPE_CHECKING:
    from marketmove.closes.find import When
    from marketmove.engines.request import EngineHistory

# A path has one slash of the two of a URL.
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/+")


def refuse_master(engine: shared.EngineOptions) -> None:
    """Refuse to say where Spark is, where it is not asked for."""
    if engine.master is not None and engine.engine != "spark":
        raise WrongUsageError.at(None, "--master says where Spark is, and needs --engine spark")


def refuse_options(
    options: Mapping[str, object], reading: shared.ReadingOptions, output_format: str
) -> None:
    """Refuse by name what an engine does not do."""
    named = {f"--{name.replace('_', '-')}": value for name, value in reading._asdict().items()}
    given = next((name for name, value in (*options.items(), *named.items()) if value), None)
    if given in named:
        text = f"{given} is for files that leave something open; --engine reads a typed table,"
        raise WrongUsageError.at(None, f"{text} which marketmove convert {given} … makes of them")
    if given:
        text = f"{given} is not worked out by an engine; leave it out, or leave out --engine"
        raise WrongUsageError.at(None, text)
    if output_format not in {"table", "json"}:
        text = f"--engine writes Parquet; --format {output_format} is not for what it says of it"
        raise WrongUsageError.at(None, f"{text}: table or json")


def run(
    dates: tuple[dt.date | None, When],
    shut_days: bool,
    engine: shared.EngineOptions,
    chosen: shared.ChosenOptions,
    look: shared.LookOptions,
    run: shared.RunOptions,
) -> EngineHistory:
    """Let the engine work it out, and write it."""
    levels = chosen.levels or []
    if len(levels) != 1 or levels == ["-"]:
        text = "--engine reads one table: --levels FOLDER.parquet, which marketmove convert makes"
        raise WrongUsageError.at(None, text)
    if look.output is None or str(look.output) == "-":
        raise WrongUsageError.at(None, "--engine writes a folder of Parquet: --output FOLDER")
    output = _URL.sub(r"\1://", str(look.output), count=1)
    for place, option in ((levels[0], "--levels"), (output, "--output")):
        if engine.engine == "duckdb" and _URL.match(place):
            text = f"{option} is a URL, and DuckDB works on files here; --engine spark reads it"
            raise WrongUsageError.at(None, text)
    if not _URL.match(output) and _is_within(Path(output), Path(levels[0])):
        text = f"--output is {output}, within the table that is read; name another folder"
        raise WrongUsageError.at(None, text)
    settings = run.settings(palette=look.palette)

    from marketmove.commands.history import history_in_engine
    from marketmove.engines.request import EngineRequest

    return history_in_engine(
        EngineRequest(
            engine=engine.engine or "duckdb",
            master=engine.master,
            levels=levels[0],
            output=output,
            first=dates[0],
            last=dates[1],
            chosen=tuple(chosen.indices or ()),
            groups=chosen.groups(settings),
            shut_days=shut_days,
            settings=settings.closes,
            volatility=settings.groups,
            now=environment.now(),
        )
    )


def _is_within(path: Path, folder: Path) -> bool:
    return folder.absolute() in (path.absolute(), *path.absolute().parents)


def told(
    report: EngineHistory, output_format: str, look: shared.LookOptions, run: shared.RunOptions
) -> ExitStatus:
    """Say on standard output what was written, and on stderr what to be aware of."""
    from marketmove.render.engine_history import FORMATS
    from marketmove.wording.engines import engine_warnings

    people = output_format == "table"
    warn(engine_warnings(report), None, people, run.quiet)
    options = look.render_options(run.settings())
    emit(FORMATS[output_format](report, options), None, people)
    return ExitStatus.DONE
