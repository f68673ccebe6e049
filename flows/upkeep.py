"""The chores of a warehouse as Prefect flows, and the making anew of articles."""

from __future__ import annotations

import asyncio

from prefect import flow
from prefect.runtime import flow_run

from flows import chores, settings
from flows.commands.moments import parse_since
from flows.desk import take_desk
from flows.reprocess import STALE
from flows.reprocess import reprocess as make_anew
from warehouse.stale import Wanted


@flow(name="report", validate_parameters=False, persist_result=False)
async def report(data: str | None = None, config: str | None = None) -> str:
    """Build the data-quality report; return the path of its page.

    Args:
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
    """
    return str(await asyncio.to_thread(chores.report, settings.load({"data": data}, config=config)))


@flow(name="compact", validate_parameters=False, persist_result=False)
async def compact(data: str | None = None, config: str | None = None) -> dict[str, int]:
    """Merge small files and remove those that nobody needs; return how many files were merged, by table.

    Args:
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
    """
    return await asyncio.to_thread(chores.compact, settings.load({"data": data}, config=config))


@flow(name="stories", validate_parameters=False, persist_result=False)
async def stories(data: str | None = None, config: str | None = None) -> int:
    """Tell the stories of the last weeks apart anew, as late articles are there now; return how many moved.

    Args:
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
    """
    return await asyncio.to_thread(chores.tell_anew, settings.load({"data": data}, config=config))


@flow(name="lines", validate_parameters=False, persist_result=False)
async def lines(data: str | None = None, config: str | None = None) -> dict[str, int]:
    """Count the lines that recur in a source's articles, and make anew the articles that a new line table means.

    Args:
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
    """
    async with take_desk(settings.load({"data": data}, config=config)) as desk:
        return dict(await chores.lines(desk, flow_run_id=flow_run.get_id()))


@flow(name="reprocess", validate_parameters=False, persist_result=False)
async def reprocess(
    data: str | None = None,
    config: str | None = None,
    source: str | None = None,
    since: str | None = None,
    stale: bool = True,
) -> dict[str, int]:
    """Make articles anew from their documents, by today's rules and line table.

    Args:
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
        source: Only articles of this source.
        since: Only articles that landed since then: a day (2024-05-01) or an age (7d).
        stale: Only articles that other rules made, or that the newest line table means.
    """
    wanted = (STALE if stale else Wanted())._replace(source=source, since=parse_since(since))
    async with take_desk(settings.load({"data": data}, config=config)) as desk:
        made = await make_anew(desk, wanted, flow_run_id=flow_run.get_id())
    return {"wanted": made.wanted, "articles": made.articles, "failed": made.failed, "lost": made.lost}
