"""The cookie of a person who signed in: signed, naming a key by its id, for twelve hours."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask import Response
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

COOKIE = "puas_sign_in"
LASTS_S = 12 * 3600


class SignIns:
    """Makes and reads the cookie with this installation's secret. Whether the key still stands is for others to ask."""

    def __init__(self, secret: str, clock: Callable[[], datetime]) -> None:
        self._serializer: URLSafeTimedSerializer = URLSafeTimedSerializer(
            secret,
            salt="puas.sign-in",
            signer=_Signer,
            signer_kwargs={"digest_method": sha256, "clock": clock},
        )

    def key_id(self, cookies: Mapping[str, str]) -> str | None:
        """The id of the key that the browser signed in with; None for no cookie, one not of ours, or an old one."""
        try:
            key_id = self._serializer.loads(cookies.get(COOKIE, ""), max_age=LASTS_S)
        except BadData:
            return None
        return key_id if isinstance(key_id, str) else None

    def sign_in(self, response: Response, key_id: str, *, secure: bool) -> None:
        """Let the browser come back with this key, by a cookie that no script and no other site can use."""
        response.set_cookie(
            COOKIE,
            str(self._serializer.dumps(key_id)),
            max_age=LASTS_S,
            secure=secure,
            httponly=True,
            samesite="Strict",
        )

    def sign_out(self, response: Response, *, secure: bool) -> None:
        """Take the cookie back."""
        response.delete_cookie(COOKIE, secure=secure, httponly=True, samesite="Strict")


class _Signer(TimestampSigner):
    """Stamps by a clock that was handed over."""

    def __init__(self, *arguments: Any, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._clock = clock

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return int(self._clock().timestamp())
