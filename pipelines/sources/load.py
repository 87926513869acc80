"""Loading: files of a source into its contract table, once each, with every refused row and file on record."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Sequence
from zoneinfo import available_timezones

import sqlglot.expressions as exp

from pipelines.durations import spoken
from pipelines.errors import BadFiles, Problem, SourceRefused, nearest
from pipelines.settings import Project, SourceSettings
from pipelines.sources.binding import bind
from pipelines.sources.casting import Reader, typed_rows
from pipelines.sources.files import SourceFile, changed_files, find_files
from pipelines.sources.mapping import Mapping, read_mapping
from pipelines.sources.merging import Merged, merge
from pipelines.sources.relation import Opened, fault_of_the_file, open_file, show_lines
from pipelines.ticks import Tick
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.contract import CONTRACT
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.table import Table

HERE = Path(__file__).parent
