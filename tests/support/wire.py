"""A browser without a screen: it keeps cookies and the newest form token, and nothing else, so that it costs next to nothing."""

import re
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from flask import Flask

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"
SCRIPT = {"X-Requested-With": "fetch", "Accept": "application/json"}


class WrongAnswer(AssertionError):
    """The server answered something else than was expected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered."""

    status: int
    location: str
    text: str


class Wire:
    """One kept-alive connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        self.token = ""

    def opens(self, path: str) -> Answer:
        """Fetch a page, which must be there; its form token is kept."""
        answer = self._asks("GET", path)
        if answer.status != 200:
            raise WrongAnswer(f"{path} answered {answer.status}:\n{answer.text[:2000]}")
        found = TOKEN.search(answer.text)
        self.token = found[1] if found else self.token
        return answer

    def sends(self, path: str, **fields: str) -> Answer:
        """Post a form; the site must lead on to another page."""
        answer = self._asks("POST", path, urlencode({"csrf_token": self.token, **fields}), {"Content-Type": FORM})
        if answer.status not in {302, 303}:
            raise WrongAnswer(f"{path} answered {answer.status}:\n{answer.text[:2000]}")
        return answer

    def sends_by_script(self, path: str, **fields: str) -> Answer:
        """Post as the site's own scripts do."""
        return self._asks("POST", path, urlencode(fields), {"Content-Type": FORM, "X-CSRF-Token": self.token, **SCRIPT})

    def close(self) -> None:
        """End the connection; the next request opens another."""
        self._connection.close()

    def _asks(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body, {"Cookie": cookie, **(headers or {})})
        response = self._connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Answer(response.status, response.headers.get("Location", ""), text)


class InProcess(Wire):
    """The same without a server: the application answers inside this process."""

    def __init__(self, app: Flask) -> None:
        super().__init__(port=0)
        self._client = app.test_client()

    def _asks(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        response = self._client.open(path, method=method, data=body, headers=headers)
        return Answer(response.status_code, response.headers.get("Location", ""), response.text)
