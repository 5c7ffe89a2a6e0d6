"""Scripts in a page's text, as a Content-Security-Policy (CSP Level 3, hash sources) names them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable


def hashed(scripts: Iterable[bytes]) -> str:
    """The sources of a policy that allows these scripts in a page's text, and no others."""
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts)
