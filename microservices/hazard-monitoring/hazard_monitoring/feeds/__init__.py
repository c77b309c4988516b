"""Feeds by kind. A new feed is one file beside this one and one line here."""

from __future__ import annotations

from hazard_monitoring.feeds.plugin import FeedPlugin
from hazard_monitoring.feeds.usgs_geojson import UsgsGeojson

PLUGINS: dict[str, FeedPlugin] = {plugin.kind: plugin for plugin in (UsgsGeojson(),)}
