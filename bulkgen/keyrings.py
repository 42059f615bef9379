"""The system's keyring, for secrets that a profile keeps there. The package is an extra: loaded when one asks."""

from __future__ import annotations

from bulkgen.errors import ConfigError

# One service for all; its user names tell the secrets apart: `keyring set bulkgen acme`.
SERVICE = "bulkgen"


def read_secret(user: str, what: str) -> str:
    """The secret of that name; `what` says in messages what it is for. Raises ConfigError."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise ConfigError(
            f"{what} is in the keyring, and the package keyring is not installed",
            code="no_keyring",
            hint="pip install 'bulkgen[keyring]', or keep it in a variable: { env = \"NAME\" }.",
        ) from None
    try:
        found = keyring.get_password(SERVICE, user)
    except keyring.errors.KeyringError as error:
        # Its text is the backend's own; the kind is enough to know a locked keyring from none.
        raise ConfigError(
            f"{what} is in the keyring, which cannot be read: {type(error).__name__}",
            code="no_keyring",
            hint='Unlock it, or keep the secret in a variable, as on machines without a desktop: { env = "NAME" }.',
        ) from None
    if not found or not found.strip():
        raise ConfigError(
            f"{what} is to be in the keyring, and is not",
            code="no_key",
            hint=f"Put it there: keyring set {SERVICE} {user}",
        )
    return found.strip()
