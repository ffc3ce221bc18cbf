"""Whether the processes really answer, asked over HTTP as a load balancer would."""

import http.client
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

ASK_EVERY = 0.1
TELL_EVERY = 10.0
ANSWER_SECONDS = 3.0


def base_url(host: str, port: int) -> str:
    """The address to type for a server that listens on `host:port`.

    >>> base_url("0.0.0.0", 8000), base_url("::1", 8000)
    ('http://127.0.0.1:8000', 'http://[::1]:8000')
    """
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


class NoAnswer(Exception):
    """Why an address gave nothing of use, in a few words; `status` is the HTTP status, 0 where there was none."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status


def get_json(url: str, timeout: float = ANSWER_SECONDS) -> Any:
    """The JSON document at `url`. Raises NoAnswer."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:  # noqa: S310 - http URLs that we made
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            raise NoAnswer(f"answers {error.code}: {_detail(error.read(2000))}", error.code) from None
    except urllib.error.URLError as error:
        raise NoAnswer(f"no answer: {getattr(error.reason, 'strerror', None) or error.reason}") from None
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"no answer: {error}") from None
    except ValueError:
        raise NoAnswer("does not answer in JSON") from None


def answers(url: str, key: str | None = None) -> bool:
    """Whether there is a page at `url`, for the holder of this key."""
    asked = urllib.request.Request(url, headers={} if key is None else {"Authorization": f"Bearer {key}"})  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=ANSWER_SECONDS):  # noqa: S310 - http URLs that we made
            return True
    except (OSError, http.client.HTTPException):
        return False


def not_ready(url: str) -> str | None:
    """Why `url` (a /readyz) does not answer 200, in a few words; None when it does."""
    try:
        get_json(url)
    except NoAnswer as reason:
        return str(reason)
    return None


def wait_until_ready(
    addresses: Mapping[str, str], tell: Callable[[str], None], ready: Callable[[], None], stop: threading.Event
) -> None:
    """Ask each address (name → /readyz URL) until all have answered, then call `ready`.

    `tell` gets, every TELL_EVERY seconds, what is missing. Returns early when `stop` is set.
    """
    missing = dict(addresses)
    asked = 0
    while missing:
        reasons = {name: not_ready(url) for name, url in missing.items()}
        missing = {name: missing[name] for name, reason in reasons.items() if reason is not None}
        asked += 1
        if missing and asked % int(TELL_EVERY / ASK_EVERY) == 0:
            tell("Still starting: " + "; ".join(f"{name} {reasons[name]}" for name in missing))
        if missing and stop.wait(ASK_EVERY):
            return
    ready()


def _detail(body: bytes) -> str:
    """What an answer says went wrong, on one line."""
    text = body.decode(errors="replace")
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if isinstance(document, dict):
        text = str(document.get("detail") or document.get("title") or document)
    return " ".join(text.split()) or "nothing said"
