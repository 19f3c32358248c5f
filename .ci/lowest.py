"""Print the lowest version that pyproject.toml allows of each package, as constraints of pip."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
needs = [*project["dependencies"]]
for extra in project["optional-dependencies"].values():
    needs += extra
for need in dict.fromkeys(needs):
    if found := re.fullmatch(r"([\w-]+)>=([\w.]+)(;.*)?", need):
        print(f"{found[1]}=={found[2]}{found[3] or ''}")
