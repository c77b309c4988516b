"""Whether the process of this container is ready; the exit status says it. The standard library only, for speed."""

import http.client
import os
import sys

_SECONDS = 4

try:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["MUSTER_PORT"]), _SECONDS)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
except OSError as error:
    sys.exit(f"not ready: {error}")
if answer.status != 200:
    sys.exit(f"not ready: {answer.read(2000).decode(errors='replace')}")
