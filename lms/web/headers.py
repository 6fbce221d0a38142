"""The security headers that every answer carries: pages, errors, papers and static files alike."""

from typing import Protocol

from flask import Flask, Response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


class HeaderMap(Protocol):
    """The headers of any answer, Flask's or the static file server's."""

    def __setitem__(self, name: str, value: str, /) -> None: ...


def register(app: Flask, *, secure: bool) -> None:
    """Put the headers on every answer of the application; `secure` adds strict transport."""

    @app.after_request
    def add(response: Response) -> Response:
        add_to(response.headers, secure=secure)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def add_to(headers: HeaderMap, *, secure: bool) -> None:
    """Add the security headers to `headers`."""
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value
    if secure:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
