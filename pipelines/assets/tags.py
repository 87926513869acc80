"""The words by which a run is asked for: names of jobs, tags that a schedule, the command line or a person sets, environment variables."""

DAILY = "daily"
QUARTER_HOUR = "quarter_hour"
HAND_OVER = "hand_over"

AS_OF = "relance/as_of"
"""Instant of the tick, ISO 8601 in UTC without zone; without it the partition or the clock says which."""

NOW = "relance/now"
"""The instant that the run takes for now: the demo plays days that are not today."""

SEND = "relance/send"
"""`yes` or `no`: whether messages go out. Without it, a tick of the last 24 hours sends and an older one does not."""

TRIGGER = "relance/trigger"
"""Who asked, where it was not Dagster."""

CLI = "cli"
"""The command line, which tells of failures itself."""

DEMO = "demo"
"""The demo, of which nobody is told: it makes up its shop."""

PROCESS = "relance/process"
"""The process of a run that Dagster did not launch itself."""

PARTITION = "dagster/partition"
"""Dagster's own tag: the day of the tick."""

LIVE = "RELANCE_ENVIRONMENT"
"""Environment variable: `live` where messages may reach people. Anything else, or nothing, is a clone, a test or a laptop."""

REPORTS = "RELANCE_REPORTS_URL"
"""Environment variable: where the folder of reports can be read, if not where `relance ui` serves it."""

REPORTS_PORT = 3001
"""Where `relance ui` serves the folder of reports."""
