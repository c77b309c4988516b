"""What identity decides without a database: names, passwords, one-time codes, who may give what."""

from __future__ import annotations

import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable
from datetime import timedelta

PASSWORD_LEAST = 12
PASSWORD_MOST = 128
API_KEY_MOST_DAYS = 366

THROTTLE_WINDOW = timedelta(minutes=15)
ACCOUNT_FAILURES = 5
ADDRESS_FAILURES = 20
# An address from which the account signed in this recently has a budget of its own.
KNOWN_ADDRESS_DAYS = 30

# How long the same answer is given again to whoever did not receive it: a retry of the last rotation.
RETRY_WINDOW = timedelta(seconds=10)
# A retired key verifies until the last token it signed has expired, with an hour to spare.
RETIRING = timedelta(hours=1)
# Longer than any access token lives, clock skew included.
REVOCATIONS_KEPT = timedelta(minutes=15)

# Holding both makes an administrator: one who can always repair everybody else's rights.
ADMINISTRATION = frozenset({"users:manage", "roles:manage"})

_UNAMBIGUOUS = "abcdefghjkmnpqrstuvwxyz23456789"
_LEET = str.maketrans("013457@$!|€", "oieastasiie")
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)


def fold_username(username: str) -> str:
    """A sign-in name as it is stored and compared: compatibility forms and case do not count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold())


def normalize_password(password: str) -> str:
    """The same password typed on another keyboard or system (NFKC, as NIST SP 800-63B asks)."""
    return unicodedata.normalize("NFKC", password)


def fold_password(password: str) -> str:
    """Letters only, in lower case, look-alike digits read as letters: `P@ssw0rd1!` → `password`."""
    trimmed = re.sub(r"[\W\d_]+$", "", password.casefold())
    return re.sub(r"[^a-z]", "", trimmed.translate(_LEET))


def password_fault(
    password: str, common: Collection[str], own_words: Iterable[str] = ()
) -> str | None:
    """Why a password is refused, or None. Length counts, composition does not (ASVS 5.0, 6.2).

    `own_words` are the names of the person and the organization: what they add does not count.
    """
    if len(password) < PASSWORD_LEAST:
        return f"must have at least {PASSWORD_LEAST} characters; a few unrelated words do well"
    if len(password) > PASSWORD_MOST:
        return f"must have at most {PASSWORD_MOST} characters"
    plain = password.casefold()
    if len(set(plain)) < 5 or _is_run(plain):
        return "is a repetition or a row of keys, which is guessed first"
    if _is_common(fold_password(password), common):
        return "is among the passwords that are guessed first"
    rest = plain
    for word in sorted({part for own in own_words for part in _parts(own)}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest != plain and len(re.sub(r"[\W_]", "", rest)) < 8:
        return "is mostly your own or your organization's name"
    return None


def _parts(word: str) -> set[str]:
    folded = word.casefold()
    found = {folded, re.sub(r"[\W_]", "", folded), *re.split(r"[\W_]+", folded)}
    return {part for part in found if len(part) >= 4}


def _is_common(folded: str, common: Collection[str]) -> bool:
    if not folded:
        # Digits and signs alone: long enough ones that are no row of keys are as good as any.
        return False
    if folded in common:
        return True
    # Two of the first guesses in a row ("summerdragon") are tried right after one.
    return any(folded[:at] in common and folded[at:] in common for at in range(3, len(folded) - 2))


def _is_run(plain: str) -> bool:
    for size in range(1, len(plain) // 2 + 1):
        if (plain[:size] * (len(plain) // size + 1)).startswith(plain):
            # One short word typed again and again.
            if size < 8:
                return True
            break
    return any(plain in row * 3 or plain in row[::-1] * 3 for row in _RUNS)


def temporary_password() -> str:
    """15 unambiguous characters in three groups (74 bits), to be read aloud and changed at once."""
    groups = ("".join(secrets.choice(_UNAMBIGUOUS) for _ in range(5)) for _ in range(3))
    return "-".join(groups)


def beyond(wanted: Iterable[str], held: Collection[str]) -> list[str]:
    """The permissions wanted that are not held: nobody gives away what they do not have."""
    return sorted(set(wanted) - set(held))


def role_key(name: str) -> str:
    """A role's key made of its name: `Night Watch (EOC)` → `night-watch-eoc`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-") or "role"


def network_of(address: str) -> str:
    """What counts as one address for throttling: an IPv4 address, or an IPv6 /64 network."""
    try:
        parsed = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))
    return str(parsed)
