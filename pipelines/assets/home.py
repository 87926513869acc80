"""Dagster's own folder in a project: its settings and the history of runs."""

import os
from pathlib import Path

from pipelines.settings import Project

YAML = """\
# Written by relance once; yours to change. Runs and their history are kept in this folder.
telemetry: {enabled: false}
nux: {enabled: false}
concurrency:
  runs: {max_concurrent_runs: 1}   # one run writes to the warehouse at a time
python_logs: {python_log_level: INFO}   # what the terminal shows of a run; its page shows everything
run_monitoring: {enabled: true, max_runtime_seconds: 43200}   # a run of half a day is none: its machine stopped, and the next may begin
event_log_storage:                 # one file for all runs: half the work of a file a run, and nothing left behind by each
  module: pipelines.assets.run_history
  class: RunHistory
  config: {base_dir: {env: DAGSTER_HOME}}
run_retries: {enabled: false}      # a run may have handed messages over: the send ledger decides what is tried again
retention:
  schedule: {purge_after_days: 90}
  sensor: {purge_after_days: {skipped: 7, failure: 30, success: -1}}
"""


def prepare_home(project: Project) -> Path:
    """Return the folder of Dagster's history in *project*, made where it is missing, and let this process and its children use it."""
    home = project.root / ".dagster"
    home.mkdir(exist_ok=True)
    if not (home / "dagster.yaml").exists():
        (home / "dagster.yaml").write_text(YAML, encoding="utf-8")
    os.environ |= {"DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1", "RELANCE_PROJECT": str(project.root)}
    return home
