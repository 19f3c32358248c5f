"""A user with feeds and an archive of their own, for the tests of fetching."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from program import Ran, RunCli

# Closes of the Nikkei 225 as its publisher has them; 11 February was a holiday.
N225 = {
    "2025-02-03": "38520.09",
    "2025-02-04": "38798.37",
    "2025-02-05": "38831.48",
    "2025-02-06": "39066.53",
    "2025-02-07": "38787.02",
    "2025-02-10": "38801.17",
    "2025-02-12": "38963.70",
    "2025-02-13": "39461.47",
    "2025-02-14": "39149.43",
}
EVENING = "2025-02-14T18:00+09:00"
KEY = "s3cret-0f-mine"


def csv_of(closes: dict[str, str]) -> str:
    return "Date,Close\n" + "".join(f"{day},{close}\n" for day, close in closes.items())


class Desk:
    """A user with a configuration of feeds, and an archive of their own."""

    def __init__(self, run: RunCli, folder: Path) -> None:
        self._run, self.folder = run, folder
        self.archive = folder / "closes"
        self.config = folder / "own.yaml"

    def feeds(self, text: str) -> None:
        text = f"archive: closes\nfeeds:\n{text}"
        self.config.write_text(text, encoding="utf-8")

    def run(self, *words: str | Path) -> Ran:
        return self._run(*words, "--config", self.config)

    def fetch(self, *words: str, as_of: str = EVENING) -> Ran:
        return self.run("fetch", *words, "--as-of", as_of)

    def report(self, *words: str, as_of: str = EVENING) -> Any:
        """What came of the one index that was fetched."""
        (index,) = self.fetch(*words, "-f", "json", as_of=as_of).document["indices"]
        return index

    def failure(self, *words: str, as_of: str = EVENING) -> str:
        """Why the one feed of the one index gave nothing; nothing was stored."""
        index = self.report(*words, as_of=as_of)
        assert not list(self.archive.glob("*.csv"))
        return str(index["feeds"][0]["failure"])

    def closes(self, symbol: str = "N225") -> dict[str, str]:
        """The closes of an index in the archive, as written there."""
        path = self.archive / f"{symbol}.csv"
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        assert head == "date,close,source,fetched"
        assert rows == sorted(rows)
        return dict(row.split(",")[:2] for row in rows)


@pytest.fixture
def desk(run_cli: RunCli, tmp_path: Path) -> Desk:
    return Desk(run_cli, tmp_path)
