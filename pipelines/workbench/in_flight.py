"""What people on their way are asked, and what the declarations of attributes as they are now make of it."""

from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import Problem
from pipelines.journeys.lasting import attributes_of, lasting_condition
from pipelines.scenarios.expressions import trigger_values
from pipelines.scenarios.odd_values import SENSELESS
from pipelines.settings import FILE_NAME, Project
from pipelines.settings_file import line_of_setting
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


def senseless_problems(warehouse: Warehouse, project: Project) -> Iterator[Problem]:
    """Yield a warning for every condition that people in *warehouse* stand before or come to, and that no type of its attributes fits any more."""
    declared = project.settings.attribute_types
    for scenario, query, kind, activities, source, people in warehouse.rows(HERE / "wheres_in_flight.sql"):
        if lasting_condition(query, trigger_values(kind, activities.split(","), source), tuple(declared.items())) == SENSELESS:
            named = next((name for name in attributes_of(query) if name in declared), None)
            line = line_of_setting(project, "attributes", named) if named else None
            text = f"`{query}` of `{scenario}` means nothing with the attributes as they are: {people} people on their way will not meet it"
            yield Problem(FILE_NAME, line, text, "give what is new another name, or lead them to a new version with `migrate:`", "warning")
