"""The secret that signs what visitors' browsers carry: given by PUAS_SECRET_KEY, or made once in the data folder."""

import os
import secrets
import tempfile
from pathlib import Path

from runtime.settings import BadSetting, Settings

FILE = "secret.key"


def secret_key(settings: Settings) -> str:
    """The secret of this installation, the same in all its processes.

    On the embedded default it is made at the first start. Raises BadSetting where it must be given and is not, and
    where the file can't be used.
    """
    if settings.secret_key is not None:
        return settings.secret_key
    if not settings.embedded:
        raise BadSetting(
            "PUAS_SECRET_KEY must be set (the same on every host, 32 characters or more) where the event log or the "
            "database is not a file of this host: for example, from `openssl rand -hex 32`"
        )
    path = settings.data_dir / FILE
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            keep_secret(path, secrets.token_hex(32), replace=False)
        found = path.read_text().strip()
    except OSError as error:
        raise BadSetting(f"{path} can't be used: {error.strerror}; set PUAS_SECRET_KEY instead") from None
    if not found:
        raise BadSetting(f"{path} is empty: remove it, and a new secret is made")
    return found


def keep_secret(path: Path, text: str, *, replace: bool) -> None:
    """Write a file that only this user may read, whole or not at all.

    Of several processes that do so at once without `replace`, the first one's text stays. Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # readable by this user only
    made = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        if replace:
            made.replace(path)
            return
        try:
            path.hardlink_to(made)
        except FileExistsError:
            return
    finally:
        made.unlink(missing_ok=True)
