"""/livez, /readyz and /metrics: for machines, so without negotiation of language."""

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, Response, jsonify, request

from eventlog.interface import LogMisconfigured, LogUnavailable
from feedback_api.context import Context

Check = Mapping[str, object]


def blueprint(context: Context) -> Blueprint:
    """GET /livez, /readyz, /metrics."""
    made = Blueprint("health", __name__)
    made.add_url_rule("/livez", "livez", partial(livez, context))
    made.add_url_rule("/readyz", "readyz", partial(readyz, context))
    made.add_url_rule("/metrics", "metrics", partial(metrics, context))
    return made


def livez(context: Context) -> tuple[Response, int]:
    """200 while the background threads make progress; 503 means that restarting the process would help."""
    trouble = [said for work in context.background if (said := work.trouble()) is not None]
    if trouble:
        return jsonify(status="stuck", detail="; ".join(trouble)), 503
    return jsonify(status="alive"), 200


def readyz(context: Context) -> tuple[Response, int]:
    """200 when feedback can be taken: a catalog is known, and the log has proven itself or the spool has room."""
    catalog, log, spool = _catalog(context), _log(context), _spool(context)
    missing = []
    if not catalog["ok"]:
        missing.append(f"catalog: {catalog['reason']}")
    if not (log["ok"] or spool["ok"]):
        missing.append(f"log: {log['state']}; spool: {spool['reason']}")
    checks = {"catalog": catalog, "log": log, "spool": spool}
    if missing:
        return jsonify(status="not ready", detail="; ".join(missing), checks=checks), 503
    return jsonify(status="ready", checks=checks), 200


def metrics(context: Context) -> Response:
    """The API's metrics, summed over this server's workers, in the format that the scraper asks for."""
    body, content_type = context.metrics.exposition(context.spool.depth, request.headers.get("Accept", ""))
    return Response(body, content_type=content_type)


def _catalog(context: Context) -> Check:
    cache = context.catalog
    reason = cache.away or ("no catalog has been applied" if cache.version == 0 else None)
    return {"ok": cache.catalog is not None, "version": cache.version, "reason": reason}


def _log(context: Context) -> Check:
    state = context.acceptance.breaker.state
    return {"ok": state.status == "up", "state": state.status, "reason": state.reason}


def _spool(context: Context) -> Check:
    settings = context.settings
    try:
        depth = context.spool.depth()
    except (LogUnavailable, LogMisconfigured) as error:
        return {"ok": False, "reason": str(error)}
    reason = context.acceptance.no_room(depth.bytes, settings.spool_max_bytes)
    if reason is None and depth.oldest_seconds > settings.spool_max_age_s:
        reason = f"a record has waited for {depth.oldest_seconds:.0f} s"
    return {
        "ok": reason is None,
        "records": depth.records,
        "oldest_seconds": round(depth.oldest_seconds, 3),
        "reason": reason,
    }
