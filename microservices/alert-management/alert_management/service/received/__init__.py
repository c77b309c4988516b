"""Taking in the alerts of others: feeds, imports, and the threads they form."""
