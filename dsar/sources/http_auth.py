"""Says who we are to an HTTP service, with secrets fetched by reference at the moment they are needed.

Options: ``auth`` = none, ``bearer`` (``token``), ``basic`` (``user``, ``password``), ``header`` (``header`` names it,
``token``), ``oauth`` (client credentials: ``oauth_address``, ``client_id``, ``client_secret``, ``scope``).
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from dsar.sources.http_calls import Call, Caller
from dsar.sources.interface import SourceFailed, Why
from dsar.sources.options import Options
from dsar.sources.secrets import secret

OPTIONS = frozenset(
    {"auth", "token", "user", "password", "header", "oauth_address", "client_id", "client_secret", "scope"}
)


class Auth:
    """The headers that every call to a service carries."""

    def __init__(self, options: Options, home: Path) -> None:
        self._options = options
        self._home = home
        self._way = options.word("auth", "none", "bearer", "basic", "header", "oauth")
        self._token = ""

    @property
    def renewable(self) -> bool:
        """Whether a refused token may only be too old, so that another is worth a try."""
        return self._way == "oauth"

    def headers(self, *, anew: bool = False) -> dict[str, str]:
        """The headers; ``anew`` fetches another token where tokens are fetched."""
        match self._way:
            case "bearer":
                return {"Authorization": f"Bearer {self._secret('token')}"}
            case "basic":
                pair = f"{self._needed('user')}:{self._secret('password')}"
                return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
            case "header":
                return {self._needed("header"): self._secret("token")}
            case "oauth":
                if anew or not self._token:
                    self._token = self._fetched()
                return {"Authorization": f"Bearer {self._token}"}
            case _:
                return {}

    def _needed(self, name: str) -> str:
        if value := self._options.text(name):
            return value
        raise self._options.wrong(f'"auth" is {self._way}, so "{name}" is needed.')

    def _secret(self, name: str) -> str:
        found = secret(self._needed(name), home=self._home, source=self._options.source)
        if not found.isprintable() or not found.isascii():
            says = f'{self._options.source}: the secret behind "{name}" holds signs that none of this kind has.'
            raise SourceFailed(Why.REFUSED, says)
        return found

    def _fetched(self) -> str:
        address = self._needed("oauth_address")
        pair = f"{self._needed('client_id')}:{self._secret('client_secret')}"
        form = {"grant_type": "client_credentials"}
        if scope := self._options.text("scope"):
            form["scope"] = scope
        parts = urlsplit(address)
        caller = Caller(self._options.source, f"{parts.scheme}://{parts.netloc}", self._options)
        call = Call(
            method="POST",
            url=address,
            shown="the request for a token",
            headers={
                "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            body=urlencode(form).encode(),
        )
        try:
            reply = caller.ask(call)
        finally:
            caller.close()
        try:
            token = json.loads(reply.body)["access_token"] if reply.status == 200 else ""
        except (ValueError, KeyError, TypeError):
            token = ""
        if not (isinstance(token, str) and token and token.isprintable() and token.isascii()):
            raise caller.failed(Why.REFUSED, call, f"it gives no token ({reply.status})")
        return token
