"""One scan of the columns a tick needs, and the same facts and segments in pandas: what the ticks are compared with."""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd

from bench.measure import cost

SCANS = {
    "orders": "contact_id, ordered_at, total, coupon_code, cancelled_at", "sessions": "contact_id, started_at",
    "site_events": "contact_id, occurred_at, name", "message_events": "contact_id, occurred_at, kind",
}  # fmt: skip


def scan(connection: duckdb.DuckDBPyConnection) -> float:
    """Return the processor seconds of reading every needed column once."""
    with cost() as spent:
        for table, columns in SCANS.items():
            reads = ", ".join(f"max(hash({column}))" for column in columns.split(", "))  # a plain max is answered from statistics
            connection.execute(f"select {reads} from raw.{table}").fetchall()
    return spent.cpu


def in_pandas(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> dict[str, float]:
    """Build facts from the whole history and twelve segments with pandas; reading the frames is not counted."""
    orders, sessions, site, mail = (connection.execute(f"select {columns} from raw.{table}").df() for table, columns in SCANS.items())
    with cost() as facts:
        stands = orders[orders.cancelled_at.isna()]
        table = stands.groupby("contact_id").agg(
            order_count=("ordered_at", "size"),
            revenue=("total", "sum"),
            first_order_at=("ordered_at", "min"),
            last_order_at=("ordered_at", "max"),
            discounted=("coupon_code", "count"),
        )
        for days in (30, 90, 365):
            recent = stands[stands.ordered_at >= as_of - timedelta(days=days)].groupby("contact_id").agg(n=("total", "size"), value=("total", "sum"))
            table = table.join(recent.rename(columns={"n": f"orders_{days}d", "value": f"revenue_{days}d"}))
        visits = sessions.groupby("contact_id").started_at.max().rename("last_session_at")
        views = (
            site[(site.name == "product_viewed") & (site.occurred_at >= as_of - timedelta(days=30))].groupby("contact_id").size().rename("product_views_30d")
        )
        sent = mail[(mail.kind == "delivered") & (mail.occurred_at >= as_of - timedelta(days=180))].groupby("contact_id").size().rename("messages_180d")
        opens = mail[mail.kind == "opened"].groupby("contact_id").occurred_at.max().rename("last_open_at")
        table = pd.concat([table, visits, views, sent, opens], axis=1)
    with cost() as segments:
        recency = (as_of - table.last_order_at).dt.days
        masks = [
            recency > 90,
            table.order_count >= 3,
            table.order_count < 3,
            table.order_count.isna(),
            table.discounted / table.order_count > 0.5,
            table.messages_180d >= 10,
        ]
        masks += [table.revenue > 500, table.orders_30d > 0, table.orders_90d > 1, table.product_views_30d > 3, table.revenue_365d > 200, recency < 30]
        for mask in masks:
            now = table.index[mask]
            now.difference(now[1:])
    return {"pandas_facts_cpu": round(facts.cpu, 2), "pandas_segments_cpu": round(segments.cpu, 2), "pandas_peak_mb": round(segments.peak_mb)}


if __name__ == "__main__":
    with duckdb.connect(str(Path(sys.argv[1]) / "warehouse.duckdb"), read_only=True, config={"threads": 2}) as connection:
        connection.execute("set enable_progress_bar = false")
        found: dict[str, float] = {"scan_cpu": round(sorted(scan(connection) for _ in range(3))[1], 2)}
        if len(sys.argv) > 2:
            as_of = connection.execute("select max(as_of) from runs.ticks").fetchone()
            assert as_of
            found |= in_pandas(connection, as_of[0])
    print(json.dumps(found))
