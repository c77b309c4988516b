"""`muster doctor`: checks everything an operator would, says what to do, and never waits long for anybody."""

from muster_host.doctor.report import doctor

__all__ = ["doctor"]
