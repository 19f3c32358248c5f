"""The options of `indices`."""

from __future__ import annotations

from typing import Annotated

from marketmove.cli import arguments, environment
from marketmove.cli import options as shared
from marketmove.cli.terminal import emit, render_options


def indices(
    chosen: Annotated[
        list[str] | None,
        shared.what_argument(metavar="INDEX", help="Only these: a name, a part of it, a country."),
    ] = None,
    group: shared.GroupOption = None,
    as_of: Annotated[
        str,
        shared.what_option(
            metavar="MOMENT|now", help="The next session that ends after a moment; see session."
        ),
    ] = "now",
    output_format: shared.TableFormat = "table",
    output: shared.OutputOption = None,
    ascii_only: shared.AsciiOption = False,
    csv_safe: shared.CsvSafeOption = False,
    config: shared.ConfigOption = None,
) -> None:
    """List the indices known by name: exchange, close, next session.

    Returns tells whether dividends count in: not in a price index, before tax in a gross one,
    after tax in a net one. Your configuration can add indices and change these.

    $ marketmove indices
    $ marketmove indices hang taiwan
    $ marketmove indices --group asia --as-of 2025-02-14T18:00+08:00
    """
    arguments.refuse_csv_safe(csv_safe, output_format)
    moment = arguments.moment(as_of, environment.now())
    settings = environment.settings(config)

    from marketmove.commands import indices as command
    from marketmove.render.indices import FORMATS

    groups = arguments.groups(group or (), settings)
    listed = command.indices(chosen or (), groups, settings, moment)
    look = render_options(output, "none", ascii_only)
    emit(FORMATS[output_format](listed, look), output, output_format == "table", csv_safe)
