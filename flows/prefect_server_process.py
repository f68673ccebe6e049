"""The server process itself: `python -m flows.prefect_server_process SOCKET HOME [--serving]`.

It ends when no command shares `clients.lock` any more, however those commands ended. That of a service has schedules
and pages; where nobody serves, nobody would execute scheduled runs, so none are made.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from flows import nameplates
from flows.prefect_server import CLIENTS_NAME

if TYPE_CHECKING:
    import uvicorn

CLOSE_SECONDS = 3
"""How long connections that are still open may finish."""
END_SECONDS = 10.0
"""How long the server may take to end before the process does so without it."""


def main(arguments: list[str]) -> None:
    """Serve on the inherited socket until nobody needs the server."""
    listener = socket.socket(fileno=int(arguments[0]))
    servers: list[uvicorn.Server] = []
    clients = Path(arguments[1]) / CLIENTS_NAME
    threading.Thread(target=_end_when_alone, args=(clients, servers), daemon=True).start()

    is_serving = "--serving" in arguments
    os.environ["PREFECT_SERVER_UI_ENABLED"] = str(is_serving).lower()
    if not is_serving:
        # A tenth of the first start, for the sake of forms in pages that are not there.
        os.environ["PREFECT_SERVER_REGISTER_BLOCKS_ON_START"] = "false"
    import uvicorn
    from prefect.server.api.server import create_app

    from flows.prefect_connections import one_writer
    from flows.prefect_database import make_database

    make_database(Path(os.environ.get("PREFECT_HOME", arguments[1])))
    app = create_app(ephemeral=not is_serving, final=True)
    config = uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=CLOSE_SECONDS)
    servers.append(uvicorn.Server(config))
    with one_writer():
        servers[0].run(sockets=[listener])


def _end_when_alone(clients: Path, servers: list[uvicorn.Server]) -> None:
    """Ask the server to end as soon as no command shares `clients`; one that has not come up yet just goes."""
    with nameplates.wait_until_alone(clients):
        if servers:
            servers[0].should_exit = True
            threading.Event().wait(END_SECONDS)
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
