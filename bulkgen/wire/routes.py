"""Method and path of every operation we call or serve (reference 2.0)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Route:
    """`bills`: an acceptance costs credits, so a repeat is judged by `engine.retry` (reference 4.4)."""

    method: str
    template: str
    bills: bool = False

    def path(self, **parts: str) -> str:
        """The path with `parts` percent-encoded into it."""
        return self.template.format(**{name: quote(part, safe="") for name, part in parts.items()})


READY = Route("GET", "/ready")
AUTH = Route("POST", "/auth")
CREDITS = Route("GET", "/credits")
DESIGNS = Route("GET", "/designs")
DESIGN = Route("GET", "/designs/{design_id}")
DESIGN_FORMAT = Route("GET", "/designs/{design_id}/formats/{format_specifier}")
DESIGN_NAME = Route("PUT", "/designs/{design_id}/name")
DESIGN_PROJECT = Route("PUT", "/designs/{design_id}/project")
DESIGN_DELETE = Route("DELETE", "/designs/{design_id}")
GENERATE_NOW = Route("POST", "/banner-builder/{design_id}/generate", bills=True)
GENERATE = Route("POST", "/async/banner-builder/{design_id}/generate", bills=True)
GENERATE_MULTIPAGE = Route("POST", "/async/banner-builder/{design_id}/generate-multipage-pdf", bills=True)
GENERATION_REQUEST = Route("GET", "/generation-request/{generation_request_id}")
BANNER = Route("GET", "/banners/{banner_id}")
EXPORT = Route("POST", "/async/banners/export")
FONTS = Route("GET", "/fonts")
PROJECTS = Route("GET", "/projects")
PROJECT_CREATE = Route("POST", "/projects")
SIGNING_SECRET = Route("GET", "/signing-secret")
SIGNING_SECRET_ROTATE = Route("POST", "/signing-secret/rotate")
SIGNING_SECRET_REVOKE = Route("POST", "/signing-secret/revoke")
# Webhook subscriptions; the hosted service has them on a host of their own (reference 5.7).
SUBSCRIBE = Route("POST", "/subscribe")
SUBSCRIPTION = Route("GET", "/webhook/{subscription_id}")
UNSUBSCRIBE = Route("DELETE", "/unsubscribe/{subscription_id}")
