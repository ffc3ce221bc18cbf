"""The HTTP process: gunicorn, told by our settings and by nothing else."""

import math
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]

from feedback_api.worker import GracefulArbiter, QuietLogger, Worker
from runtime.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from feedback_api.context import Context


def serve(settings: Settings) -> None:
    """Serve the API until SIGTERM or SIGINT, finish what is in flight, then exit 0.

    Each worker opens its own log, spool and database after the fork, because kafka producers and threads don't
    survive one. Sets PROMETHEUS_MULTIPROC_DIR, which prometheus-client must find before it is first imported: so
    neither this module nor its caller may import the app.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_directory(settings))
    import feedback_api.app  # noqa: F401  # before the fork, so that the workers share its memory

    _Server(settings).run()


def metrics_directory(settings: Settings) -> Path:
    """Where the workers of the server on this port keep their metrics."""
    return settings.data_dir / "metrics" / str(settings.port)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._context: Context | None = None
        super().__init__()

    def load_config(self) -> None:
        settings = self._settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        options = {
            "bind": [f"{host}:{settings.port}"],
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": Worker,
            "logger_class": QuietLogger,
            "keepalive": 20,
            # With those that are being closed, fewer than the 1024 files a process usually may open.
            "worker_connections": 800,
            # A request in hand waits for the log, then for the spool.
            "graceful_timeout": 8 + math.ceil(settings.append_timeout_s),
            "control_socket_disable": True,
            "proc_name": "puas api",
            "when_ready": self._when_ready,
            "worker_exit": self._worker_exit,
            "child_exit": _child_exit,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until told to stop, then exit the process."""
        GracefulArbiter(self).run()

    def load(self) -> "Flask":
        """The app of one worker: called in each, after the fork."""
        from feedback_api.app import create_app
        from feedback_api.context import open_context
        from feedback_api.problems import Problem, response

        self._context = open_context(self._settings, metrics_directory(self._settings))
        app = create_app(self._context)
        # What gunicorn raises where a view reads a body that is chunked wrongly.
        app.register_error_handler(ParseException, lambda _error: response(Problem("bad_request")))
        self._context.start()
        return app

    def _worker_exit(self, _arbiter: Any, _worker: Any) -> None:
        if self._context is not None:
            self._context.close()

    def _when_ready(self, _arbiter: Any) -> None:
        # Only now does the port belong to us: a second server started by mistake must not wipe our metrics.
        directory = metrics_directory(self._settings)
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        structlog.get_logger().info(
            "listening", host=self._settings.host, port=self._settings.port, workers=self._settings.workers
        )


def _child_exit(_arbiter: Any, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
