"""How long `relance check` looks at a large project: the shipped files, and so many scenarios of thirty steps more."""

import json
import sys
from pathlib import Path

from bench.framework import sample
from bench.measure import cost
from pipelines.workbench.check import check

COUNT, TURNS = 200, 14
HEAD = """scenario: {name}
description: One of many.
owner: crm@shop.example
stage: loyalty
status: live
category: marketing
topic: promotions
priority: 10
trigger:
  activity: product_viewed
  where: product_id = 'p{number}'
reentry: {{cooldown: 90 days}}
exit_when:
  - activity: order_placed
goal:
  activity: order_placed
  within: 60 days
steps:
"""
TURN = """  - send: win_back_news
    id: news_{turn}
  - wait: 3 days
"""
END = """  - branch:
      - if: {clicked: news_0}
        steps:
          - exit: interested
      - else:
          - wait: 2 days
"""


def main(folder: Path, count: int) -> dict[str, float]:
    """Return the processor seconds of checking the sample project without and with *count* scenarios of thirty steps, and how many errors those bring."""
    project = sample(folder)
    with cost() as shipped:
        before = check(project.root)
    for number in range(count):
        name = f"many_{number:03}"
        text = HEAD.format(name=name, number=number) + "".join(TURN.format(turn=turn) for turn in range(TURNS)) + END
        (project.scenarios_folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with cost() as many:
        after = check(project.root)
    errors = sum(problem.severity == "error" for problem in after) - sum(problem.severity == "error" for problem in before)
    return {"shipped_cpu": round(shipped.cpu, 2), "many_cpu": round(many.cpu, 2), "count": count, "errors": errors}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else COUNT)))
