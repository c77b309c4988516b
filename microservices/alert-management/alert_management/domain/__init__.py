"""The life of an alert, CAP's words, and what is counted and calculated; nothing here knows a framework."""
