"""A page as an answer: in the reader's language, loading and sending nothing elsewhere."""

from flask import Response, make_response

from feedback_api.languages import preferred

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
)


def html_page(text: str, status: int = 200, *, forms: bool = False) -> Response:
    """The answer that shows this HTML; with `forms`, it may send its forms to us."""
    page = make_response(text, status)
    page.headers["Content-Security-Policy"] = POLICY.format(forms="'self'" if forms else "'none'")
    page.headers["Content-Language"] = preferred()
    page.headers["Vary"] = "Accept-Language"
    return page
