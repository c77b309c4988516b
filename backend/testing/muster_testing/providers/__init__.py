"""Providers of messages as local servers that speak their protocols, on loopback, with knobs to make them ill.

    python -m muster_testing.providers twilio --port 8801 --record twilio.jsonl --latency 0.02 --error-rate 0.1

or `async with twilio_server() as twilio:` within a test. Every one keeps a record of what it got: when, under which
key, and what it answered. The HTTP ones answer `GET /_record` and take new knobs by `POST /_knobs`.
"""
