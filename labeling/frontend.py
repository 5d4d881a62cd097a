"""The one page that the browser loads; React takes it from there."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

NOT_BUILT = (
    "<!doctype html><title>Concord</title><p>The front end is not built. Run <code>make run</code>, "
    "or <code>npm ci &amp;&amp; npm run build</code> in frontend/.</p>"
)


@lru_cache(maxsize=1)
def _read_index(modified: float) -> str:
    return (settings.FRONTEND_DIST / "index.html").read_text(encoding="utf-8")


@never_cache
@ensure_csrf_cookie
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """index.html with this response's CSP nonce in place of its mark, for the styles that Mantine adds."""
    index = settings.FRONTEND_DIST / "index.html"
    if not index.exists():
        return HttpResponse(NOT_BUILT, status=503)
    nonce = str(request.csp_nonce)  # type: ignore[attr-defined]
    return HttpResponse(_read_index(index.stat().st_mtime).replace("__CSP_NONCE__", nonce))
