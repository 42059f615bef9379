"""What "the same" means: canonical JSON and the hashes made of it. Pure.

Key order does not count, everything else does. A fingerprint names one output; the ledger's claim on it is what keeps
two processes from paying for the same banner.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose design, on which provider: outputs of two identities are never the same output.

    `base_url` is an address, or the embedded studio's store id, since its port changes from run to run.
    """

    provider: str
    base_url: str
    workspace: str
    design_id: str
    design_revision: str


def canonical_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(value: Any) -> str:
    """Hex SHA-256 of the canonical JSON; lone surrogates are hashed as they are, not refused."""
    return hashlib.sha256(canonical_json(value).encode("utf-8", "surrogatepass")).hexdigest()


def output_fingerprint(
    identity: Identity, payload_digest: str, settings: str, format_id: str, share: str = "", contents: str = ""
) -> str:
    """The name of one output. `settings` is the canonical JSON of the output options; `share` tells apart rows that
    are not to share outputs (`--no-share`); `contents` what the pictures at the payload's addresses are now.

    Without `contents` the name is what it was before there were any: a ledger's outputs stay found, and paid for.
    """
    parts = [
        identity.provider,
        identity.base_url,
        identity.workspace,
        identity.design_id,
        identity.design_revision,
        payload_digest,
        settings,
        format_id,
        share,
    ]
    return digest([*parts, contents] if contents else parts)
