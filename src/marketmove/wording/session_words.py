"""[until no import has an alias] What ``session_rows`` has."""

from marketmove.wording.session_rows import *  # noqa: F403
from marketmove.wording.statuses import reason as reason
