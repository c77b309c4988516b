"""Starting a program that refuses to run as root."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from muster_host.errors import HostError


@functools.cache
def as_somebody(program: str, folder: Path) -> Sequence[str]:
    """The words before a command that make `program` accept it; empty for an ordinary user.

    As root it runs in a user namespace of its own, where it is nobody: files under a folder that only root may enter
    stay reachable, and no owner has to change.

    Raises:
        HostError: we are root on a machine that allows no user namespaces.
    """
    if os.geteuid() != 0:
        return ()
    nobody = pwd.getpwnam("nobody")
    unshare = shutil.which("unshare")
    if unshare is not None:
        # The group too: Java's attach listener, which Elasticsearch needs, gives its socket to it.
        users = (f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
        words = (unshare, "--user", *users)
        trial = subprocess.run([*words, "/bin/true"], capture_output=True, check=False)
        if trial.returncode == 0:
            return words
    raise HostError(
        f"{program} refuses to run as root, and this machine allows no user namespaces (`unshare --user`):"
        f" run Muster as an ordinary user who owns {folder}, or name a running server by its setting."
    )
